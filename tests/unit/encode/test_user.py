import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.core import UsageError
from rashomon.encode import user_transform
from rashomon.encode.user import checked_values

VIEW = np.array([[-1.0, 2.0], [2.0, 0.0], [3.0, 1.0]], dtype=np.float32)


def first_only(view):
    """Keep the first component."""
    return view[:, :1]


def spoiler(view):
    view[:] = 0
    return view


def test_a_view_is_transformed_and_checked():
    """What the function returns is of the type it was given, fresh and C-contiguous."""
    step = user_transform(first_only)
    assert (step.name, step.reads, step.writes) == ("first_only", ("view",), ("view",))
    view = step.run({"view": VIEW}, {})["view"]
    assert view.dtype == np.float32
    assert view.flags.c_contiguous
    np.testing.assert_array_equal(view, VIEW[:, :1])


def test_a_matrix_stays_sparse():
    """On x, a CSR matrix may come back as one."""
    x = sp.csr_matrix(VIEW)
    found = user_transform(lambda x: x.multiply(2), on="x", name="doubled").run({"x": x}, {})["x"]
    assert sp.issparse(found)
    np.testing.assert_array_equal(found.toarray(), 2 * VIEW)


def test_a_function_that_spoils_its_input_harms_nobody():
    """The function is given a copy."""
    before = VIEW.copy()
    user_transform(spoiler).run({"view": VIEW}, {})
    np.testing.assert_array_equal(VIEW, before)


@pytest.mark.parametrize(
    ("values", "match"),
    [
        (np.zeros((2, 2)), r"shape \(2, 2\) for 3 cells"),
        (np.zeros(3), r"shape \(3,\) for 3 cells"),
        (np.zeros((3, 0)), r"shape \(3, 0\) for 3 cells"),
        (np.array([["a"], ["b"], ["c"]]), "type <U1"),
        (np.full((3, 1), np.nan), "not finite"),
        (np.full((3, 1), 1e300), "not finite"),
        (sp.csr_matrix(np.array([[np.inf], [0.0], [0.0]])), "not finite"),
        (None, r"shape \(\) for 3 cells"),
    ],
)
@pytest.mark.filterwarnings("ignore:overflow encountered in cast")
def test_refuses_what_is_no_row_per_cell(values, match):
    """One row of finite numbers per cell; the message says what came instead."""
    with pytest.raises(UsageError, match=match) as caught:
        checked_values(values, VIEW)
    assert "one row per cell" in caught.value.expected


def test_refuses_a_name_of_ours_and_an_unknown_slot():
    """Two steps of one name could not be told apart; only the matrix and the view are transformed."""
    with pytest.raises(UsageError, match="the name 'scale' is taken"):
        user_transform("rashomon.encode.scale:scale", on="x")
    with pytest.raises(UsageError, match="cannot act on 'graph'"):
        user_transform(first_only, on="graph")
