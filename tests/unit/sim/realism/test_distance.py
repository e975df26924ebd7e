import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ecdf, energy_distance, wasserstein_distance

from rashomon.sim.realism.distance import DISTANCES, energy, ks, ks_2d, wasserstein


def slow_ks_2d(a, b):
    """The definition of Fasano and Franceschini, quadrant by quadrant."""
    largest = []
    for origins in (a, b):
        found = 0.0
        for x, y in origins:
            for right in (False, True):
                for up in (False, True):
                    shares = [(((s[:, 0] > x) == right) & ((s[:, 1] > y) == up)).mean() for s in (a, b)]
                    found = max(found, abs(shares[0] - shares[1]))
        largest.append(found)
    return sum(largest) / 2


@given(
    st.lists(st.integers(-3, 3), min_size=1, max_size=30),
    st.lists(st.integers(-3, 3), min_size=1, max_size=30),
)
def test_ks_is_that_of_scipy(a, b):
    """The statistic is the largest difference of scipy's distribution functions, ties included."""
    steps = np.arange(-3, 4)
    expected = np.abs(ecdf(a).cdf.evaluate(steps) - ecdf(b).cdf.evaluate(steps)).max()
    assert ks(np.array(a), np.array(b)) == pytest.approx(expected)


def test_wasserstein_and_energy_are_scipys_in_units_of_the_real_deviation(rng):
    """Dividing the real values by their deviation first gives the same; another unit changes nothing."""
    a, b = rng.gamma(2.0, 3.0, 200), rng.gamma(3.0, 3.0, 150)
    scale = a.std()
    assert wasserstein(a, b) == pytest.approx(wasserstein_distance(a / scale, b / scale))
    assert energy(a, b) == pytest.approx(energy_distance(a / scale, b / scale))
    assert wasserstein(1000 * a, 1000 * b) == pytest.approx(wasserstein(a, b))
    assert energy(1000 * a, 1000 * b) == pytest.approx(energy(a, b))


def test_distances_in_the_plane_equal_the_plain_loops(rng):
    """Two-dimensional Kolmogorov-Smirnov equals its definition, ties included."""
    a, b = rng.integers(0, 6, size=(25, 2)).astype(float), rng.integers(1, 7, size=(30, 2)).astype(float)
    assert ks_2d(a, b) == pytest.approx(slow_ks_2d(a, b))


def test_energy_in_the_plane_is_that_on_the_line_when_points_lie_on_one(rng):
    """Points with equal coordinates are as far apart as on the line, times the root of two inside."""
    a, b = rng.normal(size=60), rng.normal(0.5, 1.5, size=70)
    expected = energy_distance(a / a.std(), b / a.std()) * 2**0.25
    assert energy(np.c_[a, a], np.c_[b, b]) == pytest.approx(expected)


def test_ks_in_the_plane_sees_what_no_margin_shows(rng):
    """Equal margins with opposite correlation are told apart in the plane, and by no margin."""
    x = rng.normal(size=(800, 2))
    a, b = np.c_[x[:, 0], x[:, 0] + 0.3 * x[:, 1]], np.c_[x[:, 0], -x[:, 0] + 0.3 * x[:, 1]]
    assert ks(a[:, 0], b[:, 0]) == 0
    assert ks(a[:, 1], b[:, 1]) < 0.1
    assert ks_2d(a, b) > 0.3


def test_equal_samples_have_distance_zero_and_order_does_not_matter(rng):
    """A sample has distance 0 from itself in any order; those of Kolmogorov and Smirnov are symmetric."""
    for record in DISTANCES.values():
        for n_columns in record.n_columns:
            x = rng.normal(size=(50, n_columns)).squeeze()
            y = rng.normal(1.0, 1.0, size=(60, n_columns)).squeeze()
            assert record.between(x, x[::-1]) == pytest.approx(0.0, abs=1e-7)
            assert record.between(x, y) > 0.1
            if record.ranks:
                assert record.between(x, y) == pytest.approx(record.between(y, x))


def test_large_samples_are_drawn_by_rng(rng):
    """Bivariate samples are bounded: the same rng gives the same number, and the value is near that of all points."""
    a, b = rng.normal(size=(5_000, 2)), rng.normal(0.3, 1.0, size=(5_000, 2))
    assert ks_2d(a, b, rng=1) == ks_2d(a, b, rng=1) != ks_2d(a, b, rng=2)
    assert ks_2d(a, a, rng=1) == 0
    assert ks_2d(a, b, rng=1) == pytest.approx(ks_2d(a, b, rng=2), abs=0.05)


def test_without_spread_there_is_no_unit():
    """Distances in units of a deviation that is 0 are NaN; the others are defined."""
    assert np.isnan(wasserstein(np.ones(5), np.arange(5.0)))
    assert np.isnan(energy(np.ones((5, 2)), np.ones((5, 2))))
    assert ks(np.ones(5), np.zeros(5)) == 1.0


def test_one_distance_ranks_each_shape():
    """Exactly one distance ranks summaries of one column, and one those of two."""
    for n_columns in (1, 2):
        assert len([record for record in DISTANCES.values() if record.ranks and n_columns in record.n_columns]) == 1
