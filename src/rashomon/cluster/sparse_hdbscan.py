"""HDBSCAN on stored distances: the clusters that persist longest as the density threshold falls."""

from __future__ import annotations

import numba
import numpy as np
import scipy.sparse as sp

from rashomon.cluster.component import numbered
from rashomon.cluster.sparse_linkage import check_cutoff
from rashomon.core import UsageError

__all__ = ["sparse_hdbscan"]


def sparse_hdbscan(
    distances: sp.csr_matrix, *, cutoff: float, min_cluster_size: int = 5, min_samples: int = 2
) -> np.ndarray:
    """Return the clusters of HDBSCAN on the links; the rest is noise.

    The tree is built from the stored pairs only, so that time and memory grow with them and not with the square of the
    items. Lengths are the stored values, distance plus 1: otherwise equal sequences would be infinitely dense. Pairs
    that are not stored are at ``cutoff + 1``, there all connected components meet, and each that is large enough is a
    cluster that its parts compete with. On sequences many distances are equal: everything that joins at one distance is
    joined at once, so that the order of the items decides nothing. Where all distances differ and two components or
    more are large enough, equal to ``sklearn.cluster.HDBSCAN(metric="precomputed")`` on the full matrix.

    Parameters
    ----------
    distances
        Pairs within `cutoff`, CSR, shape ``(n_items, n_items)``, symmetric, no diagonal; a stored value is the distance
        plus 1.
    cutoff
        Largest distance stored; 0 or more.
    min_cluster_size
        Least items of a cluster; 2 or more.
    min_samples
        Items within the distance that defines how dense the place of an item is, itself included; 1 or more.

    Returns
    -------
    ``int32``, shape ``(n_items,)``; clusters 0, 1, ... in the order of their first item; noise is -1.

    Raises
    ------
    UsageError
        When `min_cluster_size` or `min_samples` is out of range, or a distance exceeds `cutoff`.

    References
    ----------
    Campello, Moulavi & Sander (2013), Lecture Notes in Computer Science 7819:160.

    Examples
    --------
    >>> block = sp.csr_matrix(np.kron(np.eye(2), np.ones((3, 3)) - np.eye(3)))
    >>> sparse_hdbscan(block, cutoff=1, min_cluster_size=3).tolist()
    [0, 0, 0, 1, 1, 1]
    """
    if min_cluster_size < 2 or min_samples < 1:
        raise UsageError(
            f"min_cluster_size is {min_cluster_size}, min_samples is {min_samples}",
            where="sparse_hdbscan",
            expected="min_cluster_size of 2 or more, min_samples of 1 or more",
            fix="use min_cluster_size=5 and min_samples=2",
        )
    check_cutoff(distances, cutoff, where="sparse_hdbscan")
    far = float(cutoff) + 2.0
    up, height, size = _tree(_reachability(distances, min_samples, far))
    owner, above, stability = _condense(up, height, size, min_cluster_size, far)
    label = _chosen(above, stability)
    return numbered(np.append(label, -1)[owner[: distances.shape[0]]])


def _reachability(distances: sp.csr_matrix, min_samples: int, far: float) -> sp.csr_matrix:
    """Return the mutual reachability of the stored pairs: the largest of distance and both core distances."""
    n, degree = distances.shape[0], np.diff(distances.indptr)
    row = np.repeat(np.arange(n), degree)
    data = distances.data.astype(np.float64)
    core = np.zeros(n)
    if min_samples > 1:
        core[:] = far
        by_distance = np.lexsort((data, row))
        enough = np.flatnonzero(degree >= min_samples - 1)
        core[enough] = data[by_distance[distances.indptr[enough] + min_samples - 2]]
    reach = np.maximum(data, np.maximum(core[row], core[distances.indices]))
    kept = reach < far
    return sp.csr_matrix((reach[kept], (row[kept], distances.indices[kept])), shape=(n, n))


