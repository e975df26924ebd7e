import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.core import digest_array
from rashomon.io.matrix import check_values, to_csr
from tests.sample import refused

DENSE = np.array([[0.0, 1.0, 2.0], [0.0, 0.0, 0.0], [3.0, 0.0, 4.0]])
OBS, VAR = np.array(["c0", "c1", "c2"]), np.array(["g0", "g1", "g2"])
KINDS = {
    "dense": DENSE,
    "fortran": np.asfortranarray(DENSE),
    "csr": sp.csr_matrix(DENSE),
    "csc": sp.csc_matrix(DENSE),
    "coo": sp.coo_matrix(DENSE),
    "lil": sp.lil_matrix(DENSE),
    "csr_array": sp.csr_array(DENSE),
    "uint8": DENSE.astype(np.uint8),
    "int64": sp.csr_matrix(DENSE.astype(np.int64)),
    "stored zeros": sp.csr_matrix((np.array([0.0, 1, 2, 3, 4]), np.array([0, 1, 2, 0, 2]), np.array([0, 3, 3, 5]))),
    "unsorted": sp.csr_matrix((np.array([2.0, 1, 4, 3]), np.array([2, 1, 2, 0]), np.array([0, 2, 2, 4]))),
}


def convert(values, **options):
    return to_csr(values, slot="X", shape=(3, 3), **options)


def check(values):
    check_values(convert(values), obs_names=OBS, var_names=VAR)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_matrix_becomes_the_same_csr(kind):
    """The result is canonical: type, order of indices and stored zeros do not depend on the input."""
    matrix = convert(KINDS[kind])
    assert isinstance(matrix.x, sp.csr_matrix)
    assert matrix.x.dtype == np.float32
    assert digest_array(matrix.x) == digest_array(convert(DENSE).x)
    assert matrix.notes == ()


@pytest.mark.parametrize("kind", KINDS)
def test_the_original_is_not_changed_and_not_shared(kind):
    """Changing the result leaves the user's matrix as it was."""
    before = digest_array(KINDS[kind])
    convert(KINDS[kind]).x.data[:] = 99
    assert digest_array(KINDS[kind]) == before


def test_entries_that_are_stored_twice_are_added_up_and_noted():
    """Repeated entries mean their sum, as everywhere in SciPy."""
    twice = sp.csr_matrix(
        (np.array([1.0, 1, 2, 3, 4]), np.array([1, 2, 2, 0, 2]), np.array([0, 3, 3, 5])), shape=(3, 3)
    )
    matrix = convert(twice)
    assert matrix.x[0, 2] == 3
    assert matrix.notes == ("X: 1 entries that were stored twice were added up [matrix.entries_twice]",)


def test_half_precision_is_widened_and_noted():
    """float16 holds no sums of counts."""
    assert convert(DENSE.astype(np.float16)).notes == ("X: float16 was widened to float32 [matrix.float16]",)


def test_counts_that_float32_cannot_hold_are_noted():
    """Whole numbers above 2**24 are rounded; how many is said. Those that fit exactly are not."""
    big = DENSE.astype(np.int64)
    big[0, 0], big[0, 1] = 2**24 + 1, 2**25
    assert convert(big).notes == ("X: 1 counts above 16,777,216 were rounded to float32 [matrix.rounded]",)


@pytest.mark.parametrize(
    ("values", "what"),
    [
        (DENSE.astype(bool), "the matrix holds bool"),
        (DENSE.astype(complex), "the matrix holds complex128"),
        (DENSE.astype(object), "the matrix holds object"),
        (DENSE.astype(str), "the matrix holds <U32"),
        (np.ma.masked_array(DENSE), "the matrix is a masked array"),
        (sp.csr_matrix(DENSE.astype(bool)), "the matrix holds bool"),
    ],
)
def test_what_is_no_number_is_refused(values, what):
    """Text, booleans, objects, complex and masked values are not expression."""
    with refused("matrix.dtype", what=what, where="X"):
        convert(values)


def test_a_matrix_that_is_not_in_memory_is_refused():
    """Lazy matrices are named by their type, with what to call."""

    class Lazy:
        shape = (3, 3)

    Lazy.__module__ = "dask.array.core"
    with refused("matrix.lazy", what="the matrix is a dask Lazy", where="X"):
        convert(Lazy())


def test_another_shape_is_refused():
    """Both shapes are named."""
    with refused("matrix.shape", what="the matrix is 2 x 3", where="X"):
        convert(DENSE[:2])


def test_a_dense_matrix_above_the_budget_is_refused():
    """Dense matrices have a limit; sparse ones of the same shape pass."""
    with refused("matrix.budget", what="a dense matrix of 72 bytes", where="X"):
        convert(DENSE, budget=71)
    assert convert(DENSE, budget=72).x.nnz == 4
    assert convert(sp.csr_matrix(DENSE), budget=1).x.nnz == 4


@pytest.mark.parametrize("make", [np.asarray, sp.csr_matrix, sp.csc_matrix])
def test_nan_is_refused_with_its_positions(make):
    """How many, and the first five by cell and gene."""
    values = DENSE.copy()
    values[0, 1] = values[2, 2] = np.nan
    with refused("matrix.nan", what="2 of 4 stored values are NaN", where="X: (c0, g1), (c2, g2)"):
        check(make(values))


def test_more_than_five_positions_are_counted():
    """The rest is a number."""
    with refused("matrix.nan", what="9 of 9 stored", where="(c1, g0), (c1, g1) and 4 more"):
        check(np.full((3, 3), np.nan))


@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_infinite_values_are_refused(value):
    """Positive or negative, with the position."""
    values = DENSE.copy()
    values[2, 0] = value
    with refused("matrix.inf", what=f"1 of 4 stored values are infinite; the first is {value}", where="X: (c2, g0)"):
        check(values)


def test_negative_values_are_refused():
    """The first value and its position are named."""
    values = DENSE.copy()
    values[0, 2] = -1.5
    with refused("matrix.negative", what="1 of 4 stored values are negative; the first is -1.5", where="X: (c0, g2)"):
        check(values)


def test_good_values_pass():
    """Zeros, and negative zeros, are no negative values."""
    check(np.where(DENSE == 0, -0.0, DENSE))
    check(np.zeros((3, 3)))
