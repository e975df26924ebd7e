"""Residuals of counts of one population: what depth, batch and counting noise do not explain, centred per batch."""

from __future__ import annotations

from dataclasses import dataclass
from math import asinh, sqrt
from typing import NamedTuple

import numba
import numpy as np
import scipy.sparse as sp

from rashomon.core import UsageError
from rashomon.core.thread import n_threads, run_threads

__all__ = ["MIN_CELLS_OF_GENE", "Residuals", "residuals"]

MIN_CELLS_OF_GENE = 5
"""A gene seen in fewer cells takes no part: it cannot describe a group, and its residuals are single spikes."""

_BINS = 20
"""Bins of the mean, each with one median dispersion: the trend."""


@dataclass(frozen=True)
class Residuals:
    """Compressed Pearson residuals of the most variable genes of some cells.

    Parameters
    ----------
    values
        ``float32``, shape ``(n, g)``, mean 0 in each gene and batch. Columns by falling variance, so that the first
        columns are always the selection of fewer genes. Each column is contiguous in memory.
    genes
        Column of the counts of each gene, shape ``(g,)``.
    batch
        Batch codes from 0, shape ``(n,)``.
    depth
        Size factor of each cell, mean 1, shape ``(n,)``.
    rate
        Mean count of each gene at depth 1, shape ``(g,)``.
    dispersion
        Trended dispersion of each gene, shape ``(g,)``; a weight, not an estimate of the noise.
    """

    values: np.ndarray
    genes: np.ndarray
    batch: np.ndarray
    depth: np.ndarray
    rate: np.ndarray
    dispersion: np.ndarray

    def leading(self, n_genes: int) -> Residuals:
        """Return the residuals of the `n_genes` most variable genes; a view, nothing is computed again."""
        one = slice(0, n_genes)
        return Residuals(
            self.values[:, one], self.genes[one], self.batch, self.depth, self.rate[one], self.dispersion[one]
        )


def residuals(counts: sp.csr_matrix, *, batch: np.ndarray | None = None, n_genes: int = 2000) -> Residuals:
    """Return the compressed Pearson residuals of the genes in which they vary most.

    The expected count is size factor times the mean of the gene in the batch. The size factor is the total over genes,
    each weighted by ``1 / (1 + dispersion x mean)`` with its own dispersion, so that one wild gene with many counts
    does not move all others. The residual divides by the standard deviation of a negative binomial with the
    dispersion that genes of this mean have in the median (a weight only: no test takes it for the truth), is
    clipped at ``sqrt(n)``, compressed by ``asinh``, and centred in each batch. Compression makes a group in which a
    gene is high as narrow as the one in which it is low: a group of 10 % stands 6 instead of 4.5 standard deviations
    apart. What is aliased with the batches is gone. For a part of the cells compute the residuals of that part anew:
    means, dispersions and genes are those of its cells.

    Parameters
    ----------
    counts
        Raw counts, CSR, shape ``(n, n_features)``.
    batch
        Batch (or donor) of each cell, any labels, shape ``(n,)``; ``None`` is one batch.
    n_genes
        Genes kept at most. Genes seen in fewer than 5 cells never are.

    Returns
    -------
    Residuals, dense: 4 bytes for each cell and gene kept. Permuting a gene's residuals among cells changes neither its
    variance nor, therefore, which genes are chosen: a permuted copy of the data selects the same genes.

    Raises
    ------
    UsageError
        When the counts are negative or no whole numbers, or `batch` is of other cells.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> found = residuals(sp.csr_matrix(rng.poisson(2.0, (60, 30))), n_genes=10)
    >>> found.values.shape, bool(abs(found.values.mean(axis=0)).max() < 1e-6)
    ((60, 10), True)
    """
    n = counts.shape[0]
    codes = _codes(batch, n)
    x = sp.csc_matrix(counts, dtype=np.float32)
    x.sum_duplicates()
    _check(x)
    seen = np.flatnonzero(np.diff(x.indptr) >= MIN_CELLS_OF_GENE)
    x = x[:, seen]
    depth, rates, dispersion = _model(x, codes)
    fitted = _Fitted(x.indptr, x.indices, x.data, codes, depth, rates, dispersion, sqrt(n))
    variance = np.zeros(seen.size)
    run_threads(lambda genes: _variances(fitted, genes, variance), _parts(np.arange(seen.size)))
    chosen = np.argsort(-variance, kind="stable")[:n_genes]
    chosen = chosen[variance[chosen] > 0]
    values = np.empty((chosen.size, n), dtype=np.float32)
    run_threads(lambda at: _values(fitted, chosen, at, values), _parts(np.arange(chosen.size)))
    rate = np.asarray(x.sum(axis=0), dtype=np.float64).ravel()[chosen] / max(float(depth.sum()), 1.0)
    return Residuals(values.T, seen[chosen], codes, depth, rate, dispersion[chosen])


def _parts(items: np.ndarray) -> list[np.ndarray]:
    return np.array_split(items, 2 * n_threads())


def _codes(batch: np.ndarray | None, n: int) -> np.ndarray:
    if batch is None:
        return np.zeros(n, dtype=np.int64)
    values = np.asarray(batch)
    if values.shape != (n,):
        raise UsageError(
            f"batch has shape {values.shape}, the counts {n} cells", where="batch", expected="one label per cell"
        )
    return np.unique(values, return_inverse=True)[1].astype(np.int64)


