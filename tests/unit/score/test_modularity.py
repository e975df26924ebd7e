"""Modularity against igraph, and its refusals."""

import igraph
import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.core import UsageError
from rashomon.score.modularity import weighted_modularity


def random_graph(rng, n=150, loops=False):
    weights = sp.random(n, n, density=0.05, random_state=rng, format="coo")
    upper = sp.triu(weights, k=0 if loops else 1)
    full = (upper + sp.triu(upper, k=1).T).tocsr()
    return upper.tocoo(), full


@pytest.mark.parametrize("loops", [False, True])
def test_equals_igraph(loops, rng):
    """Weighted graphs, with and without loops: equal to 1e-10."""
    upper, full = random_graph(rng, loops=loops)
    graph = igraph.Graph(n=150, edges=np.column_stack([upper.row, upper.col]).tolist())
    for k in (1, 2, 10, 150):
        labels = rng.integers(k, size=150)
        expected = graph.modularity(labels.tolist(), weights=upper.data.tolist())
        assert weighted_modularity(labels, full) == pytest.approx(expected, abs=1e-10)


def test_single_precision_weights_are_summed_in_double(rng):
    """The float32 graph of the engine gives the value of its weights in float64."""
    _, full = random_graph(rng)
    single, labels = full.astype(np.float32), rng.integers(5, size=150)
    assert weighted_modularity(labels, single) == weighted_modularity(labels, single.astype(np.float64))


def test_unobserved_items_leave_the_graph(rng):
    """-2 gives the value of the induced graph, -1 that of singletons or of the induced graph."""
    _, full = random_graph(rng)
    labels = rng.integers(-2, 4, size=150)
    seen, assigned = np.flatnonzero(labels > -2), np.flatnonzero(labels >= 0)
    explicit = np.where(labels == -1, 100 + np.arange(150), labels)
    found = weighted_modularity(labels, full)
    assert found == pytest.approx(weighted_modularity(explicit[seen], full[seen][:, seen]), abs=1e-14)
    found = weighted_modularity(labels, full, unassigned="left_out")
    assert found == pytest.approx(weighted_modularity(labels[assigned], full[assigned][:, assigned]), abs=1e-14)


def test_a_graph_without_edges_has_no_value():
    """No edges, stored zeros, and no nodes."""
    assert np.isnan(weighted_modularity(np.array([0, 1]), sp.csr_matrix((2, 2))))
    assert np.isnan(weighted_modularity(np.array([0, 1]), sp.csr_matrix(([0.0, 0.0], ([0, 1], [1, 0])), shape=(2, 2))))
    assert np.isnan(weighted_modularity(np.array([], dtype=int), sp.csr_matrix((0, 0))))


def test_a_directed_graph_is_refused():
    """One direction of an edge is not enough; the fix is named."""
    with pytest.raises(UsageError, match="not symmetric: opposite weights differ by up to 1") as error:
        weighted_modularity(np.array([0, 1]), sp.csr_matrix([[0.0, 1.0], [0.0, 0.0]]))
    assert "symmetrise" in error.value.fix


def test_rounding_is_no_asymmetry():
    """Single-precision noise between the two directions is let through."""
    graph = sp.csr_matrix([[0.0, 1.0], [1.0 + 1e-7, 0.0]])
    assert weighted_modularity(np.array([0, 0]), graph) == pytest.approx(0.0)


@pytest.mark.parametrize("weight", [-1.0, np.nan, np.inf])
def test_impossible_weights_are_refused(weight):
    """Negative and non-finite weights have no modularity."""
    with pytest.raises(UsageError, match="negative or non-finite"):
        weighted_modularity(np.array([0, 1]), sp.csr_matrix([[0.0, weight], [weight, 0.0]]))


def test_a_graph_of_other_items_is_refused():
    """Wrong number of nodes, and a matrix that is not square."""
    with pytest.raises(UsageError, match="the parts have 3 and 2 items"):
        weighted_modularity(np.array([0, 1, 1]), sp.csr_matrix((2, 2)))
    with pytest.raises(UsageError, match="the parts have 2 and 3 items"):
        weighted_modularity(np.array([0, 1]), sp.csr_matrix((2, 3)))
