"""Receptors whose coordinates are within a radius of each other."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import scipy.sparse as sp

from rashomon.core import UsageError, did_you_mean, first_few
from rashomon.core.thread import run_threads
from rashomon.encode.item_link import Links, link_matrix, refuse_pairs

__all__ = ["embedding_radius"]

Space = Literal["cosine", "euclidean"]

_ROWS = 512
"""Points compared with all before them at a time."""


def embedding_radius(view: np.ndarray, *, cutoff: float, metric: Space = "cosine") -> sp.csr_matrix:
    """Return the items whose coordinates are within a radius of each other.

    Exact, in ``float64``, block by block: time grows with the square of the items, memory with the pairs that are
    found.

    Parameters
    ----------
    view
        Coordinates, one row per item, shape ``(n_items, n_dims)``, finite.
    cutoff
        Largest distance, 0 or more; of the cosine distance at most 2.
    metric
        ``cosine``: 1 minus the cosine of the angle, from 0 to 2; rows that are all 0 have no direction and no links.
        ``euclidean``.

    Returns
    -------
    CSR, ``float32``, shape ``(n_items, n_items)``, symmetric, without diagonal; stored values are distance + 1.

    Raises
    ------
    UsageError
        When the cutoff is negative or no number, the metric unknown, the view not finite, or more than 50,000,000 pairs
        are within the radius.

    Notes
    -----
    Distances come from inner products: those below 1e-7 of the size of the coordinates are not told from 0.

    Examples
    --------
    >>> embedding_radius(np.array([[0.0], [1.0], [3.0]]), cutoff=1.5, metric="euclidean").toarray()[1].tolist()
    [2.0, 0.0, 0.0]
    """
    points, square, directed = _points(view, cutoff, metric)
    n = points.shape[0]
    parts: list[tuple[np.ndarray, ...]] = [()] * -(-n // _ROWS)

    def search(part: int) -> None:
        begin, end = part * _ROWS, min((part + 1) * _ROWS, n)
        products = points[begin:end] @ points[:end].T
        if metric == "cosine":
            apart = np.clip(1 - products, 0, 2)
        else:
            apart = np.sqrt(np.maximum(square[begin:end, None] + square[None, :end] - 2 * products, 0))
        near = (apart <= cutoff) & (np.arange(end) < np.arange(begin, end)[:, None])
        near &= directed[begin:end, None] & directed[:end]
        row, col = np.nonzero(near)
        refuse_pairs(row.size, where=f"view, {metric} {cutoff:g}")
        parts[part] = col.astype(np.int32), (row + begin).astype(np.int32), apart[row, col].astype(np.float32)

    run_threads(search, range(len(parts)))
    refuse_pairs(sum(part[0].size for part in parts), where=f"view, {metric} {cutoff:g}")
    empty = np.empty(0, dtype=np.int32)
    i, j, distance = (np.concatenate([empty, *(part[k] for part in parts)]) for k in range(3))
    order = np.argsort(i.astype(np.int64) * max(n, 1) + j)
    return link_matrix(Links(i[order].astype(np.int32), j[order].astype(np.int32), distance[order]), n)


def _points(view: np.ndarray, cutoff: float, metric: Space) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return checked coordinates (of length 1 for cosines), their squared lengths, and which rows take part."""
    if metric not in get_args(Space):
        raise UsageError(
            f"unknown metric {metric!r}", where="embedding_radius", fix=did_you_mean(metric, get_args(Space))
        )
    if not 0 <= cutoff < np.inf:
        raise UsageError(f"cutoff {cutoff:g}", where="embedding_radius(cutoff=)", expected="a number from 0")
    points = np.asarray(view, dtype=np.float64)
    wrong = np.flatnonzero(~np.isfinite(points).all(axis=1))
    if wrong.size:
        raise UsageError(
            f"{wrong.size} rows of the view are not finite",
            where=f"view, rows {first_few(wrong)}",
            expected="finite coordinates",
            fix="drop these rows, or compute the view again",
        )
    if metric == "euclidean":
        # near the origin the products cancel least
        points = points - points.mean(axis=0) if points.shape[0] else points
        return points, np.einsum("ij,ij->i", points, points), np.ones(points.shape[0], dtype=bool)
    length = np.sqrt(np.einsum("ij,ij->i", points, points))
    directed = length > 0
    return points / np.where(directed, length, 1.0)[:, None], np.ones_like(length), directed
