import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.io import from_anndata, read
from rashomon.io.sparse import check_compressed, check_coordinates
from tests.sample import N_OBS, N_VARS, edited, good_file, refused, replace, small


@pytest.fixture
def h5ad(tmp_path):
    """Path of the small AnnData as a good file."""
    return good_file(tmp_path)


class Parts:
    """Parts of a compressed matrix that SciPy itself would not put together."""

    format = "csr"

    def __init__(self, indptr, indices, shape=(3, 4), data=None):
        self.indptr, self.indices, self.shape = np.array(indptr), np.array(indices), shape
        self.data = np.ones(len(indices)) if data is None else np.array(data)


def test_a_column_index_out_of_range_is_refused_with_its_row(h5ad):
    """AnnData takes it, and the first calculation would end the process."""
    with edited(h5ad) as file:
        indices, indptr = file["X/indices"][:], file["X/indptr"][:]
        indices[indptr[7]] = 10**6
        replace(file, "X/indices", indices)
    with refused("matrix.sparse", what=f"the first is column 1000000 of {N_VARS}", where="X, rows 7"):
        read(h5ad)


def test_a_negative_index_is_refused(h5ad):
    """Indices count from 0."""
    with edited(h5ad) as file:
        indices = file["X/indices"][:]
        indices[-1] = -3
        replace(file, "X/indices", indices)
    with refused("matrix.sparse", what=f"the first is column -3 of {N_VARS}", where=f"X, rows {N_OBS - 1}"):
        read(h5ad)


def test_pointers_that_fall_are_refused_with_their_row(h5ad):
    """Pointers never fall."""
    with edited(h5ad) as file:
        indptr = file["X/indptr"][:]
        indptr[5], indptr[6] = indptr[6], indptr[5]
        values = indptr[5], indptr[6]
        replace(file, "X/indptr", indptr)
    with refused("matrix.sparse", what=f"indptr falls from {values[0]} to {values[1]} at row 5", where="X, rows 5"):
        read(h5ad)


@pytest.mark.parametrize(
    ("parts", "what", "where"),
    [
        (Parts([0, 1, 2, 9], [0, 1, 2]), "indptr runs from 0 to 9, and there are 3 entries", "X, indptr"),
        (Parts([1, 1, 2, 3], [0, 1, 2]), "indptr runs from 1 to 3", "X, indptr"),
        (Parts([0, 1, 2], [0, 1]), "2 values, 2 indices and 3 pointers for 3 rows", "X"),
        (Parts([0, 1, 2, 3], [0, 1, 2], data=[1.0]), "1 values, 3 indices and 4 pointers", "X"),
    ],
)
def test_contradictions_are_refused(parts, what, where):
    """Pointers run from 0 to the number of entries, and every part has its length."""
    with refused("matrix.sparse", what=what, where=where):
        check_compressed(parts, where="X")


def test_a_good_matrix_passes_in_any_order():
    """Unsorted and repeated indices, and empty rows, are not errors."""
    check_compressed(Parts([0, 3, 3, 4], [2, 0, 2, 3]), where="X")
    check_compressed(sp.csc_matrix((5, 2)), where="X")


def test_csc_is_checked_by_column():
    """In CSC the pointers belong to columns, the indices to rows."""
    matrix = sp.csc_matrix(np.eye(4))
    matrix.indices[2] = 9
    with refused("matrix.sparse", what="the first is row 9 of 4", where="X, columns 2"):
        check_compressed(matrix, where="X")


@pytest.mark.parametrize(("axis", "what"), [("row", "in row 9 of 3"), ("col", "in column 9 of 3")])
def test_coordinates_outside_are_refused(axis, what):
    """COO positions lie inside the shape."""
    matrix = sp.coo_matrix(np.eye(3))
    check_coordinates(matrix, where="X")
    getattr(matrix, axis)[1] = 9
    with refused("matrix.sparse", what=what, where="X"):
        check_coordinates(matrix, where="X")


def test_a_broken_matrix_in_memory_is_refused():
    """Objects are checked like files."""
    adata = small()
    adata.X.indices[0] = N_VARS
    with refused("matrix.sparse", what=f"the first is column {N_VARS} of {N_VARS}", where="X, rows 0"):
        from_anndata(adata)
