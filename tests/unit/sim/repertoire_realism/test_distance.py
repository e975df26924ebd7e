import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon
from scipy.stats import ks_2samp, wasserstein_distance

from rashomon.sim.repertoire_realism.distance import DISTANCES, difference, jensen_shannon, wasserstein


def test_jensen_shannon_is_that_of_scipy(rng):
    """One composition; several are weighted by how many counts they have, without those that one lacks."""
    a, b = rng.integers(0, 9, (2, 3, 6))
    assert jensen_shannon(a[0], b[0]) == pytest.approx(jensenshannon(a[0], b[0], base=2))
    a[1] = 0
    weights = [(a[at] + b[at]).sum() for at in (0, 2)]
    parts = [jensenshannon(a[at], b[at], base=2) for at in (0, 2)]
    assert jensen_shannon(a, b) == pytest.approx(np.average(parts, weights=weights))
    assert np.isnan(jensen_shannon(np.zeros(3), np.ones(3)))
    assert jensen_shannon(np.arange(5.0) / 7, np.arange(5.0)) == pytest.approx(0, abs=1e-7)


def test_samples_are_compared_as_scipy_does(rng):
    """Wasserstein and Kolmogorov-Smirnov; minus infinity is a value of the latter."""
    a, b = rng.normal(size=50), rng.normal(1, 2, size=70)
    assert wasserstein(a, b) == pytest.approx(wasserstein_distance(a, b))
    a[:5] = -np.inf
    assert DISTANCES["ks"].between(a, b) == pytest.approx(ks_2samp(a, b).statistic)


def test_difference_is_taken_where_both_are_defined():
    """NaN of one side leaves the other out."""
    assert difference(np.array([1.0, np.nan, 3.0]), np.array([2.0, 2.0, 6.0])) == 2.0
    assert np.isnan(difference(np.array([np.nan]), np.array([2.0])))


@pytest.mark.parametrize("name", ["jensen_shannon", "wasserstein", "ks", "difference"])
def test_equal_repertoires_are_at_chance(name):
    """The distance of something to itself is that where nothing tells it apart."""
    values = np.array([3.0, 1.0, 2.0])
    assert DISTANCES[name].between(values, values) == DISTANCES[name].chance == 0
