"""Directions along which groups would show: whitened components, independent components, and the best 2-split."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from rashomon.core import UsageError
from rashomon.structure.component_ica import independent_rotation
from rashomon.structure.dip import sorted_dip

__all__ = ["Directions", "LargestDip", "directions", "largest_dip", "two_modes"]

_N_LLOYD = 10


@dataclass(frozen=True, eq=False)
class Directions:
    """Cells projected on candidate directions.

    Parameters
    ----------
    values
        Projections, ``float64``, shape ``(n, M)``.
    names
        ``"pc1"`` ..., ``"ic1"`` ..., ``"split"``; shape ``(M,)``.
    """

    values: np.ndarray
    names: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class LargestDip:
    """The candidate direction along which one mode fits worst.

    Parameters
    ----------
    value
        Its dip, in [1 / (2 n), 1/4]; its p-value comes from `rashomon.structure.dip_p`, never from a table of the dip
        of one given column.
    direction
        Projections of the cells, mean 0 and variance 1, shape ``(n,)``.
    name
        See `Directions`.
    low, high
        The two modes, if there are two; see `two_modes`.
    """

    value: float
    direction: np.ndarray
    name: str
    low: float
    high: float


def directions(scores: np.ndarray, *, rng: np.random.Generator) -> Directions:
    """Return the projections of cells on the directions that are searched for groups.

    The K whitened components, their K independent components, and the discriminant direction of a split in two: 2-means
    from the best cut of the component with the largest dip; between whitened groups that direction is the difference
    of the means. Of one column there is only itself.

    Parameters
    ----------
    scores
        Whitened principal components, shape ``(n, K)``: columns of mean 0 and variance 1 without correlation.
    rng
        Starts the search for independent components.

    Returns
    -------
    Directions, 2 K + 1 of them, or 1 for one column.

    Raises
    ------
    UsageError
        When the scores are not a table of finite numbers with more rows than columns, or are not whitened.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> cells = rng.normal(size=(50, 2))
    >>> whitened = np.sqrt(50) * np.linalg.svd(cells - cells.mean(axis=0), full_matrices=False)[0]
    >>> directions(whitened, rng=rng).names
    ('pc1', 'pc2', 'ic1', 'ic2', 'split')
    """
    rows, names, _ = _search(scores, rng=rng)
    return Directions(rows.T, names)


def largest_dip(scores: np.ndarray, *, rng: np.random.Generator) -> LargestDip:
    """Return the candidate direction with the largest dip.

    Parameters
    ----------
    scores, rng
        See `directions`.

    Raises
    ------
    UsageError
        See `directions`.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> column = np.concatenate([rng.normal(-3, 1, 50), rng.normal(3, 1, 50)])[:, None]
    >>> found = largest_dip((column - column.mean()) / column.std(), rng=rng)
    >>> found.name, found.value > 0.05, found.low < -0.8 < 0.8 < found.high
    ('pc1', True, True)
    """
    rows, names, dips = _search(scores, rng=rng)
    best = int(np.argmax(dips))
    return LargestDip(float(dips[best]), rows[best].copy(), names[best], *two_modes(rows[best]))


def two_modes(values: np.ndarray) -> tuple[float, float]:
    """Return the medians of the two sides of the best cut: where the modes are, if there are two.

    The cut is that of 2-means in one dimension (the largest variance between the sides).

    Parameters
    ----------
    values
        Finite numbers, shape ``(n,)``, two or more.

    Examples
    --------
    >>> two_modes(np.array([0.0, 0.1, 0.2, 5.0, 5.1, 5.2]))
    (0.1, 5.1)
    """
    ordered = np.sort(values)
    n_low = int(_best_cut(ordered))
    return float(np.median(ordered[:n_low])), float(np.median(ordered[n_low:]))


def _search(scores: np.ndarray, *, rng: np.random.Generator) -> tuple[np.ndarray, tuple[str, ...], np.ndarray]:
    """Return the projections, one row per direction, their names and their dips."""
    scores = np.asarray(scores, dtype=np.float64)
    _check(scores)
    k = scores.shape[1]
    if k == 1:
        return scores.T.copy(), ("pc1",), _dips(np.sort(scores.T, axis=1))
    rows = np.empty((2 * k + 1, scores.shape[0]))
    rows[:k] = scores.T
    np.dot(independent_rotation(scores, rng=rng), rows[:k], out=rows[k : 2 * k])
    dips = _dips(np.sort(rows[: 2 * k], axis=1))
    best = rows[np.argmax(dips)]
    ordered = np.sort(best)
    rows[2 * k] = _discriminant(rows[:k], best, best >= ordered[_best_cut(ordered)], _N_LLOYD)
    names = (*(f"pc{j + 1}" for j in range(k)), *(f"ic{j + 1}" for j in range(k)), "split")
    return rows, names, np.concatenate([dips, _dips(np.sort(rows[2 * k :], axis=1))])


def _check(scores: np.ndarray) -> None:
    if scores.ndim != 2 or not 1 <= scores.shape[1] < scores.shape[0]:
        raise UsageError(f"scores have the shape {scores.shape}", where="scores", expected="(n, K) with n > K >= 1")
    if not np.isfinite(scores).all():
        raise UsageError("scores are not finite", where="scores")
    n, k = scores.shape
    off = np.abs(scores.T @ scores / n - np.eye(k)).max()
    if max(off, np.abs(scores.mean(axis=0)).max()) > 0.05:
        raise UsageError(
            "scores are not whitened", where="scores", expected="columns of mean 0 and variance 1 without correlation"
        )


@numba.njit(cache=True, nogil=True)
def _dips(rows: np.ndarray) -> np.ndarray:
    """Return the dip of every row; the rows are sorted, by numpy, whose sort is five times as fast as numba's."""
    found = np.empty(rows.shape[0])
    for j in range(rows.shape[0]):
        found[j] = sorted_dip(rows[j])[0]
    return found


@numba.njit(cache=True, nogil=True)
def _best_cut(ordered: np.ndarray) -> int:
    """Return how many of the sorted values lie below the cut with the largest variance between its sides."""
    n = ordered.size
    mean, below, best, n_low = ordered.mean(), 0.0, -1.0, 1
    for i in range(1, n):
        below += ordered[i - 1] - mean
        between = below * below / (i * (n - i))
        if between > best and ordered[i] > ordered[i - 1]:
            best, n_low = between, i
    return n_low


@numba.njit(cache=True, nogil=True)
def _discriminant(rows: np.ndarray, start: np.ndarray, upper: np.ndarray, n_rounds: int) -> np.ndarray:
    """Return the projections on the direction between the means of 2-means; `start` where one side is empty."""
    k, n = rows.shape
    projected = start
    for _ in range(n_rounds):
        n_upper = upper.sum()
        if n_upper == 0 or n_upper == n:  # noqa: PLR1714 - numba compiles no tuple here
            break
        mean = np.zeros(k)
        for j in range(k):
            for i in range(n):
                mean[j] += rows[j, i] * upper[i]
        mean /= n_upper
        length = np.sqrt((mean * mean).sum())
        projected = np.dot(mean / length, rows)
        # the mean of all is 0, so that of the other side lies opposite
        now = projected > length * (1 - n_upper / (n - n_upper)) / 2
        if (now == upper).all():
            break
        upper = now
    return projected
