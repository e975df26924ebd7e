import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rashomon.encode.fuzzy_graph import fuzzy_graph
from rashomon.encode.neighbour import neighbours


@st.composite
def _permuted_points(draw):
    """Points without ties in distance, and an order of them."""
    seed, n, n_dims = draw(st.integers(0, 10**6)), draw(st.integers(3, 60)), draw(st.integers(1, 8))
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, n_dims)).astype(np.float32), rng.permutation(n)


@given(_permuted_points(), st.integers(2, 12))
def test_permuting_cells_permutes_neighbours_and_graph(points_and_order, k):
    """Cell i of the permuted data has the neighbours, distances and weights of the cell it was before."""
    points, order = points_and_order
    k = min(k, len(points))
    indices, distances = neighbours(points, k=k)
    moved_indices, moved_distances = neighbours(points[order], k=k)
    np.testing.assert_array_equal(order[moved_indices], indices[order])
    np.testing.assert_array_equal(moved_distances, distances[order])
    graph = fuzzy_graph(indices, distances, k=k).toarray()
    np.testing.assert_array_equal(fuzzy_graph(moved_indices, moved_distances, k=k).toarray(), graph[order][:, order])


@given(_permuted_points())
def test_moving_the_origin_does_not_change_neighbours(points_and_order):
    """Only differences count: a shift that float32 represents exactly changes nothing."""
    points = np.round(points_and_order[0] * 256) / 256
    for here, there in zip(neighbours(points, k=3), neighbours(points + 512, k=3), strict=True):
        np.testing.assert_array_equal(here, there)
