"""Variance of the analytic Pearson residuals of each gene, without the dense matrix of residuals."""

from __future__ import annotations

from math import sqrt

import numba
import numpy as np
import scipy.sparse as sp

__all__ = ["residual_variance"]

_THETA = 100.0


def residual_variance(x: sp.csr_matrix, *, clip: float) -> np.ndarray:
    """Return the variance of the clipped Pearson residuals of each gene, with ``theta = 100``.

    Equal to the column ``residual_variances`` of ``sc.experimental.pp.highly_variable_genes``.

    Parameters
    ----------
    x
        Counts, CSR, shape ``(n_cells, n_genes)``.
    clip
        Largest absolute residual.

    Returns
    -------
    ``float64``, shape ``(n_genes,)``; 0 for a gene without counts.

    Examples
    --------
    >>> x = sp.csr_matrix(np.array([[4, 0], [0, 4]], dtype=np.float32))
    >>> residual_variance(x, clip=1.0).tolist()
    [1.0, 1.0]
    """
    columns = x.tocsc()
    columns.eliminate_zeros()
    gene_totals, cell_totals = (np.asarray(columns.sum(axis=axis)).ravel() for axis in (0, 1))
    return np.asarray(
        _residual_variance(
            columns.indptr,
            columns.indices,
            columns.data.astype(np.float64),
            gene_totals,
            cell_totals,
            float(gene_totals.sum()),
            clip,
        )
    )


@numba.njit(cache=True, nogil=True)
def _residual_variance(
    indptr: np.ndarray,
    indices: np.ndarray,
    data: np.ndarray,
    gene_totals: np.ndarray,
    cell_totals: np.ndarray,
    total: float,
    clip: float,
) -> np.ndarray:
    n_cells = cell_totals.size
    variance = np.zeros(gene_totals.size)
    residual = np.empty(n_cells)
    for gene in range(gene_totals.size):
        if gene_totals[gene] == 0:
            continue
        at, stop = indptr[gene], indptr[gene + 1]
        mean = 0.0
        for cell in range(n_cells):
            value = 0.0
            if at < stop and indices[at] == cell:
                value = data[at]
                at += 1
            expected = gene_totals[gene] * cell_totals[cell] / total
            if expected > 0:
                ratio = (value - expected) / sqrt(expected + expected * expected / _THETA)
                residual[cell] = min(max(ratio, -clip), clip)
            else:
                residual[cell] = 0.0
            mean += residual[cell]
        mean /= n_cells
        spread = 0.0
        for cell in range(n_cells):
            difference = residual[cell] - mean
            spread += difference * difference
        variance[gene] = spread / n_cells
    return variance
