import numpy as np
import pytest
from scanpy.neighbors import _connectivity

from rashomon.core import UsageError
from rashomon.encode.fuzzy_graph import fuzzy_graph
from rashomon.encode.neighbour import neighbours


def _points(rng):
    normal = rng.normal(size=(500, 8))
    mixed = rng.integers(0, 3, (500, 5)).astype(float)
    mixed[:80] += rng.normal(0, 1e5, (80, 5))
    return {
        "normal": normal,
        "many ties": rng.integers(0, 12, (500, 2)),
        "many duplicates": rng.integers(0, 4, (500, 3)),
        "tiny": normal * 1e-20,
        "heavy tails": np.exp(5 * normal[:, :2]),
        "mixed scales": mixed,
    }


# importing umap warns where tensorflow is absent, and numba compiles umap in object mode on some versions
@pytest.mark.filterwarnings("ignore:Tensorflow not installed", "ignore::numba.core.errors.NumbaWarning")
@pytest.mark.slow
@pytest.mark.parametrize("k", [2, 3, 15, 40])
def test_equals_umap(rng, k):
    """Structure and weights are, bit for bit, those of scanpy's connectivities, also on degenerate points."""
    for points in _points(rng).values():
        indices, distances = neighbours(points.astype(np.float32), k=40)
        ours = fuzzy_graph(indices, distances, k=k)
        theirs = _connectivity.umap(indices[:, :k].copy(), distances[:, :k].copy(), n_obs=len(points), n_neighbors=k)
        np.testing.assert_array_equal(ours.indptr, theirs.indptr)
        np.testing.assert_array_equal(ours.indices, theirs.indices)
        np.testing.assert_array_equal(ours.data, theirs.data)


def test_is_a_weighted_undirected_graph(rng):
    """Symmetric, no diagonal, weights in (0, 1], float32, sorted; every point is tied to its nearest with weight 1."""
    indices, distances = neighbours(rng.normal(size=(300, 5)).astype(np.float32), k=10)
    graph = fuzzy_graph(indices, distances, k=10)
    assert (graph != graph.T).nnz == 0
    assert not graph.diagonal().any()
    assert graph.dtype == np.float32
    assert graph.data.min() > 0
    assert graph.data.max() <= 1 + 1e-6
    assert graph.has_sorted_indices
    np.testing.assert_allclose(graph[np.arange(300), indices[:, 1]], 1, rtol=1e-6)


@pytest.mark.parametrize("k", [1, 6])
def test_refuses_a_number_out_of_range(k):
    """Neighbours that were not searched for cannot be used."""
    indices, distances = neighbours(np.eye(9, dtype=np.float32), k=5)
    with pytest.raises(UsageError, match=f"{k} of 5 stored neighbours"):
        fuzzy_graph(indices, distances, k=k)


def test_refuses_a_self_distance_that_is_not_zero():
    """A tiny self distance, as brute-force searches leave it, would pass for the nearest and change the graph."""
    indices, distances = neighbours(np.eye(9, dtype=np.float32), k=5)
    distances[4, 0] = 1e-7
    with pytest.raises(UsageError, match="not the point itself at distance 0"):
        fuzzy_graph(indices, distances, k=5)


def test_refuses_a_missing_self_column():
    """Neighbours without the point itself are refused."""
    indices, distances = neighbours(np.eye(9, dtype=np.float32), k=5)
    with pytest.raises(UsageError, match="not the point itself at distance 0"):
        fuzzy_graph(indices[:, 1:].copy(), np.zeros_like(distances[:, 1:]), k=4)
