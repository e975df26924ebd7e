"""Rules about files as such: whether they are there, what they are, whether they are whole and as they declare."""

from __future__ import annotations

from rashomon.truth import Rule

__all__ = ["FILE_REMARKS", "FILE_RULES"]

FILE_RULES = (
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
    Rule(
        "file.address",
        "the path is an address on a network",
        "the path of a file on this machine",
        "download the file, check its digest, and give its path",
        "Nothing is ever downloaded: what is analysed must stay what it was.",
    ),
    Rule(
        "file.packed",
        "the file is packed",
        "the file that is inside the archive",
        "unpack it first, and give the path of the file inside",
        "Archives may hold many files and unpack to any size, so nothing is unpacked unasked.",
    ),
    Rule(
        "file.foreign",
        "the file is of a format of another tool",
        "AnnData as .h5ad or .zarr, MuData as .h5mu, or labels as .csv/.tsv",
        "convert it to .h5ad with the tool that wrote it",
        "The format is recognised, and the conversion is a line in the tool that knows it best.",
    ),
    Rule(
        "file.locked",
        "another program holds the file",
        "a file that no program is writing",
        "close the program that has it open and try again; on a network drive, copy the file to a local disk first",
        "HDF5 locks a file while it is written; after ten seconds of waiting nobody can say when that ends.",
    ),
    Rule(
        "file.changed",
        "the file changed while it was read",
        "a file that stays as it is",
        "wait until nothing writes to it any more, and try again",
        "Its parts would come from two different versions. Size, times and, for files younger than two seconds, the "
        "digest are compared before and after.",
    ),
    Rule(
        "file.checksum",
        "the file does not match its published digest",
        "the bytes that the .sha256 or SHA256SUMS file beside it promises",
        "copy or download the file again; if the new content is meant, write a new digest",
        "A flipped byte rarely raises an error: of 60 in a small h5ad, 21 changed the data without a word.",
    ),
    Rule(
        "file.crash",
        "the file crashed the process that read it",
        "a file that the HDF5 and zarr libraries can read",
        "write the file again where it was made",
        "Damaged or hostile files can crash the libraries that read them, so they are read in a process of their own.",
    ),
    Rule(
        "file.hang",
        "reading the file did not end in time",
        "a file that is read within a minute, plus a second per 2 MB",
        "copy it to a local disk; if that does not help, write it again where it was made",
        "Some damaged files make the libraries that read them run for ever.",
    ),
    Rule(
        "file.memory",
        "reading the file needed more memory than it may",
        "a file whose content fits the memory budget",
        "raise memory_budget if the file is what it should be",
        "A few bytes can unpack to any size; the process that reads files may not take more than the budget.",
    ),
    Rule(
        "file.scratch",
        "there is too little space for temporary files",
        "free space for the unpacked content of the file",
        "set the environment variable TMPDIR to a folder with more space",
        "The content is handed from the process that reads the file through a temporary file, removed afterwards.",
    ),
)

FILE_REMARKS = (
    Rule(
        "file.unverified",
        "there is nothing to check the bytes of the file against",
        "a file NAME.sha256 beside it, or a line for it in SHA256SUMS",
        "write one where the file was made: sha256sum NAME > NAME.sha256",
        "Neither h5ad nor zarr notices a flipped byte. The digest of what was read is put on record instead.",
    ),
    Rule(
        "file.ratio",
        "an array takes more than 200 times the space that it has in the file",
        "arrays that compression makes up to 200 times smaller",
        "check that the array holds what it should: it is almost constant",
        "Expression compresses three to thirty times; a few bytes that unpack to gigabytes are damaged or hostile.",
    ),
    Rule(
        "file.absent_chunks",
        "pieces of a zarr array are absent and read as zero or empty text",
        "one file per chunk",
        "copy the whole store again, unless these values are zero",
        "Writers may leave out pieces that hold only zeros; an incomplete copy looks the same.",
    ),
)
"""What is worth a warning, and no refusal."""
