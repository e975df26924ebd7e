"""The catalogue of bad inputs: each is refused or noted with its code, and its healthy neighbour passes without.

The numbers are those of the catalogue: B01 to B67 are files and objects, B105 to B107 guards of the scores.
"""

import gzip
import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import anndata as ad
import h5py
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from rashomon.core import InputError
from rashomon.io import REMARKS, RULES, from_anndata, read, write
from tests.architecture.source import ROOT
from tests.sample import logged, noted, replace, small

N_OBS, N_VARS = 60, 40


@dataclass(frozen=True)
class Case:
    """A bad input that is refused with `code`; `make` damages a good file, in a folder of its own, or an object."""

    code: str
    number: str
    make: Callable[..., Any]
    what: str
    read: dict[str, Any] = field(default_factory=dict)
    form: str = "h5ad"


class Remark(Case):
    """A bad input that is accepted, with a note."""


def good():
    """A healthy object: 60 cells, 40 genes, an embedding, labels of every kind, nothing to say about it."""
    adata = small(n_obs=N_OBS, n_vars=N_VARS)
    adata.obs["batch"] = [f"b{i % 5 % 2}" for i in range(N_OBS)]
    return adata


@cache
def _folder():
    folder = Path(mkdtemp(prefix="rashomon-test-"))
    write(good(), folder / "good.h5ad")
    write(good(), folder / "good.zarr")
    good().obs.to_csv(folder / "good.csv")
    for name in ("good.h5ad", "good.csv"):
        digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        (folder / f"{name}.sha256").write_text(f"{digest}  {name}\n")
    return folder


@pytest.fixture(scope="module", autouse=True)
def _tidy():
    yield
    shutil.rmtree(_folder())
    _folder.cache_clear()


def neighbour(folder, form):
    """The healthy neighbour: a good file of a form, with its digest where one file can have one, or a good object."""
    if form == "object":
        return good()
    path = folder / f"good.{form}"
    if form == "zarr":
        return shutil.copytree(_folder() / path.name, path)
    shutil.copyfile(_folder() / f"{path.name}.sha256", folder / f"{path.name}.sha256")
    return shutil.copyfile(_folder() / path.name, path)


def opened(thing, arguments):
    """The data set made from a file or from an object."""
    if isinstance(thing, ad.AnnData):
        return from_anndata(thing, **arguments)
    return read(thing, **arguments)


def inside(damage):
    """A case that changes a file through h5py; its digest is written anew, as damage may be in the original."""

    def make(path):
        with h5py.File(path, "r+") as file:
            damage(file)
        Path(f"{path}.sha256").unlink()
        return path

    return make


def content(data):
    """A case that replaces all bytes of a file by what `data` makes of them."""

    def make(path):
        path.write_bytes(data(path.read_bytes()))
        Path(f"{path}.sha256").unlink()
        return path

    return make


def change(function):
    """A case that changes an object in memory."""

    def make(adata):
        changed = function(adata)
        return adata if changed is None else changed

    return make


def part(name, edit):
    """Damage one array of a file."""

    def damage(file):
        values = file[name][()]
        changed = edit(values)
        replace(file, name, values if changed is None else changed)

    return inside(damage)


def put(index, value):
    """Put a value at a place of an array."""

    def edit(values):
        values[index] = value

    return edit


def huge(slot):
    def damage(file):
        if slot in file:
            del file[slot]
        file.create_dataset(slot, shape=(10**7, 6 * 10**6), dtype="f4", chunks=(1000, 1000))

    return inside(damage)


def external(file):
    file.create_dataset("uns/leak", shape=(4,), dtype="u1", external=[("/nonexistent/secret", 0, 4)])


def virtual(file):
    layout = h5py.VirtualLayout(shape=(4,), dtype="u1")
    layout[:] = h5py.VirtualSource("other.h5", "secret", shape=(4,))
    file.create_virtual_dataset("uns/leak", layout)


def set_in(group, name, value):
    """Set an entry of a group of a file."""

    def damage(file):
        file[group][name] = value(file) if callable(value) else value

    return inside(damage)


def other_groups(*names):
    def make(path):
        with h5py.File(path, "w") as file:
            for name in names:
                file.create_group(name)
        return path

    return make


