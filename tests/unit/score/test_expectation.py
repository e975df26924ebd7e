"""Expected information: against all permutations, and against scikit-learn."""

from itertools import permutations

import numpy as np
import pytest
from sklearn.metrics import mutual_info_score
from sklearn.metrics.cluster import contingency_matrix, expected_mutual_information

from rashomon.score.contingency import tabulate
from rashomon.score.expectation import _by_recurrence, _step, expected_information, expected_share, log_tables


@pytest.mark.parametrize(("a", "b"), [([0, 0, 1, 1, 1], [0, 0, 0, 1, 2]), ([0, 1, 2, 3, 3, 3], [0, 0, 0, 0, 0, 1])])
def test_is_the_mean_over_all_permutations(a, b):
    """The definition itself, by enumeration."""
    mean = np.mean([mutual_info_score(a, order) for order in permutations(b)])
    assert expected_information(tabulate(np.array(a), np.array(b))) == pytest.approx(mean, abs=1e-14)


@pytest.mark.parametrize("n", [20, 1000, 20_000])
def test_equals_scikit_learn(n, rng):
    """Few and many clusters, even and skewed sizes: equal to 1e-10."""
    for k in (2, 8, n // 4):
        a = np.minimum(rng.geometric(0.2, n), k)
        b = rng.integers(min(k, 300), size=n)
        peer = expected_mutual_information(contingency_matrix(a, b, sparse=True), n)
        assert expected_information(tabulate(a, b)) == pytest.approx(peer, abs=1e-10)


def test_of_singletons_is_all_information():
    """Where every item is its own cluster nothing is left to chance."""
    b = np.array([0, 0, 0, 1, 1, 2])
    assert expected_information(tabulate(np.arange(6), b)) == pytest.approx(mutual_info_score(np.arange(6), b))


@pytest.mark.parametrize(("n", "largest"), [(100, 1e-15), (5000, 1e-13), (300_000, 1e-12)])
def test_skipping_weights_changes_rounding_only(n, largest, rng):
    """Sums over every h-th weight equal sums over all of them, for clusters of any two sizes."""
    sizes = np.exp(rng.uniform(0, np.log(n), size=(300, 2))).astype(int)
    sizes[::3, 0] = n - sizes[::3, 0] + 1
    logs, log_factorials = log_tables(n)
    for a, b in sizes.tolist():
        assert abs(expected_share(a, b, n, logs, log_factorials) - _by_recurrence(a, b, n, logs)) < largest
    steps = [_step(a, b, n) for a, b in sizes.tolist()]
    assert min(steps) == 1
    assert max(steps) > 1 or n == 100


def test_the_longest_step_keeps_the_bound():
    """exp(-s (1 - cos(2 pi / h))) is at most e to the minus 36 for the step taken, and above it for a longer one."""
    for a, b, n in [(200, 300, 1000), (5000, 5000, 100_000), (50_000, 40_000, 100_000), (900, 900, 10_000)]:
        s, h = a * b / n * (1 - a / n) * (n - b) / (n - 1), _step(a, b, n)
        assert h > 1
        assert s * (1 - np.cos(2 * np.pi / h)) >= 36 - 1e-6
        assert s * (1 - np.cos(2 * np.pi / (h + 1))) < 36
