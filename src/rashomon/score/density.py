"""Density-based cluster validation: clusters of any shape, judged by their sparsest and their nearest places."""

from __future__ import annotations

import numba
import numpy as np

from rashomon.score.item import clusters
from rashomon.score.record import Unassigned
from rashomon.score.width import check_view

__all__ = ["density_validity"]


def density_validity(labels: np.ndarray, view: np.ndarray, *, unassigned: Unassigned = "singletons") -> float:
    """Return the density-based validity index DBCV of Moulavi et al. (2014), Euclidean.

    For each cluster, the sparsest place inside is compared with the densest way to another cluster, both by mutual
    reachability; averaged over items. Needs no round clusters.

    Parameters
    ----------
    labels
        Codes, shape ``(n_obs,)``.
    view
        Coordinates, shape ``(n_obs, n_dims)``.
    unassigned
        ``"singletons"``: unassigned items are noise, which lowers the value by its share, as the authors define it;
        ``"left_out"``: the value on assigned items. Clusters of one item are noise.

    Returns
    -------
    A number in [-1, 1]; larger is better; NaN when fewer than two clusters have two items.

    Raises
    ------
    UsageError
        When the view has another number of rows, or holds NaN or infinity.

    Notes
    -----
    Time is quadratic, memory linear. Follows ``hdbscan.validity.validity_index`` where the authors leave things open: a
    point at distance zero says nothing about density, and a tree without an internal edge is judged by all its edges.
    It departs in two places, where that function depends on the order of the items: among equal mutual reachabilities
    the smaller distance decides about the edges of the spanning tree, and both points of a cluster of two are internal.
    Densities are relative to that of the nearest item: the power of the dimension leaves the range of numbers.

    Examples
    --------
    >>> view = np.array([[0.0], [1.0], [2.0], [20.0], [21.0], [22.0]])
    >>> round(density_validity(np.array([0, 0, 0, 1, 1, 1]), view), 3)
    0.933
    """
    items, cluster = clusters(labels, unassigned=unassigned)
    takes_part = np.zeros(np.asarray(labels).size, dtype=bool)
    takes_part[items] = True
    check_view(view, takes_part)
    size = np.bincount(cluster)
    members = [items[cluster == c] for c in np.flatnonzero(size > 1)]
    if len(members) < 2:
        return float("nan")
    sparse, inner, core = np.empty(len(members)), [], []
    for c, some in enumerate(members):
        x = np.ascontiguousarray(view[some].T, dtype=np.float64)
        reach = _core_distances(x)
        sparse[c], internal = _spanning_tree(x, reach)
        inner.append(x[:, internal])
        core.append(reach[internal])
    bound = np.append(0, np.cumsum([part.size for part in core]))
    apart = _separations(np.ascontiguousarray(np.concatenate(inner, axis=1)), np.concatenate(core), bound)
    larger = np.maximum(apart, sparse)
    valid = np.divide(apart - sparse, larger, out=np.zeros(larger.size), where=larger > 0)
    return float((valid * size[size > 1]).sum() / items.size)


@numba.njit(cache=True, nogil=True)
def _to_all(x: np.ndarray, i: int, begin: int, distance: np.ndarray) -> None:
    """Write the distances of item `i` to the items from `begin` on; items are columns: sums run side by side."""
    distance[:] = 0.0
    for d in range(x.shape[0]):
        own, line = x[d, i], x[d, begin:]
        for j in range(distance.size):
            distance[j] += (line[j] - own) * (line[j] - own)
    for j in range(distance.size):
        distance[j] = np.sqrt(distance[j])


@numba.njit(cache=True, nogil=True)
def _core_distances(x: np.ndarray) -> np.ndarray:
    """Return for each item the distance at which the mean inverse density of the others lies (definition 1)."""
    n_dims, n = x.shape
    core, distance = np.zeros(n), np.empty(n)
    for i in range(n):
        _to_all(x, i, 0, distance)
        nearest = np.inf
        for j in range(n):
            if 0.0 < distance[j] < nearest:
                nearest = distance[j]
        if nearest < np.inf:
            total = 0.0
            for j in range(n):
                if distance[j] > 0.0:
                    total += (nearest / distance[j]) ** n_dims
            core[i] = nearest * (total / (n - 1)) ** (-1.0 / n_dims)
    return core


@numba.njit(cache=True, nogil=True)
def _spanning_tree(x: np.ndarray, core: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the longest internal edge of the minimum spanning tree, and the internal items: those with two edges."""
    n = core.size
    reach, raw, parent = np.full(n, np.inf), np.full(n, np.inf), np.zeros(n, np.int64)
    degree, length, distance = np.zeros(n, np.int64), np.zeros(n), np.empty(n)
    outside = np.ones(n, np.bool_)
    last = 0
    for _ in range(n - 1):
        outside[last] = False
        _to_all(x, last, 0, distance)
        nearest = -1
        for j in range(n):
            if not outside[j]:
                continue
            mutual = max(distance[j], core[last], core[j])
            if mutual < reach[j] or (mutual == reach[j] and distance[j] < raw[j]):
                reach[j], raw[j], parent[j] = mutual, distance[j], last
            if nearest < 0 or reach[j] < reach[nearest] or (reach[j] == reach[nearest] and raw[j] < raw[nearest]):
                nearest = j
        last = nearest
        length[last] = reach[last]
        degree[last] += 1
        degree[parent[last]] += 1
    internal = degree > 1
    inside = internal & internal[parent]
    # the first item is where the tree was begun: it has no edge upwards
    inside[0] = False
    if not inside.any():
        inside[:] = True
    return length[inside].max(), (internal if internal.any() else ~internal)


@numba.njit(cache=True, nogil=True)
def _separations(x: np.ndarray, core: np.ndarray, bound: np.ndarray) -> np.ndarray:
    """Return for each cluster the smallest mutual reachability between its internal items and those of another."""
    apart = np.full(bound.size - 1, np.inf)
    for a in range(bound.size - 2):
        distance = np.empty(core.size - bound[a + 1])
        for i in range(bound[a], bound[a + 1]):
            _to_all(x, i, bound[a + 1], distance)
            for b in range(a + 1, bound.size - 1):
                least = np.inf
                for j in range(bound[b], bound[b + 1]):
                    least = min(least, max(distance[j - bound[a + 1]], core[i], core[j]))
                apart[a], apart[b] = min(apart[a], least), min(apart[b], least)
    return apart
