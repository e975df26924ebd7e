"""Transfer: equal up to names is 0, unrelated is 1, and trivial agreement is undefined."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rashomon.core import UsageError
from rashomon.score import transfer_instability
from rashomon.score.transfer import mean_transfer
from tests.strategies import labeling_pairs


@given(labeling_pairs(lowest=0, max_classes=4, max_size=20), st.integers(0, 2**32 - 1))
def test_instability_is_smallest_over_all_renamings(pair, seed):
    """The share of items that differ, for the best of all 24 ways to rename four clusters."""
    found, predicted = pair
    result = transfer_instability(found, predicted, n_null=2, rng=np.random.default_rng(seed))
    if not np.isnan(result.instability):
        least = min(np.mean(np.array(names)[predicted] != found) for names in permutations(range(4)))
        assert result.instability == pytest.approx(least, abs=1e-12)


def test_unrelated_labels_are_at_one(rng):
    """The mean over 40 unrelated pairs is within 4 standard errors of 1."""
    values = [
        transfer_instability(rng.integers(3, size=200), rng.integers(3, size=200), n_null=10, rng=rng).value
        for _ in range(40)
    ]
    assert abs(np.mean(values) - 1) < 4 * np.std(values) / np.sqrt(40)


def test_one_large_cluster_does_not_look_stable(rng):
    """With 95 % of the items in one cluster unrelated labels differ on few items, and still score about 1."""
    labels = (rng.random((2000, 2)) < 0.05).astype(int)
    result = transfer_instability(labels[:, 0], labels[:, 1], rng=rng)
    assert result.instability < 0.12
    assert 0.9 < result.value < 1.1


def test_items_outside_of_the_half_do_not_count(rng):
    """-2 in either vector leaves the item out, also out of the permutations."""
    found, predicted = rng.integers(3, size=60), rng.integers(3, size=60)
    wide = [np.concatenate([codes, np.full(20, -2)]) for codes in (found, predicted)]
    one = transfer_instability(found, predicted, rng=np.random.default_rng(3))
    assert transfer_instability(*wide, rng=np.random.default_rng(3)) == one
    assert one.n_obs == 60


def test_trivial_agreement_is_undefined(rng):
    """One cluster in both, nothing in both, every item its own: no value, with the reason."""
    cases = {"one cluster in both": np.zeros(4, int), "every item is its own cluster in both": np.arange(4)}
    for reason, codes in (cases | {"no item is labelled in both": np.full(4, -2)}).items():
        result = transfer_instability(codes, codes, rng=rng)
        assert np.isnan(result.value)
        assert result.reason == reason


def test_labels_that_cannot_differ_are_undefined(rng):
    """One cluster here, two there: whatever the order, as many items differ; 0 only where sizes leave no room."""
    result = transfer_instability(np.zeros(4, int), np.array([0, 0, 0, 1]), rng=rng)
    assert (result.instability, result.null, result.value) == (0.25, 0.25, 1.0)


def test_mean_counts_undefined_splits(rng):
    """Two splits, one of them trivial: one value, one left out; shapes must agree."""
    labels = np.array([[0, 0], [0, 0], [1, 0], [1, 0]])
    result = mean_transfer(labels, labels, rng=rng)
    assert (result.value, result.n_values, result.n_undefined) == (0.0, 1, 1)
    nothing = mean_transfer(labels[:, 1:], labels[:, 1:], rng=rng)
    assert (nothing.status, nothing.reason) == ("undefined", "one cluster in both")
    with pytest.raises(UsageError, match="predicted ones"):
        mean_transfer(labels, labels[:, :1], rng=rng)
