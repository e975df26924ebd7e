import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from rashomon.core import UsageError
from rashomon.encode import candidate, neighbour
from rashomon.encode.neighbour import neighbours


def _oracle(points, k):
    """Rank all points by (float64 squared distance, index), the point itself first."""
    exact = points.astype(np.float64)
    indices, distances = np.empty((len(points), k), int), np.empty((len(points), k), np.float32)
    for row, point in enumerate(exact):
        square = np.zeros(len(points))
        for dim in range(points.shape[1]):
            square += (point[dim] - exact[:, dim]) ** 2
        square[row] = -1
        order = np.lexsort((np.arange(len(points)), square))[:k]
        square[row] = 0
        indices[row], distances[row] = order, np.sqrt(square[order].astype(np.float32))
    return indices, distances


def _hard_points(rng):
    normal = rng.normal(size=(700, 6))
    return {
        "normal": normal,
        "far from the origin": normal + 1e4,
        "lattice": rng.integers(0, 5, (700, 3)),
        "duplicates": np.repeat(normal[:70], 10, axis=0),
        "all the same": np.ones((700, 4)),
        "outliers": np.vstack([normal[:695], 1e6 * normal[:5]]),
        "all scales": normal * 10.0 ** rng.integers(-4, 5, (700, 1)),
    }


@pytest.mark.parametrize("name", list(_hard_points(np.random.default_rng(0))))
def test_exact_on_hard_points(rng, name):
    """Indices and distances are those of a full float64 ranking, ties by index, bit for bit."""
    points = _hard_points(rng)[name].astype(np.float32)
    indices, distances = neighbours(points, k=13)
    expected_indices, expected_distances = _oracle(points, 13)
    np.testing.assert_array_equal(indices, expected_indices)
    np.testing.assert_array_equal(distances, expected_distances)


def test_agrees_with_scikit_learn(rng):
    """Neighbours equal those of a brute-force search on data without ties, distances but for a rare last bit."""
    points = (rng.normal(size=(2500, 30)) * np.linspace(3, 0.5, 30)).astype(np.float32)
    indices, distances = neighbours(points, k=20)
    expected, found = NearestNeighbors(n_neighbors=20, algorithm="brute").fit(points).kneighbors(points)
    np.testing.assert_array_equal(np.sort(indices, axis=1), np.sort(found, axis=1))
    np.testing.assert_allclose(distances[:, 1:], expected[:, 1:], rtol=2e-7)
    assert (distances == expected)[:, 1:].mean() > 0.999


@pytest.mark.parametrize(("tile", "spare"), [(1, 0), (64, 1), (33, 30), (5000, 8)])
def test_tiles_and_spare_candidates_do_not_matter(rng, monkeypatch, tile, spare):
    """The result is the same for any tile size and number of spare candidates."""
    points = rng.integers(0, 9, (300, 4)).astype(np.float32)
    expected = neighbours(points, k=9)
    monkeypatch.setattr(candidate, "_TILE", tile)
    monkeypatch.setattr(neighbour, "_ROWS", tile)
    monkeypatch.setattr(neighbour, "_SPARE", spare)
    for ours, theirs in zip(neighbours(points, k=9), expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_prefix_is_the_result_for_fewer_neighbours(rng):
    """One search at the largest k serves every smaller k."""
    points = rng.integers(0, 6, (400, 3)).astype(np.float32)
    for few, many in zip(neighbours(points, k=5), neighbours(points, k=40), strict=True):
        np.testing.assert_array_equal(few, many[:, :5])


def test_few_points(rng):
    """All points can be neighbours; one neighbour is the point itself."""
    points = rng.normal(size=(5, 2)).astype(np.float32)
    indices, _ = neighbours(points, k=5)
    np.testing.assert_array_equal(np.sort(indices, axis=1), np.tile(np.arange(5), (5, 1)))
    indices, distances = neighbours(points, k=1)
    assert indices.ravel().tolist() == [0, 1, 2, 3, 4]
    assert not distances.any()


@pytest.mark.parametrize("k", [0, 6])
def test_refuses_a_number_out_of_range(k):
    """More neighbours than points cannot be found."""
    with pytest.raises(UsageError, match=f"{k} neighbours of 5 points"):
        neighbours(np.zeros((5, 2), np.float32), k=k)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_refuses_values_that_are_not_finite(value):
    """The message names the row."""
    points = np.zeros((5, 2), np.float32)
    points[3, 1] = value
    with pytest.raises(UsageError, match="not finite") as caught:
        neighbours(points, k=2)
    assert caught.value.where == "row 3"
