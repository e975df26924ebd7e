"""Neighbourhood purity against counting, and its chance level against all permutations."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rashomon.core import UsageError
from rashomon.score.purity import adjusted_purity, neighbourhood_purity, purity_items
from tests.strategies import labelings


def neighbours_of(n, k, rng):
    """Each item, then `k` others."""
    return np.array([[i, *rng.permutation(np.delete(np.arange(n), i))[:k]] for i in range(n)])


def counted(labels, neighbours, unassigned):
    """Count neighbour by neighbour; an unassigned item shares its cluster with nobody."""
    lowest = -1 if unassigned == "singletons" else 0
    shares = []
    for own, others in zip(labels, labels[neighbours[:, 1:]], strict=True):
        seen = [other for other in others if other >= lowest]
        if own >= lowest and seen:
            shares.append(np.mean([own >= 0 and other == own for other in seen]))
    return np.mean(shares) if shares else np.nan


@pytest.mark.parametrize("unassigned", ["singletons", "left_out"])
@given(labels=labelings(min_size=5), seed=st.integers(0, 2**32 - 1))
def test_equals_counting_one_by_one(unassigned, labels, seed):
    """The mean over items of the share of neighbours that take part and are in the same cluster."""
    neighbours = neighbours_of(labels.size, 4, np.random.default_rng(seed))
    found = neighbourhood_purity(labels, neighbours, unassigned=unassigned)
    assert found == pytest.approx(counted(labels, neighbours, unassigned), nan_ok=True)


@pytest.mark.parametrize("labels", [[0, 0, 0, 1, 1], [0, 0, 0, 0, 1], [0, 1, 2, 2, 2], [0, 0, -1, 1, 1]])
def test_the_mean_over_all_permutations_is_zero(labels, rng):
    """For fixed neighbours, labels in every order have an adjusted purity of 0 on average, exactly."""
    neighbours = neighbours_of(5, 2, rng)
    values = [adjusted_purity(np.array(order), neighbours) for order in itertools.permutations(labels)]
    assert np.mean(values) == pytest.approx(0, abs=1e-12)


def test_pure_neighbourhoods_reach_one():
    """Labels constant on the parts of the graph are perfect, adjusted or not; every item has its own share."""
    neighbours = np.array([[0, 1], [1, 0], [2, 3], [3, 2]])
    assert neighbourhood_purity(np.array([0, 0, 1, 1]), neighbours) == 1.0
    assert adjusted_purity(np.array([0, 0, 1, 1]), neighbours) == 1.0
    assert purity_items(np.array([0, 1, 1, 1]), neighbours).tolist() == [0.0, 0.0, 1.0, 1.0]


def test_an_absent_neighbour_does_not_count():
    """-1 in the list of neighbours shortens it; without any neighbour there is no share."""
    neighbours = np.array([[0, 1, -1], [1, -1, 0], [2, -1, -1]])
    assert purity_items(np.array([0, 0, 0]), neighbours) == pytest.approx([1, 1, np.nan], nan_ok=True)
    assert np.isnan(neighbourhood_purity(np.array([0, 1, -2]), np.array([[0, -1], [1, 2], [2, 0]])))


def test_one_cluster_is_pure_and_not_beyond_chance():
    """With one cluster every list of neighbours is pure, so nothing can be learned: NaN."""
    neighbours = np.array([[0, 1], [1, 0]])
    assert neighbourhood_purity(np.zeros(2, dtype=int), neighbours) == 1.0
    assert np.isnan(adjusted_purity(np.zeros(2, dtype=int), neighbours))


def test_neighbours_of_other_items_are_refused():
    """Another number of rows, no matrix, and positions that do not exist."""
    labels = np.array([0, 1, 1])
    with pytest.raises(UsageError, match="the parts have 3 and 2 items"):
        neighbourhood_purity(labels, np.array([[0, 1], [1, 0]]))
    with pytest.raises(UsageError, match="neighbours have 1 dimensions"):
        neighbourhood_purity(labels, np.array([0, 1, 2]))
    with pytest.raises(UsageError, match=r"positions of neighbours lie in \[0, 3\]") as error:
        neighbourhood_purity(labels, np.array([[0, 1], [1, 3], [2, 1]]))
    assert error.value.expected.startswith("0 to 2")
