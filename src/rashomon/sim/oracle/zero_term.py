"""The zero term: what the zeros of a cell would say if all its counts were zero, tabulated over depth.

log p(x | state, depth) = Z(depth) + a sum over the genes with x > 0. Z is a sum over all genes that depends on the cell
through its depth and its ambient group alone, so it is computed at a few depths once instead of for every cell.
"""

from __future__ import annotations

import math
from itertools import product
from typing import Any, NamedTuple

import numba
import numpy as np

from rashomon.core.thread import run_threads
from rashomon.sim.oracle.chebyshev import STRIP, chebyshev_points, fit_matrix, series_value, strip

__all__ = ["Law", "ZeroTerm", "log_zero_mass", "zero_term", "zero_value"]

# on a piece of half-width 1/2 the error is (4 pi)**-14 = 4e-16 of the term
_N_POINTS = 14


class Law(NamedTuple):
    """The law of counts given state, depth and ambient group; a tuple of arrays, so that kernels can take it.

    Parameters
    ----------
    rates
        Expected molecules per molecule of depth, ``float64``, shape ``(n_states, n_genes)``.
    dispersion
        Shape ``(n_genes,)``.
    ambient
        Expected molecules beside those of the cell, shape ``(n_groups, n_genes)``; one row of zeros without any.
    extra_zeros
        Probability that a count is set to zero.
    """

    rates: np.ndarray
    dispersion: np.ndarray
    ambient: np.ndarray
    extra_zeros: float


class ZeroTerm(NamedTuple):
    """Chebyshev series of Z, and of its first two derivatives, on pieces of the axis of log depth.

    Parameters
    ----------
    low
        Where the first piece begins.
    width
        Of each piece.
    series
        Shape ``(3, n_groups, n_states, n_pieces, 14)``: of Z, Z' and Z''.
    """

    low: float
    width: float
    series: np.ndarray


def zero_term(law: Law, low: float, high: float) -> ZeroTerm:
    """Tabulate Z for log depths from `low` to `high`.

    Parameters
    ----------
    law
        Rates, dispersions, ambient molecules.
    low, high
        Ends of the range that will be asked for.

    Notes
    -----
    Cost: 14 evaluations of all genes per unit of log depth, state and ambient group.

    Examples
    --------
    >>> law = Law(np.array([[0.25, 0.75]]), np.zeros(2), np.zeros((1, 2)), 0.0)
    >>> round(zero_value(zero_term(law, 0.0, 3.0), 0, 0, 0, np.log(10.0)), 9)
    -10.0
    """
    width = strip(law.extra_zeros) / STRIP
    n_pieces = max(1, math.ceil((high - low) / width))
    starts = low + width * np.arange(n_pieces)
    nodes = (starts[:, None] + width * (chebyshev_points(_N_POINTS) + 1) / 2).ravel()
    shape = law.ambient.shape[0], law.rates.shape[0]
    values = np.empty((*shape, nodes.size))

    def fill(at: tuple[int, int]) -> None:
        _sum_zeros(law, at[0], at[1], np.exp(nodes), values[at])

    run_threads(fill, list(product(range(shape[0]), range(shape[1]))))
    plain = values.reshape(*shape, n_pieces, _N_POINTS) @ fit_matrix(_N_POINTS).T
    series = np.zeros((3, *plain.shape))
    series[0] = plain
    for order in (1, 2):
        series[order, ..., :-order] = np.polynomial.chebyshev.chebder(plain, m=order, scl=2 / width, axis=-1)
    return ZeroTerm(float(low), float(width), series)


@numba.njit(cache=True, nogil=True)
def zero_value(table: Any, order: int, group: int, state: int, t: Any) -> Any:
    """Return derivative `order` (0, 1, 2) of Z from its `table`, for a `group` and a `state`, at log depth `t`."""
    at = (t - table.low) / table.width
    piece = min(max(int(at), 0), table.series.shape[3] - 1)
    return series_value(table.series[order, group, state, piece], 2.0 * (at - piece) - 1.0)


@numba.njit(cache=True, nogil=True)
def log_zero_mass(mean: Any, dispersion: Any) -> Any:
    """Return log P(0) of a negative binomial law with this `mean` and `dispersion`, extra zeros not counted."""
    return -mean if dispersion == 0.0 else -math.log1p(dispersion * mean) / dispersion


@numba.njit(cache=True, nogil=True)
def _sum_zeros(law: Any, group: int, state: int, depths: np.ndarray, out: np.ndarray) -> None:
    rates, ambient = law.rates[state], law.ambient[group]
    extra = law.extra_zeros
    for k in range(depths.size):
        total = 0.0
        for g in range(rates.size):
            mass = log_zero_mass(depths[k] * rates[g] + ambient[g], law.dispersion[g])
            if extra > 0.0:
                mass = math.log(extra + (1.0 - extra) * math.exp(mass))
            total += mass
        out[k] = total
