"""Bulk scores: every function against scikit-learn on labelings of realistic size."""

import inspect

import numpy as np
import pytest
from sklearn import metrics

from rashomon.score import SCORES, bulk, score
from rashomon.score.block import RunCodes, count_block

ORACLES = {
    "adjusted_rand": metrics.adjusted_rand_score,
    "adjusted_information": metrics.adjusted_mutual_info_score,
    "normalised_information": metrics.normalized_mutual_info_score,
    "homogeneity": lambda a, b: metrics.homogeneity_score(b, a),
    "completeness": lambda a, b: metrics.completeness_score(b, a),
    "fowlkes_mallows": metrics.fowlkes_mallows_score,
    "element_centric": lambda a, b: score("element_centric", a, b).value,
    "variation_of_information": lambda a, b: score("variation_of_information", a, b).value,
}


@pytest.fixture(scope="module")
def labels():
    """Four labelings of 20,000 items: one hidden grouping, split, merged and with noise; one unrelated."""
    rng = np.random.default_rng(11)
    hidden = rng.integers(12, size=20_000)
    made = [np.where(rng.random(20_000) < 0.2, rng.integers(k, size=20_000), hidden * 7 % k) for k in (5, 17, 39)]
    return np.stack([*made, rng.integers(300, size=20_000)], axis=1)


@pytest.mark.parametrize("name", bulk.__all__)
def test_equals_the_oracle(name, labels):
    """Equal to 1e-10 for every pair."""
    pairs = np.array([[0, 1], [0, 2], [1, 2], [3, 0], [2, 3]])
    found = getattr(bulk, name)(count_block(RunCodes.of(labels), pairs))
    expected = [ORACLES[name](labels[:, i], labels[:, j]) for i, j in pairs]
    np.testing.assert_allclose(found, expected, atol=1e-10, rtol=0)


def test_every_function_is_named_by_a_record():
    """No function is left over, and none is named that does not exist."""
    named = {record.bulk.partition(":")[2] for record in SCORES.values() if record.bulk}
    assert named == set(bulk.__all__)
    assert all(list(inspect.signature(getattr(bulk, name)).parameters) == ["block"] for name in named)
