import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.cluster.markov import markov
from rashomon.cluster.two_step import supercluster, two_step, within
from rashomon.core import UsageError


def sequences(rng, n_groups, size):
    """Groups of points, links between close ones: the encoding and the links of the same items."""
    centre = rng.normal(size=(n_groups, 4)) * 5
    view = (np.repeat(centre, size, axis=0) + rng.normal(size=(n_groups * size, 4)) * 0.5).astype(np.float32)
    near = np.linalg.norm(view[:, None] - view[None, :], axis=2) < 0.8
    np.fill_diagonal(near, val=False)
    return view, sp.csr_matrix(near.astype(np.float32) * 2)


def test_one_supercluster_is_markov_clustering(rng):
    """With no more items than the size, nothing is cut, and the links have weight 1."""
    view, graph = sequences(rng, 5, 20)
    plain = sp.csr_matrix((np.ones(graph.nnz), graph.indices, graph.indptr), shape=graph.shape)
    assert two_step(view, graph, size=100).tolist() == markov(plain).tolist()


def test_the_share_of_links_cut_at_borders_grows_as_superclusters_shrink(rng):
    """Nothing is lost with one supercluster, little where borders run between groups, much where through them."""
    view, graph = sequences(rng, 8, 30)
    lost = [1 - within(graph, supercluster(view, size=size)).nnz / graph.nnz for size in (240, 30, 5)]
    assert lost[0] == 0
    assert lost[1] < 0.1
    assert lost[2] > lost[1]
    assert lost[2] > 0.3


def test_no_cluster_crosses_a_border(rng):
    """Items of a cluster are of one supercluster, and linked by a path of kept links."""
    view, graph = sequences(rng, 6, 25)
    labels, coarse = two_step(view, graph, size=20, seed=3), supercluster(view, size=20, seed=3)
    assert all(np.unique(coarse[labels == code]).size == 1 for code in range(labels.max() + 1))


def test_links_within_groups_are_kept_as_they_are(rng):
    """What is kept has its value and its place, in canonical form."""
    _, graph = sequences(rng, 4, 10)
    groups = rng.integers(0, 3, 40)
    kept = within(graph, groups)
    assert (kept.toarray() == graph.toarray() * (groups[:, None] == groups)).all()
    assert kept.has_canonical_format


def test_refuses_other_items_and_no_size(rng):
    """The view has one row per item, and a supercluster holds one at least."""
    view, graph = sequences(rng, 2, 5)
    with pytest.raises(UsageError, match="the view has 9 items"):
        two_step(view[1:], graph)
    with pytest.raises(UsageError, match="size is 0"):
        two_step(view, graph, size=0)
