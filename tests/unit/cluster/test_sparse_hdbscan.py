import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.cluster import HDBSCAN
from sklearn.metrics import adjusted_rand_score

from rashomon.cluster.component import component, numbered
from rashomon.cluster.sparse_hdbscan import sparse_hdbscan
from rashomon.core import UsageError


def blobs(rng, cutoff):
    """Blobs of unequal density in the plane: stored lengths (distance plus 1), and the full matrix of lengths."""
    centres = np.array([[0, 0], [6, 0], [7.5, 0.5], [30, 30], [32, 30], [60, 0]])
    group = rng.integers(0, 6, 240)
    place = centres[group] + rng.normal(size=(240, 2)) * np.array([0.4, 0.5, 0.3, 0.5, 0.6, 2.0])[group][:, None]
    length = (np.linalg.norm(place[:, None] - place[None, :], axis=2) + 1).astype(np.float32)
    near = length <= cutoff + 1
    np.fill_diagonal(near, val=False)
    full = np.where(near, length, cutoff + 2).astype(float)
    np.fill_diagonal(full, 0)
    return sp.csr_matrix(np.where(near, length, 0).astype(np.float32)), full


@pytest.mark.parametrize(("size", "samples"), [(5, 2), (5, 5), (12, 1), (20, 8)])
def test_equals_scikit_learn(rng, size, samples):
    """With several components and no ties, clusters and noise are those of HDBSCAN on the full matrix."""
    graph, full = blobs(rng, 3.0)
    assert np.sort(np.bincount(component(graph)))[-2] >= size
    model = HDBSCAN(min_cluster_size=size, min_samples=samples, metric="precomputed", copy=True)
    theirs = model.fit_predict(full)
    ours = sparse_hdbscan(graph, cutoff=3.0, min_cluster_size=size, min_samples=samples)
    assert ((ours == -1) == (theirs == -1)).all()
    assert adjusted_rand_score(ours, theirs) == 1.0
    assert ours.max() >= 2


def test_one_component_is_a_cluster():
    """A single tight group among unlinked items is found, unlike where the root cannot be chosen."""
    graph = sp.block_diag([np.ones((6, 6)) - np.eye(6), np.zeros((4, 4))], format="csr")
    assert sparse_hdbscan(graph, cutoff=1).tolist() == [0] * 6 + [-1] * 4


def test_the_order_of_the_items_decides_nothing(rng):
    """Where many distances are equal, as with sequences, permuted items get the same clusters."""
    words = rng.integers(0, 3, (150, 5))
    distance = (words[:, None] != words[None, :]).sum(axis=2)
    stored = np.where(distance <= 2, distance + 1, 0)
    np.fill_diagonal(stored, 0)
    labels = sparse_hdbscan(sp.csr_matrix(stored.astype(np.float32)), cutoff=2, min_cluster_size=4)
    order = rng.permutation(150)
    moved = sparse_hdbscan(sp.csr_matrix(stored[order][:, order].astype(np.float32)), cutoff=2, min_cluster_size=4)
    assert numbered(labels[order]).tolist() == moved.tolist()
    assert (labels >= 0).any()


def test_no_links_are_all_noise():
    """Nothing is dense."""
    assert sparse_hdbscan(sp.csr_matrix((3, 3), dtype=np.float32), cutoff=1).tolist() == [-1] * 3


def test_refuses_values_out_of_range():
    """A cluster has two items at least, and the cutoff is that of the distances."""
    with pytest.raises(UsageError, match="min_cluster_size is 1"):
        sparse_hdbscan(sp.csr_matrix((3, 3)), cutoff=1, min_cluster_size=1)
    with pytest.raises(UsageError, match="a distance is 4, the cutoff 2"):
        sparse_hdbscan(sp.csr_matrix(np.array([[0, 5.0], [5.0, 0]])), cutoff=2)
