import hdbscan as oracle
import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from rashomon.cluster.hdbscan import hdbscan
from rashomon.core import UsageError


def test_equals_the_reference_implementation(rng):
    """On separated groups of unequal density, clusters and noise are those of the package hdbscan."""
    group = rng.integers(0, 3, 300)
    view = (rng.normal(size=(300, 3)) * (1 + group[:, None]) + 20 * np.eye(3)[group]).astype(np.float32)
    theirs = oracle.HDBSCAN(min_cluster_size=15).fit_predict(view.astype(np.float64))
    ours = hdbscan(view, min_cluster_size=15)
    assert adjusted_rand_score(ours, theirs) > 0.99
    assert abs((ours == -1).mean() - (theirs == -1).mean()) < 0.02
    assert np.unique(ours[ours >= 0]).tolist() == [0, 1, 2]


def test_far_points_are_noise(rng):
    """A point far from everything belongs to no cluster."""
    view = np.concatenate([rng.normal(size=(60, 2)), rng.normal(size=(60, 2)) + 30, [[500, -500]]]).astype(np.float32)
    assert hdbscan(view, min_cluster_size=10)[-1] == -1


@pytest.mark.parametrize("size", [1, 9])
def test_refuses_a_size_out_of_range(rng, size):
    """A cluster has two members at least, and no more than there are points."""
    with pytest.raises(UsageError, match=f"min_cluster_size is {size} for 8 points"):
        hdbscan(rng.normal(size=(8, 2)).astype(np.float32), min_cluster_size=size)
