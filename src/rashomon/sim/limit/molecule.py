"""How deep one must sequence to tell two cell types apart."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from rashomon.core import UsageError
from rashomon.sim.limit.depth import Bounds, count_log_affinity, molecule_log_affinity
from rashomon.sim.limit.domain import checked, checked_profile

__all__ = ["depth_needed", "molecules_needed"]

_MAX_LOG_DEPTH = math.log(1e15)


def molecules_needed(profile_a: ArrayLike, profile_b: ArrayLike, *, error: ArrayLike) -> Bounds:
    """Return how many molecules per cell are needed, and how many suffice, to tell two types apart with an error.

    With ``B = sum_g sqrt(q_g q'_g)``: at least ``log(4 e (1 - e)) / (2 log B)`` molecules are needed, and
    ``log(2 e) / log B`` are enough, from the two ends of `rashomon.sim.limit.error_bounds`.

    Parameters
    ----------
    profile_a, profile_b
        Relative expression of each gene in the two types, at least 0, shape ``(n_genes,)``; divided by their sums.
    error
        Share e of wrong cells that is accepted, both types being as frequent, in (0, 1/2); any shape.

    Returns
    -------
    Whole numbers, of at least 1: `low` is needed whatever the method, `high` suffices where the profiles are known.
    Infinity where the profiles are equal.

    Raises
    ------
    UsageError
        When a value is outside its domain, or the profiles have different numbers of genes.

    Notes
    -----
    Cells of a type differ by sampling alone; a dispersion asks for more, see `depth_needed`.

    Examples
    --------
    >>> [end.tolist() for end in molecules_needed([1, 1, 2], [1, 2, 1], error=[0.1, 0.01])]
    [[12.0, 37.0], [37.0, 90.0]]
    """
    accepted = checked(error, "error", where="molecules_needed", high=0.5, open_at="both")
    each = molecule_log_affinity(profile_a, profile_b)
    if each == 0.0:
        never = np.full(accepted.shape, np.inf)
        return Bounds(never, never.copy())
    low, high = (np.maximum(np.ceil(target / each), 1.0) for target in _targets(accepted))
    return Bounds(np.asarray(low), np.asarray(high))


def depth_needed(profile_a: ArrayLike, profile_b: ArrayLike, *, error: ArrayLike, dispersion: ArrayLike) -> Bounds:
    """Return the mean number of molecules per cell that is needed, and that suffices, where genes are overdispersed.

    Counts are negative binomial with means depth times profile; the depth solves the two ends of
    `rashomon.sim.limit.error_bounds` for the summed `rashomon.sim.limit.count_log_affinity`.

    Parameters
    ----------
    profile_a, profile_b, error
        See `molecules_needed`.
    dispersion
        Per gene, at least 0, the same in both types (0: Poisson), a number or shape ``(n_genes,)``.

    Returns
    -------
    Depths of at least 0. Infinity where no depth is enough: overdispersion does not average out with depth, so the
    affinity of a gene that both types express never falls below ``((a + b) / (2 sqrt(a b)))^(-1 / dispersion)``.

    Raises
    ------
    UsageError
        When a value is outside its domain, or the lengths do not fit.

    Notes
    -----
    All cells have the same depth, and genes are independent within a type. Depths above 1e15 count as
    infinite, and below 1e-15 as 0.

    Examples
    --------
    >>> [end.round(1).tolist() for end in depth_needed([1, 1, 2], [1, 2, 1], error=[0.1, 0.01], dispersion=0.02)]
    [[13.1, 52.3], [52.1, 277.1]]
    """
    where = "depth_needed"
    accepted = checked(error, "error", where=where, high=0.5, open_at="both")
    a, b = checked_profile(profile_a, "profile_a", where=where), checked_profile(profile_b, "profile_b", where=where)
    spread = checked(dispersion, "dispersion", where=where)
    if a.size != b.size or spread.shape not in {(), (a.size,)}:
        raise UsageError(
            f"profiles of {a.size} and {b.size} genes, dispersion of shape {spread.shape}",
            where=where,
            expected="one number per gene in each",
        )

    def total(log_depth: float) -> float:
        depth = math.exp(log_depth)
        return float(count_log_affinity(depth * a, depth * b, dispersion_a=spread, dispersion_b=spread).sum())

    def solve(target: float) -> float:
        if total(_MAX_LOG_DEPTH) > target:
            return math.inf
        if total(-_MAX_LOG_DEPTH) <= target:
            return 0.0
        return math.exp(float(brentq(lambda x: total(x) - target, -_MAX_LOG_DEPTH, _MAX_LOG_DEPTH, xtol=1e-10)))

    low, high = (np.array([solve(t) for t in target.ravel()]).reshape(target.shape) for target in _targets(accepted))
    return Bounds(low, high)


def _targets(error: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the log affinities at which the lower and the upper bound equal the error; the first is the larger."""
    return np.asarray(np.log(4 * error * (1 - error)) / 2), np.asarray(np.log(2 * error))