def _tree(reach: sp.csr_matrix) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the tree of single linkage: parent (-1: none), height and size of each node.

    The nodes are the items, then the joints from low to high. What joins at one height hangs below one joint.
    """
    from scipy.sparse.csgraph import minimum_spanning_tree

    n = reach.shape[0]
    forest = minimum_spanning_tree(reach).tocoo()
    order = np.argsort(forest.data, kind="stable")
    parent = _join(n, forest.row[order].astype(np.int64), forest.col[order].astype(np.int64))
    height = np.concatenate([np.zeros(n), forest.data[order]])
    size = np.concatenate([np.ones(n, dtype=np.int64), np.zeros(order.size, dtype=np.int64)])
    _flatten(parent, height, size)
    return parent, height, size


@numba.njit(cache=True, nogil=True)
def _join(n: int, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the parent of each node of the binary tree of Kruskal's algorithm."""
    parent = np.full(n + a.size, -1, dtype=np.int64)
    top = np.arange(n + a.size)
    for joint in range(a.size):
        for end in (a[joint], b[joint]):
            root = end
            while top[root] != root:
                top[root] = top[top[root]]
                root = top[root]
            top[root] = n + joint
            parent[root] = n + joint
    return parent


@numba.njit(cache=True, nogil=True)
def _flatten(parent: np.ndarray, height: np.ndarray, size: np.ndarray) -> None:
    """Count the items below each node; hang what lies below a joint of the same height as its parent on the parent."""
    for node in range(parent.size):
        if parent[node] >= 0:
            size[parent[node]] += size[node]
    for node in range(parent.size - 1, -1, -1):
        above = parent[node]
        if above < 0:
            continue
        # a parent comes later, so it hangs already where it belongs
        if size[above] == 0:
            parent[node] = parent[above]
        if height[node] == height[parent[node]]:
            size[node] = 0


@numba.njit(cache=True, nogil=True)
def _condense(
    up: np.ndarray, height: np.ndarray, size: np.ndarray, least: int, far: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the cluster that each node belongs to or falls out of, and the parent and stability of each cluster."""
    n_large = np.zeros(up.size, dtype=np.int64)
    for node in range(up.size):
        if up[node] >= 0 and size[node] >= least:
            n_large[up[node]] += 1
    owner = np.full(up.size, -1, dtype=np.int64)
    fallen = np.zeros(up.size, dtype=np.bool_)
    above, birth, stability = [-1], [0.0], [0.0]
    for node in range(up.size - 1, -1, -1):
        if size[node] == 0:
            continue
        over = up[node]
        was = owner[over] if over >= 0 else -1
        density = 1.0 / height[over] if over >= 0 else 1.0 / far
        owner[node] = was
        fallen[node] = size[node] < least or (over >= 0 and fallen[over])
        born = not fallen[node] and (over < 0 or n_large[over] > 1)
        if was >= 0 and not fallen[over] and (born or fallen[node]):
            stability[was] += size[node] * (density - birth[was])
        if born:
            owner[node] = len(above)
            above.append(was)
            birth.append(density)
            stability.append(0.0)
    # the first entry told the compiler the types
    owner[owner >= 0] -= 1
    lifted = np.array(above[1:], dtype=np.int64)
    lifted[lifted >= 0] -= 1
    return owner, lifted, np.array(stability[1:], dtype=np.float64)


def _chosen(above: np.ndarray, stability: np.ndarray) -> np.ndarray:
    """Return for each cluster the selected one that it lies in; -1 where none is."""
    below, total = np.zeros(above.size), stability.copy()
    selected = np.ones(above.size, dtype=bool)
    # clusters are numbered from the top
    for cluster in range(above.size - 1, -1, -1):
        if below[cluster] > stability[cluster]:
            selected[cluster], total[cluster] = False, below[cluster]
        if above[cluster] >= 0:
            below[above[cluster]] += total[cluster]
    label = np.full(above.size, -1, dtype=np.int64)
    for cluster in range(above.size):
        over = label[above[cluster]] if above[cluster] >= 0 else -1
        label[cluster] = over if over >= 0 else (cluster if selected[cluster] else -1)
    return label
