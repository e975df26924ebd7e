"""The adjusted Rand index against scikit-learn, and by hand."""

from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from rashomon.score.contingency import tabulate
from rashomon.score.rand import adjusted_rand


@pytest.mark.parametrize("n", [2, 10, 300, 5000])
def test_equals_scikit_learn(n, rng):
    """Random labelings of many sizes: equal to 1e-12."""
    for _ in range(20):
        a, b = rng.integers(rng.integers(2, 30), size=n), rng.integers(rng.integers(2, 30), size=n)
        b = np.where(rng.random(n) < rng.random(), a, b)
        table = tabulate(a, b)
        if table.facts.n_a == table.facts.n_b and table.facts.n_a in {1, n}:
            assert np.isnan(adjusted_rand(table))
        else:
            assert adjusted_rand(table) == pytest.approx(adjusted_rand_score(a, b), abs=1e-12)


def test_the_mean_over_all_permutations_is_zero():
    """Chance correction is exact: over all orders of one labeling the values sum to 0."""
    a = np.array([0, 0, 0, 1, 1, 2])
    values = [adjusted_rand(tabulate(a, np.array(order))) for order in permutations([0, 0, 1, 1, 1, 2])]
    assert np.mean(values) == pytest.approx(0, abs=1e-14)


def test_the_lower_bound_is_reached():
    """-0.5 for two crossed halves of four items."""
    assert adjusted_rand(tabulate(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]))) == -0.5


def test_counts_of_pairs_do_not_overflow():
    """With a million items products of pair counts leave 64 bits; the value is still the exact fraction."""
    n = 1_000_000
    a, b = np.arange(n) % 2, (np.arange(n) < n // 4).astype(int)
    both = 2 * (n // 8) ** 2 + 2 * (3 * n // 8) ** 2 - n
    in_a, in_b, pairs = 2 * (n // 2) ** 2 - n, (n // 4) ** 2 + (3 * n // 4) ** 2 - n, n * (n - 1)
    exact = Fraction(pairs * both - in_a * in_b, pairs * (in_a + in_b) // 2 - in_a * in_b)
    assert adjusted_rand(tabulate(a, b)) == float(exact)
