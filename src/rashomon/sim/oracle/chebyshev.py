"""Chebyshev series on an interval: smooth functions of the log depth, computed at few points and read at many.

The logarithm of a negative binomial likelihood is analytic in t = log depth for |Im t| < pi (its singularities are the
zeros of mean and of 1 + dispersion * mean, where exp(t) is negative), so the error on an interval of half-width w falls
like ``rho ** -n``, rho = pi/w + sqrt((pi/w)**2 + 1) (Trefethen 2013, theorem 8.2). Extra zeros narrow the strip.
"""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np

__all__ = ["SIZES", "STRIP", "chebyshev_points", "fit_matrices", "fit_matrix", "series_value", "strip"]

SIZES = np.array([6, 8, 10, 12, 16, 24, 36])
"""Numbers of points that are used, ascending."""

STRIP = math.pi


def strip(extra_zeros: float) -> float:
    """Return the half-width of the strip of log depths in which the likelihood is analytic.

    Parameters
    ----------
    extra_zeros
        Probability of a zero beside the law of the counts, in [0, 1): ``pi + (1 - pi) exp(-mean)`` is zero where
        ``mean = log((1 - pi) / pi)`` plus or minus ``i pi``; a dispersion moves this point away from the real line.

    Examples
    --------
    >>> round(strip(0.0), 3), round(strip(0.1), 3)
    (3.142, 0.96)
    """
    if extra_zeros == 0.0:
        return STRIP
    return math.atan2(math.pi, math.log((1.0 - extra_zeros) / extra_zeros))


def chebyshev_points(n: int) -> np.ndarray:
    """Return the `n` zeros of the Chebyshev polynomial of degree `n`, in (-1, 1), descending."""
    return np.asarray(np.cos(np.pi * (np.arange(n) + 0.5) / n))


def fit_matrix(n: int) -> np.ndarray:
    """Return the matrix that turns values at `chebyshev_points` into coefficients, shape ``(n, n)``.

    Parameters
    ----------
    n
        Number of points.

    Examples
    --------
    >>> x = chebyshev_points(4)
    >>> (fit_matrix(4) @ (2 * x**2 - 1)).round(12) + 0.0
    array([0., 0., 1., 0.])
    """
    order = np.arange(n)[:, None]
    matrix = np.cos(np.pi * order * (np.arange(n) + 0.5) / n) * 2.0 / n
    matrix[0] /= 2.0
    return np.asarray(matrix)


def fit_matrices() -> tuple[np.ndarray, np.ndarray]:
    """Return points, ``(n_sizes, n)``, and fit matrices, ``(n_sizes, n, n)``, of all `SIZES`, padded with zeros."""
    largest = int(SIZES[-1])
    points, matrices = np.zeros((SIZES.size, largest)), np.zeros((SIZES.size, largest, largest))
    for row, n in enumerate(SIZES.tolist()):
        points[row, :n], matrices[row, :n, :n] = chebyshev_points(n), fit_matrix(n)
    return points, matrices


@numba.njit(cache=True, nogil=True)
def series_value(coefficients: np.ndarray, x: Any) -> Any:
    """Return the value of a Chebyshev series with `coefficients` at `x` in [-1, 1] (Clenshaw)."""
    a, b = 0.0, 0.0
    for j in range(coefficients.size - 1, 0, -1):
        a, b = 2.0 * x * a - b + coefficients[j], a
    return x * a - b + coefficients[0]
