"""Candidates for nearest neighbours, from float32 products: two tiles are multiplied once, and serve both sides."""

from __future__ import annotations

from threading import Lock

import numba
import numpy as np
from threadpoolctl import threadpool_limits

from rashomon.core.thread import run_threads

__all__ = ["candidates"]

_TILE = 512
"""Points on either side of a tile of products: 1 MiB, which stays in the cache of a core."""

_PIVOTS = 50
"""Points by which the others are sorted, so that a tile of points holds neighbours of each other."""

_STRETCH = 64
"""Products looked at together: most stretches hold no candidate."""


def candidates(points: np.ndarray, squares: np.ndarray, *, n_kept: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the nearest points of every point by ``float32``, itself included, and a floor under all the others.

    Which of two points at nearly the same distance is kept depends on the order in which threads finish; the floor
    holds in any case.

    Parameters
    ----------
    points
        ``float32``, shape ``(n_obs, n_dims)``, centred: near the origin the products cancel least.
    squares
        Their squared lengths, ``float64``, shape ``(n_obs,)``.
    n_kept
        Candidates of each point, at most ``n_obs``.

    Returns
    -------
    found
        ``int32``, shape ``(n_obs, n_kept)``.
    floor
        ``float64``, shape ``(n_obs,)``: the squared distance to any other point, less the square of the point itself,
        is larger, up to rounding; infinite where there is no other point.

    Examples
    --------
    >>> points = np.array([[-2.0], [0.0], [2.0]], dtype=np.float32)
    >>> found, floor = candidates(points, (points**2).sum(axis=1, dtype=np.float64), n_kept=2)
    >>> np.sort(found, axis=1)[[0, 2]].tolist(), floor[[0, 2]].tolist()
    ([[0, 1], [1, 2]], [0.0, 0.0])
    """
    n, order = len(points), _by_pivot(points)
    points, half = points[order], (0.5 * squares[order]).astype(np.float32)
    found = np.full((n, n_kept), -1, dtype=np.int32)
    keys = np.full((n, n_kept), np.inf, dtype=np.float32)
    worst = np.full(n, np.inf, dtype=np.float32)
    locks = {start: Lock() for start in range(0, n, _TILE)}

    def search(start: int, others: range) -> None:
        block = points[start : start + _TILE]
        # one buffer: a fresh one for each tile costs a fifth of the time
        space = np.empty(len(block) * _TILE, dtype=np.float32)
        for at in others:
            tile = points[at : at + _TILE]
            products = space[: len(block) * len(tile)].reshape(len(block), len(tile))
            np.matmul(block, tile.T, out=products)
            # always the lower one first, so that no two threads wait for each other
            with locks[start]:
                if at == start:
                    _keep_nearest(products, half, start, at, keys, found, worst)
                else:
                    with locks[at]:
                        _keep_nearest(products, half, start, at, keys, found, worst)

    with threadpool_limits(limits=1, user_api="blas"):
        # what lies together first: then few candidates have to make room for better ones
        run_threads(lambda start: search(start, range(start, start + 1)), locks)
        run_threads(lambda start: search(start, range(start + _TILE, n, _TILE)), locks)
    place = np.argsort(order)
    floor = np.full(n, np.inf) if n_kept == n else 2.0 * worst[place].astype(np.float64)
    return order[found[place]], floor


def _by_pivot(points: np.ndarray) -> np.ndarray:
    """Return the order of the points by their nearest pivot, ``int32``."""
    pivots = points[:: max(1, len(points) // _PIVOTS)]
    nearest = (0.5 * np.einsum("ij,ij->i", pivots, pivots) - points @ pivots.T).argmin(axis=1)
    return np.argsort(nearest, kind="stable").astype(np.int32)


@numba.njit(cache=True, nogil=True)
def _keep_nearest(
    products: np.ndarray, half: np.ndarray, start: int, at: int, keys: np.ndarray, found: np.ndarray, worst: np.ndarray
) -> None:
    """Insert the points of a tile into the sorted candidates of the other side.

    A key is half the squared distance less half the square of the point that keeps it.
    """
    both = start != at
    for row in range(products.shape[0]):
        me = start + row
        for first in range(0, products.shape[1], _STRETCH):
            near = products[row, first : first + _STRETCH]
            low, high = at + first, at + first + near.size
            if not _any_near(near, half[low:high], worst[low:high], half[me], worst[me]):
                continue
            for column in range(near.size):
                other = low + column
                key = half[other] - near[column]
                if key < worst[me]:
                    worst[me] = _insert(keys[me], found[me], key, other)
                key = half[me] - near[column]
                if both and key < worst[other]:
                    worst[other] = _insert(keys[other], found[other], key, me)


@numba.njit(cache=True, nogil=True)
def _any_near(products: np.ndarray, half: np.ndarray, worst: np.ndarray, my_half: float, my_worst: float) -> bool:
    # counted to the end: a loop that never leaves early is compiled to vector instructions
    near = 0
    for column in range(products.size):
        mine, theirs = half[column] - products[column], my_half - products[column]
        if (mine < my_worst) | (theirs < worst[column]):
            near += 1
    return near > 0


@numba.njit(cache=True, nogil=True)
def _insert(keys: np.ndarray, found: np.ndarray, key: float, name: int) -> float:
    """Insert a candidate that is nearer than the last, which is dropped; return the key of the new last."""
    place = keys.size - 1
    while place > 0 and keys[place - 1] > key:
        keys[place] = keys[place - 1]
        found[place] = found[place - 1]
        place -= 1
    keys[place] = key
    found[place] = name
    last: float = keys[keys.size - 1]
    return last
