"""Counts given their means: negative binomial, by inversion, one random number per entry, straight to sparse rows.

Entry (cell, gene) is the quantile of its law at the number with address (cell, gene). An entry whose mean and
dispersion stay the same stays the same, and a larger mean never gives a smaller count: two worlds that share random
numbers differ by the effect of what was changed, and by nothing else.

Most entries are zero, and a zero is recognised without evaluating the law: P(0) >= 1 - mean for every dispersion.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
import scipy.sparse as sp

from rashomon.sim.stream import draw_bits, stream_key, unit_keys

__all__ = ["Mixture", "draw_counts"]

_TINY = 1e-20
_UNDERFLOW = 700.0
_LARGE = 1e4
"""From this size on, the next term of Stirling's series is below 1e-14."""


@dataclass(frozen=True, eq=False)
class Mixture:
    """Means of a block of cells: each a weighted sum of rows of a table of rates.

    Parameters
    ----------
    rates
        ``float32``, shape ``(n_rows, n_genes)``: relative expression of a class, of a cell, of an ambient profile.
    rows
        ``int32``, shape ``(n_cells, n_parts)``: rows of `rates` that a cell is made of.
    weights
        ``float64``, shape ``(n_cells, n_parts)``, at least 0: molecules from each; 0 for a part that is absent.

    Examples
    --------
    >>> mixture = Mixture(np.array([[1, 2], [3, 0]], "f4"), np.array([[0, 1]], "i4"), np.array([[10.0, 1.0]]))
    >>> mixture.means()
    array([[13., 20.]])
    """

    rates: np.ndarray
    rows: np.ndarray
    weights: np.ndarray

    def means(self) -> np.ndarray:
        """Return the dense table of means, shape ``(n_cells, n_genes)``: for a few cells, and for the oracle."""
        result = np.zeros((len(self.rows), self.rates.shape[1]))
        for part in range(self.rows.shape[1]):
            result += self.weights[:, part, None] * self.rates[self.rows[:, part]]
        return result


def draw_counts(
    mixture: Mixture, dispersion: np.ndarray, *, cells: np.ndarray, root: int, extra_zeros: float = 0.0
) -> sp.csr_matrix:
    """Draw negative binomial counts: variance = mean + dispersion * mean**2.

    Parameters
    ----------
    mixture
        Means of the cells.
    dispersion
        Per gene, at least 0 (0: Poisson), shape ``(n_genes,)``.
    cells
        Number of each cell in its world, shape ``(n_cells,)``; its counts depend on this number, not on its place.
    root
        Root of the random numbers.
    extra_zeros
        Probability in [0, 1] that an entry is set to zero whatever its count.

    Returns
    -------
    ``float32``, shape ``(n_cells, n_genes)``, sorted indices.

    Notes
    -----
    Cost: one hash and one comparison per entry, and work proportional to the count where it is not zero.

    Examples
    --------
    >>> mixture = Mixture(np.full((1, 3), 2.0, "f4"), np.zeros((5, 1), "i4"), np.ones((5, 1)))
    >>> every = draw_counts(mixture, np.full(3, 0.5), cells=np.arange(5), root=1)
    >>> every.shape, bool(every.sum() > 0)
    ((5, 3), True)
    """
    n_cells, n_genes = mixture.rows.shape[0], mixture.rates.shape[1]
    numbers = np.asarray(cells, dtype=np.int64)
    sizes = np.full(n_genes, np.inf)
    np.divide(1.0, dispersion, out=sizes, where=np.asarray(dispersion) > 0)
    # values first in a buffer that holds the worst case, so that one pass suffices; callers pass blocks of cells
    data, indices = np.empty(n_cells * n_genes, np.float32), np.empty(n_cells * n_genes, np.int32)
    indptr = np.zeros(n_cells + 1, np.int64)
    table = (np.ascontiguousarray(mixture.rates), mixture.rows, np.ascontiguousarray(mixture.weights))
    keys = tuple(unit_keys(stream_key(root, node), numbers) for node in ("count", "extra_zeros"))
    n = _draw(table, sizes, keys, float(extra_zeros), (data, indices, indptr))
    small = indptr.astype(np.int32)
    return sp.csr_matrix((data[:n].copy(), indices[:n].copy(), small), shape=(n_cells, n_genes))


