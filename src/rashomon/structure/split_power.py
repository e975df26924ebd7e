"""Which gap a test of a split could have seen, and how many cells a gap needs."""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache

import numpy as np
from scipy.special import ndtri

from rashomon.structure.dip import dip
from rashomon.structure.reference import dip_p
from rashomon.structure.split import MIN_SIDE, RATIO

__all__ = ["CLEAR_GAP", "cells_needed", "seen_gap"]

CLEAR_GAP = 6.0
"""Standard deviations between two group means from which on a gap is clear (a convention): a test that could not have
seen even this says nothing."""

_GAPS = tuple(2.5 + 0.25 * step for step in range(31))
"""Two equal normal groups nearer than 2 standard deviations have one mode."""

_NOISE = 0.1
"""How far the dip of n values falls below that of their distribution, times ``sqrt(n)``; measured, see the tests."""

_MOST = 100_000


def seen_gap(n_small: int, n_large: int, *, alpha: float) -> float:
    """Return the distance of two normal groups that `rashomon.structure.split_test` would have seen.

    The dip is that of the quantiles of the mixture, in the part of the direction that is tested. Measured on normal
    groups at the distance returned, the power was .8 to 1.

    Parameters
    ----------
    n_small, n_large
        Cells on either side, in any order.
    alpha
        Level at which the split is judged, in (0, 1).

    Returns
    -------
    In standard deviations within the groups, along the best direction, to a quarter; NaN where not even 10 would have
    been seen.

    Examples
    --------
    >>> seen_gap(500, 500, alpha=0.05) < seen_gap(50, 50, alpha=0.05) < 6
    True
    >>> seen_gap(5, 500, alpha=0.05)
    nan
    """
    small, large = sorted((n_small, n_large))
    return _seen(_rounded(small), _rounded(large), alpha) if small >= 2 * MIN_SIDE else float("nan")


def _rounded(n: int) -> int:
    """Return a number of cells rounded down to steps of 5 %, so that few are computed."""
    return n if n < 20 else int(20 * 1.05 ** int(np.log(n / 20 + 1e-9) / np.log(1.05)))


@lru_cache(maxsize=4096)
def _seen(small: int, large: int, alpha: float) -> float:
    right = ndtri((np.arange(small) + 0.5) / small)
    left = ndtri((np.arange(large) + 0.5) / large)
    near = left[-min(large, round(RATIO * small)) :]
    n = right.size + near.size

    def seen(gap: float) -> int:
        value = dip(np.concatenate([near, right + gap])) - _NOISE / np.sqrt(n)
        return int(2 * dip_p(max(value, 0.0), n=n, k=1, reference="uniform") <= alpha)

    # more distant groups have a larger dip
    at = bisect_left(_GAPS, 1, key=seen)
    return float(_GAPS[at]) if at < len(_GAPS) else float("nan")


def cells_needed(n_small: int, n_large: int, *, alpha: float, gap: float = CLEAR_GAP) -> int | None:
    """Return how many cells both sides together need, at the same shares, for `gap` to be seen.

    Parameters
    ----------
    n_small, n_large
        Cells on either side now.
    alpha
        See `seen_gap`.
    gap
        Distance of the groups in standard deviations.

    Returns
    -------
    Number of cells of both sides, to a tenth; None where 100,000 on the smaller side do not suffice.

    Examples
    --------
    >>> cells_needed(10, 90, alpha=0.05) > 100
    True
    """
    ratio, small = max(n_large, 1) / max(n_small, 1), 2.0 * MIN_SIDE
    while small <= _MOST:
        if seen_gap(int(small), int(small * ratio), alpha=alpha) <= gap:
            return int(small) + int(small * ratio)
        small *= 1.1
    return None