def metadata(name, **entries):
    """Change the metadata of a zarr array without its consolidated copy."""

    def make(path):
        (path / ".zmetadata").unlink()
        return stale(name, **entries)(path)

    return make


def stale(name, **entries):
    """Change the metadata of a zarr array, and not the consolidated copy."""

    def make(path):
        file = path / name / ".zarray"
        file.write_text(json.dumps(json.loads(file.read_text()) | entries))
        return path

    return make


def chunk(name, damage):
    def make(path):
        damage(path / name)
        return path

    return make


def values(edit):
    """Change the values of X as a dense array."""

    def function(adata):
        dense = adata.X.toarray()
        changed = edit(dense)
        adata.X = sp.csr_matrix(dense if changed is None else changed)

    return change(function)


def column(name, entries):
    """Give obs one more column."""

    def function(adata):
        adata.obs[name] = entries(adata) if callable(entries) else entries

    return change(function)


def names(axis, edit):
    """Rename cells (obs) or genes (var)."""

    def function(adata):
        table = getattr(adata, axis)
        table.index = edit(table.index.tolist())

    return change(function)


def first(*new):
    return lambda old: [*new, *old[len(new) :]]


def pipe(path):
    path.unlink()
    os.mkfifo(path)
    return path


def changed_byte(path):
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(bytes(data))
    return path


def unverified(path):
    Path(f"{path}.sha256").unlink()
    return path


def twice(adata):
    coo = adata.X.tocoo()
    doubled = sp.csr_matrix(adata.X)
    indices, data = np.r_[coo.col[0], coo.col], np.r_[1.0, coo.data].astype(np.float32)
    indptr = doubled.indptr.copy()
    indptr[1:] += 1
    adata.X = sp.csr_matrix((data, indices, indptr), shape=adata.shape)


def only_layers(adata):
    adata.layers["odd"], adata.X = adata.X, None


def raw_of_others(path):
    adata = good()
    adata.raw = adata
    adata.write_h5ad(path)
    with h5py.File(path, "r+") as file:
        file["raw/X"].attrs["shape"] = np.array([N_OBS - 3, N_VARS])
    return unverified(path)


def two_names(adata):
    adata.obs.columns = [*adata.obs.columns[:-1], adata.obs.columns[0]]


def addressed(path):
    return "https://example.org/good.h5ad"


def big(adata):
    adata.X = adata.X.astype(np.int64)
    adata.X.data[:] = adata.X.data % 7 + 10**6
    adata.X.data[0] = 2**24 + 1


def typed(adata, kind):
    adata.X = np.asarray(adata.X.toarray().astype(kind))


def many_classes(_):
    x = sp.csr_matrix(np.random.default_rng(1).poisson(2.0, size=(2400, 20)).astype(np.float32))
    return ad.AnnData(
        x, obs=pd.DataFrame({"cell_type": [f"t{i // 2}" for i in range(2400)]}, index=map(str, range(2400)))
    )


def two_species(old):
    return [f"{'GRCh38_' if i % 2 else 'mm10___'}{name}" for i, name in enumerate(old)]


TRUTH = {"truths": ["cell_type"]}
GOOD_CHUNK = "X/data/0"

