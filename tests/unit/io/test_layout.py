import h5py
import numpy as np
import pytest

from rashomon.io import read, read_adata, write
from rashomon.io.layout import check_layout
from tests.sample import N_OBS, N_VARS, edited, good_file, refused, replace, small


@pytest.fixture
def h5ad(tmp_path):
    """Path of the small AnnData as a good file."""
    return good_file(tmp_path)


def test_obs_shorter_than_x_is_refused_with_both_lengths(h5ad):
    """The number of rows of obs and of X are both named."""
    with edited(h5ad) as file:
        columns = [f"obs/{name}/codes" for name in ("cell_type", "gate", "donor", "batch")]
        for name in ("obs/_index", *columns):
            replace(file, name, file[name][:-1])
    what = f"the matrix is {N_OBS} x {N_VARS}, but obs has {N_OBS - 1} rows"
    with refused("file.layout", what=what, where="good.h5ad:X"):
        read(h5ad)


def test_a_column_of_another_length_is_refused(h5ad):
    """The column and both lengths are named."""
    with edited(h5ad) as file:
        replace(file, "obs/gate/codes", file["obs/gate/codes"][:-2])
    with refused("file.layout", what=f"{N_OBS} rows and its column 'gate' {N_OBS - 2}", where="good.h5ad:obs/gate"):
        read(h5ad)


@pytest.mark.parametrize("code", [7, -2])
def test_a_categorical_code_out_of_range_is_refused(h5ad, code):
    """The column, the row and the code are named."""
    with edited(h5ad) as file:
        codes = file["obs/cell_type/codes"][:]
        codes[3] = code
        replace(file, "obs/cell_type/codes", codes)
    with refused("file.layout", what=f"has code {code} at row 3, and 2 categories", where="good.h5ad:obs/cell_type"):
        read(h5ad)


def test_a_missing_category_is_accepted(h5ad):
    """Code -1 is NaN."""
    with edited(h5ad) as file:
        codes = file["obs/cell_type/codes"][:]
        codes[3] = -1
        replace(file, "obs/cell_type/codes", codes)
    assert read(h5ad, truths=["cell_type"]).truths["cell_type"].n_labelled == N_OBS - 1


def test_a_wrong_shape_attribute_is_refused(h5ad):
    """The shape that a sparse matrix declares is held against obs and var."""
    with edited(h5ad) as file:
        file["X"].attrs["shape"] = np.array([N_OBS, N_VARS + 5])
    with refused("file.layout", what=f"the matrix is {N_OBS} x {N_VARS + 5}", where="good.h5ad:X"):
        read(h5ad)


@pytest.mark.parametrize("part", ["data", "indices", "indptr"])
def test_parts_of_a_sparse_matrix_of_other_lengths_are_refused(h5ad, part):
    """Values, indices and pointers are counted before reading."""
    with edited(h5ad) as file:
        replace(file, f"X/{part}", file[f"X/{part}"][:-1])
    with refused("matrix.sparse", what=f"pointers for {N_OBS} rows", where="good.h5ad:X"):
        read(h5ad)


def test_a_dense_matrix_above_the_budget_is_refused_from_the_header(h5ad):
    """The size is computed from shape and type, before reading."""
    with edited(h5ad) as file:
        file["layers/dense"] = np.ones((N_OBS, N_VARS), dtype=np.float32)
        what = f"a dense matrix of {N_OBS * N_VARS * 4:,} bytes"
        with refused("matrix.budget", what=what, where=":layers/dense"):
            check_layout(file, where="good.h5ad", budget=2000)
    assert read(h5ad).n_obs == N_OBS


@pytest.mark.parametrize("slot", ["varm", "obsp", "varp"])
def test_what_lies_beside_the_matrix_has_its_length(h5ad, slot):
    """Graphs of cells that were removed since, and loadings of other genes, are named with both lengths."""
    with edited(h5ad) as file:
        file.require_group(slot)["odd"] = np.ones((7, 7))
    n = N_OBS if slot == "obsp" else N_VARS
    with refused("file.layout", what=f"has {n} rows and {slot}/odd 7", where=f"good.h5ad:{slot}/odd"):
        read(h5ad)


