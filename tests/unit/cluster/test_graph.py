import numpy as np
import scipy.sparse as sp
from scanpy._utils import get_igraph_from_adjacency

from rashomon.cluster.graph import to_igraph


def test_equals_scanpy(rng):
    """Vertices, edges, their order and their weights are those of scanpy's converter."""
    half = sp.random(80, 80, density=0.1, format="csr", dtype=np.float32, rng=rng)
    graph = sp.csr_matrix(half + half.T)
    ours, theirs = to_igraph(graph), get_igraph_from_adjacency(graph, directed=False)
    assert ours.vcount() == theirs.vcount() == 80
    assert ours.get_edgelist() == theirs.get_edgelist()
    assert ours.es["weight"] == [float(weight) for weight in theirs.es["weight"]]
    assert not ours.is_directed()


def test_every_edge_occurs_twice(rng):
    """Both directions are edges of the undirected graph, as in scanpy."""
    graph = sp.csr_matrix(np.array([[0, 0.5, 0], [0.5, 0, 1], [0, 1, 0]], dtype=np.float32))
    assert to_igraph(graph).get_edgelist() == [(0, 1), (0, 1), (1, 2), (1, 2)]


def test_stored_zeros_are_no_edges():
    """A stored zero is not an edge of weight 0."""
    graph = sp.csr_matrix((np.array([0.0, 0.0], np.float32), ([0, 1], [1, 0])), shape=(3, 3))
    edges = to_igraph(graph)
    assert edges.ecount() == 0
    assert edges.vcount() == 3
