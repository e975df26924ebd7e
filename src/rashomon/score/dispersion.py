"""Scores of the spread of clusters around their centres: Calinski-Harabasz and Davies-Bouldin."""

from __future__ import annotations

import numpy as np

from rashomon.score.item import clusters
from rashomon.score.record import Unassigned
from rashomon.score.width import check_view

__all__ = ["calinski_harabasz", "davies_bouldin"]


def calinski_harabasz(labels: np.ndarray, view: np.ndarray, *, unassigned: Unassigned = "singletons") -> float:
    """Return the variance ratio of Calinski and Harabasz (1974).

    The spread of the cluster centres over the spread inside clusters, each divided by its degrees of freedom. Favours
    round clusters, and is comparable between labelings of one view only. Time is linear in the number of items.

    Parameters
    ----------
    labels
        Codes, shape ``(n_obs,)``.
    view
        Coordinates, shape ``(n_obs, n_dims)``.
    unassigned
        ``"singletons"``: unassigned items are clusters of one item; ``"left_out"``.

    Returns
    -------
    A number >= 0 without upper bound; larger is better; about 1 for random labels; NaN with one cluster, when every
    item is its own, or when every item lies at the centre of its cluster. Equals
    ``sklearn.metrics.calinski_harabasz_score``, which says 1 in the last case.

    Raises
    ------
    UsageError
        When the view has another number of rows, or holds NaN or infinity.

    Examples
    --------
    >>> round(calinski_harabasz(np.array([0, 0, 1, 1]), np.array([[0.0], [1.0], [9.0], [10.0]])), 6)
    162.0
    """
    points, cluster, centres = _centres(labels, view, unassigned)
    n, k = len(points), len(centres)
    if not 1 < k < n:
        return float("nan")
    inside = float(np.square(points - centres[cluster]).sum())
    # centred points: the mean of all is the origin
    between = float(np.square(centres[cluster]).sum())
    return between / (k - 1) / (inside / (n - k)) if inside > 0 else float("nan")


def davies_bouldin(labels: np.ndarray, view: np.ndarray, *, unassigned: Unassigned = "singletons") -> float:
    """Return the index of Davies and Bouldin (1979).

    For each cluster, the worst ratio of two clusters' mean distances to their centres to the distance of these centres;
    averaged over clusters, so that small clusters count as much as large ones. Clusters of one item have no spread.

    Parameters
    ----------
    labels, view, unassigned
        See `calinski_harabasz`.

    Returns
    -------
    A number >= 0 without upper bound; smaller is better; NaN with one cluster, when every item is its own, or when two
    clusters have the same centre (the index is infinite). Equals ``sklearn.metrics.davies_bouldin_score``, which leaves
    such pairs out.

    Raises
    ------
    UsageError
        When the view has another number of rows, or holds NaN or infinity.

    Examples
    --------
    >>> round(davies_bouldin(np.array([0, 0, 1, 1]), np.array([[0.0], [1.0], [9.0], [10.0]])), 6)
    0.111111
    """
    points, cluster, centres = _centres(labels, view, unassigned)
    n, k = len(points), len(centres)
    if not 1 < k < n:
        return float("nan")
    away = np.sqrt(np.square(points - centres[cluster]).sum(axis=1))
    spread = np.bincount(cluster, weights=away) / np.bincount(cluster)
    worst = np.empty(k)
    for c in range(k):
        # one row at a time: with singletons there can be as many clusters as items
        apart = np.sqrt(np.square(centres - centres[c]).sum(axis=1))
        apart[c] = np.inf
        if not apart.all():
            return float("nan")
        worst[c] = ((spread + spread[c]) / apart).max()
    return float(worst.mean())


def _centres(labels: np.ndarray, view: np.ndarray, unassigned: Unassigned) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the centred points that take part in double precision, their clusters, and the centres of these."""
    items, cluster = clusters(labels, unassigned=unassigned)
    takes_part = np.zeros(np.asarray(labels).size, dtype=bool)
    takes_part[items] = True
    points = view[check_view(view, takes_part)].astype(np.float64)
    points -= points.mean(axis=0) if len(points) else 0.0
    k = int(cluster.max(initial=-1)) + 1
    totals = np.stack([np.bincount(cluster, weights=column, minlength=k) for column in points.T], axis=1)
    return points, cluster, totals / np.bincount(cluster, minlength=k)[:, None]
