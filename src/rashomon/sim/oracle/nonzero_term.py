"""The nonzero term: what the genes with counts add to the zero term, at many depths at once."""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np

from rashomon.sim.oracle.zero_term import log_zero_mass

__all__ = ["constants", "is_impossible", "nonzero_slope", "nonzero_term"]

# ratios between 1e-25 and 1e25 can be multiplied ten times within double precision: one logarithm for ten molecules
_FEW, _LOW, _HIGH = 10, 1e-25, 1e25
_SUMMED = 32


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def constants(counts: np.ndarray, indices: np.ndarray, indptr: np.ndarray, law: Any, out: np.ndarray) -> None:
    """Write into `out`, per cell, the terms that no state and no depth changes.

    Parameters
    ----------
    counts, indices, indptr
        Rows of counts, sparse; counts as integers.
    law
        See `Law`.
    out
        Shape ``(n_cells,)``: the sum of ``sum_(j < x) log(1 + j dispersion) - log x!``.
    """
    for i in range(out.size):
        total = 0.0
        for at in range(indptr[i], indptr[i + 1]):
            x, dispersion = counts[at], law.dispersion[indices[at]]
            total -= math.lgamma(x + 1.0)
            if x > _SUMMED and dispersion > 1e-6:
                size = 1.0 / dispersion
                total += math.lgamma(x + size) - math.lgamma(size) - x * math.log(size)
            else:
                # the difference of two large log gammas would lose what a small dispersion says
                for j in range(1, x):
                    total += math.log1p(j * dispersion)
            if law.extra_zeros > 0.0:
                total += math.log1p(-law.extra_zeros)
        out[i] = total


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def is_impossible(indices: np.ndarray, rates: np.ndarray, ambient: np.ndarray) -> bool:
    """Return whether one of the genes `indices`, all with counts, has neither `rates` nor `ambient` molecules."""
    for g in indices:
        if rates[g] == 0.0 and ambient[g] == 0.0:
            return True
    return False


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def nonzero_term(  # noqa: PLR0913, PLR0917 - a kernel takes arrays
    counts: np.ndarray,
    indices: np.ndarray,
    law: Any,
    rates: np.ndarray,
    ambient: np.ndarray,
    depths: np.ndarray,
    out: np.ndarray,
) -> None:
    """Write into `out` the sum over genes of ``x log(mean / (1 + dispersion mean))`` at each of `depths`, ascending.

    With extra zeros each gene also gives the logarithm of the share of its zero mass that is due to the law.

    Parameters
    ----------
    counts, indices
        The nonzero entries of a cell.
    law
        See `Law`.
    rates, ambient
        The rows of the state and of the ambient group.
    depths, out
        Shape ``(n_depths,)``.
    """
    ratios, products = np.empty(depths.size), np.ones(depths.size)
    out[:] = 0.0
    n_factors, last = 0, depths.size - 1
    for j in range(indices.size):
        g, x = indices[j], counts[j]
        rate, extra, dispersion = rates[g], ambient[g], law.dispersion[g]
        for k in range(depths.size):
            mean = depths[k] * rate + extra
            ratios[k] = mean / (1.0 + dispersion * mean)
        if x <= _FEW and ratios[0] > _LOW and ratios[last] < _HIGH:
            if n_factors + x > _FEW:
                for k in range(depths.size):
                    out[k] += math.log(products[k])
                    products[k] = 1.0
                n_factors = 0
            for _ in range(x):
                for k in range(depths.size):
                    products[k] *= ratios[k]
            n_factors += x
        else:
            for k in range(depths.size):
                out[k] += x * math.log(ratios[k])
        if law.extra_zeros > 0.0:
            for k in range(depths.size):
                mass = log_zero_mass(depths[k] * rate + extra, dispersion)
                out[k] += mass - math.log(law.extra_zeros + (1.0 - law.extra_zeros) * math.exp(mass))
    for k in range(depths.size):
        out[k] += math.log(products[k])


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def nonzero_slope(
    counts: np.ndarray, indices: np.ndarray, law: Any, rates: np.ndarray, ambient: np.ndarray, depth: Any
) -> Any:
    """Return the first two derivatives, by log depth, of the nonzero term of a cell at one depth.

    Parameters
    ----------
    counts, indices, law, rates, ambient
        See `nonzero_term`.
    depth
        Molecules.

    Notes
    -----
    The second derivative leaves out what extra zeros add: it serves to choose steps and widths only.
    """
    first, second = 0.0, 0.0
    for j in range(indices.size):
        g, x = indices[j], counts[j]
        dispersion = law.dispersion[g]
        own = depth * rates[g]
        mean = own + ambient[g]
        below = mean * (1.0 + dispersion * mean)
        first += x * own / below
        second += x * own * (below - own * (1.0 + 2.0 * dispersion * mean)) / (below * below)
        if law.extra_zeros > 0.0:
            law_mass = (1.0 - law.extra_zeros) * math.exp(log_zero_mass(mean, dispersion))
            first -= own / (1.0 + dispersion * mean) * law.extra_zeros / (law.extra_zeros + law_mass)
    return first, second
