"""The tree over clusters: which are nearest, and which splits are asked about."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.cluster.hierarchy import linkage
from scipy.spatial.distance import cdist

from rashomon.core import UsageError

__all__ = ["LabelTree", "TreeNode", "label_tree", "neighbouring_pairs"]


@dataclass(frozen=True)
class TreeNode:
    """One split of the tree.

    Parameters
    ----------
    number
        Its place in the tree: the root is 0, a node comes before the nodes below it.
    parent
        Number of the node above; -1 for the root.
    left, right
        Codes of the clusters on either side; the side with the lowest code is the left one.
    n
        Number of cells of both sides.
    height
        Average distance of the centroids of both sides, in standard deviations of the whitened components.
    """

    number: int
    parent: int
    left: tuple[int, ...]
    right: tuple[int, ...]
    n: int
    height: float

    @property
    def clusters(self) -> tuple[int, ...]:
        """Codes of all clusters below."""
        return tuple(sorted((*self.left, *self.right)))


@dataclass(frozen=True, eq=False)
class LabelTree:
    """The splits from the root down.

    Parameters
    ----------
    nodes
        One less than there are clusters, parents first.
    clusters
        Codes that have cells, ascending.
    centroids
        Means of the clusters, shape ``(len(clusters), k)``.
    """

    nodes: tuple[TreeNode, ...]
    clusters: tuple[int, ...]
    centroids: np.ndarray


def label_tree(scores: np.ndarray, labels: np.ndarray) -> LabelTree:
    """Return the tree of average linkage over the centroids of the clusters.

    Parameters
    ----------
    scores
        Whitened principal components, shape ``(n, k)``.
    labels
        Codes, shape ``(n,)``; cells below 0 belong to no cluster and take no part.

    Raises
    ------
    UsageError
        When no cell is in a cluster, or the shapes differ.

    Examples
    --------
    >>> tree = label_tree(np.array([[0.0], [0.1], [1.0], [9.0]]), np.array([0, 0, 1, 2]))
    >>> [(node.left, node.right, node.n) for node in tree.nodes]
    [((0, 1), (2,), 4), ((0,), (1,), 3)]
    """
    codes = np.asarray(labels)
    clusters, place = np.unique(codes[codes >= 0], return_inverse=True)
    if codes.shape != (scores.shape[0],) or not clusters.size:
        raise UsageError(
            f"{codes.shape[0]} labels, {clusters.size} clusters, {scores.shape[0]} cells",
            where="label_tree",
            expected="one label per cell and at least one cluster",
        )
    sizes = np.bincount(place)
    centroids = np.zeros((clusters.size, scores.shape[1]))
    np.add.at(centroids, place, scores[codes >= 0])
    centroids /= sizes[:, None]
    known = tuple(int(code) for code in clusters)
    if clusters.size == 1:
        return LabelTree((), known, centroids)
    merged = linkage(centroids, method="average")
    return LabelTree(_nodes(merged, known, sizes), known, centroids)


def _nodes(merged: np.ndarray, clusters: tuple[int, ...], sizes: np.ndarray) -> tuple[TreeNode, ...]:
    members: list[tuple[int, ...]] = [(place,) for place in range(len(clusters))]
    children = []
    for left, right, _, _ in merged:
        sides = sorted((members[int(left)], members[int(right)]), key=min)
        children.append(sides)
        members.append(tuple(sorted((*sides[0], *sides[1]))))
    nodes: list[TreeNode] = []
    waiting = [(len(merged) - 1, -1)]
    of = {members[len(clusters) + row]: row for row in range(len(merged))}
    while waiting:
        row, parent = waiting.pop()
        left, right = ((tuple(clusters[place] for place in side)) for side in children[row])
        number = len(nodes)
        n = int(sizes[list(members[len(clusters) + row])].sum())
        nodes.append(TreeNode(number, parent, left, right, n, float(merged[row, 2])))
        waiting += [(of[side], number) for side in reversed(children[row]) if side in of]
    return tuple(nodes)


def neighbouring_pairs(tree: LabelTree) -> tuple[tuple[int, int], ...]:
    """Return the pairs of clusters that someone would think of merging: siblings, and each cluster with its nearest.

    Parameters
    ----------
    tree
        From `label_tree`.

    Returns
    -------
    Pairs of codes, the lower first, ascending; at most one and a half times as many as there are clusters.

    Examples
    --------
    >>> neighbouring_pairs(label_tree(np.array([[0.0], [0.1], [1.0], [9.0]]), np.array([0, 0, 1, 2])))
    ((0, 1), (1, 2))
    """
    pairs = {(node.left[0], node.right[0]) for node in tree.nodes if len(node.left) == len(node.right) == 1}
    if len(tree.clusters) > 1:
        distance = cdist(tree.centroids, tree.centroids)
        np.fill_diagonal(distance, np.inf)
        nearest = [(code, tree.clusters[other]) for code, other in zip(tree.clusters, distance.argmin(1), strict=True)]
        pairs |= {(min(pair), max(pair)) for pair in nearest}
    return tuple(sorted(pairs))
