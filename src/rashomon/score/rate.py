"""Intervals of a rate: exact, also for trials that stop at a number of hits, and the score interval."""

from __future__ import annotations

import numpy as np
from scipy.special import betaincinv, ndtri

__all__ = ["exact_interval", "wilson"]


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


def wilson(n_hits: np.ndarray, n: np.ndarray, *, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of the interval of a proportion by Wilson (1927), J Am Stat Assoc 22:209; NaN where `n` is 0.

    Parameters
    ----------
    n_hits, n
        Successes and trials, of one shape.
    level
        Coverage, in (0, 1).

    Examples
    --------
    >>> [float(end.round(3)) for end in wilson(np.array(24), np.array(30))]
    [0.627, 0.905]
    """
    z = float(ndtri(0.5 + level / 2))
    trials = np.where(np.asarray(n) > 0, n, np.nan)
    rate = n_hits / trials
    centre = rate + z**2 / (2 * trials)
    half = z * np.sqrt(rate * (1 - rate) / trials + z**2 / (4 * trials**2))
    scale = 1 + z**2 / trials
    # rounding must not carry an end past the rate itself
    return np.minimum((centre - half) / scale, rate).clip(0, 1), np.maximum((centre + half) / scale, rate).clip(0, 1)
