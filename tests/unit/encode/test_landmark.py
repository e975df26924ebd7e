import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.decomposition import PCA

from rashomon.core import UsageError
from rashomon.encode.landmark import farthest_landmarks, landmark_coordinates


@pytest.fixture
def points():
    """Points in three dimensions with different spreads."""
    return np.random.default_rng(3).normal(size=(120, 3)) * [5.0, 2.0, 1.0]


def test_all_landmarks_of_euclidean_distances_are_principal_components(points):
    """With every item a landmark, coordinates equal the principal components of scikit-learn, up to signs."""
    d = cdist(points, points)
    found = landmark_coordinates(d, d, n_dims=3)
    expected = PCA(3).fit_transform(points)
    expected *= np.sign((found * expected).sum(axis=0))
    np.testing.assert_allclose(found, expected, atol=1e-4)
    assert found.dtype == np.float32


def test_few_landmarks_give_exact_euclidean_distances(points):
    """In d dimensions, distances to d + 1 landmarks in general position tell all other distances."""
    chosen = [3, 40, 77, 110]
    found = landmark_coordinates(cdist(points, points[chosen]), cdist(points[chosen], points[chosen]), n_dims=3)
    np.testing.assert_allclose(cdist(found, found), cdist(points, points), atol=1e-3)


def test_dimensions_that_do_not_exist_are_zero(points):
    """Points on a line have one coordinate; the others are 0."""
    line = np.abs(points[:, :1] - points[:, 0])
    found = landmark_coordinates(line, line, n_dims=4)
    assert np.abs(found[:, 1:]).max() < 1e-3 * np.abs(found[:, 0]).max()
    flat = landmark_coordinates(np.zeros((3, 2)), np.zeros((2, 2)), n_dims=1)
    assert flat.tolist() == [[0.0]] * 3


def test_signs_do_not_depend_on_the_order_of_items(points):
    """Items in another order have the same coordinates."""
    between = cdist(points[:10], points[:10])
    to = cdist(points, points[:10])
    order = np.random.default_rng(1).permutation(len(points))
    np.testing.assert_allclose(
        landmark_coordinates(to[order], between, n_dims=2),
        landmark_coordinates(to, between, n_dims=2)[order],
        rtol=1e-5,
    )


def test_landmarks_cover(points):
    """Every landmark is farthest from those before it, and all are within twice the best possible radius."""
    chosen, to = farthest_landmarks(
        lambda item: cdist(points[[item]], points)[0], 120, n_landmarks=12, rng=np.random.default_rng(0)
    )
    np.testing.assert_allclose(to, cdist(points, points[chosen]))
    for n in range(1, 12):
        nearest = to[:, :n].min(axis=1)
        assert nearest[chosen[n]] == nearest.max()
    assert len(set(chosen.tolist())) == 12


def test_copies_are_no_second_landmark():
    """Where all items lie on landmarks, there are no more of them."""
    line = np.array([0.0, 0.0, 1.0, 1.0])
    chosen, to = farthest_landmarks(
        lambda item: np.abs(line - line[item]), 4, n_landmarks=4, rng=np.random.default_rng(0)
    )
    assert chosen.size == 2
    assert to.shape == (4, 2)


def test_the_first_landmark_is_drawn():
    """The same generator gives the same landmarks, and others begin elsewhere."""
    line = np.arange(50.0)
    first = [
        farthest_landmarks(lambda item: np.abs(line - line[item]), 50, n_landmarks=3, rng=np.random.default_rng(seed))[
            0
        ].tolist()
        for seed in (0, 0, 1)
    ]
    assert first[0] == first[1] != first[2]


def test_wrong_distances_are_refused(points):
    """Shapes that do not fit, numbers that are no distances, and too many dimensions are errors."""
    d = cdist(points[:5], points[:5])
    with pytest.raises(UsageError, match="shapes"):
        landmark_coordinates(d[:, :4], d, n_dims=2)
    with pytest.raises(UsageError, match="5 coordinates of 5 landmarks"):
        landmark_coordinates(d, d, n_dims=5)
    for bad in (-1.0, np.nan, np.inf):
        wrong = d.copy()
        wrong[0, 1] = bad
        with pytest.raises(UsageError, match="1 distances are negative or not finite"):
            landmark_coordinates(d, wrong, n_dims=2)
    with pytest.raises(UsageError, match="6 landmarks of 5 items"):
        farthest_landmarks(lambda item: d[item], 5, n_landmarks=6, rng=np.random.default_rng(0))
