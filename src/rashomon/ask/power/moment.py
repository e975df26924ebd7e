"""Mean and variance of log-normalised counts: what the default pipeline sees of a gene."""

from __future__ import annotations

import math

import numba
import numpy as np
from numpy.typing import ArrayLike

from rashomon.core import UsageError

__all__ = ["log_moments"]

_LARGE = 300.0
"""Mean count from which a first-order expansion is as good as the sum."""

_REST = 1e-9


def log_moments(mean: ArrayLike, dispersion: ArrayLike, *, scale: float) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and variance of ``log(1 + scale * count)`` of negative binomial counts.

    Parameters
    ----------
    mean
        Mean counts, at least 0; any shape.
    dispersion
        Dispersion, at least 0: variance = mean + dispersion * mean**2; broadcasts.
    scale
        Common depth over the depth of the cell, above 0: 10,000 / 2,000 = 5 for log CP10k of cells of 2,000 molecules.

    Returns
    -------
    Two arrays of the common shape: sums over all counts up to a rest of 1e-9, and a first-order expansion above a mean
    count of 300.

    Raises
    ------
    UsageError
        When a number is out of range.

    Notes
    -----
    Cells of one depth: the depths of real cells differ, which normalisation corrects in the mean only.

    Examples
    --------
    >>> centre, variance = log_moments([0.0, 1.0, 100.0], 0.0, scale=1.0)
    >>> centre.round(3).tolist(), variance.round(3).tolist()
    ([0.0, 0.573, 4.61], [0.0, 0.24, 0.01])
    """
    means, spreads = np.broadcast_arrays(np.asarray(mean, dtype=float), np.asarray(dispersion, dtype=float))
    ranges = (means >= 0).all() and (spreads >= 0).all() and np.isfinite(means).all() and np.isfinite(spreads).all()
    if not ranges or not 0 < scale < math.inf:
        raise UsageError("a mean, dispersion or scale is out of range", where="log_moments", expected="0 or more")
    table = np.log1p(scale * np.arange(int(40 * _LARGE)))
    first, second = _moments(means.flatten(), spreads.flatten(), scale, table)
    return first.reshape(means.shape), second.reshape(means.shape)


@numba.njit(cache=True, nogil=True)
def _moments(means: np.ndarray, spreads: np.ndarray, scale: float, table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    first, second = np.zeros(means.size), np.zeros(means.size)
    for g in range(means.size):
        mu, phi = means[g], spreads[g]
        if mu == 0.0:
            continue
        if mu > _LARGE:
            slope = scale / (1.0 + scale * mu)
            second[g] = slope * slope * (mu + phi * mu * mu)
            first[g] = math.log1p(scale * mu) - 0.5 * second[g]
            continue
        p = math.exp(-mu) if phi < 1e-8 else math.exp(-math.log1p(phi * mu) / phi)
        rest, step = mu / (1.0 + phi * mu), phi * mu / (1.0 + phi * mu)
        total, one, two, k = 0.0, 0.0, 0.0, 0
        while k < table.size - 1 and (total < 1.0 - _REST or k <= mu):
            total += p
            one += p * table[k]
            two += p * table[k] * table[k]
            # the ratio of a probability to the one before it
            p *= (rest + step * k) / (k + 1.0)
            k += 1
            # far beyond the mean what is left is lost in rounding
            if k > mu and p < 1e-15:
                break
        first[g] = one
        second[g] = max(two - one * one, 0.0)
    return first, second
