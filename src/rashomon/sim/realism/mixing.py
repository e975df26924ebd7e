"""Cell-specific mixing score: whether the cells of different batches lie at the same distances around a cell."""

from __future__ import annotations

from functools import cache
from typing import Any

import numba
import numpy as np

__all__ = ["MIN_CELLS", "limit_survival", "mixing_scores"]

MIN_CELLS = 11
"""Neighbours of a batch that the test needs at least (Luetge et al. 2021)."""

_HIGHEST = 120.0
"""Frequency at which the characteristic function has fallen below 1e-6."""


def mixing_scores(labels: np.ndarray) -> np.ndarray:
    """Return the p-value of a k-sample Anderson-Darling test of the distances around each cell.

    Parameters
    ----------
    labels
        Batch code (0 or more) of the neighbours of every cell, nearest first, shape ``(n_cells, k)``. Their order is
        all that the test uses; equal distances are taken to be in random order.

    Returns
    -------
    ``float64`` in [0, 1], shape ``(n_cells,)``: uniform where batches mix perfectly, near 0 where one batch lies nearer
    than another; 0 where fewer than two batches have `MIN_CELLS` neighbours.

    Notes
    -----
    Luetge et al. (2021), Life Science Alliance 4:e202001004. Statistic and its variance: Scholz & Stephens (1987),
    equations 6 and 4; the p-value is that of the limit ``sum_j chi2_(k-1) / (j (j + 1))``, standardised alike.

    Examples
    --------
    >>> mixing_scores(np.array([[0] * 15 + [1] * 15, [0, 1] * 15])).round(2).tolist()
    [0.0, 1.0]
    """
    statistic, n_batches = _statistics(np.ascontiguousarray(labels, dtype=np.int64), int(labels.max(initial=0)) + 1)
    result = np.zeros(len(labels))
    for k in np.unique(n_batches[n_batches > 1]):
        rows = n_batches == k
        deviation = np.sqrt(2 * (k - 1) * (np.pi**2 / 3 - 3))
        result[rows] = limit_survival(k - 1 + statistic[rows] * deviation, df=int(k) - 1)
    return result


@numba.njit(cache=True, nogil=True)
def _statistics(labels: np.ndarray, n_labels: int) -> Any:
    """Return the standardised statistic of every row, and how many batches it is over."""
    n_cells = labels.shape[0]
    found, n_batches = np.zeros(n_cells), np.zeros(n_cells, dtype=np.int64)
    for row in range(n_cells):
        sizes = np.bincount(labels[row], minlength=n_labels)
        sizes[sizes < MIN_CELLS] = 0
        k = np.count_nonzero(sizes)
        n_batches[row] = k
        if k > 1:
            total = sizes.sum()
            value = _statistic(labels[row], sizes, total)
            found[row] = (value - (k - 1)) / np.sqrt(_variance(sizes, total, k))
    return found, n_batches


@numba.njit(cache=True, nogil=True)
def _statistic(labels: np.ndarray, sizes: np.ndarray, total: Any) -> Any:
    seen = np.zeros(sizes.size, dtype=np.int64)
    j, value = 0, 0.0
    for label in labels:
        if sizes[label] == 0:
            continue
        seen[label] += 1
        j += 1
        # all cells are at or below the last distance
        if j == total:
            break
        for batch in range(sizes.size):
            if sizes[batch] > 0:
                apart = float(total * seen[batch] - j * sizes[batch])
                value += apart * apart / (float(j) * (total - j) * sizes[batch])
    return value / total


@numba.njit(cache=True, nogil=True)
def _variance(sizes: np.ndarray, total: Any, k: Any) -> Any:
    inverse, harmonic, double = 0.0, 0.0, 0.0
    for size in sizes:
        if size > 0:
            inverse += 1.0 / size
    # sum over i < j < N of 1 / ((N - i) j), from its last term on
    tail = 0.0
    for i in range(total - 1, 0, -1):
        double += tail / (total - i)
        tail += 1.0 / i
        harmonic += 1.0 / i
    a = (4 * double - 6) * (k - 1) + (10 - 6 * double) * inverse
    b = (2 * double - 4) * k**2 + 8 * harmonic * k
    b += (2 * double - 14 * harmonic - 4) * inverse - 8 * harmonic + 4 * double - 6
    c = (6 * harmonic + 2 * double - 2) * k**2 + (4 * harmonic - 4 * double + 6) * k
    c += (2 * harmonic - 6) * inverse + 4 * harmonic
    d = (2 * harmonic + 6) * k**2 - 4 * harmonic * k
    n = float(total)
    return (a * n**3 + b * n**2 + c * n + d) / ((n - 1) * (n - 2) * (n - 3))


def limit_survival(x: np.ndarray, *, df: int) -> np.ndarray:
    """Return the chance that ``sum_j chi2_df / (j (j + 1))`` exceeds `x`.

    Parameters
    ----------
    x
        Any numbers.
    df
        Degrees of freedom of every term, 1 or more: samples less one.

    Returns
    -------
    In [0, 1], to about 1e-5, by interpolation in a table that is made once per `df`.

    Notes
    -----
    Gil-Pelaez inversion of the characteristic function ``prod_j (1 - 2 i t / (j (j + 1)))^(-df / 2)``. With `df` 1
    it is the limit of the one-sample Anderson-Darling statistic.

    Examples
    --------
    >>> limit_survival(np.array([2.492]), df=1).round(3).tolist()
    [0.05]
    """
    grid, survival = _table(df)
    return np.asarray(np.interp(x, grid, survival))


@cache
def _table(df: int) -> tuple[np.ndarray, np.ndarray]:
    deviation = np.sqrt(2 * df * (np.pi**2 / 3 - 3))
    grid = np.linspace(0.0, df + 14 * deviation + 10, 4_000)
    # up to where the characteristic function is nothing, in steps fine enough for the largest x
    step = np.pi / (4 * grid[-1])
    t = np.arange(0.5 * step, _HIGHEST, step)
    j = np.arange(1.0, 401.0)
    log = np.zeros(t.size, dtype=np.complex128)
    for term in 1.0 / (j * (j + 1)):
        log -= 0.5 * df * np.log1p(-2j * t * term)
    # the terms beyond the last have a sum of 1 / 401 and next to no variance
    log += 1j * t * df / (j[-1] + 1)
    phi = np.exp(log) / t
    survival = np.array([0.5 + (np.exp(-1j * t * x) * phi).imag.sum() * step / np.pi for x in grid])
    survival = np.minimum.accumulate(np.clip(survival, 0.0, 1.0))
    return grid, survival
