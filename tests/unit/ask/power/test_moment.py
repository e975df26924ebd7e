import numpy as np
import pytest
from scipy.stats import nbinom, poisson

from rashomon.ask.power.moment import log_moments
from rashomon.core import UsageError


@pytest.mark.parametrize(("mean", "dispersion"), [(0.03, 0.5), (0.7, 0.1), (4.0, 2.0), (60.0, 0.05)])
def test_moments_are_those_of_scipys_law(mean, dispersion):
    """Sums of log(1 + c y) over the probabilities of scipy's negative binomial."""
    y = np.arange(20_000)
    p = nbinom.pmf(y, 1 / dispersion, 1 / (1 + dispersion * mean))
    value = np.log1p(3.0 * y)
    centre, variance = log_moments(mean, dispersion, scale=3.0)
    assert centre == pytest.approx(p @ value, abs=1e-7)
    assert variance == pytest.approx(p @ value**2 - (p @ value) ** 2, abs=1e-6)


def test_no_dispersion_is_poisson():
    """The Poisson law, and its neighbour at a dispersion of nearly 0."""
    y = np.arange(200)
    expected = poisson.pmf(y, 5.0) @ np.log1p(y)
    assert log_moments(5.0, 0.0, scale=1.0)[0] == pytest.approx(expected, abs=1e-8)
    assert log_moments(5.0, 1e-7, scale=1.0)[0] == pytest.approx(expected, abs=1e-6)


def test_large_means_are_expanded_without_a_step():
    """On both sides of the mean at which the sum ends, the moments go on."""
    centre, variance = log_moments([299.0, 301.0], 0.01, scale=2.0)
    assert centre[1] - centre[0] == pytest.approx(2 / 300, rel=0.15)
    assert variance[1] == pytest.approx(variance[0], rel=0.05)


def test_what_is_no_mean_is_refused():
    """Negative means, NaN and a scale of 0."""
    for mean, scale in ((-1.0, 1.0), (np.nan, 1.0), (1.0, 0.0)):
        with pytest.raises(UsageError, match="out of range"):
            log_moments(mean, 0.1, scale=scale)
