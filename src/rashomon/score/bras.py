"""BRAS: how well batches are mixed inside clusters."""

from __future__ import annotations

import numpy as np

from rashomon.core.labels import MISSING
from rashomon.score.item import clusters, same_length
from rashomon.score.record import Unassigned
from rashomon.score.width import check_view

__all__ = ["batch_silhouette"]


def batch_silhouette(
    labels: np.ndarray, view: np.ndarray, *, batch: np.ndarray, unassigned: Unassigned = "singletons"
) -> float:
    """Return the batch-removal adapted silhouette (BRAS) of Rautenstrauch and Ohler (2025).

    Inside each cluster, the silhouette width of every item with its batch as its cluster, by cosine distance, where the
    mean distance to all items of other batches stands in the place of the nearest batch. One minus its absolute value
    is averaged over the items of a cluster, then over clusters. This is the default of scib-metrics.

    Parameters
    ----------
    labels
        Codes, shape ``(n_obs,)``: cell types, or clusters.
    view
        Coordinates, shape ``(n_obs, n_dims)``. Angles are seen from the origin, so the view should be centred, as
        principal components are. An item at the origin has distance 1 to all others.
    batch
        Batch codes, shape ``(n_obs,)``; items with a negative code are left out.
    unassigned
        ``"singletons"`` or ``"left_out"``: the same here, as a cluster of one item has no batches to mix.

    Returns
    -------
    A number in [0, 1]; larger is better mixed; NaN when no cluster has two batches, one of them with two items.
    Clusters without are passed over, and so say nothing: labels that follow the batches have no value, not a bad one.

    Raises
    ------
    UsageError
        When view or batches have another number of rows, or the view holds NaN or infinity.

    Notes
    -----
    The mean cosine distance to a group follows from the sum of its unit vectors, so time is linear in the number of
    items.

    Examples
    --------
    >>> view = np.array([[1.0, 0.0], [0.9, 0.1], [1.0, 0.0], [0.9, 0.1]])
    >>> round(batch_silhouette(np.zeros(4, dtype=int), view, batch=np.array([0, 0, 1, 1])), 3)
    0.5
    """
    labels, batch = np.asarray(labels), np.asarray(batch)
    same_length(labels.size, batch.size, where="labels and batches")
    items, cluster = clusters(np.where(batch >= 0, labels, MISSING), unassigned=unassigned)
    takes_part = np.zeros(labels.size, dtype=bool)
    takes_part[items] = True
    check_view(view, takes_part)
    group, whole = np.unique(np.stack([cluster, batch[items]], axis=1), axis=0, return_inverse=True)
    width = _widths(_unit(view[items]), cluster, whole)
    size, n_batches = np.bincount(cluster), np.bincount(group[:, 0], minlength=int(cluster.max(initial=-1)) + 1)
    counts = (n_batches > 1) & (n_batches < size)
    if not counts.any():
        return float("nan")
    mixed = np.bincount(cluster, weights=1 - np.abs(width)) / size
    return float(mixed[counts].mean())


def _unit(view: np.ndarray) -> np.ndarray:
    points = view.astype(np.float64)
    length = np.sqrt(np.square(points).sum(axis=1, keepdims=True))
    return np.asarray(np.divide(points, length, out=np.zeros_like(points), where=length > 0))


def _widths(unit: np.ndarray, cluster: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Return the width of each item: its batch in its cluster (`group`) against the other batches of the cluster."""
    size, n_own = np.bincount(cluster), np.bincount(group)
    of_group, of_cluster = _sums(unit, group, n_own.size), _sums(unit, cluster, size.size)
    own, others = n_own[group], size[cluster] - n_own[group]
    to_own = np.einsum("ij,ij->i", unit, of_group[group])
    to_others = np.einsum("ij,ij->i", unit, of_cluster[cluster]) - to_own
    itself = np.square(unit).sum(axis=1)
    within = (own - 1 - (to_own - itself)) / np.maximum(own - 1, 1)
    between = (others - to_others) / np.maximum(others, 1)
    # rounding, where all directions are one
    within, between = np.maximum(within, 0.0), np.maximum(between, 0.0)
    larger = np.maximum(within, between)
    defined = (own > 1) & (others > 0) & (larger > 0)
    return np.asarray(np.divide(between - within, larger, out=np.zeros(len(unit)), where=defined))


def _sums(unit: np.ndarray, group: np.ndarray, n_groups: int) -> np.ndarray:
    return np.stack([np.bincount(group, weights=column, minlength=n_groups) for column in unit.T], axis=1)
