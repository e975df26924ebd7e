"""Expected information: against all permutations, and against scikit-learn."""

from itertools import permutations

import numpy as np
import pytest
from sklearn.metrics import mutual_info_score
from sklearn.metrics.cluster import contingency_matrix, expected_mutual_information

from rashomon.score.contingency import tabulate
from rashomon.score.expectation import expected_information


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
