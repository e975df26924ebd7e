"""What several summaries need of one table of cells, computed once and only when asked for."""

from __future__ import annotations

from functools import cached_property
from math import ceil

import numpy as np
import scipy.sparse as sp
from scipy.spatial.distance import cdist

from rashomon.core import UsageError, child
from rashomon.encode.leading_pca import leading_pca
from rashomon.encode.log_normalise import log_normalise
from rashomon.encode.moment import mean_and_variance
from rashomon.sim.realism.cells import Cells
from rashomon.sim.realism.tmm import tmm_factors

__all__ = ["Prepared", "UndefinedSummaryError", "excess_variance"]

_N_VARIABLE = 500
"""Most variable genes of which components are made (Crowell et al. 2023)."""

_N_PCS = 50
_NEIGHBOUR_FRAC = 0.05
_N_BINS = 30
_ROUNDING = 1e-6
_BLOCK = 512


class UndefinedSummaryError(UsageError):
    """A summary has no values for these cells; what is wrong is the reason that tables show."""


def excess_variance(x: sp.csr_matrix) -> np.ndarray:
    """Return how much more each gene varies than genes of similar mean.

    Parameters
    ----------
    x
        Log-normalised expression, CSR, shape ``(n_cells, n_genes)``.

    Returns
    -------
    Variance less the trend, shape ``(n_genes,)``; NaN for a gene that does not vary. The trend is linear between the
    medians of 30 bins of equally many genes, ordered by mean. This is the decomposition of Lun, McCarthy & Marioni
    (2016); half samples of cells agree on three of four of their 500 top genes, and on one of five by the standardised
    dispersion.

    Examples
    --------
    >>> x = sp.csr_matrix(np.array([[0.0, 1.0, 4.0], [2.0, 1.0, 0.0]]))
    >>> excess_variance(x).tolist()
    [0.0, nan, 0.0]
    """
    mean, variance = mean_and_variance(x)
    varies = np.flatnonzero(_varies(mean, variance))
    excess = np.full(mean.size, np.nan)
    if varies.size:
        order = varies[np.argsort(mean[varies], kind="stable")]
        bins = np.array_split(order, min(_N_BINS, order.size))
        level, trend = (np.array([np.median(values[part]) for part in bins]) for values in (mean, variance))
        excess[varies] = variance[varies] - np.interp(mean[varies], level, trend)
    return excess


def _varies(mean: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """Return which genes vary: what rounding in single precision leaves of a constant gene is no variance."""
    return np.asarray(variance > _ROUNDING * np.square(mean))


class Prepared:
    """Cells with the views that summaries share.

    Parameters
    ----------
    cells
        Counts and labels.
    root
        Root of the random choices. Equal roots choose the same genes and cells in tables of equal shape.

    Examples
    --------
    >>> counts = sp.csr_matrix(np.random.default_rng(0).poisson(1.0, (30, 20)))
    >>> Prepared(Cells(counts), root=1).log_cpm.shape
    (30, 20)
    """

    def __init__(self, cells: Cells, *, root: int) -> None:
        self.cells, self.root = cells, root

    @cached_property
    def totals(self) -> np.ndarray:
        """Counts per cell, shape ``(n_cells,)``."""
        return self.cells.counts @ np.ones(self.cells.counts.shape[1])

    @cached_property
    def log_cpm(self) -> sp.csr_matrix:
        """``log(1 + counts per million)``, sparse; empty cells stay empty."""
        return log_normalise(self.cells.counts, target_sum=1e6)

    @cached_property
    def log_normalised(self) -> sp.csr_matrix:
        """``log(1 + count x median total / total)``, sparse."""
        return log_normalise(self.cells.counts)

    @cached_property
    def moments(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean and variance of every gene in `log_cpm`."""
        mean, variance = mean_and_variance(self.log_cpm)
        return mean, np.where(_varies(mean, variance), variance, 0.0)

    @cached_property
    def pcs(self) -> np.ndarray:
        """Up to 50 components of the 500 most variable genes, shape ``(n_cells, n_pcs)``."""
        excess = excess_variance(self.log_normalised)
        usable = np.flatnonzero(np.isfinite(excess))
        if usable.size < 2 or self.cells.n < 3:
            raise UndefinedSummaryError("fewer than 2 genes vary", where="principal components")
        chosen = np.sort(usable[np.argsort(-excess[usable], kind="stable")[:_N_VARIABLE]])
        return leading_pca(self.log_normalised[:, chosen], n_comps=min(_N_PCS, self.cells.n - 1, chosen.size - 1))

    @cached_property
    def nearest(self) -> tuple[np.ndarray, np.ndarray]:
        """Indices and distances of the nearest 5 % of the cells, nearest first, the cell itself left out."""
        return self.neighbours(ceil(_NEIGHBOUR_FRAC * self.cells.n))

    @cached_property
    def composition(self) -> np.ndarray:
        """Trimmed mean of M-values of every cell; NaN for an empty one."""
        return tmm_factors(self.cells.counts)

    def neighbours(self, k: int) -> tuple[np.ndarray, np.ndarray]:
        """Return indices and distances of the `k` nearest other cells; time is quadratic in the cells."""
        points = self.pcs.astype(np.float64)
        k = min(k, self.cells.n - 1)
        indices = np.empty((self.cells.n, k), dtype=np.int64)
        distances = np.empty((self.cells.n, k))
        for start in range(0, self.cells.n, _BLOCK):
            part = slice(start, start + _BLOCK)
            block = cdist(points[part], points)
            block[np.arange(len(block)), np.arange(start, start + len(block))] = np.inf
            indices[part] = np.argsort(block, axis=1, kind="stable")[:, :k]
            distances[part] = np.take_along_axis(block, indices[part], axis=1)
        return indices, distances

    def some_cells(self, n: int) -> np.ndarray:
        """Return the positions of `n` cells drawn without replacement, or of all where there are fewer."""
        return np.sort(child(self.root, "cells").permutation(self.cells.n)[:n])

    def some_varying_genes(self, n: int) -> np.ndarray:
        """Return the positions of `n` genes that vary, drawn without replacement, or of all where there are fewer."""
        order = child(self.root, "genes").permutation(self.cells.counts.shape[1])
        return np.sort(order[self.moments[1][order] > 0][:n])

    def most_variable_genes(self, n: int) -> np.ndarray:
        """Return the positions of the `n` genes with the largest variance of `log_cpm`, above 0."""
        variance = self.moments[1]
        order = np.argsort(-variance, kind="stable")[:n]
        return np.sort(order[variance[order] > 0])
