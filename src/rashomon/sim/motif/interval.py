"""Exact intervals of a rate, for a fixed number of trials and for trials that stop at a number of hits."""

from __future__ import annotations

import numpy as np
from scipy.special import betaincinv

__all__ = ["exact_interval"]


def exact_interval(
    n_hits: np.ndarray | int, n: np.ndarray | int, *, level: float = 0.95, stopped: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of the exact interval of a rate (Clopper and Pearson 1934, Biometrika 26:404).

    Parameters
    ----------
    n_hits, n
        Hits and trials.
    level
        Coverage, in (0, 1): the interval holds the rate at least so often.
    stopped
        Whether trials ended with the last hit, so that their number is the random one: the upper end is then that of
        one hit and one trial fewer.

    Returns
    -------
    low, high
        In [0, 1]; 0 and 1 without trials.

    Examples
    --------
    >>> [round(float(end), 4) for end in exact_interval(0, 100)]
    [0.0, 0.0362]
    """
    hits, trials = np.asarray(n_hits, dtype=np.float64), np.asarray(n, dtype=np.float64)
    tail = (1 - level) / 2
    one = np.float64(stopped)
    low = np.where(hits > 0, betaincinv(np.maximum(hits, 1), trials - hits + 1, tail), 0.0)
    misses = np.maximum(trials - hits, 1)
    high = np.where(trials > hits, betaincinv(hits + 1 - one, misses, 1 - tail), 1.0)
    return np.asarray(low), np.asarray(high)