def _check(x: sp.csc_matrix) -> None:
    x.eliminate_zeros()
    if x.data.size and (x.data.min() < 0 or not np.array_equal(x.data, np.rint(x.data))):
        raise UsageError(
            "the values are no counts: negative or no whole numbers",
            where="counts",
            expected="raw counts",
            fix="give the layer with raw counts",
        )


def _model(x: sp.csc_matrix, batch: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return size factors, rates ``(genes, batches)`` and the trended dispersion."""
    depth = _to_mean_one(np.asarray(x.sum(axis=1), dtype=np.float64).ravel())
    _, own, mean = _moments(x.indptr, x.indices, x.data, batch, depth)
    weight = 1 / (1 + np.maximum(own, 0) * mean)
    depth = _to_mean_one(np.asarray(x @ weight, dtype=np.float64))
    rates, own, mean = _moments(x.indptr, x.indices, x.data, batch, depth)
    return depth, rates, _trend(mean, own)


def _to_mean_one(total: np.ndarray) -> np.ndarray:
    return total / (total.mean() if total.any() else 1.0)


@numba.njit(cache=True, nogil=True)
def _moments(
    indptr: np.ndarray, indices: np.ndarray, data: np.ndarray, batch: np.ndarray, depth: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return rates by batch, and each gene's dispersion (moments, may be negative) and mean."""
    n_genes, n_batches = indptr.size - 1, batch.max() + 1 if batch.size else 1
    rates, own, mean = np.zeros((n_genes, n_batches)), np.zeros(n_genes), np.zeros(n_genes)
    total, squares = np.zeros(n_batches), np.zeros(n_batches)
    for cell in range(depth.size):
        total[batch[cell]] += depth[cell]
        squares[batch[cell]] += depth[cell] ** 2
    for gene in range(n_genes):
        # sums over cells of (x - mu)^2 and mu^2, without the cells that have no count
        spread, expected, mu_squared = 0.0, 0.0, 0.0
        for at in range(indptr[gene], indptr[gene + 1]):
            rates[gene, batch[indices[at]]] += data[at]
            expected += data[at]
        for one in range(n_batches):
            rates[gene, one] /= max(total[one], 1e-12)
            mu_squared += rates[gene, one] ** 2 * squares[one]
        for at in range(indptr[gene], indptr[gene + 1]):
            mu = rates[gene, batch[indices[at]]] * depth[indices[at]]
            spread += data[at] * (data[at] - 2 * mu)
        own[gene] = (spread + mu_squared - expected) / max(mu_squared, 1e-12)
        mean[gene] = expected / depth.size
    return rates, own, mean


def _trend(mean: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Return for each gene the median dispersion of genes of its mean, 0 or more; linear between bins."""
    if mean.size == 0:
        return np.zeros(0)
    parts = np.array_split(np.argsort(mean, kind="stable"), min(_BINS, max(1, mean.size // 10)))
    at = np.array([np.log(mean[part]).mean() for part in parts])
    return np.asarray(np.interp(np.log(mean), at, [max(float(np.median(own[part])), 0.0) for part in parts]))


class _Fitted(NamedTuple):
    """Counts by gene, and what they were fitted with; a plain tuple for kernels."""

    indptr: np.ndarray
    indices: np.ndarray
    data: np.ndarray
    batch: np.ndarray
    depth: np.ndarray
    rates: np.ndarray
    dispersion: np.ndarray
    clip: float


@numba.njit(cache=True, nogil=True)
def _variances(fitted: _Fitted, genes: np.ndarray, out: np.ndarray) -> None:
    """Write the variance of the residuals of each of `genes` to its place in `out`."""
    one = np.empty(fitted.depth.size)
    for gene in genes:
        _fill(fitted, gene, one)
        out[gene] = (one * one).mean()


@numba.njit(cache=True, nogil=True)
def _values(fitted: _Fitted, chosen: np.ndarray, rows: np.ndarray, out: np.ndarray) -> None:
    """Write the residuals of the genes `chosen` to `rows` of `out`."""
    for row in rows:
        _fill(fitted, chosen[row], out[row])


@numba.njit(cache=True, nogil=True)
def _fill(fitted: _Fitted, gene: int, out: np.ndarray) -> None:
    batch, depth, rate = fitted.batch, fitted.depth, fitted.rates[gene]
    dispersion, clip = fitted.dispersion[gene], fitted.clip
    at, stop = fitted.indptr[gene], fitted.indptr[gene + 1]
    total, size = np.zeros(rate.size), np.zeros(rate.size)
    for cell in range(depth.size):
        mu = depth[cell] * rate[batch[cell]]
        count = 0.0
        if at < stop and fitted.indices[at] == cell:
            count = fitted.data[at]
            at += 1
        value = 0.0
        if mu > 0:
            value = asinh(min(max((count - mu) / sqrt(mu + dispersion * mu * mu), -clip), clip))
        out[cell] = value
        total[batch[cell]] += value
        size[batch[cell]] += 1
    for cell in range(depth.size):
        out[cell] -= total[batch[cell]] / size[batch[cell]]