def test_an_embedding_of_another_length_is_refused(h5ad):
    """Embeddings have one row per cell."""
    with edited(h5ad) as file:
        replace(file, "obsm/X_pca", file["obsm/X_pca"][:-1])
    with refused("file.layout", what=f"obs has {N_OBS} rows and obsm/X_pca {N_OBS - 1}", where=":obsm/X_pca"):
        read(h5ad)


def test_raw_of_other_cells_is_refused(tmp_path):
    """The matrix of raw has one row per cell."""
    adata = small()
    adata.raw = adata
    path = tmp_path / "raw.h5ad"
    adata.write_h5ad(path)
    assert read(path).n_obs == N_OBS
    with edited(path) as file:
        file["raw/X"].attrs["shape"] = np.array([N_OBS - 4, N_VARS])
    with refused("file.layout", what=f"the matrix is {N_OBS - 4} x {N_VARS}", where="raw.h5ad:raw/X"):
        read(path)


@pytest.mark.parametrize("name", ["obs/_index", "X/indptr"])
def test_missing_parts_are_refused(h5ad, name):
    """What the specification asks for and is not there is not a traceback."""
    with edited(h5ad) as file:
        del file[name]
    what = {"obs/_index": "good.h5ad cannot be read", "X/indptr": "'csr_matrix' without indptr cannot be read"}[name]
    with refused("file.unreadable", what=what, where="good.h5ad"):
        read(h5ad)


def test_an_unknown_encoding_is_refused(h5ad):
    """A matrix of an unknown type is named with its slot."""
    with edited(h5ad) as file:
        file["X"].attrs["encoding-type"] = "ellpack"
    with refused("file.unreadable", what="a matrix of the type 'ellpack' cannot be read", where="good.h5ad:X"):
        read(h5ad)


@pytest.mark.parametrize(
    ("groups", "kind"),
    [
        (["matrix", "row_attrs", "col_attrs"], "a loom file"),
        (["matrix"], "a 10x Genomics matrix"),
        (["assays", "meta.data"], "a Seurat file"),
        (["anything"], "not an AnnData"),
    ],
)
def test_other_hdf5_files_are_named(tmp_path, groups, kind):
    """Formats of other tools are recognised by their groups."""
    path = tmp_path / "other.h5"
    with h5py.File(path, "w") as file:
        for name in groups:
            file.create_group(name)
    code = "file.format" if kind == "not an AnnData" else "file.foreign"
    with refused(code, what=f"other.h5 is {kind}", where="other.h5"):
        read(path)


def test_files_of_old_anndata_are_named(tmp_path):
    """Before 0.7, obs was one compound dataset."""
    path = tmp_path / "old.h5ad"
    with h5py.File(path, "w") as file:
        for name in ("obs", "var"):
            file[name] = np.zeros(3, dtype=[("index", "S3")])
    with refused("file.foreign", what="old.h5ad was written by anndata before 0.7", where="old.h5ad"):
        read(path)


def test_mudata_without_expression_is_refused_with_its_modalities(tmp_path):
    """The modalities that are there are listed."""
    path = tmp_path / "m.h5mu"
    write(small(), path)
    with edited(path) as file:
        file.move("mod/gex", "mod/rna")
    with refused("file.modality", what="the modalities are rna", where="m.h5mu:mod"):
        read(path)


def test_an_object_without_x_passes(tmp_path):
    """An absent matrix is stored as an empty scalar, and is no wrong shape."""
    adata = small()
    adata.X = None
    path = tmp_path / "labels.h5ad"
    adata.write_h5ad(path)
    assert read_adata(path).X is None


@pytest.mark.parametrize("dtype", ["V7", [("a", "i4"), ("b", "f8")]])
@pytest.mark.parametrize("slot", ["obs", "var"])
def test_a_column_of_records_is_refused(h5ad, slot, dtype):
    """No label and no measurement follows from them, and no table can be written with them."""
    n = {"obs": N_OBS, "var": N_VARS}[slot]
    with edited(h5ad) as file:
        file[slot]["odd"] = np.zeros(n, dtype=dtype)
        file[slot].attrs["column-order"] = [*file[slot].attrs["column-order"], "odd"]
        file[slot]["odd"].attrs.update({"encoding-type": "array", "encoding-version": "0.2.0"})
    with refused("file.unreadable", what="column 'odd' holds records", where=f"good.h5ad:{slot}/odd"):
        read(h5ad)
