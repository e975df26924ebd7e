"""Binomial numbers by inversion, and draws from all but one's own."""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np

__all__ = ["binomials", "outside"]


def binomials(chance: np.ndarray, n: np.ndarray, share: np.ndarray | float) -> np.ndarray:
    """Return binomial quantiles: a larger chance, number or share never gives a smaller value.

    Parameters
    ----------
    chance
        Uniform numbers in (0, 1), shape ``(n_values,)``.
    n
        Numbers of trials, at least 0.
    share
        Probability of success, in [0, 1]; one or one each.

    Returns
    -------
    ``int64``, shape ``(n_values,)``.

    Notes
    -----
    Terms are added from 12 standard deviations below the mean on, so that time grows with the standard deviation.

    Examples
    --------
    >>> binomials(np.array([0.2, 0.8]), np.array([10, 10]), 0.3).tolist()
    [2, 4]
    """
    shares = np.broadcast_to(np.asarray(share, dtype=np.float64), np.shape(chance))
    return np.asarray(_invert(np.asarray(chance), np.asarray(n, dtype=np.int64), shares))


@numba.njit(cache=True, nogil=True)
def _invert(chance: Any, n: Any, share: Any) -> Any:
    found = np.zeros(chance.size, dtype=np.int64)
    for i in range(chance.size):
        p = share[i]
        if p <= 0.0 or n[i] == 0:
            continue
        if p >= 1.0:
            found[i] = n[i]
            continue
        # from the side where successes are rare
        found[i] = _quantile(chance[i], n[i], p) if p <= 0.5 else n[i] - _upper(chance[i], n[i], 1.0 - p)
    return found


@numba.njit(cache=True, nogil=True)
def _start(n: int, p: float) -> Any:
    """Return a count below which next to nothing lies, and the mass there."""
    k = max(0, int(n * p - 12.0 * math.sqrt(n * p * (1.0 - p)) - 40.0))
    log = math.lgamma(n + 1.0) - math.lgamma(k + 1.0) - math.lgamma(n - k + 1.0)
    return k, math.exp(log + k * math.log(p) + (n - k) * math.log1p(-p))


@numba.njit(cache=True, nogil=True)
def _quantile(u: float, n: int, p: float) -> Any:
    """Return the smallest k with P(X <= k) >= u."""
    k, mass = _start(n, p)
    total, odds = mass, p / (1.0 - p)
    while total < u and k < n and (mass > 1e-20 or k < n * p):
        mass *= odds * (n - k) / (k + 1.0)
        k += 1
        total += mass
    return k


@numba.njit(cache=True, nogil=True)
def _upper(u: float, n: int, p: float) -> Any:
    """Return the largest k with P(X < k) <= 1 - u: failures that go with the quantile of successes."""
    k, mass = _start(n, p)
    total, odds = mass, p / (1.0 - p)
    while total <= 1.0 - u and k < n and (mass > 1e-20 or k < n * p):
        mass *= odds * (n - k) / (k + 1.0)
        k += 1
        total += mass
    return k


def outside(chance: np.ndarray, pool: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Return a place of a pool that lies outside one's own part of it, all equally likely.

    Parameters
    ----------
    chance
        Uniform numbers in (0, 1), shape ``(n,)``.
    pool, own
        First place and end of the pool, and of the part of it that is left out; integers, shape ``(n, 2)``.

    Returns
    -------
    ``int64``, shape ``(n,)``; -1 where nothing is outside.

    Examples
    --------
    >>> outside(np.array([0.1, 0.9, 0.5]), np.array([[0, 4]] * 3), np.array([[1, 3], [1, 3], [0, 4]])).tolist()
    [0, 3, -1]
    """
    free = (pool[:, 1] - pool[:, 0]) - (own[:, 1] - own[:, 0])
    place = pool[:, 0] + np.minimum((chance * free).astype(np.int64), np.maximum(free - 1, 0))
    place = place + np.where(place >= own[:, 0], own[:, 1] - own[:, 0], 0)
    return np.asarray(np.where(free > 0, place, -1), dtype=np.int64)
