import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.metrics import adjusted_rand_score

from rashomon.cluster.ward import ward
from rashomon.core import UsageError


@pytest.mark.parametrize("k", [1, 2, 5, 40])
def test_equals_scipy(rng, k):
    """The partition is that of scipy's tree by Ward's criterion, cut into k."""
    view = rng.normal(size=(150, 4)).astype(np.float32)
    tree = linkage(view.astype(np.float64), "ward")
    assert adjusted_rand_score(ward(view, k=k), fcluster(tree, k, "maxclust")) == 1
    assert np.unique(ward(view, k=k)).tolist() == list(range(k))


def test_one_point_is_one_cluster():
    """The smallest data have one clustering."""
    assert ward(np.zeros((1, 3), dtype=np.float32), k=1).tolist() == [0]


def test_refuses_more_clusters_than_points(rng):
    """The message gives both numbers."""
    with pytest.raises(UsageError, match="9 clusters of 8 points"):
        ward(rng.normal(size=(8, 2)).astype(np.float32), k=9)
