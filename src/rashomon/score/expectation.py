"""The exact expectation of mutual information over labelings of given cluster sizes."""

from __future__ import annotations

from functools import lru_cache

import numba
import numpy as np
from scipy.special import gammaln

from rashomon.score.contingency import Contingency

__all__ = ["expected_information", "expected_share", "log_tables"]

_NEGLIGIBLE = 1e-17
# what is left out is e to the minus 36, or 2e-16
_EXPONENT = 36.0


def expected_information(table: Contingency) -> float:
    """Return the expected mutual information in nats (Vinh et al. 2010, equation 24).

    Returns
    -------
    The mean over all labelings with the cluster sizes of `table`, at least 0. Not a score: part of the adjusted one.

    Notes
    -----
    The number of shared items of two clusters is hypergeometric. Its weights are computed outwards from the mode and
    divided by their sum; those below 1e-17 of the largest are left out. Of a wide distribution only every h-th weight
    is computed: such a variable is a sum of independent Bernoulli variables (Vatutin and Mikhailov 1982), so by
    Poisson's summation formula the sums differ by less than ``h exp(-s (1 - cos(2 pi / h)))`` of themselves, s the
    variance, and h is the largest step for which the exponent is at least 36.

    Examples
    --------
    >>> from rashomon.score.contingency import tabulate
    >>> nats = expected_information(tabulate(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])))
    >>> round(nats / float(np.log(2)), 12)
    0.333333333333
    """
    a, a_times = _distinct(table.row_size, table.row_times)
    b, b_times = _distinct(table.col_size, table.col_times)
    logs, log_factorials = log_tables(table.n_obs)
    return float(_expectation(a, a_times, b, b_times, table.n_obs, logs, log_factorials))


def _distinct(size: np.ndarray, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Group clusters of equal size; many small clusters are then as cheap as few."""
    values, inverse = np.unique(size, return_inverse=True)
    repeats = np.bincount(inverse, weights=times)
    some = values > 0
    return values[some], repeats[some]


def log_tables(n_obs: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the logarithms of 0 .. `n_obs` and of their factorials, or longer tables; the first logarithm is unused.

    Parameters
    ----------
    n_obs
        Number of items.
    """
    return _log_tables(int(n_obs).bit_length())


@lru_cache(maxsize=4)
def _log_tables(bits: int) -> tuple[np.ndarray, np.ndarray]:
    numbers = np.arange((1 << bits) + 1)
    return np.log(np.maximum(numbers, 1)), gammaln(numbers + 1.0)


@numba.njit(cache=True, nogil=True)
def _expectation(
    a: np.ndarray,
    a_times: np.ndarray,
    b: np.ndarray,
    b_times: np.ndarray,
    n: int,
    logs: np.ndarray,
    log_factorials: np.ndarray,
) -> float:
    expected = 0.0
    for i in range(a.size):
        for j in range(b.size):
            expected += a_times[i] * b_times[j] * expected_share(a[i], b[j], n, logs, log_factorials)
    return expected


@numba.njit(cache=True, nogil=True)
def expected_share(a: int, b: int, n: int, logs: np.ndarray, log_factorials: np.ndarray) -> float:
    """Return E[k/n log(nk/(ab))], k the items that clusters of sizes `a` and `b` of `n` items share, for kernels."""
    step = _step(a, b, n)
    if step == 1:
        return _by_recurrence(a, b, n, logs)
    low, high = max(0, a + b - n), min(a, b)
    mode = max(low, min(high, ((a + 1) * (b + 1)) // (n + 2)))
    shift = logs[n] - logs[a] - logs[b]
    rest = n - a - b
    top = _log_weight(mode, a, b, rest, log_factorials)
    mass, total = 1.0, mode * (logs[mode] + shift)
    for way in (step, -step):
        k = mode + way
        while low <= k <= high:
            weight = np.exp(_log_weight(k, a, b, rest, log_factorials) - top)
            if weight <= _NEGLIGIBLE:
                break
            mass += weight
            total += weight * k * (logs[k] + shift)
            k += way
    return float(total / mass / n)


@numba.njit(cache=True, nogil=True)
def _step(a: int, b: int, n: int) -> int:
    """Return how many weights apart the computed ones may lie; see the notes of `expected_information`."""
    if n < 2:
        return 1
    variance = float(a) * float(b) / n * (1.0 - a / n) * (float(n - b) / (n - 1))
    if variance < _EXPONENT / 2.0:
        return 1
    return int(2.0 * np.pi / np.arccos(1.0 - _EXPONENT / variance) + 1e-9)


@numba.njit(cache=True, nogil=True)
def _log_weight(k: int, a: int, b: int, rest: int, log_factorials: np.ndarray) -> float:
    return -float(log_factorials[k] + log_factorials[a - k] + log_factorials[b - k] + log_factorials[rest + k])


@numba.njit(cache=True, nogil=True)
def _by_recurrence(a: int, b: int, n: int, logs: np.ndarray) -> float:
    """Give what `expected_share` gives from all weights, each from the one before: no factorial, nothing cancels."""
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
