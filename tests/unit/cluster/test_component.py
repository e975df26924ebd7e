import networkx as nx
import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.cluster.component import component, members, numbered


def links(rng, n, share):
    """Random symmetric links with values 1 and 2."""
    upper = np.triu(rng.random((n, n)) < share, k=1) * rng.integers(1, 3, (n, n))
    return sp.csr_matrix((upper + upper.T).astype(np.float32))


@pytest.mark.parametrize("share", [0.0, 0.005, 0.02, 0.2])
def test_equals_networkx(rng, share):
    """Components are those of the library networkx, in the order of their first item."""
    graph = links(rng, 120, share)
    labels = component(graph)
    theirs = sorted(nx.connected_components(nx.from_scipy_sparse_array(graph)), key=min)
    assert [set(np.flatnonzero(labels == code)) for code in range(labels.max() + 1)] == theirs
    assert labels.dtype == np.int32


def test_values_are_not_looked_at(rng):
    """Only which pairs are stored counts."""
    graph = links(rng, 60, 0.02)
    other = graph.copy()
    other.data[:] = rng.random(other.nnz) + 1
    assert component(graph).tolist() == component(other).tolist()


def test_no_items_have_no_clusters():
    """An empty matrix gives empty labels."""
    assert component(sp.csr_matrix((0, 0), dtype=np.float32)).size == 0


def test_numbers_follow_the_first_item():
    """Whatever the labels were, 0 is the cluster of the first assigned item; -2 and -1 are unassigned."""
    assert numbered(np.array([-2, 9, 4, -1, 9, 0])).tolist() == [-1, 0, 1, -1, 0, 2]


def test_members_list_every_assigned_item_once(rng):
    """The lists of all clusters together are the assigned items, and each list is one cluster."""
    labels = numbered(rng.integers(-1, 6, 50))
    order, start = members(labels)
    assert sorted(order) == np.flatnonzero(labels >= 0).tolist()
    for code in range(labels.max() + 1):
        assert order[start[code] : start[code + 1]].tolist() == np.flatnonzero(labels == code).tolist()
