"""How alike the counts of two cell types are: Bhattacharyya coefficients, and the errors they allow.

For laws P and Q the coefficient is ``sum_x sqrt(P(x) Q(x))``: 1 for equal laws, 0 for laws without a common value.
Those of independent genes multiply, so all are given as natural logarithms, per gene or per molecule, to be added. They
compare laws that are known, so the errors bound every clustering from below, and no clustering need reach them.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import ArrayLike

from rashomon.core import UsageError
from rashomon.sim.limit.domain import checked, checked_profile

__all__ = ["Bounds", "count_log_affinity", "error_bounds", "molecule_log_affinity"]

_LOG_TINY = -40.0
"""Log of the relative size at which what is left of a sum no longer changes a double."""

_MAX_SPREAD = 1e7
"""About 40 times as many terms are summed: some seconds for one gene."""


class Bounds(NamedTuple):
    """Two arrays of one shape: `low` and `high` ends between which a number lies."""

    low: np.ndarray
    high: np.ndarray


def count_log_affinity(
    mean_a: ArrayLike, mean_b: ArrayLike, *, dispersion_a: ArrayLike = 0.0, dispersion_b: ArrayLike = 0.0
) -> np.ndarray:
    """Return the log Bhattacharyya coefficient of two Poisson or negative binomial counts, per gene.

    Poisson: ``-(sqrt(a) - sqrt(b))^2 / 2``. Negative binomial of one dispersion f:
    ``-log(sqrt((1 + f a)(1 + f b)) - f sqrt(a b)) / f``. Two dispersions: the sum over all counts, to the last digit.

    Parameters
    ----------
    mean_a, mean_b
        Mean counts of each gene in the two types, at least 0; any shape, they broadcast.
    dispersion_a, dispersion_b
        Dispersions f, at least 0, where the variance is ``mean + f mean^2``; 0: Poisson. They broadcast.

    Returns
    -------
    Numbers of at most 0. Over independent genes they add up.

    Raises
    ------
    UsageError
        When a value is outside its domain, or a gene with two dispersions has a mean times (1 + dispersion) above 1e7.

    Notes
    -----
    For one depth: where depths differ between cells the sum must be averaged. Genes that depend on one another within
    a type (programmes, cycle) tell less together than the sum says, or more. A gene with two dispersions costs work
    proportional to the counts it can have, up to about ``40 mean (1 + dispersion)``.

    Examples
    --------
    >>> count_log_affinity([1.0, 4.0], [4.0, 4.0]).tolist()
    [-0.5, 0.0]
    >>> count_log_affinity(1.0, 4.0, dispersion_a=0.5, dispersion_b=[0.5, 0.0]).round(3).tolist()
    [-0.229, -0.429]
    """
    where = "count_log_affinity"
    a, b, f_a, f_b = np.broadcast_arrays(
        checked(mean_a, "mean_a", where=where),
        checked(mean_b, "mean_b", where=where),
        checked(dispersion_a, "dispersion_a", where=where),
        checked(dispersion_b, "dispersion_b", where=where),
    )
    result = _same_dispersion(a, b, f_a)
    other = f_a != f_b
    if other.any():
        if (np.maximum(a, b) * (1 + np.maximum(f_a, f_b)))[other].max() > _MAX_SPREAD:
            raise UsageError(
                "counts of a gene with two dispersions are too large to be summed",
                where=where,
                expected=f"mean times (1 + dispersion) of at most {_MAX_SPREAD:g}",
                fix="give both types one dispersion: that has a closed form",
            )
        result[other] = _summed(a[other], b[other], f_a[other], f_b[other])
    return result


def _same_dispersion(a: np.ndarray, b: np.ndarray, dispersion: np.ndarray) -> np.ndarray:
    """Return the closed form, arranged so that no digits are lost as the dispersion or the difference vanishes."""
    between = (np.sqrt(a) - np.sqrt(b)) ** 2
    scale = np.sqrt((1 + dispersion * a) * (1 + dispersion * b)) + 1 + dispersion * np.sqrt(a * b)
    part = between / scale
    result = np.asarray(0.0 - part)
    np.divide(0.0 - np.log1p(dispersion * part), dispersion, out=result, where=dispersion > 0)
    return result


@numba.njit(cache=True, nogil=True)
def _log_zero(mean: float, dispersion: float) -> float:
    return -mean if dispersion == 0.0 else -math.log1p(dispersion * mean) / dispersion


@numba.njit(cache=True, nogil=True)
def _next(k: int, mean: float, dispersion: float) -> float:
    """Return P(k + 1) / P(k)."""
    return (1.0 + dispersion * k) * mean / ((k + 1.0) * (1.0 + dispersion * mean))


@numba.njit(cache=True, nogil=True)
def _summed(a: np.ndarray, b: np.ndarray, f_a: np.ndarray, f_b: np.ndarray) -> np.ndarray:
    result = np.empty(a.size)
    for g in range(a.size):
        term = (_log_zero(a[g], f_a[g]) + _log_zero(b[g], f_b[g])) / 2
        # the sum is exp(peak) * total, so that neither end of a double is reached
        peak, total, k = term, 1.0, 0
        # ratios tend to this one, from above or below
        last = math.sqrt(f_a[g] * a[g] / (1.0 + f_a[g] * a[g]) * (f_b[g] * b[g] / (1.0 + f_b[g] * b[g])))
        end = max(a[g], b[g])
        while True:
            ratio = math.sqrt(_next(k, a[g], f_a[g]) * _next(k, b[g], f_b[g]))
            if ratio == 0.0:
                break
            term += math.log(ratio)
            k += 1
            if term > peak:
                total = total * math.exp(peak - term) + 1.0
                peak = term
            else:
                total += math.exp(term - peak)
            # past the larger mean terms fall at least as fast as the larger of the two ratios
            worst = max(ratio, last)
            if k > end and term - math.log1p(-worst) < peak + math.log(total) + _LOG_TINY:
                break
        result[g] = min(peak + math.log(total), 0.0)
    return result


def molecule_log_affinity(profile_a: ArrayLike, profile_b: ArrayLike) -> float:
    """Return the log Bhattacharyya coefficient of one molecule: ``log sum_g sqrt(q_g q'_g)``; n molecules: n times it.

    Parameters
    ----------
    profile_a, profile_b
        Relative expression of each gene in the two types, at least 0, shape ``(n_genes,)``; divided by their sums.

    Returns
    -------
    A number of at most 0; minus infinity where no gene is expressed in both.

    Raises
    ------
    UsageError
        When the profiles have different numbers of genes, or a value is outside its domain.

    Notes
    -----
    Molecules are drawn independently, so cells of a type differ by sampling alone. For differences between cells of a
    type see `count_log_affinity` with a dispersion.

    Examples
    --------
    >>> round(molecule_log_affinity([1, 1, 2], [1, 2, 1]), 4)
    -0.0438
    """
    where = "molecule_log_affinity"
    a, b = checked_profile(profile_a, "profile_a", where=where), checked_profile(profile_b, "profile_b", where=where)
    if a.size != b.size:
        raise UsageError(f"profiles of {a.size} and {b.size} genes", where=where, expected="profiles of the same genes")
    if not (a * b).any():
        return -math.inf
    # half the squared distance keeps the digits that a sum near 1 loses
    return math.log1p(-min(float(((np.sqrt(a) - np.sqrt(b)) ** 2).sum()) / 2, math.nextafter(1.0, 0.0)))


def error_bounds(log_affinity: ArrayLike, *, weight: ArrayLike = 0.5) -> Bounds:
    """Return bounds on the smallest error with which two known laws can be told apart (Kailath 1967).

    ``(1 - sqrt(1 - 4 w (1 - w) B^2)) / 2`` and ``sqrt(w (1 - w)) B``, with B the Bhattacharyya coefficient.

    Parameters
    ----------
    log_affinity
        Log of B over all genes or molecules, at most 0, minus infinity included; any shape.
    weight
        Share w of the cells of the first type among both, in (0, 1); broadcasts.

    Returns
    -------
    Errors, in [0, 1/2]. The upper one can exceed the error ``min(w, 1 - w)`` of always naming the larger type.

    Raises
    ------
    UsageError
        When a value is outside its domain.

    Examples
    --------
    >>> [round(float(end), 3) for end in error_bounds(-0.2068)]
    [0.209, 0.407]
    """
    where = "error_bounds"
    array = np.asarray(log_affinity, dtype=np.float64)
    checked(np.where(np.isneginf(array), 0.0, array), "log_affinity", where=where, low=-np.inf, high=0.0, open_at="low")
    share = checked(weight, "weight", where=where, low=0.0, high=1.0, open_at="both")
    high = np.sqrt(share * (1 - share)) * np.exp(array)
    # x / (1 + sqrt(1 - x)) is 1 - sqrt(1 - x), without the loss of digits at small x
    squared = np.minimum(4 * high**2, 1.0)
    return Bounds(np.asarray(squared / (1 + np.sqrt(1 - squared)) / 2), np.asarray(high))
