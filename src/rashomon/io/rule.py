"""Every rule of the door, by code; errors take their texts from here."""

from __future__ import annotations

from rashomon.core import InputError, Registry
from rashomon.truth import LABEL_RULES, Rule

__all__ = ["RULES", "Rule", "refuse"]

_FILE = (
    Rule(
        "file.missing",
        "there is nothing at this path",
        "an existing .h5ad, .h5mu or .zarr, or a .csv/.tsv of labels",
        "check the spelling of the path",
        "Nothing is downloaded or created for you.",
    ),
    Rule(
        "file.not_regular",
        "the path is a folder, a pipe or a device",
        "a regular file, or a folder that is a zarr store",
        "give the path of the file itself",
        "Reading a pipe could wait for ever, so the kind of file is asked before it is opened.",
    ),
    Rule(
        "file.permission",
        "the file may not be read",
        "a file that this user may read",
        "ask the owner, or change its permissions",
        "The operating system refused to open the file.",
    ),
    Rule(
        "file.empty",
        "the file has no bytes",
        "a file with content",
        "copy or download the file again",
        "Empty files are left behind by interrupted downloads and full disks.",
    ),
    Rule(
        "file.format",
        "the file is of a kind that cannot be read here",
        "AnnData as .h5ad or .zarr, MuData as .h5mu, or labels as .csv/.tsv",
        "convert the file first",
        "Only these formats are read, and nothing is unpacked or downloaded unasked.",
    ),
    Rule(
        "file.truncated",
        "the file ends too early",
        "a complete HDF5 file",
        "copy or download the file again",
        "An HDF5 file states its own length; a shorter one was cut off.",
    ),
    Rule(
        "file.unreadable",
        "a part of the file cannot be read",
        "a file that anndata can read",
        "open it where it was made and write it again with write_h5ad",
        "The file has the right format, but a part of it does not follow the AnnData specification or is damaged.",
    ),
    Rule(
        "file.link",
        "the file refers to another file, or to nothing",
        "a file whose content is inside the file",
        "write it again with anndata: ad.read_h5ad(path).write_h5ad(new_path)",
        "A link could pull any file of this machine into the analysis and its report, so none is followed.",
    ),
    Rule(
        "file.external",
        "a dataset keeps its bytes in another file",
        "a file whose content is inside the file",
        "write it again with anndata: ad.read_h5ad(path).write_h5ad(new_path)",
        "External storage would show the bytes of any file of this machine as data, so it is never read.",
    ),
    Rule(
        "file.virtual",
        "a dataset is assembled from other files",
        "a file whose content is inside the file",
        "write it again with anndata: ad.read_h5ad(path).write_h5ad(new_path)",
        "A virtual dataset reads other files of this machine.",
    ),
    Rule(
        "file.cycle",
        "a group of the file contains itself",
        "groups without circles",
        "write the file again without the link",
        "Reading such a file would never end.",
    ),
    Rule(
        "file.codec",
        "the file uses a filter that is not allowed or not installed",
        "the usual compressors (gzip, blosc, zstd, lz4, ...) and text filters",
        "write it again with the default compression",
        "Some filters run code on reading (pickle); others need software that is not installed.",
    ),
    Rule(
        "file.chunks",
        "pieces of a zarr array are missing",
        "every chunk of the arrays that hold the matrix and the names",
        "copy the whole store again",
        "A missing chunk reads as zeros without a word, so an incomplete copy would give a wrong matrix.",
    ),
    Rule(
        "file.metadata",
        "the metadata of the store are not valid or contradict each other",
        "consolidated metadata that agree with the arrays",
        "consolidate again: zarr.consolidate_metadata(path)",
        "Readers that trust the outdated copy would see another matrix than readers that do not.",
    ),
    Rule(
        "file.budget",
        "the file declares more data than memory may hold",
        "arrays below the memory budget",
        "raise memory_budget if the file is what it should be",
        "Sizes are read from the header before anything is allocated; a damaged or hostile file may declare any size.",
    ),
    Rule(
        "file.layout",
        "the parts of the file do not fit together",
        "X with one row per entry of obs and one column per entry of var",
        "open it where it was made and write it again with write_h5ad",
        "Labels would be given to the wrong cells.",
    ),
    Rule(
        "file.modality",
        "the MuData file has no expression modality",
        "a modality named 'gex'",
        "rename the modality: mdata.mod['gex'] = mdata.mod.pop('rna')",
        "Expression is looked for under one name, the one that scirpy uses.",
    ),
)

