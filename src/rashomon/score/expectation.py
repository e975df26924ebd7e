"""The exact expectation of mutual information over labelings of given cluster sizes."""

from __future__ import annotations

from functools import lru_cache

import numba
import numpy as np

from rashomon.score.contingency import Contingency

__all__ = ["expected_information"]

_NEGLIGIBLE = 1e-17


def expected_information(table: Contingency) -> float:
    """Return the expected mutual information in nats (Vinh et al. 2010, equation 24).

    Returns
    -------
    The mean over all labelings with the cluster sizes of `table`, at least 0. Not a score: part of the adjusted one.

    Notes
    -----
    The number of shared items of two clusters is hypergeometric. Its weights are built by recurrence outwards from the
    mode and divided by their sum, so no factorial is computed and nothing cancels. The weights fall off faster than
    geometrically, and those below 1e-17 of the largest are left out.

    Examples
    --------
    >>> from rashomon.score.contingency import tabulate
    >>> nats = expected_information(tabulate(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])))
    >>> round(nats / float(np.log(2)), 12)
    0.333333333333
    """
    a, a_times = _distinct(table.row_size, table.row_times)
    b, b_times = _distinct(table.col_size, table.col_times)
    return float(_expectation(a, a_times, b, b_times, table.n_obs, _logs(int(table.n_obs).bit_length())))


def _distinct(size: np.ndarray, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Group clusters of equal size; many small clusters are then as cheap as few."""
    values, inverse = np.unique(size, return_inverse=True)
    repeats = np.bincount(inverse, weights=times)
    some = values > 0
    return values[some], repeats[some]


@lru_cache(maxsize=8)
def _logs(bits: int) -> np.ndarray:
    """Return the logarithms of 0 .. 2**bits, the first entry unused."""
    return np.log(np.maximum(np.arange((1 << bits) + 1), 1))


@numba.njit(cache=True, nogil=True)
def _expectation(
    a: np.ndarray, a_times: np.ndarray, b: np.ndarray, b_times: np.ndarray, n: int, logs: np.ndarray
) -> float:
    expected = 0.0
    for i in range(a.size):
        for j in range(b.size):
            expected += a_times[i] * b_times[j] * _pair(a[i], b[j], n, logs)
    return expected


@numba.njit(cache=True, nogil=True)
def _pair(a: int, b: int, n: int, logs: np.ndarray) -> float:
    """Return E[k/n log(nk/(ab))], k the items that clusters of sizes `a` and `b` share."""
    low, high = max(0, a + b - n), min(a, b)
    mode = max(low, min(high, ((a + 1) * (b + 1)) // (n + 2)))
    shift = logs[n] - logs[a] - logs[b]
    mass, total = 1.0, mode * (logs[mode] + shift)
    weight, k = 1.0, mode
    while k < high and weight > _NEGLIGIBLE:
        weight *= (float(a - k) * float(b - k)) / (float(k + 1) * float(n - a - b + k + 1))
        k += 1
        mass += weight
        total += weight * k * (logs[k] + shift)
    weight, k = 1.0, mode
    while k > low and weight > _NEGLIGIBLE:
        weight *= (float(k) * float(n - a - b + k)) / (float(a - k + 1) * float(b - k + 1))
        k -= 1
        mass += weight
        total += weight * k * (logs[k] + shift)
    return float(total / mass / n)
