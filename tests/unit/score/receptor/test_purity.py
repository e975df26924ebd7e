import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.metrics.cluster import contingency_matrix

from rashomon.score.receptor.grouping import group
from rashomon.score.receptor.purity import purity, purity_90


def of(labels, rows):
    return group(np.asarray(labels), sp.csr_matrix(np.asarray(rows, dtype=bool))).tally()


def test_equals_the_share_of_the_largest_entries(rng):
    """With one label each and no unclustered receptor: sum of the row maxima of scikit-learn's table."""
    labels, truth = rng.integers(0, 8, 200), rng.integers(0, 5, 200)
    table = contingency_matrix(labels, truth)
    tally = of(labels, np.eye(5)[truth])
    assert purity(tally) == pytest.approx(table.max(axis=1).sum() / 200)
    assert purity_90(tally) == pytest.approx((table.max(axis=1) / table.sum(axis=1) >= 0.9).mean())


def test_nine_of_ten_are_enough():
    """The threshold of 0.9 is met by exactly nine of ten."""
    assert purity_90(of([0] * 10, np.eye(2)[[0] * 9 + [1]])) == 1.0
    assert purity_90(of([0] * 9, np.eye(2)[[0] * 8 + [1]])) == 0.0


def test_a_receptor_with_several_labels_counts_once():
    """It is right if the most frequent label is among its own, and is divided by once."""
    assert purity(of([0, 0, 0], [[1, 0], [1, 1], [0, 1]])) == pytest.approx(2 / 3)
    assert purity(of([0, 0], [[1, 1], [1, 1]])) == 1.0


def test_no_cluster_has_no_purity():
    """All singletons are undefined, not pure."""
    assert np.isnan(purity(of([0, 1, -1], np.eye(3))))
    assert np.isnan(purity_90(of([0, 1, -1], np.eye(3))))
