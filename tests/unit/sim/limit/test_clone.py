"""Clones in samples against binomial laws."""

import numpy as np
import pytest
from scipy import stats

from rashomon.core import UsageError
from rashomon.sim.limit import cells_to_see, chance_shared, chance_unseen


def test_unseen_is_a_binomial_zero():
    """(1 - f)^N is scipy's probability of no success, for all frequencies with their ends."""
    f, n = np.array([0.0, 1e-6, 0.01, 0.5, 1.0])[:, None], np.array([0, 1, 100, 10**6])
    np.testing.assert_allclose(chance_unseen(f, n), stats.binom.pmf(0, n, f))


def test_shared_is_the_product_of_being_seen(rng):
    """Two independent samples: the product of binomial probabilities, and what simulated samples show (4 SE)."""
    f, n_a, n_b = 2e-3, 500, 800
    expected = stats.binom.sf(0, n_a, f) * stats.binom.sf(0, n_b, f)
    assert chance_shared(f, n_cells_a=n_a, n_cells_b=n_b) == pytest.approx(expected)
    both = np.mean((rng.binomial(n_a, f, 50_000) > 0) & (rng.binomial(n_b, f, 50_000) > 0))
    assert abs(both - expected) < 4 * np.sqrt(expected * (1 - expected) / 50_000)


def test_rare_clones_keep_their_digits():
    """At frequencies far below 1 / N the chance is f^2 N1 N2, not rounded to 0."""
    assert chance_shared(1e-18, n_cells_a=100, n_cells_b=1000) == pytest.approx(1e-36 * 1e5)


def test_cells_to_see_is_the_least_number():
    """With N cells the clone is seen with the chance asked for, with N - 1 it is not."""
    f, chance = np.array([0.3, 0.01, 1e-5])[:, None], np.array([0.5, 0.95, 0.999])
    n = cells_to_see(f, chance=chance)
    assert (1 - chance_unseen(f, n) >= chance).all()
    assert (1 - chance_unseen(f, n - 1) < chance).all()


def test_refusals_name_the_place():
    """Frequencies above 1, negative numbers of cells, a certain chance."""
    with pytest.raises(UsageError, match=r"(?s)frequency holds 1\.1.*chance_unseen"):
        chance_unseen(1.1, 5)
    with pytest.raises(UsageError, match=r"(?s)n_cells holds -1.*chance_shared"):
        chance_shared(0.1, n_cells_a=5, n_cells_b=-1)
    with pytest.raises(UsageError, match=r"(?s)chance holds 1.*cells_to_see"):
        cells_to_see(0.1, chance=1.0)
