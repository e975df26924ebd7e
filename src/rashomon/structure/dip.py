"""Hartigan's dip: how far a sample is from the nearest distribution with a single mode."""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np

from rashomon.core import UsageError

__all__ = ["Dip", "dip", "dip_interval"]


class Dip(NamedTuple):
    """The dip of a sample, and where the nearest unimodal distribution has its mode.

    Parameters
    ----------
    value
        See `dip`.
    low, high
        Ends of the modal interval, in units of the values: below it that distribution is convex, above it concave.
    """

    value: float
    low: float
    high: float


def dip(values: np.ndarray) -> float:
    """Return the dip: the largest distance of the empirical distribution from the nearest unimodal one.

    Hartigan & Hartigan (Annals of Statistics 1985): the interval that holds the mode shrinks, from one crossing of the
    greatest convex minorant and the least concave majorant to the next. Tied values are one atom, exactly. Linear in
    the number of values for each of a few rounds, after sorting.

    Parameters
    ----------
    values
        Finite numbers, shape ``(n,)``, in any order.

    Returns
    -------
    A number in [1 / (2 n), 1/4]; larger is further from one mode; 0 when all values are equal. Unchanged when the
    values are shifted, scaled or mirrored. Chance level: see `rashomon.structure.dip_p`.

    Raises
    ------
    UsageError
        When `values` is empty, has more than one dimension, or holds numbers that are not finite.

    Examples
    --------
    >>> dip(np.array([0.0, 1.0, 2.0, 3.0])), dip(np.array([0.0, 0.0, 1.0, 1.0]))
    (0.125, 0.25)
    """
    return dip_interval(values).value


def dip_interval(values: np.ndarray) -> Dip:
    """Return the dip and the modal interval.

    Parameters
    ----------
    values
        See `dip`.

    Raises
    ------
    UsageError
        See `dip`.

    Examples
    --------
    >>> dip_interval(np.array([0.0, 1.0, 1.1, 1.2, 5.0]))
    Dip(value=0.1, low=1.0, high=1.2)
    """
    asked = np.asarray(values, dtype=np.float64)
    if asked.ndim != 1 or not asked.size:
        raise UsageError(f"values have the shape {asked.shape}", where="values", expected="one number or more, (n,)")
    if not np.isfinite(asked).all():
        raise UsageError(f"{int((~np.isfinite(asked)).sum())} values are not finite", where="values", fix="leave out")
    found = sorted_dip(np.sort(asked))
    return Dip(float(found[0]), float(found[1]), float(found[2]))


@numba.njit(cache=True, nogil=True)
def sorted_dip(x: np.ndarray) -> tuple[float, float, float]:
    """Return the dip of sorted values and the ends of the modal interval."""
    value, below, upto = _atoms(x)
    minorant, majorant = np.empty(value.size, np.int64), np.empty(value.size, np.int64)
    low, high, widest = 0, value.size - 1, 0.0
    while True:
        n_g = _hull(value, below, low, high, 1.0, minorant)
        n_l = _hull(value, upto, low, high, -1.0, majorant)
        gap, left, right = _crossing(value, below, upto, minorant[:n_g], majorant[:n_l])
        # a band of this width holds a unimodal distribution already
        if gap <= widest * (1 + 1e-12) or low == high:
            break
        widest = max(widest, _convex_misfit(value, below, upto, minorant[:n_g], left))
        widest = max(widest, _concave_misfit(value, below, upto, majorant[:n_l], right))
        low, high = left, right
    return widest / (2 * x.size), value[low], value[high]


@numba.njit(cache=True, nogil=True)
def _atoms(x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return distinct values, and how many values lie below each and up to each."""
    value, below, upto = np.empty(x.size), np.empty(x.size), np.empty(x.size)
    n = 0
    for i in range(x.size):
        if n == 0 or x[i] > value[n - 1]:
            value[n], below[n] = x[i], i
            n += 1
        upto[n - 1] = i + 1
    return value[:n], below[:n], upto[:n]


@numba.njit(cache=True, nogil=True)
def _hull(value: np.ndarray, level: np.ndarray, low: int, high: int, sign: float, at: np.ndarray) -> int:
    """Write the vertices of the convex minorant (`sign` 1) or concave majorant (-1); return how many they are."""
    n = 0
    for i in range(low, high + 1):
        while n > 1:
            a, b = at[n - 2], at[n - 1]
            turn = (level[b] - level[a]) * (value[i] - value[b]) - (level[i] - level[b]) * (value[b] - value[a])
            if sign * turn < 0:
                break
            n -= 1
        at[n] = i
        n += 1
    return n


@numba.njit(cache=True, nogil=True)
def _line(value: np.ndarray, level: np.ndarray, a: int, b: int, i: int) -> float:
    """Return the height at value `i` of the line through the points `a` and `b`."""
    if a == b:
        return float(level[a])
    return float(level[a] + (value[i] - value[a]) * ((level[b] - level[a]) / (value[b] - value[a])))


@numba.njit(cache=True, nogil=True)
def _crossing(
    value: np.ndarray, below: np.ndarray, upto: np.ndarray, g: np.ndarray, m: np.ndarray
) -> tuple[float, int, int]:
    """Return the largest distance of majorant and minorant, and the vertices of both around it."""
    gap, left, right = -1.0, g[0], m[-1]
    j = 0
    for i in range(g.size):
        while m[j] < g[i]:
            j += 1
        here = _line(value, upto, m[max(j - 1, 0)], m[j], g[i]) - below[g[i]]
        if here > gap:
            gap, left, right = here, g[i], m[j]
    i = 0
    for j in range(m.size):
        while i + 1 < g.size and g[i + 1] <= m[j]:
            i += 1
        here = upto[m[j]] - _line(value, below, g[i], g[min(i + 1, g.size - 1)], m[j])
        if here > gap:
            gap, left, right = here, g[i], m[j]
    return gap, left, right


@numba.njit(cache=True, nogil=True)
def _convex_misfit(value: np.ndarray, below: np.ndarray, upto: np.ndarray, g: np.ndarray, left: int) -> float:
    """Return how far the steps rise above the minorant, below the mode."""
    worst = 0.0
    for s in range(g.size - 1):
        a, b = g[s], g[s + 1]
        if b > left:
            break
        slope = (below[b] - below[a]) / (value[b] - value[a])
        for i in range(a, b):
            worst = max(worst, upto[i] - below[a] - (value[i] - value[a]) * slope)
    return worst


@numba.njit(cache=True, nogil=True)
def _concave_misfit(value: np.ndarray, below: np.ndarray, upto: np.ndarray, m: np.ndarray, right: int) -> float:
    """Return how far the steps fall below the majorant, above the mode."""
    worst = 0.0
    for s in range(m.size - 1):
        a, b = m[s], m[s + 1]
        if a < right:
            continue
        slope = (upto[b] - upto[a]) / (value[b] - value[a])
        for i in range(a + 1, b + 1):
            worst = max(worst, upto[a] + (value[i] - value[a]) * slope - below[i])
    return worst
