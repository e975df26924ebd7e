"""The nonzero term: what the genes with counts add to the zero term, at many depths at once."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numba
import numpy as np

from rashomon.sim.oracle.zero_term import log_zero_mass

__all__ = ["Cell", "constants", "is_impossible", "nonzero_slope", "nonzero_term"]

# ratios between 1e-25 and 1e25 can be multiplied ten times within double precision: one logarithm for ten molecules
_FEW, _LOW, _HIGH = 10, 1e-25, 1e25
_SUMMED = 32


class Cell(NamedTuple):
    """A cell under one state, for kernels.

    Parameters
    ----------
    counts, indices
        Its nonzero entries.
    rates, ambient
        Of its state, and of its ambient group; shape ``(n_genes,)``.
    state, group
        Numbers of these.
    mean, sd
        Of the log depth, where its law is normal; 0 and infinity where only the likelihood counts.
    low, high
        Ends of the range of log depths that is looked at.
    """

    counts: np.ndarray
    indices: np.ndarray
    rates: np.ndarray
    ambient: np.ndarray
    state: int
    group: int
    mean: float
    sd: float
    low: float
    high: float


@numba.njit(cache=True, nogil=True)
def constants(rows: Any, law: Any, out: np.ndarray) -> None:
    """Write into `out`, per cell, the terms that no state and no depth changes.

    Parameters
    ----------
    rows
        Cells: sparse rows of integer counts.
    law
        See `Law`.
    out
        Shape ``(n_cells,)``: the sum of ``sum_(j < x) log(1 + j dispersion) - log x!``.
    """
    for i in range(out.size):
        total = 0.0
        for at in range(rows.indptr[i], rows.indptr[i + 1]):
            x, dispersion = rows.counts[at], law.dispersion[rows.indices[at]]
            total -= math.lgamma(x + 1.0)
            if x > _SUMMED and dispersion > 1e-6:
                size = 1.0 / dispersion
                total += math.lgamma(x + size) - math.lgamma(size) - x * math.log(size)
            elif dispersion > 0.0:
                # the difference of two large log gammas would lose what a small dispersion says
                for j in range(1, x):
                    total += math.log1p(j * dispersion)
            if law.extra_zeros > 0.0:
                total += math.log1p(-law.extra_zeros)
        out[i] = total


@numba.njit(cache=True, nogil=True)
def is_impossible(cell: Any) -> Any:
    """Return whether a gene with counts has neither a rate nor ambient molecules; `cell`: see `Cell`."""
    return np.any(cell.rates[cell.indices] + cell.ambient[cell.indices] == 0.0)


@numba.njit(cache=True, nogil=True)
def nonzero_term(cell: Any, law: Any, depths: np.ndarray, out: np.ndarray) -> None:
    """Write into `out` the sum over genes of ``x log(mean / (1 + dispersion mean))`` at each of `depths`, ascending.

    With extra zeros each gene also gives the logarithm of the share of its zero mass that is due to the law.

    Parameters
    ----------
    cell
        See `Cell`.
    law
        See `Law`.
    depths, out
        Shape ``(n_depths,)``.
    """
    ratios, products = np.empty(depths.size), np.ones(depths.size)
    out[:] = 0.0
    n_factors, last = 0, depths.size - 1
    for j in range(cell.indices.size):
        g, x = cell.indices[j], cell.counts[j]
        rate, extra, dispersion = cell.rates[g], cell.ambient[g], law.dispersion[g]
        for k in range(depths.size):
            mean = depths[k] * rate + extra
            ratios[k] = mean / (1.0 + dispersion * mean)
        if x <= _FEW and ratios[0] > _LOW and ratios[last] < _HIGH:
            if n_factors + x > _FEW:
                _empty(products, out)
                n_factors = 0
            for _ in range(x):
                for k in range(depths.size):
                    products[k] *= ratios[k]
            n_factors += x
        else:
            out += x * np.log(ratios)
    _empty(products, out)
    if law.extra_zeros > 0.0:
        _add_share(cell, law, depths, out)


@numba.njit(cache=True, nogil=True)
def _empty(products: np.ndarray, out: np.ndarray) -> None:
    for k in range(out.size):
        out[k] += math.log(products[k])
        products[k] = 1.0


@numba.njit(cache=True, nogil=True)
def _add_share(cell: Any, law: Any, depths: np.ndarray, out: np.ndarray) -> None:
    for g in cell.indices:
        for k in range(depths.size):
            mass = log_zero_mass(depths[k] * cell.rates[g] + cell.ambient[g], law.dispersion[g])
            out[k] += mass - math.log(law.extra_zeros + (1.0 - law.extra_zeros) * math.exp(mass))


@numba.njit(cache=True, nogil=True)
def nonzero_slope(cell: Any, law: Any, depth: Any) -> Any:
    """Return the first two derivatives, by log depth, of the nonzero term of a cell at one depth.

    Parameters
    ----------
    cell
        See `Cell`.
    law
        See `Law`.
    depth
        Molecules.
    """
    first, second = 0.0, 0.0
    for j in range(cell.indices.size):
        g, x = cell.indices[j], cell.counts[j]
        dispersion = law.dispersion[g]
        own = depth * cell.rates[g]
        mean = own + cell.ambient[g]
        below = mean * (1.0 + dispersion * mean)
        first += x * own / below
        second += x * own * (below - own * (1.0 + 2.0 * dispersion * mean)) / (below * below)
        if law.extra_zeros > 0.0:
            law_mass = (1.0 - law.extra_zeros) * math.exp(log_zero_mass(mean, dispersion))
            share = law.extra_zeros / (law.extra_zeros + law_mass)
            slope = own / (1.0 + dispersion * mean)
            first -= slope * share
            second -= slope * share * (1.0 - dispersion * slope + (1.0 - share) * slope)
    return first, second
