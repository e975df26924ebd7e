"""Exact nearest neighbours: float32 tiles find candidates, float64 ranks them, a bound proves that none is missing."""

from __future__ import annotations

import numba
import numpy as np
from threadpoolctl import threadpool_limits

from rashomon.core import UsageError
from rashomon.core.thread import run_threads

__all__ = ["neighbours"]

_ROWS, _COLUMNS = 512, 512
"""Shape of a tile of products: 1 MiB, which stays in the cache of a core."""

_STRETCH = 64
"""Products looked at together: most stretches hold no candidate."""

_SPARE = 8
"""Candidates beyond the neighbours asked for, so that the bound nearly always holds at once."""

_UNIT = 2.0**-24
"""Largest relative error of one float32 operation."""


def neighbours(view: np.ndarray, *, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Find the `k` nearest neighbours of every point by Euclidean distance, exactly.

    Candidates come from float32 matrix products. Their distances are recomputed in ``float64`` from the coordinates and
    ranked by (distance, index). A row whose error bound does not exclude a closer point among the others is searched
    again in ``float64``. So the result does not depend on tile sizes, on BLAS or on the number of threads, and a prefix
    of the columns is the result for a smaller `k`. The work grows with the square of the number of points.

    Parameters
    ----------
    view
        Coordinates, ``float32``, shape ``(n_obs, n_dims)``, finite.
    k
        Number of neighbours, from 1 to ``n_obs``; the point itself is the first.

    Returns
    -------
    knn_indices
        ``int32``, shape ``(n_obs, k)``; column 0 is the point itself, also where it has duplicates; then by increasing
        distance, equal distances by increasing index.
    knn_distances
        ``float32``, shape ``(n_obs, k)``; column 0 is exactly 0. The root of the squared distance in ``float32``.

    Raises
    ------
    UsageError
        When `k` is out of range or the view holds a value that is not finite.

    Examples
    --------
    >>> indices, distances = neighbours(np.array([[0.0], [1.0], [3.0]], dtype=np.float32), k=2)
    >>> indices.tolist(), distances.tolist()
    ([[0, 1], [1, 0], [2, 1]], [[0.0, 1.0], [0.0, 1.0], [0.0, 2.0]])
    """
    # a copy: kernels are compiled once more for read-only arrays
    points = np.array(view, dtype=np.float32, order="C")
    n = points.shape[0]
    _check(points, k)
    # near the origin the products cancel least
    centred = (points - points.mean(axis=0, dtype=np.float64)).astype(np.float32)
    squares = np.einsum("ij,ij->i", centred, centred, dtype=np.float64)
    indices, distances = np.empty((n, k), dtype=np.int32), np.empty((n, k), dtype=np.float32)
    rounded, n_candidates = squares.astype(np.float32), min(n, k + _SPARE)

    def search(start: int) -> None:
        found, floor = _candidates(centred, rounded, start, n_candidates)
        part = slice(start, start + _ROWS)
        _rank(points, squares, start, found, floor, indices[part], distances[part])

    with threadpool_limits(limits=1, user_api="blas"):
        run_threads(search, range(0, n, _ROWS))
    return indices, distances


def _check(points: np.ndarray, k: int) -> None:
    n = points.shape[0]
    if not 1 <= k <= n:
        raise UsageError(
            f"{k} neighbours of {n} points",
            where="neighbours(k=)",
            expected=f"1 to {n}, the point itself included",
            fix="ask for fewer neighbours",
        )
    if not np.isfinite(points).all():
        row = int(np.flatnonzero(~np.isfinite(points).all(axis=1))[0])
        raise UsageError(
            "the view holds a value that is not finite",
            where=f"row {row}",
            expected="finite coordinates",
            fix="drop these rows, or compute the view again",
        )


def _candidates(centred: np.ndarray, squares: np.ndarray, start: int, n_kept: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the `n_kept` nearest points of a block of rows by float32, and per row a floor under all the others."""
    block = centred[start : start + _ROWS]
    found = np.full((len(block), n_kept), -1, dtype=np.int32)
    keys = np.full((len(block), n_kept), np.inf, dtype=np.float32)
    # one buffer: a fresh one for each tile costs a fifth of the time
    space = np.empty(len(block) * _COLUMNS, dtype=np.float32)
    for at in range(0, len(centred), _COLUMNS):
        tile = centred[at : at + _COLUMNS]
        products = space[: len(block) * len(tile)].reshape(len(block), len(tile))
        np.matmul(block, tile.T, out=products)
        _keep_nearest(products, squares[at : at + _COLUMNS], at, keys, found)
    every_point_kept = n_kept == len(centred)
    return found, np.full(len(block), np.inf) if every_point_kept else keys[:, -1].astype(np.float64)


@numba.njit(cache=True, nogil=True)
def _keep_nearest(products: np.ndarray, squares: np.ndarray, offset: int, keys: np.ndarray, found: np.ndarray) -> None:
    """Insert the points of a tile into the sorted candidates; a key is the squared distance less the row's square."""
    last = keys.shape[1] - 1
    for row in range(products.shape[0]):
        key_row, found_row = keys[row], found[row]
        for start in range(0, products.shape[1], _STRETCH):
            near, part = products[row, start : start + _STRETCH], squares[start : start + _STRETCH]
            if not _any_below(near, part, key_row[last]):
                continue
            for column in range(near.size):
                key = part[column] - np.float32(2) * near[column]
                if key < key_row[last]:
                    place = last
                    while place > 0 and key_row[place - 1] > key:
                        key_row[place] = key_row[place - 1]
                        found_row[place] = found_row[place - 1]
                        place -= 1
                    key_row[place] = key
                    found_row[place] = offset + start + column


@numba.njit(cache=True, nogil=True)
def _any_below(products: np.ndarray, squares: np.ndarray, worst: float) -> bool:
    # counted to the end: a loop that never leaves early is compiled to vector instructions
    below = 0
    for column in range(products.size):
        if squares[column] - np.float32(2) * products[column] < worst:
            below += 1
    return below > 0


@numba.njit(cache=True, nogil=True)
def _rank(
    points: np.ndarray,
    squares: np.ndarray,
    start: int,
    found: np.ndarray,
    floor: np.ndarray,
    indices: np.ndarray,
    distances: np.ndarray,
) -> None:
    """Rank candidates by exact distance; where the floor cannot exclude the other points, rank all points."""
    k = indices.shape[1]
    best = np.empty(k)
    everyone = np.arange(points.shape[0]).astype(np.int32)
    for row in range(found.shape[0]):
        me, names = start + row, indices[row]
        _select(points, me, found[row], best, names)
        # Any closer point has a norm of at most |x| + d_k, so its float32 key is off by at most
        # (n_dims + 8) u (2 |x| + d_k)^2: the product (n_dims u), norms, centring and the final subtraction.
        reach = 2.0 * np.sqrt(squares[me]) + np.sqrt(best[k - 1])
        slack = (points.shape[1] + 8) * _UNIT * reach * reach
        if not best[k - 1] < floor[row] + squares[me] - slack:
            _select(points, me, everyone, best, names)
        for place in range(k):
            # rounded before the root too, as scikit-learn does: then even the last bit of the graph is scanpy's
            distances[row, place] = np.sqrt(np.float32(best[place]))


@numba.njit(cache=True, nogil=True)
def _select(points: np.ndarray, me: int, pool: np.ndarray, best: np.ndarray, names: np.ndarray) -> None:
    """Write the point itself, then the nearest of `pool` by (squared distance, index), into `best` and `names`."""
    last = best.size - 1
    names[0], best[0] = me, 0.0
    names[1:], best[1:] = -1, np.inf
    if last == 0:
        return
    for other in pool:
        if other == me:
            continue
        square = 0.0
        for dim in range(points.shape[1]):
            difference = np.float64(points[me, dim]) - np.float64(points[other, dim])
            square += difference * difference
            # partial sums only grow
            if square > best[last] or (square == best[last] and other > names[last]):
                break
        else:
            place = last
            while place > 1 and (best[place - 1] > square or (best[place - 1] == square and names[place - 1] > other)):
                best[place] = best[place - 1]
                names[place] = names[place - 1]
                place -= 1
            best[place] = square
            names[place] = other
