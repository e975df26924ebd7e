"""Binomial numbers by inversion."""

import itertools

import numpy as np
import pytest
from scipy import stats

from rashomon.sim.readout.binomial import binomials, outside


@pytest.mark.parametrize("share", [0.0, 1e-6, 0.003, 0.3, 0.5, 0.7, 0.999, 1.0])
@pytest.mark.parametrize("n", [0, 1, 7, 300, 100_000])
def test_quantiles_are_those_of_scipy(n, share):
    """The numbers are the quantiles that scipy computes."""
    chance = (np.arange(199) + 0.5) / 199
    found = binomials(chance, np.full(chance.size, n), share)
    np.testing.assert_array_equal(found, stats.binom(n, share).ppf(chance))


def test_values_grow_with_chance_number_and_share():
    """A larger number, share or chance never gives a smaller value, across the share of one half too."""
    rng = np.random.default_rng(3)
    chance, n = rng.random(2000), rng.integers(0, 60, 2000)
    values = [binomials(chance, n, share) for share in (0.1, 0.4, 0.499, 0.501, 0.9)]
    assert all((a <= b).all() for a, b in itertools.pairwise(values))
    assert (binomials(chance, n, 0.3) <= binomials(chance, n + 1, 0.3)).all()
    assert (np.diff(binomials(np.sort(chance), np.full(2000, 20), 0.6)) >= 0).all()


def test_outside_is_uniform_over_the_rest():
    """Each place outside one's own is equally likely, and none inside is drawn (chi-square, p > 1e-4)."""
    chance = np.random.default_rng(4).random(30_000)
    place = outside(chance, np.tile([3, 13], (30_000, 1)), np.tile([5, 8], (30_000, 1)))
    counts = np.bincount(place, minlength=13)
    assert counts[[0, 1, 2, 5, 6, 7]].sum() == 0
    assert stats.chisquare(counts[[3, 4, 8, 9, 10, 11, 12]]).pvalue > 1e-4
