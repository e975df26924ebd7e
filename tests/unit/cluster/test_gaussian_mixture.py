import numpy as np
import pytest
from sklearn.mixture import GaussianMixture
from threadpoolctl import threadpool_limits

from rashomon.cluster.gaussian_mixture import gaussian_mixture
from rashomon.core import UsageError


def test_equals_scikit_learn(rng):
    """Labels are those of scikit-learn's defaults in float64 with one thread, under any number outside."""
    view = rng.normal(size=(300, 4)).astype(np.float32) + 4 * rng.integers(0, 3, (300, 1)).astype(np.float32)
    with threadpool_limits(1):
        expected = GaussianMixture(3, random_state=3).fit_predict(view.astype(np.float64))
    np.testing.assert_array_equal(gaussian_mixture(view, k=3, seed=3), expected)


def test_long_groups_of_different_shape_are_told_apart(rng):
    """Covariances are full: two crossing ridges, which k-means cuts across, are two components."""
    along = rng.normal(size=(400, 2)) * [10, 0.3]
    group = np.arange(400) % 2
    view = np.where(group[:, None] == 1, along, along[:, ::-1]).astype(np.float32)
    agree = (gaussian_mixture(view, k=2, seed=0) == group).mean()
    assert max(agree, 1 - agree) > 0.9


def test_fewer_distinct_points_than_components():
    """Labels stay consecutive, and no warning is needed to say that components are empty."""
    labels = gaussian_mixture(np.repeat(np.eye(2, dtype=np.float32), 5, axis=0), k=4)
    assert np.unique(labels).tolist() == list(range(labels.max() + 1))
    assert labels[0] != labels[-1]


def test_refuses_no_component(rng):
    """There is at least one."""
    with pytest.raises(UsageError, match="0 clusters of 8 points"):
        gaussian_mixture(rng.normal(size=(8, 2)).astype(np.float32), k=0)
