import itertools

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.metrics.cluster import contingency_matrix

from rashomon.core import UsageError
from rashomon.score.receptor.grouping import group, large_clusters


def one_hot(codes, n_classes):
    return sp.csr_matrix(np.eye(n_classes, dtype=bool)[codes])


def test_counts_are_those_of_the_contingency_table(rng):
    """With one label each, counts per cluster and label equal scikit-learn's table on clusters of two or more."""
    labels, truth = rng.integers(0, 40, 300), rng.integers(0, 5, 300)
    tally = group(labels, one_hot(truth, 5)).tally()
    table = contingency_matrix(labels, truth)
    table = table[table.sum(axis=1) >= 2]
    found = np.zeros_like(table)
    found[tally.cluster, tally.label] = tally.count
    np.testing.assert_array_equal(found, table)
    np.testing.assert_array_equal(tally.majority, table.max(axis=1))
    np.testing.assert_array_equal(tally.label_size, np.bincount(truth))


def test_several_labels_count_once_each_and_unlabelled_receptors_not_at_all():
    """A receptor with two labels is one item and two counts; one without a label is in no cluster."""
    sets = sp.csr_matrix(np.array([[1, 1], [1, 0], [0, 0], [0, 1], [0, 1]], dtype=bool))
    grouping = group(np.array([0, 0, 0, 1, -2]), sets)
    tally = grouping.tally()
    assert grouping.items.tolist() == [0, 1, 3]
    assert (tally.n_items, tally.n_clustered, tally.n_clusters, tally.n_classes) == (3, 2, 1, 2)
    assert tally.count.tolist() == [2, 1]
    assert grouping.coverage == 0.75


def test_noise_is_never_a_cluster():
    """Code -1 gives no cluster however many receptors carry it."""
    tally = group(np.full(10, -1), one_hot(np.zeros(10, dtype=int), 1)).tally()
    assert (tally.n_items, tally.n_clusters) == (10, 0)


def test_an_order_moves_whole_label_sets():
    """Counting with an order equals counting with the rows of the sets in that order."""
    sets = sp.csr_matrix(np.array([[1, 1, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], dtype=bool))
    labels, order = np.array([0, 0, 1, 1]), np.array([3, 0, 2, 1])
    moved, expected = group(labels, sets).tally(order), group(labels, sets[order]).tally()
    for name in ("cluster", "label", "count", "label_size"):
        np.testing.assert_array_equal(getattr(moved, name), getattr(expected, name))


def test_stored_zeros_and_repeats_are_no_labels():
    """A stored False is no label, and a label stored twice is one."""
    sets = sp.csr_matrix((np.array([True, True, False]), (np.array([0, 0, 1]), np.array([0, 0, 1]))), shape=(2, 2))
    sets.indices[:2] = 0
    assert group(np.array([0, 0]), sets).items.tolist() == [0]


def test_clusters_are_those_of_pandas(rng):
    """Members of clusters of two or more are what a groupby gives."""
    labels = rng.integers(-2, 30, 60)
    start, member = large_clusters(labels)
    frame = pd.Series(labels[labels >= 0], index=np.flatnonzero(labels >= 0))
    expected = [list(rows) for _, rows in frame.groupby(frame).groups.items() if len(rows) >= 2]
    assert [member[a:b].tolist() for a, b in itertools.pairwise(start)] == expected


def test_sets_of_other_receptors_are_refused():
    """The label sets have one row per receptor."""
    with pytest.raises(UsageError, match=r"label sets have shape \(3, 2\)"):
        group(np.array([0, 0]), one_hot(np.zeros(3, dtype=int), 2))


@pytest.mark.parametrize("dtype", [np.int32, np.int64])
@pytest.mark.parametrize(("n", "n_codes"), [(0, 1), (1, 1), (50, 3), (300, 2000), (2000, 700)])
def test_counting_gives_what_a_stable_sort_gives(dtype, n, n_codes, rng):
    """Clusters, members and types equal those of numpy's stable sort, for views with gaps too."""
    labels = rng.integers(-2, n_codes, (n, 2)).astype(dtype)[:, 1]
    start, member = large_clusters(labels)
    codes, size = np.unique(labels[labels >= 0], return_counts=True)
    kept = np.flatnonzero(np.isin(labels, codes[size >= 2]))
    np.testing.assert_array_equal(member, kept[np.argsort(labels[kept], kind="stable")])
    np.testing.assert_array_equal(start, [0, *np.cumsum(size[size >= 2])])
    assert start.dtype == member.dtype == np.int64
