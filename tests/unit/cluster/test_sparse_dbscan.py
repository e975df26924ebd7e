import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.cluster import DBSCAN

from rashomon.cluster.component import component
from rashomon.cluster.sparse_dbscan import sparse_dbscan
from rashomon.core import UsageError


def links(rng, n, cutoff):
    """Stored distances (plus 1) of random points on a line, up to the cutoff."""
    place = rng.integers(0, 3 * n, n)
    distance = np.abs(place[:, None] - place[None, :])
    stored = np.where(distance <= cutoff, distance + 1, 0)
    np.fill_diagonal(stored, 0)
    return sp.csr_matrix(stored.astype(np.float32)), distance


@pytest.mark.parametrize("min_samples", [1, 2, 3, 4, 7])
def test_equals_scikit_learn(rng, min_samples):
    """The labels are those of DBSCAN on the full matrix, numbers and noise included."""
    for _ in range(10):
        graph, distance = links(rng, 80, 2)
        theirs = DBSCAN(eps=2, min_samples=min_samples, metric="precomputed").fit_predict(distance.astype(float))
        assert sparse_dbscan(graph, min_samples=min_samples).tolist() == theirs.tolist()


def test_two_samples_are_the_components_of_two_and_more(rng):
    """With two samples an item is noise exactly if it has no link; the others are in their components."""
    graph, _ = links(rng, 100, 1)
    found, pieces = sparse_dbscan(graph, min_samples=2), component(graph)
    alone = np.diff(graph.indptr) == 0
    assert alone.any()
    assert (found[alone] == -1).all()
    assert (found[~alone][:, None] == found[~alone]).tolist() == (pieces[~alone][:, None] == pieces[~alone]).tolist()


def test_refuses_less_than_one_sample():
    """An item is always within reach of itself."""
    with pytest.raises(UsageError, match="min_samples is 0"):
        sparse_dbscan(sp.csr_matrix((3, 3)), min_samples=0)
