"""Likelihood of the dispersion of each gene, given its means, on a grid.

Cells are put in bins of nearly equal mean, gene by gene, so that a gene costs its bins and its largest count, not its
cells; nothing of cells by genes is ever dense.
"""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np
import scipy.sparse as sp

from rashomon.sim.estimate.design import Design
from rashomon.sim.estimate.profile import Profile, gene_blocks

__all__ = ["LOG_GRID", "dispersion_likelihood"]

LOG_GRID = np.arange(-7.0, 4.01, 0.25)
"""Natural logs of the dispersions at which the likelihood is known; at the first a gene is Poisson for all purposes."""

_WIDTH = 0.05
"""Width of a bin, in natural log units of depth or of the mean: the spread inside looks like a dispersion of 0.0004."""

_LONGEST = 256


def dispersion_likelihood(counts: sp.csc_matrix, profile: Profile, design: Design) -> np.ndarray:
    """Return the log likelihood of each gene's dispersion.

    Parameters
    ----------
    counts
        Whole numbers, CSC, shape ``(n_cells, n_genes)``.
    profile
        Expected log shares.
    design
        The cells.

    Returns
    -------
    Shape ``(n_genes, len(LOG_GRID))``, up to a constant per gene. The variance is ``mean + dispersion * mean**2``; half
    the log of the information on each type's mean is taken off (Cox and Reid, JRSS B 1987), for means that are fitted.

    Examples
    --------
    >>> from rashomon.sim.estimate.effect import fit_profile
    >>> from rashomon.sim.estimate.design import make_design
    >>> rng = np.random.default_rng(0)
    >>> counts = sp.csr_matrix(rng.negative_binomial(2, 2 / (2 + 9.0), (4000, 2)))
    >>> design = make_design(np.zeros((4000, 3), int), np.full(4000, 18.0), n_levels=(1, 1, 1))
    >>> profile = fit_profile(counts, design, dispersion=np.zeros(2))
    >>> np.exp(LOG_GRID[dispersion_likelihood(counts.tocsc(), profile, design).argmax(axis=1)]).round(1)
    array([0.5, 0.5])
    """
    log_depth = np.log(design.depth)
    keys, place = np.unique(
        np.column_stack([design.member, np.floor(log_depth / _WIDTH).astype(np.int64)]), axis=0, return_inverse=True
    )
    place = place.ravel()
    size = np.bincount(place).astype(np.float64)
    mean_depth = np.bincount(place, weights=design.depth) / size
    groups, kinds = keys[:, 0], design.combinations[keys[:, 0], 0]
    result = np.empty((counts.shape[1], LOG_GRID.size))
    for genes in gene_blocks(counts.shape[1]):
        part = counts[:, genes]
        log_mean = profile.log_rates(design.combinations, genes)[groups] + np.log(mean_depth)[:, None]
        result[genes] = _likelihood(
            (part.indptr, part.indices, part.data.astype(np.float64)),
            place,
            np.ascontiguousarray(log_mean.T),
            (size, kinds, design.n_levels[0]),
            np.exp(LOG_GRID),
        )
    return result


@numba.njit(cache=True, nogil=True)
def _likelihood(matrix: Any, place: Any, log_mean: Any, cells: Any, grid: Any) -> Any:
    indptr, indices, data = matrix
    size, kinds, n_kinds = cells
    n_genes, n_places = log_mean.shape
    result = np.zeros((n_genes, grid.size))
    for g in range(n_genes):
        low, rows, counts = log_mean[g].min(), indices[indptr[g] : indptr[g + 1]], data[indptr[g] : indptr[g + 1]]
        bin_of = ((log_mean[g] - low) / _WIDTH).astype(np.int64)
        # cells, expected and observed molecules of bins, then of types
        bins, types = np.zeros((3, bin_of.max() + 1)), np.zeros((2, n_kinds))
        for c in range(n_places):
            expected = size[c] * math.exp(log_mean[g, c])
            bins[0, bin_of[c]] += size[c]
            bins[1, bin_of[c]] += expected
            types[0, kinds[c]] += size[c]
            types[1, kinds[c]] += expected
        above = np.zeros(_LONGEST)
        for k in range(rows.size):
            bins[2, bin_of[place[rows[k]]]] += counts[k]
            above[: min(int(counts[k]), _LONGEST)] += 1.0
        for j in range(grid.size):
            result[g, j] = _value(bins, types, above, grid[j]) + _tail(counts, grid[j])
    return result


@numba.njit(cache=True, nogil=True)
def _value(bins: Any, types: Any, above: Any, phi: Any) -> Any:
    """Return the log likelihood, less the part of counts beyond _LONGEST; above[y] cells have more than y molecules."""
    value = 0.0
    for y in range(_LONGEST):
        if above[y] == 0.0:
            break
        value += above[y] * math.log1p(phi * y)
    for b in range(bins.shape[1]):
        if bins[0, b] > 0.0:
            value -= (bins[2, b] + bins[0, b] / phi) * math.log1p(phi * bins[1, b] / bins[0, b])
    for z in range(types.shape[1]):
        if types[0, z] > 0.0:
            value += 0.5 * math.log1p(phi * types[1, z] / types[0, z])
    return value


@numba.njit(cache=True, nogil=True)
def _tail(values: Any, phi: Any) -> Any:
    """Return the sum over counts y of log(1 + phi j) for j from _LONGEST to y - 1."""
    total, r = 0.0, 1.0 / phi
    for y in values:
        if y > _LONGEST:
            total += math.lgamma(y + r) - math.lgamma(_LONGEST + r) + (y - _LONGEST) * math.log(phi)
    return total
