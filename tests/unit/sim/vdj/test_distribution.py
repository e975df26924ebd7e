import numba
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from rashomon.sim.vdj.distribution import distributions, pick, rows_of


@numba.njit
def draws(cells, starts, row, chances):
    found = np.empty(chances.size, np.int64)
    for i in range(chances.size):
        found[i] = pick(cells, starts, row, chances[i])
    return found


def law(made, row, n_values):
    """The probability of each value, from the cells alone."""
    cells = made.cells[made.starts[row] : made.starts[row + 1]]
    found = np.zeros(n_values)
    np.add.at(found, cells["this"], cells["keep"] / cells.size)
    np.add.at(found, cells["that"], (1 - cells["keep"]) / cells.size)
    return found


@given(hnp.arrays(float, st.tuples(st.integers(1, 5), st.integers(1, 30)), elements=st.floats(0, 1e6)))
def test_tables_hold_the_law(weights):
    """The chances of the cells add up to the weights, scaled to 1; rows without weight are empty."""
    weights = np.where(weights < 1e-9, 0, weights)
    made = distributions([rows_of(weights)])
    for row, expected in enumerate(weights):
        if expected.sum() == 0:
            assert made.starts[row] == made.starts[row + 1]
            continue
        found = law(made, row, expected.size)
        np.testing.assert_allclose(found, expected / expected.sum(), atol=1e-12)
        assert (found[expected == 0] == 0).all()


def test_draws_cover_the_unit_interval_in_proportion():
    """A fine grid of chances gives each value its weight; the largest chance below 1 gives a value with weight."""
    weights = np.array([[0.1, 0.0, 0.6, 0.3]])
    made = distributions([rows_of(weights)])
    found = draws(made.cells, made.starts, 0, (np.arange(100_000) + 0.5) / 100_000)
    np.testing.assert_allclose(np.bincount(found, minlength=4) / 100_000, weights[0], atol=1e-4)
    assert draws(made.cells, made.starts, 0, np.array([np.nextafter(1, 0)]))[0] in {0, 2, 3}


def test_pieces_lie_one_behind_the_other():
    """The distributions of the second piece follow those of the first, with values of their own."""
    second = np.array([2.0]), np.array([7]), np.array([1])
    made = distributions([rows_of(np.eye(2)), second])
    assert made.starts.tolist() == [0, 1, 2, 3]
    assert made.cells["this"].tolist() == [0, 1, 7]