_MATRIX = (
    Rule(
        "matrix.absent",
        "the asked matrix is not there",
        "X, or the name of a layer",
        "give layer=",
        "Without a matrix, only labels can be compared.",
    ),
    Rule(
        "matrix.lazy",
        "the matrix is not in memory",
        "a NumPy array or SciPy sparse matrix",
        "call adata = adata.to_memory() first",
        "Every step reads the matrix many times.",
    ),
    Rule(
        "matrix.budget",
        "the dense matrix is larger than memory may hold",
        "a sparse matrix, or a dense one below the memory budget",
        "store it sparse: adata.X = scipy.sparse.csr_matrix(adata.X)",
        "Expression is mostly zeros; as a sparse matrix it takes a tenth of the space.",
    ),
    Rule(
        "matrix.sparse",
        "the sparse matrix contradicts itself",
        "indptr that rises from 0 to the number of entries, and indices inside the matrix",
        "write the file again where it was made",
        "The first calculation with such a matrix can crash the process.",
    ),
    Rule(
        "matrix.shape",
        "the matrix does not fit obs and var",
        "one row per cell, one column per gene",
        "use the matrix that belongs to this table",
        "Labels would be given to the wrong cells.",
    ),
    Rule(
        "matrix.dtype",
        "the matrix does not hold numbers",
        "integers or floating-point numbers",
        "convert it: adata.X = adata.X.astype('float32')",
        "Text, booleans, objects, masked and complex values are not expression.",
    ),
    Rule(
        "matrix.nan",
        "values are NaN",
        "finite numbers",
        "find out why they are missing; drop those cells, or give layer= with the counts",
        "One NaN makes its whole cell NaN after normalisation.",
    ),
    Rule(
        "matrix.inf",
        "values are infinite",
        "finite numbers",
        "look for a division by zero before this step, or give layer= with the counts",
        "One infinite value makes its whole cell NaN after normalisation.",
    ),
    Rule(
        "matrix.negative",
        "values are negative",
        "counts or log-normalised values, both of which are 0 or more",
        "give layer= with the counts, or set adata.raw before scaling",
        "Negative values come from scaling, residuals or batch correction; the steps before those cannot be repeated.",
    ),
    Rule(
        "matrix.non_integer",
        "values given as counts have fractions",
        "non-negative integers",
        "leave expect unset to analyse them as corrected counts; steps that need counts are then not run",
        "Count models and thinning are defined for whole molecules.",
    ),
    Rule(
        "matrix.log_as_counts",
        "values given as counts are log-normalised",
        "non-negative integers",
        "give layer= with the counts, or expect='lognormalised'",
        "They would be normalised and logged a second time.",
    ),
    Rule(
        "matrix.counts_as_log",
        "values given as log-normalised are counts",
        "log-normalised values",
        "leave expect unset, or give layer= with the log-normalised values",
        "Distances on raw counts mostly measure depth.",
    ),
    Rule(
        "matrix.logged_twice",
        "the logarithm was taken twice",
        "counts, or values logged once",
        "go back to the counts: give layer=, or undo one with numpy.expm1",
        "Twice the logarithm flattens all differences; scanpy warns of it in its log only.",
    ),
    Rule(
        "matrix.view",
        "the embedding cannot be used",
        "finite numbers, one row per cell, two or more columns",
        "compute the embedding again for these cells",
        "Neighbours in such an embedding are undefined.",
    ),
    Rule(
        "matrix.too_few_cells",
        "there are too few cells",
        "10 cells or more; 50 or more for anything worth saying",
        "use a larger data set",
        "Half of so few cells do not have enough neighbours to be clustered.",
    ),
    Rule(
        "matrix.too_few_genes",
        "there are too few genes",
        "2 genes or more",
        "check that the matrix is not transposed",
        "One number per cell does not span a space.",
    ),
)

_TABLE = (
    Rule(
        "names.repeated",
        "cell names occur more than once",
        "unique obs_names",
        "call adata.obs_names_make_unique() first",
        "Results are joined to cells by name.",
    ),
    Rule(
        "table.empty",
        "the table has no rows",
        "a header line and one line per cell",
        "write the table again",
        "An empty table is the sign of an interrupted export.",
    ),
    Rule(
        "table.encoding",
        "the table is not UTF-8 text",
        "UTF-8 text, with or without byte order mark",
        "save it as 'CSV UTF-8', or convert it: iconv -f latin1 -t utf-8",
        "Names in another encoding would not be recognised.",
    ),
    Rule(
        "table.header",
        "the header of the table is not usable",
        "two or more columns with different names; the first holds the cell names",
        "name every column once, and separate columns by comma, tab or semicolon",
        "Of two columns with one name most readers silently keep the last.",
    ),
    Rule(
        "table.ragged",
        "a line has another number of fields than the header",
        "the same number of fields on every line",
        "look at this line: a separator inside a value needs quotes",
        "Values would move into the wrong columns.",
    ),
    Rule(
        "table.names",
        "cell names of the table are empty or occur more than once",
        "one line per cell",
        "remove the repeated lines",
        "Nobody can know which of two labels of a cell is meant.",
    ),
    Rule(
        "table.overlap",
        "most cells are not in the table of labels",
        "labels for at least half of the cells, under the same names",
        "make the cell names equal",
        "Cells and labels are joined by name; a differing suffix leaves nothing to join.",
    ),
)

RULES: Registry[Rule] = Registry("rule", (*_FILE, *_MATRIX, *_TABLE, *LABEL_RULES))
"""All rules of the door."""


def refuse(code: str, what: str, *, where: str, expected: str | None = None, fix: str | None = None) -> InputError:
    """Return the error for a broken rule.

    Parameters
    ----------
    code
        Name of the rule.
    what
        What is wrong, with the value that was found.
    where
        The place.
    expected, fix
        Replace those of the rule where more is known.

    Examples
    --------
    >>> refuse("matrix.nan", "3 values are NaN", where="X").code
    'matrix.nan'
    """
    return RULES[code].broken(what, where=where, expected=expected, fix=fix)