@numba.njit(cache=True, nogil=True)
def _draw(table: Any, sizes: Any, keys: Any, extra_zeros: float, out: Any) -> int:
    rates, rows, weights = table
    means, chances = np.empty(rates.shape[1]), np.empty(rates.shape[1])
    n = 0
    for i in range(rows.shape[0]):
        _sum_parts(rates, rows[i], weights[i], means)
        _chances(keys[0][i], chances)
        n = _write_row(means, chances, sizes, keys[1][i], extra_zeros, out, n)
        out[2][i + 1] = n
    return n


@numba.njit(cache=True, nogil=True)
def _sum_parts(rates: Any, rows: Any, weights: Any, means: Any) -> None:
    means[:] = 0.0
    for part in range(rows.size):
        if weights[part] != 0.0:
            weight, row = weights[part], rates[rows[part]]
            for g in range(means.size):
                means[g] += weight * np.float64(row[g])


@numba.njit(cache=True, nogil=True)
def _chances(key: Any, chances: Any) -> None:
    for g in range(chances.size):
        # through a signed integer, whose conversion is one instruction
        chances[g] = (np.float64(np.int64(draw_bits(key, np.uint64(g)))) + 0.5) * 2.0**-53


@numba.njit(cache=True, nogil=True)
def _write_row(means: Any, chances: Any, sizes: Any, zero_key: Any, extra_zeros: Any, out: Any, n: Any) -> Any:
    data, indices = out[0], out[1]
    for g in range(means.size):
        if chances[g] > 1.0 - means[g]:
            count = _quantile(chances[g], means[g], sizes[g])
            if count > 0 and extra_zeros > 0.0:
                toss = (np.float64(draw_bits(zero_key, np.uint64(g))) + 0.5) * 2.0**-53
                count = 0 if toss < extra_zeros else count
            if count > 0:
                data[n], indices[n] = count, g
                n += 1
    return n


@numba.njit(cache=True, nogil=True)
def _quantile(u: Any, mean: Any, size: Any) -> Any:
    """Return the smallest count whose distribution function is at least `u`."""
    poisson = math.isinf(size)
    log_zero = -mean if poisson else -size * math.log1p(mean / size)
    ratio = mean if poisson else mean / (mean + size)
    start = 0
    if log_zero > -_UNDERFLOW:
        mass = math.exp(log_zero)
    else:
        start = _far_below(mean, size)
        mass = math.exp(_log_mass(start, mean, size))
    total, k = mass, start
    # the law ends where a double cannot tell what is left from nothing
    while total < u and (mass > _TINY or k < mean):
        mass *= ratio / (k + 1.0) if poisson else ratio * (k + size) / (k + 1.0)
        k += 1
        total += mass
    return k


@numba.njit(cache=True, nogil=True)
def _log_mass(k: Any, mean: Any, size: Any) -> Any:
    if math.isinf(size):
        return k * math.log(mean) - mean - math.lgamma(k + 1.0)
    rest = k * math.log(mean) - math.lgamma(k + 1.0) - (k + size) * math.log1p(mean / size)
    if size < _LARGE:
        return rest + math.lgamma(k + size) - math.lgamma(size) - k * math.log(size)
    # Stirling's series for both: their difference would lose all digits
    return rest + (size + k - 0.5) * math.log1p(k / size) - k + (1.0 / (k + size) - 1.0 / size) / 12.0


@numba.njit(cache=True, nogil=True)
def _far_below(mean: Any, size: Any) -> Any:
    """Return a count below which there is less than 1e-19: the mass grows up to the mode, so k + 1 times it bounds."""
    low, high = 0, int(mean)
    while high - low > 1:
        middle = (low + high) // 2
        if _log_mass(middle, mean, size) + math.log(middle + 1.0) < -45.0:
            low = middle
        else:
            high = middle
    return low
