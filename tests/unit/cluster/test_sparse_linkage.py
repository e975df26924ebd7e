import numpy as np
import pytest
import scipy.sparse as sp
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from sklearn.metrics import adjusted_rand_score

from rashomon.cluster import sparse_linkage as module
from rashomon.cluster.sparse_linkage import sparse_linkage
from rashomon.core import UsageError


def links(rng, n, cutoff):
    """Stored distances (plus 1) of random points in the plane up to the cutoff, and the full matrix with far pairs."""
    place = rng.random((n, 2)) * 10
    distance = np.float32(np.linalg.norm(place[:, None] - place[None, :], axis=2))
    near = distance <= cutoff
    np.fill_diagonal(near, val=False)
    stored = sp.csr_matrix(np.where(near, distance + 1, 0).astype(np.float32))
    full = np.where(near, (distance + np.float32(1)).astype(float) - 1, cutoff + 1)
    np.fill_diagonal(full, 0)
    return stored, full


@pytest.mark.parametrize("method", ["average", "complete"])
def test_equals_scipy_on_the_full_matrix(rng, method):
    """Clustering each component for itself gives the clusters of all items together, cut at the cutoff."""
    for cutoff in (0.6, 1.0, 2.0):
        graph, full = links(rng, 90, cutoff)
        tree = linkage(squareform(full, checks=False), method=method)
        theirs = fcluster(tree, t=cutoff, criterion="distance")
        assert adjusted_rand_score(theirs, sparse_linkage(graph, cutoff=cutoff, method=method)) == 1.0


def test_complete_linkage_gives_cliques(rng):
    """Every pair in a cluster is linked."""
    graph, full = links(rng, 100, 1.5)
    labels = sparse_linkage(graph, cutoff=1.5, method="complete")
    assert (full[labels[:, None] == labels] <= 1.5 + 1e-6).all()
    assert labels.max() + 1 < labels.size


def test_refuses_what_it_cannot_do(rng, monkeypatch):
    """An unknown method, a cutoff below a stored distance, a component that is too large."""
    graph, _ = links(rng, 30, 4.0)
    with pytest.raises(UsageError, match="unknown method 'ward'"):
        sparse_linkage(graph, cutoff=4.0, method="ward")
    with pytest.raises(UsageError, match="the cutoff 1"):
        sparse_linkage(graph, cutoff=1.0)
    monkeypatch.setattr(module, "MOST_IN_COMPONENT", 5)
    with pytest.raises(UsageError, match="a component has 30 items"):
        sparse_linkage(graph, cutoff=4.0)


def test_items_without_link_are_alone():
    """No links: as many clusters as items."""
    assert sparse_linkage(sp.csr_matrix((3, 3), dtype=np.float32), cutoff=1).tolist() == [0, 1, 2]
