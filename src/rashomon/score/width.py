"""Silhouette widths in many labelings of one view: every tile of distances is made once and summed for all of them."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numba
import numpy as np
from threadpoolctl import threadpool_info, threadpool_limits

from rashomon.core import UsageError, first_few
from rashomon.score.item import clusters, same_length
from rashomon.score.record import Unassigned

__all__ = ["check_view", "widths"]

_ANCHORS, _OTHERS = 64, 2048
"""Shape of a tile: half a MiB, which stays in the cache. Fixed, because products of another shape could differ in the
last digits."""

_SMALL = 512
"""Items up to which products are made without BLAS: setting its number of threads would take longer."""

_MOST_CLUSTERS = 50_000
"""Clusters of all labelings that share a tile, about: 25 MiB of sums. Beyond, tiles are made again for the next."""

_CANCELLED = {np.dtype(np.float32): 1e-3, np.dtype(np.float64): 1e-5}
"""Below this share of the squared norms a squared distance has lost too many digits and is computed directly."""


def widths(
    view: np.ndarray,
    table: np.ndarray,
    *,
    anchors: np.ndarray | None = None,
    unassigned: Unassigned = "singletons",
    n_threads: int | None = None,
) -> np.ndarray:
    """Return the silhouette width of items in each of several labelings of one view.

    Parameters
    ----------
    view
        Coordinates, shape ``(n_obs, n_dims)``; finite for every item that takes part in some labeling.
    table
        Codes, shape ``(n_obs, n_labelings)``.
    anchors
        Positions of the items whose widths are wanted; all of them when None. Distances are to all items either way.
    unassigned
        ``"singletons"``: unassigned items are clusters of one item, with width 0; ``"left_out"``.
    n_threads
        Threads; None: as many as numerical libraries may use here, which is one inside a plan. Results are the same.

    Returns
    -------
    ``float64`` in [-1, 1], shape ``(n_anchors, n_labelings)``: 0 in clusters of one item; NaN for items that are left
    out, and for all items of a labeling with one cluster or in which every item is its own.

    Raises
    ------
    UsageError
        When the view has another number of rows, or holds NaN or infinity.

    Notes
    -----
    Distances come from products of tiles, in the type of the view (``float32``, anything else in ``float64``) and are
    summed in ``float64``, always in the same order. Pairs so close that the product loses digits are computed directly.
    Time is quadratic; memory is the result, one code per item and labeling, and per thread one tile and 64 sums for
    each of at most 50,000 clusters beyond the largest labeling.

    Examples
    --------
    >>> table = np.array([[0, 0], [0, 1], [1, 1], [-2, 1]])
    >>> widths(np.array([[0.0], [1.0], [9.0], [10.0]]), table).round(3)
    array([[ 0.889,  0.   ],
           [ 0.875, -0.882],
           [ 0.   ,  0.5  ],
           [   nan,  0.5  ]])
    """
    codes = _member_codes(table, unassigned)
    used = check_view(view, codes.max(axis=1, initial=-1) >= 0)
    anchors = np.arange(view.shape[0]) if anchors is None else np.asarray(anchors)
    out = np.full((anchors.size, codes.shape[1]), np.nan)
    place = np.full(view.shape[0], -1)
    place[used] = np.arange(used.size)
    asked = np.flatnonzero(place[anchors] >= 0)
    if asked.size:
        points, rows = _Points.of(view[used]), place[anchors[asked]]
        for columns in _portions(codes.max(axis=0) + 1):
            members = _Members.of(codes[np.ix_(used, columns)])
            out[np.ix_(asked, columns)] = _in_tiles(points, members, rows, n_threads)
    return out


def _portions(n_clusters: np.ndarray) -> list[np.ndarray]:
    """Return the labelings in portions of bounded numbers of clusters: one, unless unassigned items are many."""
    portion = np.maximum(np.cumsum(n_clusters) - 1, 0) // _MOST_CLUSTERS
    return [np.flatnonzero(portion == each) for each in np.unique(portion)]


def check_view(view: np.ndarray, takes_part: np.ndarray) -> np.ndarray:
    """Check a view where items take part in a score, and return their positions.

    Parameters
    ----------
    view
        Coordinates, shape ``(n_obs, n_dims)``.
    takes_part
        Which items take part, shape ``(n_obs,)``.

    Raises
    ------
    UsageError
        When the view is no matrix, has another number of rows, or holds NaN or infinity for one of these items.

    Examples
    --------
    >>> check_view(np.array([[0.0], [np.nan], [1.0]]), np.array([True, False, True]))
    array([0, 2])
    """
    if view.ndim != 2:
        raise UsageError(f"view has {view.ndim} dimensions", where="view", expected="(n_obs, n_dims)")
    same_length(takes_part.size, view.shape[0], where="labels and view")
    used = np.flatnonzero(takes_part)
    bad = used[~np.isfinite(view[used]).all(axis=1)]
    if bad.size:
        raise UsageError(
            f"view holds NaN or infinity in {bad.size} rows",
            where=f"rows {first_few(bad.tolist())}",
            expected="finite coordinates",
            fix="label these rows -2, or repair the view",
        )
    return used


def _member_codes(table: np.ndarray, unassigned: Unassigned) -> np.ndarray:
    """Return clusters without gaps, -1 for items that take no part; a column of -1 where no width is defined."""
    codes = np.full(table.shape, -1, dtype=np.int32)
    for j in range(table.shape[1]):
        items, cluster = clusters(np.ascontiguousarray(table[:, j]), unassigned=unassigned)
        if 1 < cluster.max(initial=-1) + 1 < items.size:
            codes[items, j] = cluster
    return codes


@dataclass(frozen=True, eq=False)
class _Points:
    """Centred coordinates (distances stay, and the products lose fewer digits) and their squared norms."""

    x: np.ndarray
    squared: np.ndarray

    @classmethod
    def of(cls, view: np.ndarray) -> _Points:
        dtype = np.dtype(np.float32 if view.dtype == np.float32 else np.float64)
        wide = view.astype(np.float64)
        x = np.ascontiguousarray(wide - wide.mean(axis=0), dtype=dtype)
        return cls(x, np.einsum("ij,ij->i", x, x, dtype=np.float64).astype(dtype))


@dataclass(frozen=True, eq=False)
class _Members:
    """Clusters of all labelings, numbered through.

    Parameters
    ----------
    codes
        Shape ``(n_labelings, n_items)``; -1 for none.
    sizes
        Items of each cluster.
    start
        First cluster of each labeling, and the number of all clusters.
    """

    codes: np.ndarray
    sizes: np.ndarray
    start: np.ndarray

    @classmethod
    def of(cls, codes: np.ndarray) -> _Members:
        start = np.append(0, np.cumsum(codes.max(axis=0) + 1))
        through = np.ascontiguousarray(np.where(codes >= 0, codes + start[:-1], -1).T)
        return cls(through, np.bincount(through[through >= 0], minlength=start[-1]), start)


def _n_threads() -> int:
    """Return how many threads BLAS may use here: a plan allows one, so that its workers do not compete."""
    allowed = [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]
    return min(max(allowed, default=1), os.cpu_count() or 1)


def _in_tiles(points: _Points, members: _Members, rows: np.ndarray, n_threads: int | None) -> np.ndarray:
    """Return the widths of the items `rows`, from one block of them at a time."""
    out = np.empty((rows.size, len(members.codes)))
    blocks = [slice(at, at + _ANCHORS) for at in range(0, rows.size, _ANCHORS)]

    def work(block: slice, multiply: Any = np.matmul) -> None:
        some = rows[block]
        total = np.zeros((members.sizes.size, some.size))
        for at in range(0, len(points.x), _OTHERS):
            part = slice(at, at + _OTHERS)
            tile = multiply(points.x[part], points.x[some].T)
            _distances(tile, points.x, points.squared, at, some, points.x.dtype.type(_CANCELLED[points.x.dtype]))
            _add(tile, members.codes[:, part], total)
        _widths(total, some, members.codes, members.sizes, members.start, out[block])

    if len(points.x) <= _SMALL:
        for block in blocks:
            work(block, partial(np.einsum, "id,dj->ij"))
        return out
    n = n_threads or _n_threads()
    # one BLAS thread each: with more, the last digits of a product could depend on their number
    with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(n) as pool:
        list(pool.map(work, blocks))
    return out


@numba.njit(cache=True, nogil=True)
def _distances(
    product: np.ndarray, x: np.ndarray, squared: np.ndarray, at: int, rows: np.ndarray, cancelled: float
) -> None:
    """Turn the products of the items from `at` on (rows) with the items `rows` (columns) into distances, in place."""
    zero, own = cancelled - cancelled, squared[rows]
    for r in range(product.shape[0]):
        j, line, n_close = at + r, product[r], 0
        for c in range(line.size):
            scale = own[c] + squared[j]
            apart = scale - line[c] - line[c]
            n_close += apart <= cancelled * scale
            line[c] = np.sqrt(max(apart, zero))
        if n_close > 0:
            for c in range(line.size):
                # a little more than before: the square of a root is not exact
                if line[c] * line[c] <= 1.01 * cancelled * (own[c] + squared[j]):
                    apart64 = 0.0
                    for d in range(x.shape[1]):
                        apart64 += (np.float64(x[rows[c], d]) - np.float64(x[j, d])) ** 2
                    line[c] = np.sqrt(apart64)


@numba.njit(cache=True, nogil=True)
def _add(tile: np.ndarray, codes: np.ndarray, total: np.ndarray) -> None:
    """Add the rows of a tile to the totals of their clusters, in every labeling."""
    for a in range(codes.shape[0]):
        for r in range(tile.shape[0]):
            cluster = codes[a, r]
            if cluster >= 0:
                to, line = total[cluster], tile[r]
                for c in range(line.size):
                    to[c] += line[c]


@numba.njit(cache=True, nogil=True)
def _widths(
    total: np.ndarray, rows: np.ndarray, codes: np.ndarray, sizes: np.ndarray, start: np.ndarray, out: np.ndarray
) -> None:
    """Write the widths of a block of items in all labelings."""
    for a in range(codes.shape[0]):
        for r in range(rows.size):
            own = codes[a, rows[r]]
            if own < 0:
                out[r, a] = np.nan
                continue
            nearest = np.inf
            for cluster in range(start[a], start[a + 1]):
                if cluster != own:
                    nearest = min(nearest, total[cluster, r] / sizes[cluster])
            within = total[own, r] / max(sizes[own] - 1, 1)
            larger = max(within, nearest)
            out[r, a] = (nearest - within) / larger if sizes[own] > 1 and larger > 0.0 else 0.0
