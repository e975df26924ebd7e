"""Selection of the most variable genes."""

from __future__ import annotations

from math import sqrt
from typing import Literal, get_args

import numba
import numpy as np
import pandas as pd
import scipy.sparse as sp

from rashomon.core import UsageError, did_you_mean
from rashomon.encode.moment import mean_and_variance

__all__ = ["Flavor", "variable_genes"]

Flavor = Literal["seurat", "pearson_residuals"]

_N_BINS = 20
_THETA = 100.0


def variable_genes(x: sp.csr_matrix, *, n_top: int, flavor: Flavor = "seurat") -> sp.csr_matrix:
    """Keep the columns of the `n_top` most variable genes, in their order.

    Equal to the selection of ``sc.pp.highly_variable_genes(flavor="seurat")`` and of
    ``sc.experimental.pp.highly_variable_genes(flavor="pearson_residuals")``.

    Parameters
    ----------
    x
        CSR ``float32``, shape ``(n_cells, n_genes)``: log-normalised for ``seurat``, counts for ``pearson_residuals``.
    n_top
        Number of genes, at least 1; where there are fewer (``seurat``: fewer that vary), all of them.
    flavor
        ``seurat``: dispersion (variance by mean, on the scale of the counts), standardised within 20 bins of the mean.
        ``pearson_residuals``: variance of the Pearson residuals with ``theta = 100``, clipped at ``sqrt(n_cells)``.

    Returns
    -------
    CSR, shape ``(n_cells, n_kept)``. Ties at the border are all kept by ``seurat`` (as in scanpy, so slightly more than
    `n_top` can result), and cut in gene order by ``pearson_residuals``.

    Raises
    ------
    UsageError
        When `n_top` is below 1, the flavor is unknown, or no gene varies.

    Examples
    --------
    >>> x = sp.csr_matrix(np.array([[5, 0, 9], [5, 9, 0], [5, 0, 0]], dtype=np.float32))
    >>> variable_genes(x, n_top=2, flavor="pearson_residuals").toarray().tolist()
    [[0.0, 9.0], [9.0, 0.0], [0.0, 0.0]]
    """
    choose = {"seurat": _by_dispersion, "pearson_residuals": _by_residual_variance}
    if flavor not in choose:
        raise UsageError(
            f"unknown flavor {flavor!r}", where="variable_genes", fix=did_you_mean(flavor, get_args(Flavor))
        )
    if n_top < 1:
        raise UsageError(
            f"n_top is {n_top}", where="variable_genes", expected="at least 1", fix="keep 1000 or more genes"
        )
    kept = choose[flavor](x, n_top)
    if kept.size == 0:
        raise UsageError(
            "no gene varies", where="variable_genes", expected="genes that differ between cells", fix="check the matrix"
        )
    return x[:, kept]


def _by_dispersion(x: sp.csr_matrix, n_top: int) -> np.ndarray:
    linear = sp.csr_matrix((np.expm1(x.data), x.indices, x.indptr), shape=x.shape)
    mean, variance = mean_and_variance(linear)
    mean[mean == 0] = 1e-12
    dispersion = variance / mean
    dispersion[dispersion == 0] = np.nan
    table = pd.DataFrame({"mean": np.log1p(mean), "dispersion": np.log(dispersion)})
    bins = pd.cut(table["mean"], bins=_N_BINS)
    # pandas adds with compensation, and so does scanpy through it
    stats = table["dispersion"].groupby(bins, observed=True).agg(["mean", "std"])
    alone = stats["std"].isna()
    stats.loc[alone, "std"] = stats.loc[alone, "mean"]
    stats.loc[alone, "mean"] = 0.0
    position = stats.index.get_indexer(pd.Index(bins))
    centre, spread = stats["mean"].to_numpy()[position], stats["std"].to_numpy()[position]
    score = (table["dispersion"].to_numpy() - centre) / spread
    ranked = np.sort(score[~np.isnan(score)])[::-1]
    if ranked.size == 0:
        return np.empty(0, dtype=np.intp)
    return np.flatnonzero(np.nan_to_num(score, nan=-np.inf) >= ranked[min(n_top, ranked.size) - 1])


def _by_residual_variance(x: sp.csr_matrix, n_top: int) -> np.ndarray:
    columns = x.tocsc()
    columns.eliminate_zeros()
    gene_totals, cell_totals = (np.asarray(columns.sum(axis=axis)).ravel() for axis in (0, 1))
    variance = _residual_variance(
        columns.indptr,
        columns.indices,
        columns.data.astype(np.float64),
        gene_totals,
        cell_totals,
        float(gene_totals.sum()),
        sqrt(x.shape[0]),
    )
    return np.sort(np.argsort(-variance, kind="stable")[:n_top])


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
