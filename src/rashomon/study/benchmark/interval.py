"""Intervals of a mean over independent data sets."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.stats import t as student

__all__ = ["FEWEST", "Mean", "mean_over", "mean_over_seeds"]

FEWEST = 3
"""Data sets below which nothing is concluded from a mean."""


class Mean(NamedTuple):
    """Means with their intervals, arrays of one shape; NaN where nothing is known.

    `low` and `high` are NaN for fewer than two values, and equal to `mean` where all values are equal.
    """

    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    n: np.ndarray


def mean_over_seeds(values: np.ndarray, *, level: float = 0.95) -> Mean:
    """Return the mean over the first axis with Student's interval; NaN take no part.

    Data sets of different seeds are drawn independently, so that no resampling is needed: the interval is that of the
    expected score of this pipeline on another data set of the same world and size.

    Parameters
    ----------
    values
        Shape ``(n_seeds, ...)``.
    level
        Coverage of the two-sided interval, in (0, 1).

    Examples
    --------
    >>> found = mean_over_seeds(np.array([1.0, 2.0, 3.0, np.nan]))
    >>> float(found.mean), round(float(found.high), 2), int(found.n)
    (2.0, 4.48, 3)
    """
    known = np.isfinite(values)
    n = known.sum(axis=0)
    mean = mean_over(values)
    squares = np.where(known, (values - mean) ** 2, 0.0).sum(axis=0)
    some = n > 1
    error = np.sqrt(squares / np.where(some, n - 1, 1) / np.where(some, n, 1))
    half = np.where(some, student.ppf(0.5 + level / 2, np.where(some, n - 1, 1)) * error, np.nan)
    return Mean(mean, mean - half, mean + half, n)


def mean_over(values: np.ndarray, axis: int | tuple[int, ...] = 0) -> np.ndarray:
    """Return the mean of what is known; NaN where nothing is.

    Parameters
    ----------
    values
        With NaN where unknown.
    axis
        What is averaged over.
    """
    known = np.isfinite(values)
    n = known.sum(axis=axis)
    total = np.where(known, values, 0.0).sum(axis=axis)
    return np.asarray(np.where(n > 0, total / np.maximum(n, 1), np.nan))
