import numpy as np

from rashomon.encode.spread import spread


def test_a_cluster_of_one_item_is_none():
    """Copies of one clonotype do not make a cluster; two clonotypes do, for all their rows."""
    assert spread(np.array([3, 5, 5]), np.array([0, 0, 1, 2, 2])).tolist() == [-1, -1, 0, 0, 0]


def test_clusters_are_numbered_by_size():
    """The largest cluster is 0; of equal ones the first is first; noise stays noise."""
    assert spread(np.array([7, 7, -1, 2, 2, 2, -1]), np.arange(7)).tolist() == [1, 1, -1, 0, 0, 0, -1]
    assert spread(np.array([9, 9, 1, 1]), np.arange(4)).tolist() == [0, 0, 1, 1]


def test_no_items_give_no_labels():
    """Nothing in, nothing out."""
    assert spread(np.empty(0, np.int32), np.empty(0, np.int64)).size == 0
