"""What is known of the depth."""

import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.sim.oracle.depth import DepthTable, KnownDepth, LogNormalDepth


@pytest.mark.parametrize("depth", [np.array([10.0, 20.0]), np.array([[10.0], [20.0]])])
def test_known_depth_counts_for_every_state(depth):
    """A depth per cell is the depth under each state, as a logarithm."""
    expected = np.log([[10.0] * 3, [20.0] * 3])
    np.testing.assert_allclose(KnownDepth(depth).log_depth(2, 3), expected)


@pytest.mark.parametrize(
    ("depth", "what"),
    [
        (np.array([0.0, 1.0]), "not above 0"),
        (np.array([np.nan, 1.0]), "not above 0"),
        (np.ones(3), "3 rows for 2 cells"),
        (np.ones((2, 2)), "for 3 states"),
    ],
)
def test_known_depth_refuses_what_does_not_fit(depth, what):
    """A depth of 0, a missing one, and other numbers of cells or states are errors."""
    with pytest.raises(UsageError, match=what):
        KnownDepth(depth).log_depth(2, 3)


def test_normal_law_spreads_to_cells_and_states():
    """Numbers, rows per state and tables per cell and state all give one table."""
    for mean in (1.0, np.ones(3), np.ones((2, 3))):
        found, sd = LogNormalDepth(mean, 0.5).moments(2, 3)
        np.testing.assert_array_equal(found, np.ones((2, 3)))
        np.testing.assert_array_equal(sd, np.full(3, 0.5))


@pytest.mark.parametrize("sd", [0.0, -1.0, np.array([0.1, 0.2]), np.nan])
def test_normal_law_needs_a_spread(sd):
    """A standard deviation of 0, a negative one or one too few is an error that names the alternative."""
    with pytest.raises(UsageError, match="standard deviation") as error:
        LogNormalDepth(0.0, sd).moments(2, 3)
    assert "KnownDepth" in str(error.value)


def test_normal_law_needs_finite_means():
    """A mean of NaN is an error."""
    with pytest.raises(UsageError, match="not finite"):
        LogNormalDepth(np.nan, 1.0).moments(2, 3)


@pytest.mark.parametrize(
    ("table", "what"),
    [
        (np.array([[1.0, 0.0]]), "descend"),
        (np.array([[1.0, np.inf]]), "not finite"),
        (np.array([[1.0]]), "shape"),
        (np.ones((2, 4)), "shape"),
    ],
)
def test_quantiles_ascend(table, what):
    """Descending or infinite quantiles, a single one, and other numbers of states are errors."""
    with pytest.raises(UsageError, match=what):
        DepthTable(table).quantiles(1)


def test_equal_quantiles_are_accepted():
    """A point mass is a legal law."""
    np.testing.assert_array_equal(DepthTable([[1, 1, 2]]).quantiles(1), [[1.0, 1.0, 2.0]])
