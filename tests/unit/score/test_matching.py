"""Matching: the sum of weights equals that of the assignment problem on the whole table."""

import numpy as np
import pytest
from hypothesis import given
from scipy.optimize import linear_sum_assignment

from rashomon.score.contingency import tabulate
from rashomon.score.matching import match_clusters
from tests.strategies import labeling_pairs


def explicit(codes):
    """Give every unassigned item a code of its own."""
    return np.where(codes == -1, 1000 + np.arange(codes.size), codes)


def dense(a, b):
    """Count the pairs of clusters in a full table, singletons spelt out."""
    seen = (a > -2) & (b > -2)
    x, y = (np.unique(explicit(codes)[seen], return_inverse=True)[1] for codes in (a, b))
    table = np.zeros((x.max(initial=-1) + 1, y.max(initial=-1) + 1))
    np.add.at(table, (x, y), 1)
    return table


@given(labeling_pairs(min_size=0))
def test_sum_of_weights_is_the_largest(pair):
    """Equal to scipy's solution of the dense problem, with unassigned items as clusters of their own."""
    table, full = tabulate(*pair), dense(*pair)
    weight = (table.count / np.maximum(table.row_size[table.row], table.col_size[table.col])) ** 2
    value = (full / np.maximum(full.sum(axis=1)[:, None], full.sum(axis=0))) ** 2
    expected = value[linear_sum_assignment(value, maximize=True)].sum()
    assert np.dot(match_clusters(table, weight), weight) == pytest.approx(expected, abs=1e-12)


@given(labeling_pairs(lowest=0))
def test_each_cluster_is_matched_at_most_once(pair):
    """No row and no column of the table occurs twice among the matched pairs."""
    table = tabulate(*pair)
    chosen = match_clusters(table, table.count / table.n_obs) > 0
    assert np.unique(table.row[chosen]).size == chosen.sum() == np.unique(table.col[chosen]).size


def test_greedy_is_not_enough():
    """The largest overlap may have to be given up: 3 + 3 beat 4 + 0."""
    a, b = np.repeat([0, 0, 1], [4, 3, 3]), np.repeat([0, 1, 0], [4, 3, 3])
    table = tabulate(a, b)
    assert np.dot(match_clusters(table, table.count / 10), table.count) == 6


def test_an_item_alone_in_both_is_matched_with_itself():
    """Unassigned in both: as many matched pairs as items; two singletons inside one cluster: one is matched."""
    both = tabulate(np.full(3, -1), np.full(3, -1))
    assert match_clusters(both, np.ones(both.count.size)).tolist() == [3]
    inside = tabulate(np.full(3, -1), np.zeros(3, dtype=int))
    assert match_clusters(inside, np.ones(1)).tolist() == [1]
