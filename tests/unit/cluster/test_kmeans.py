import numpy as np
import pytest
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

from rashomon.cluster.kmeans import kmeans
from rashomon.core import UsageError


def test_equals_scikit_learn(rng):
    """Labels are those of scikit-learn with ten starts and one thread, under any number of threads outside."""
    view = rng.normal(size=(300, 4)).astype(np.float32)
    with threadpool_limits(1):
        expected = KMeans(n_clusters=6, n_init=10, random_state=3, algorithm="lloyd").fit(view).labels_
    np.testing.assert_array_equal(kmeans(view, k=6, seed=3), expected)


def test_seeds_matter_on_data_without_clusters(rng):
    """Two seeds can give two clusterings; one seed gives one."""
    view = rng.normal(size=(300, 4)).astype(np.float32)
    found = {kmeans(view, k=9, seed=seed).tobytes() for seed in range(5)}
    assert len(found) > 1
    assert kmeans(view, k=9, seed=0).tobytes() == kmeans(view, k=9, seed=0).tobytes()


def test_fewer_distinct_points_than_clusters():
    """Labels stay consecutive, and are no more than there are points to tell apart."""
    labels = kmeans(np.repeat(np.eye(2, dtype=np.float32), 5, axis=0), k=4)
    assert np.unique(labels).tolist() == [0, 1]


@pytest.mark.parametrize("k", [0, 4])
def test_refuses_a_number_out_of_range(k):
    """There are at most as many clusters as points."""
    with pytest.raises(UsageError, match=f"{k} clusters of 3 points"):
        kmeans(np.eye(3, dtype=np.float32), k=k)