CASES = [
    Case("file.empty", "B01", content(lambda data: b""), "good.h5ad has 0 bytes"),
    Case("file.format", "B02", content(lambda data: b"cell,type\nc1,T\n"), "looks like a comma-separated table"),
    Case("file.truncated", "B03", content(lambda data: data[: len(data) // 2]), "and should have"),
    Case("matrix.sparse", "B04", part("X/indices", put(3, 10**6)), "column 1000000 of 40"),
    Case("matrix.sparse", "B04", part("X/indices", put(3, -1)), "column -1 of 40"),
    Case("matrix.sparse", "B05", part("X/indptr", put(3, 0)), "indptr falls from"),
    Case("matrix.sparse", "B05", part("X/indptr", put(-1, 10**6)), "indptr runs from 0 to"),
    Case(
        "file.layout",
        "B06",
        inside(lambda file: file["X"].attrs.__setitem__("shape", [N_OBS, N_VARS + 5])),
        f"the matrix is {N_OBS} x {N_VARS + 5}",
    ),
    Case("file.layout", "B07", part("obs/_index", lambda index: index[:-1]), f"obs has {N_OBS - 1} rows"),
    Case("file.layout", "B08", part("obs/cell_type/codes", put(3, 9)), "column 'cell_type' has code 9 at row 3"),
    Case("file.budget", "B09", huge("X"), "/X declares 240,000,000,000,000 bytes"),
    Case("file.budget", "B10", huge("obsm/big"), "/obsm/big declares"),
    Case("file.budget", "B10", huge("uns/big"), "/uns/big declares"),
    Remark(
        "file.ratio",
        "B11",
        inside(lambda file: file.create_dataset("uns/z", data=np.zeros(2**20), compression="gzip")),
        "unpack to 8,388,608",
    ),
    Case(
        "file.budget",
        "B11",
        inside(lambda file: file.create_dataset("uns/z", data=np.zeros(2**20), compression="gzip")),
        "/uns/z declares 8,388,608 bytes",
        {"memory_budget": 2**22},
    ),
    Case("file.link", "B12", set_in("uns", "leak", h5py.ExternalLink("other.h5", "/x")), "in file 'other.h5'"),
    Case("file.external", "B13", inside(external), "keeps its bytes in '/nonexistent/secret'"),
    Case("file.virtual", "B14", inside(virtual), "assembled from other.h5"),
    Case("file.cycle", "B15", set_in("uns", "loop", lambda file: file["uns"]), "group '/uns/loop' contains itself"),
    Case("file.checksum", "B16", changed_byte, "good.h5ad.sha256 says"),
    Case("file.checksum", "B16", changed_byte, "good.csv.sha256 says", form="csv"),
    Remark("file.unverified", "B16", unverified, "which nothing beside it confirms"),
    Case("file.chunks", "B17", chunk(GOOD_CHUNK, Path.unlink), "1 of 1 chunks of X/data are absent", form="zarr"),
    Remark("file.absent_chunks", "B17", chunk("obsm/X_pca/0.0", Path.unlink), "chunks of obsm/X_pca", form="zarr"),
    Remark(
        "file.absent_chunks",
        "B17",
        chunk("obsm/X_pca/0.0", Path.unlink),
        "chunks of obsm/X_pca",
        {"allow_sparse_chunks": True},
        form="zarr",
    ),
    Case(
        "file.link",
        "B18",
        chunk(GOOD_CHUNK, lambda path: (path.unlink(), path.symlink_to("/nonexistent/secret"))),
        "X/data/0 is a symbolic link",
        form="zarr",
    ),
    Case("file.codec", "B19", metadata("obs/_index", filters=[{"id": "pickle"}]), "'pickle'", form="zarr"),
    Case(
        "file.codec",
        "B19",
        metadata("obs/_index", filters=[{"id": "vlen-utf8"}, {"id": "pickle"}]),
        "'pickle'",
        form="zarr",
    ),
    Case("file.metadata", "B20", stale("X/data", fill_value=7), "consolidated metadata contradict", form="zarr"),
    Case("file.codec", "B21", metadata("X/data", compressor={"id": "future"}), "filter 'future'", form="zarr"),
    Case("file.foreign", "B22", other_groups("matrix", "row_attrs", "col_attrs"), "a loom file"),
    Case("file.foreign", "B22", other_groups("assays", "meta.data"), "a Seurat file"),
    Case("file.foreign", "B22", content(lambda data: b"RDX3\nX\n"), "an R object"),
    Case("file.packed", "B23", content(gzip.compress), "gzip-compressed data"),
    Case("file.packed", "B23", content(lambda data: b"PK\x03\x04" + data), "a zip archive"),
    Case("file.address", "B23", addressed, "https addresses are not read"),
    Case("file.not_regular", "B25", pipe, "is not a regular file"),
    Case("file.not_regular", "B25", lambda path: path.parent, "is a folder"),
    Case("file.not_regular", "B25", lambda path: Path("/dev/null"), "is not a regular file"),
    Case("file.missing", "B25", lambda path: path.with_name("godd.h5ad"), "there is no file godd.h5ad"),
    Case("file.not_regular", "B25", chunk(GOOD_CHUNK, pipe), "X/data/0 is a pipe", form="zarr"),
    Case("matrix.nan", "B28", values(put((2, 3), np.nan)), "1 of", form="object"),
    Case("matrix.inf", "B29", values(put((2, 3), np.inf)), "infinite", form="object"),
    Case("matrix.negative", "B30", values(put((2, 3), -2.0)), "negative", form="object"),
    Case(
        "matrix.non_integer",
        "B31",
        values(lambda x: np.where(x > 0, x * (1 + np.arange(N_VARS) / 97) + 30, 0)),
        "not counts",
        {"expect": "counts"},
        form="object",
    ),
    Case(
        "matrix.log_as_counts",
        "B32",
        change(lambda adata: setattr(adata, "X", logged(adata.X))),
        "are lognormalised, not counts",
        {"expect": "counts"},
        form="object",
    ),
    Case(
        "matrix.logged_twice",
        "B33",
        change(lambda adata: setattr(adata, "X", logged(adata.X).log1p())),
        "the logarithm was taken twice",
        form="object",
    ),
    Remark("matrix.empty_cells", "B34", values(put(4, 0)), "1 cells have no counts", form="object"),
    Remark("matrix.empty_genes", "B35", values(put((slice(None), 4), 0)), "1 genes have no counts", form="object"),
    Remark("matrix.repeated_rows", "B36", values(np.ones_like), f"{N_OBS} cells have", form="object"),
    Remark(
        "matrix.repeated_rows", "B37", values(lambda x: x[[0, 0, *range(2, N_OBS)]]), "cell0 = cell1", form="object"
    ),
    Case("matrix.too_few_cells", "B38", change(lambda adata: adata[:5].copy()), "there are 5 cells", form="object"),
    Case("matrix.too_few_cells", "B38", change(lambda adata: adata[:0].copy()), "there are 0 cells", form="object"),
    Remark("matrix.few_cells", "B38", change(lambda adata: adata[:30].copy()), "there are 30 cells", form="object"),
    Case("matrix.too_few_genes", "B39", change(lambda adata: adata[:, :1].copy()), "there is 1 gene", form="object"),
    Case("matrix.absent", "B41", change(only_layers), "none of the matrices", form="object"),
    Case("file.layout", "B43", raw_of_others, f"the matrix is {N_OBS - 3} x {N_VARS}"),
    Remark("matrix.rounded", "B44", change(big), "1 counts above 16,777,216", form="object"),
    Remark(
        "matrix.float16",
        "B46",
        change(lambda adata: setattr(adata, "X", adata.X.toarray().astype(np.float16))),
        "widened",
        form="object",
    ),
    Case("matrix.dtype", "B47", change(lambda adata: typed(adata, bool)), "holds bool", form="object"),
    Case("matrix.dtype", "B47", change(lambda adata: typed(adata, complex)), "holds complex128", form="object"),
    Case("matrix.dtype", "B47", change(lambda adata: typed(adata, str)), "holds <U", form="object"),
    Case(
        "matrix.budget",
        "B48",
        change(lambda adata: setattr(adata, "X", adata.X.toarray())),
        "a dense matrix of 9,600 bytes",
        {"memory_budget": 9000},
        form="object",
    ),
    Remark("matrix.entries_twice", "B49", change(twice), "1 entries", form="object"),
    Remark("matrix.outlier", "B51", values(put((3, slice(None)), 10**6)), "cell cell3 holds 100%", form="object"),
    Case("names.repeated", "B52", names("obs", first("c", "c")), "2 cells share 1 names", form="object"),
    Remark("names.genes_renamed", "B53", names("var", first("g", "g")), "1 repeated names", form="object"),
    Remark("names.cast", "B54", names("obs", lambda old: range(len(old))), "names of type int64", form="object"),
    Remark("names.cast", "B54", names("obs", lambda old: np.arange(len(old)) + 0.5), "float64", form="object"),
    Case("names.repeated", "B56", names("obs", lambda old: [*old[:30], *old[:30]]), "share 30 names", form="object"),
    Remark("names.lookalike", "B57", names("obs", first("\xe9", "e\u0301")), "2 names look alike", form="object"),
    Remark(
        "names.lookalike",
        "B57",
        column("cell_type", ["T", "T\u200b", "B"] * (N_OBS // 3)),
        r"(T, T\u200b)",
        TRUTH,
        form="object",
    ),
    Case("names.text", "B58", names("obs", first("a\x00b")), r"'a\x00b' at position 0", form="object"),
    Case("names.text", "B58", names("var", first("a\ud800")), r"'a\ud800' at position 0", form="object"),
    Case("names.text", "B58", column("cell_type", ["a\x00", "b"] * (N_OBS // 2)), r"'a\x00'", TRUTH, form="object"),
    Case("names.columns", "B59", change(two_names), "1 names occur more than once", form="object"),
    Case("file.layout", "B62", part("obsm/X_pca", lambda x: x[:-1]), f"obsm/X_pca {N_OBS - 1}"),
    Case("file.layout", "B62", set_in("obsp", "distances", np.eye(7)), "obsp/distances 7"),
    Case("label.absent", "B63", column("x", 1), "no column 'nothing'", {"truths": ["nothing"]}, form="object"),
    Case("label.all_missing", "B63", column("cell_type", None), f"none of {N_OBS} rows", TRUTH, form="object"),
    Case("label.one_class", "B63", column("cell_type", "T"), "rows are 'T'", TRUTH, form="object"),
    Case("label.all_unique", "B63", column("cell_type", lambda adata: adata.obs_names), "60 classes", TRUTH, "object"),
    Case("label.numeric", "B63", column("cell_type", np.linspace(0, 1, N_OBS)), "different numbers", TRUTH, "object"),
    Remark("label.many", "B63", change(many_classes), "1,200 classes", TRUTH, form="object"),
    Remark(
        "label.confounded",
        "B65",
        column("batch", lambda adata: adata.obs["cell_type"].astype(str) + "x"),
        "are one-to-one",
        TRUTH | {"batch_key": "batch"},
        form="object",
    ),
    Remark(
        "label.confounded",
        "B65",
        column("batch", [f"b{i % 4}" for i in range(N_OBS)]),
        "every batch ('batch') holds one class of truth 'cell_type'",
        TRUTH | {"batch_key": "batch"},
        form="object",
    ),
    Remark(
        "label.confounded",
        "B65",
        column("batch", lambda adata: adata.obs["donor"].to_numpy()),
        "donor and batch are one-to-one",
        {"batch_key": "batch", "donor_key": "donor"},
        form="object",
    ),
    Remark("names.excel", "B66", names("var", first("1-Mar", "SEP-2")), "2 gene names look like dates", form="object"),
    Remark("names.version", "B66", names("var", first("ENSG00000141510.17")), "1 of 40", form="object"),
    Remark("names.species", "B66", names("var", two_species), "20 of mouse, 20 of human", form="object"),
]

ELSEWHERE = {
    "B24": ("unit/io/test_checksum.py", "test_a_file_that_changes_is_refused"),
    "B26": ("unit/io/test_bad_input.py", "test_any_path_works"),
    "B27": ("unit/io/test_isolate.py", "test_a_file_that_is_held_is_refused"),
    "B40": ("unit/encode/test_neighbour.py", "test_"),
    "B42": ("unit/io/test_expression.py", "expression is raw.X (counts); X is lognormalised"),
    "B45": ("unit/io/test_bad_input.py", "test_small_integers_are_summed_without_overflow"),
    "B50": ("unit/io/test_matrix.py", "matrix.lazy"),
    "B55": ("unit/io/test_label.py", "table.overlap"),
    "B60": ("unit/io/test_storable.py", "output.left_out"),
    "B61": ("unit/io/test_annotate.py", "already has 1 of these columns"),
    "B64": ("unit/io/test_bad_input.py", "test_words_that_other_readers_take_for_missing_are_text"),
    "B67": ("unit/io/test_bad_input.py", "test_numbers_in_tables_stay_text"),
    "B105": ("conformance/test_scores.py", "undefined"),
    "B106": ("conformance/test_scores.py", "test_unobserved_items_do_not_matter"),
    "B107": ("conformance/test_scores.py", "test_degenerate_comparisons_are_undefined"),
}
"""What is not about one file or object, with the place of its test and words that stand there."""


def identity(case):
    return f"{case.number}-{case.code}-{CASES.index(case)}"


@pytest.mark.parametrize("case", CASES, ids=identity)
def test_a_bad_input_is_refused_or_noted_with_its_code(tmp_path, case):
    """The code of the rule, the value that was found, a place, and what to do."""
    bad = case.make(neighbour(tmp_path, case.form))
    if isinstance(case, Remark):
        noted(case.code, opened(bad, case.read).rows.notes, what=case.what)
        return
    with pytest.raises(InputError, match=re.escape(case.what)) as caught:
        opened(bad, case.read)
    assert caught.value.code == case.code
    assert caught.value.where
    assert caught.value.expected
    assert caught.value.fix


NEIGHBOURS = {(case.form, case.code, json.dumps(case.read)): case for case in CASES if "nothing" not in str(case.read)}


@pytest.mark.parametrize("case", NEIGHBOURS.values(), ids=identity)
def test_the_healthy_neighbour_passes_without_the_code(tmp_path, case):
    """The same call on the undamaged input is accepted, and nothing of the kind is noted."""
    arguments = {name: value for name, value in case.read.items() if name != "memory_budget"}
    dataset = opened(neighbour(tmp_path, case.form), arguments)
    assert dataset.n_obs == N_OBS
    assert [note for note in dataset.rows.notes if f"[{case.code}]" in note] == []


def test_every_number_of_the_catalogue_is_covered():
    """By a case above, or by a test that is named and exists."""
    numbers = {f"B{i:02d}" for i in [*range(1, 68), 105, 106, 107]}
    assert numbers - {case.number for case in CASES} - set(ELSEWHERE) == set()
    for path, words in ELSEWHERE.values():
        assert words in (ROOT / "tests" / path).read_text(encoding="utf-8"), path


def test_what_is_noted_and_what_is_refused_are_different_codes():
    """A code stands for one outcome."""
    assert {case.code for case in CASES if isinstance(case, Remark)} <= set(REMARKS)
    assert {case.code for case in CASES if not isinstance(case, Remark)} <= set(RULES) - set(REMARKS)


@pytest.mark.parametrize(
    "name",
    [
        "with spaces.h5ad",
        "\u00dcml\u00e4ut-\u6f22.h5ad",
        "line\nbreak.h5ad",
        "-rf.h5ad",
        "$(touch x).h5ad",
        "x" * 240 + ".h5ad",
    ],
)
def test_any_path_works(tmp_path, name):
    """A path is never a command, and never split."""
    path = neighbour(tmp_path, "h5ad").rename(tmp_path / name)
    assert read(path).n_obs == N_OBS
    assert not (tmp_path / "x").exists()


def test_small_integers_are_summed_without_overflow():
    """200 in one byte, over 40 genes, is 8,000."""
    adata = good()
    adata.X = np.full(adata.shape, 200, dtype=np.uint8)
    assert from_anndata(adata).expression.x.sum(axis=1).max() == 200 * N_VARS


def test_words_that_other_readers_take_for_missing_are_text(tmp_path):
    """NA, None and nan are classes; the words of CAP mean no class; only empty is missing."""
    words = ["NA", "None", "nan", "null", "unknown", "doublets", "junk", ""]
    path = tmp_path / "labels.csv"
    path.write_text("cell,type\n" + "".join(f"c{i},{words[i % 8]}\n" for i in range(64)))
    truth = read(path, truths=["type"]).truths["type"]
    assert set(truth.categories) == {"NA", "None", "nan", "null"}
    assert [(truth.codes == code).sum() for code in (-1, -2)] == [24, 8]


def test_numbers_in_tables_stay_text(tmp_path):
    """Leading zeros, and 1e5, are kept."""
    path = tmp_path / "labels.csv"
    path.write_text("cell,clone\n" + "".join(f"{i:04d},{'1e5' if i % 2 else '007'}\n" for i in range(60)))
    dataset = read(path, truths=["clone"])
    assert dataset.obs_names[:2].tolist() == ["0000", "0001"]
    assert dataset.truths["clone"].categories == ("007", "1e5")


def test_a_dense_store_may_leave_out_zeros_only_where_that_is_said(tmp_path):
    """A missing chunk of the matrix is zeros, or a lost file; only the caller can know."""
    path = neighbour(tmp_path, "zarr")
    (path / GOOD_CHUNK).unlink()
    with pytest.raises(InputError, match="chunks of X/data are absent"):
        read(path)
    notes = read(path, allow_sparse_chunks=True).rows.notes
    noted("file.absent_chunks", notes, what="1 of 1 chunks of X/data")
