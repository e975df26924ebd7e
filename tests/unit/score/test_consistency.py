"""Consistency: ECC against clusim item by item, the inconsistency coefficient by its definition."""

from itertools import combinations

import numpy as np
import pytest
from clusim.clustering import Clustering
from clusim.sim import element_sim_elscore
from hypothesis import given

from rashomon.core import UsageError
from rashomon.score import element_centric_items, element_consistency, inconsistency, score
from rashomon.score.consistency import mean_agreement, mean_consistency
from tests.strategies import partitions


def by_pairs(labels, unassigned="singletons"):
    """Mean and number of values of every item, one pair of runs at a time."""
    values = [np.full(labels.shape[0], np.nan)]
    for a, b in combinations(labels.T, 2):
        if score("element_centric", a, b, unassigned=unassigned).status == "ok":
            values.append(element_centric_items(a, b, unassigned=unassigned))
    n = (~np.isnan(values)).sum(axis=0)
    return np.where(n > 0, np.nansum(values, axis=0) / np.maximum(n, 1), np.nan), n


@given(partitions(min_obs=1))
def test_equals_the_mean_over_pairs(parts):
    """With unassigned and unobserved items; undefined pairs are left out and counted."""
    for unassigned in ("singletons", "left_out"):
        found = element_consistency(parts.labels, unassigned=unassigned)
        value, n = by_pairs(parts.labels, unassigned)
        np.testing.assert_allclose(found.value, value, atol=1e-13)
        np.testing.assert_array_equal(found.n_pairs, n)
        pairs = [score("element_centric", a, b, unassigned=unassigned) for a, b in combinations(parts.labels.T, 2)]
        assert found.n_undefined == sum(result.status == "undefined" for result in pairs)


def test_equals_clusim(rng):
    """The mean of clusim's element scores over all pairs of five labelings."""
    labels = rng.integers(4, size=(60, 5))
    read = [Clustering().from_membership_list(column.tolist()) for column in labels.T]
    scores = []
    for a, b in combinations(read, 2):
        value, place = element_sim_elscore(a, b, alpha=0.9)
        scores.append([value[place[i]] for i in range(60)])
    np.testing.assert_allclose(element_consistency(labels).value, np.mean(scores, axis=0), atol=1e-10)


def test_threads_change_nothing(rng):
    """The same bits for one and three threads, over more than one chunk of items."""
    labels = rng.integers(-2, 9, size=(40_000, 5))
    one, three = element_consistency(labels), element_consistency(labels, n_threads=3)
    np.testing.assert_array_equal(one.value, three.value)
    np.testing.assert_array_equal(one.n_pairs, three.n_pairs)


def test_pairs_can_be_chosen():
    """Only the pairs asked for count."""
    labels = np.array([[0, 0, 0], [0, 0, 1], [1, 1, 1]])
    assert element_consistency(labels, pairs=np.array([[0, 1]])).value.tolist() == [1.0, 1.0, 1.0]
    assert element_consistency(labels, pairs=np.array([[0, 2]])).value.tolist() == [0.5, 1 / 2 / 1, 0.5]
    with pytest.raises(UsageError, match="pairs name runs that do not exist"):
        element_consistency(labels, pairs=np.array([[0, 3]]))


def test_many_clusters_take_the_way_without_dense_tables(rng):
    """A run with a cluster per item against others: equal to pair by pair."""
    labels = np.stack([np.arange(400), rng.permutation(400) // 2, rng.permutation(400)], axis=1)
    found, (value, n) = element_consistency(labels), by_pairs(labels)
    np.testing.assert_allclose(found.value, value, atol=1e-13)
    assert (found.n_undefined, n[0]) == (1, 2)


def test_mean_over_items_and_over_pairs_agree(rng):
    """With every item observed everywhere, the mean of ECC is the mean similarity of two runs."""
    labels = rng.integers(4, size=(50, 4))
    mean = np.mean([score("element_centric", a, b).value for a, b in combinations(labels.T, 2)])
    found = mean_consistency(labels)
    assert found.value == pytest.approx(mean, abs=1e-13)
    assert (found.n_values, found.n_undefined) == (6, 0)


def test_inconsistency_follows_its_definition(rng):
    """1 / (p'Sp) over the distinct labelings, equal ones under other names told apart by hand."""
    a, b, c = rng.integers(3, size=(3, 30))
    labels = np.stack([a, b, 2 - a, c, a], axis=1)
    p = np.array([3, 1, 1]) / 5
    s = np.array([[score("element_centric", x, y).value for y in (a, b, c)] for x in (a, b, c)])
    assert inconsistency(labels).value == pytest.approx(1 / (p @ s @ p), abs=1e-12)


@given(partitions(min_obs=2))
def test_inconsistency_is_at_least_one(parts):
    """1 for equal runs, never more than the number of runs, or undefined with a reason."""
    found = inconsistency(parts.labels)
    if found.status == "ok":
        assert 1 - 1e-12 <= found.value <= parts.n_runs + 1e-12
    else:
        assert found.reason == "no two runs can be compared"


def test_runs_that_say_nothing_are_left_out_and_counted():
    """Two runs of one cluster agree perfectly and trivially: not averaged, but counted."""
    labels = np.array([[0, 0, 0], [0, 0, 0], [0, 0, 1]])
    assert (mean_agreement(labels).n_values, mean_agreement(labels).n_undefined) == (2, 1)
    assert mean_agreement(labels).value == pytest.approx(0, abs=1e-12)
    assert mean_consistency(labels).n_undefined == 1
    nothing = mean_agreement(labels[:, :2])
    assert (nothing.status, nothing.n_undefined, nothing.reason) == ("undefined", 1, "no two runs can be compared")
    assert mean_consistency(labels[:, :2]).status == "undefined"
