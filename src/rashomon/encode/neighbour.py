"""Exact nearest neighbours: float32 tiles find candidates, float64 ranks them, a bound proves that none is missing."""

from __future__ import annotations

import numba
import numpy as np

from rashomon.core import UsageError
from rashomon.core.thread import run_threads
from rashomon.encode.candidate import candidates

__all__ = ["neighbours"]

_ROWS = 512
"""Points ranked together, by one thread."""

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
    found, floor = candidates(centred, squares, n_kept=min(n, k + _SPARE))
    indices, distances = np.empty((n, k), dtype=np.int32), np.empty((n, k), dtype=np.float32)

    def rank(start: int) -> None:
        part = slice(start, start + _ROWS)
        _rank(points, squares, start, found[part], floor[part], indices[part], distances[part])

    run_threads(rank, range(0, n, _ROWS))
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
