import numpy as np
import pytest
from scipy.stats import binom, binomtest, nbinom

from rashomon.score.rate import exact_interval


@pytest.mark.parametrize(("hits", "n"), [(0, 10), (1, 10), (5, 10), (10, 10), (3, 100_000)])
def test_intervals_are_those_of_scipy(hits, n):
    """For a fixed number of trials the interval is scipy's exact one."""
    expected = binomtest(hits, n).proportion_ci(0.95, method="exact")
    np.testing.assert_allclose(exact_interval(hits, n), [expected.low, expected.high], rtol=1e-7)


@pytest.mark.parametrize("p", [0.05, 0.4])
def test_coverage_is_at_least_the_level(p):
    """The interval holds the rate in 95 % of all outcomes, for fixed trials and for trials that stop at five hits."""
    hits = np.arange(41)
    low, high = exact_interval(hits, 40)
    assert binom.pmf(hits, 40, p)[(low <= p) & (p <= high)].sum() >= 0.95
    n = np.arange(5, 5000)
    low, high = exact_interval(5, n, stopped=True)
    assert nbinom.pmf(n - 5, 5, p)[(low <= p) & (p <= high)].sum() >= 0.95


def test_nothing_is_known_without_trials():
    """Without trials the rate may be anything."""
    assert [float(end) for end in exact_interval(0, 0)] == [0.0, 1.0]
