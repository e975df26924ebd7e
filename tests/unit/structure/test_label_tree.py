"""The tree over clusters is that of average linkage, parents first."""

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage

from rashomon.core import UsageError
from rashomon.structure.label_tree import label_tree, neighbouring_pairs


def clusters(rng, n_clusters=7):
    """Points around well separated centres."""
    labels = np.repeat(np.arange(n_clusters), rng.integers(5, 20, n_clusters))
    return rng.normal(size=(n_clusters, 3))[labels] * 10 + rng.normal(size=(labels.size, 3)), labels


def test_the_root_is_the_last_merge_of_scipy(rng):
    """Cutting scipy's tree into two gives the two sides of the root."""
    scores, labels = clusters(rng)
    centroids = np.stack([scores[labels == code].mean(axis=0) for code in range(7)])
    two = fcluster(linkage(centroids, "average"), 2, "maxclust")
    root = label_tree(scores, labels).nodes[0]
    assert {frozenset(root.left), frozenset(root.right)} == {
        frozenset(np.flatnonzero(two == k).tolist()) for k in (1, 2)
    }


def test_every_node_splits_its_parents_side(rng):
    """There is one node less than clusters, and each holds one side of the node above."""
    scores, labels = clusters(rng)
    tree = label_tree(scores, labels)
    assert len(tree.nodes) == 6
    assert tree.nodes[0].n == labels.size
    assert [node.number for node in tree.nodes] == list(range(6))
    for node in tree.nodes[1:]:
        above = tree.nodes[node.parent]
        assert node.parent < node.number
        assert node.clusters in {above.left, above.right}
        assert node.n == np.isin(labels, node.clusters).sum()
        assert node.height <= above.height


def test_cells_of_no_cluster_take_no_part(rng):
    """Cells below 0 change nothing, and codes may have gaps."""
    scores, labels = clusters(rng)
    far = np.vstack([scores, [[1e6, 0, 0]]])
    tree = label_tree(far, np.append(labels, -1))
    assert tree.nodes == label_tree(scores, labels).nodes
    doubled = label_tree(scores, 2 * labels)
    assert doubled.clusters == (0, 2, 4, 6, 8, 10, 12)
    assert doubled.nodes[0].left == tuple(2 * code for code in tree.nodes[0].left)


def test_neighbours_are_siblings_and_nearest():
    """On a line each cluster is paired with the next nearest."""
    tree = label_tree(np.array([[0.0], [1.0], [3.0], [10.0]]), np.arange(4))
    assert neighbouring_pairs(tree) == ((0, 1), (1, 2), (2, 3))


def test_one_cluster_has_no_split():
    """There is no node and no pair."""
    tree = label_tree(np.zeros((3, 2)), np.zeros(3, dtype=int))
    assert (tree.nodes, neighbouring_pairs(tree)) == ((), ())


@pytest.mark.parametrize("labels", [np.zeros(2, dtype=int), np.full(3, -1)])
def test_other_shapes_are_refused(labels):
    """Labels of other cells, or of none, have no tree."""
    with pytest.raises(UsageError, match="label per cell"):
        label_tree(np.zeros((3, 2)), labels)
