import igraph
import numpy as np
import pytest
import scipy.sparse as sp
from scanpy._utils import get_igraph_from_adjacency

from rashomon.cluster.graph import to_igraph
from rashomon.cluster.leiden import leiden
from rashomon.encode.fuzzy_graph import fuzzy_graph
from rashomon.encode.neighbour import neighbours


def test_is_scanpys_graph_with_edges_joined(rng):
    """Vertices are those of scanpy's converter; its two edges between a pair are one of their joint weight."""
    half = sp.random(80, 80, density=0.1, format="csr", dtype=np.float32, rng=rng)
    half.setdiag(0)
    half.eliminate_zeros()
    graph = sp.csr_matrix(half + half.T)
    ours, theirs = to_igraph(graph), get_igraph_from_adjacency(graph, directed=False)
    theirs.simplify(combine_edges="sum")
    assert ours.vcount() == theirs.vcount() == 80
    assert ours.get_edgelist() == theirs.get_edgelist()
    assert ours.es["weight"] == [float(weight) for weight in theirs.es["weight"]]
    assert not ours.is_directed()


@pytest.mark.parametrize("k", [10, 30])
@pytest.mark.parametrize("spread", [0.5, 3.0])
def test_labels_are_those_of_doubled_edges(k, spread, rng):
    """Leiden gives the labels it gives on scanpy's doubled edges: clear groups and a blur, any resolution and seed."""
    view = (rng.normal(0, spread, (12, 8))[rng.integers(12, size=1500)] + rng.normal(size=(1500, 8))).astype(np.float32)
    graph = fuzzy_graph(*neighbours(view, k=k), k=k)
    joined, doubled = to_igraph(graph), get_igraph_from_adjacency(graph, directed=False)
    doubled.es["weight"] = [float(weight) for weight in doubled.es["weight"]]
    for seed, resolution in enumerate((0.2, 0.5, 1.0, 2.0, 5.0)):
        ours, theirs = (leiden(each, resolution=resolution, seed=seed) for each in (joined, doubled))
        assert np.array_equal(ours, theirs)


def test_stored_zeros_are_no_edges():
    """A stored zero is not an edge of weight 0."""
    graph = sp.csr_matrix((np.array([0.0, 0.0], np.float32), ([0, 1], [1, 0])), shape=(3, 3))
    edges = to_igraph(graph)
    assert isinstance(edges, igraph.Graph)
    assert (edges.ecount(), edges.vcount()) == (0, 3)
