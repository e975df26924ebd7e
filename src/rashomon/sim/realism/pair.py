"""Summaries with one value per pair of genes or of cells, over samples of bounded size."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.spatial.distance import pdist
from scipy.stats import rankdata

from rashomon.sim.realism.prepared import Prepared, UndefinedSummaryError

__all__ = [
    "cell_correlation",
    "gene_correlation",
    "pc_distance",
    "spearman_pairs",
    "variable_cell_correlation",
    "variable_gene_correlation",
]

_N_GENES, _N_CELLS = 400, 200
"""Sizes of the samples of Crowell et al."""

_N_VARIABLE, _N_CELLS_VARIABLE = 500, 500
"""Sizes of the samples of SimBench."""

_MOST_CELLS = 5_000
"""Cells over which genes are correlated: 400 genes of them are 16 MiB."""


def spearman_pairs(x: np.ndarray) -> np.ndarray:
    """Return Spearman's correlation of every pair of columns.

    Parameters
    ----------
    x
        Dense, shape ``(n_items, n_variables)``.

    Returns
    -------
    ``float64`` in [-1, 1], shape ``(n_variables * (n_variables - 1) / 2,)``, in the order of ``np.triu_indices``; NaN
    where a column is constant.

    Examples
    --------
    >>> spearman_pairs(np.array([[1, 9, 4], [2, 8, 4], [3, 7, 4]])).round(6).tolist()
    [-1.0, nan, nan]
    """
    ranks = rankdata(x, axis=0)
    ranks -= ranks.mean(axis=0)
    length = np.sqrt(np.einsum("ij,ij->j", ranks, ranks))
    ranks /= np.where(length > 0, length, np.nan)
    return np.asarray(np.clip(ranks.T @ ranks, -1.0, 1.0)[np.triu_indices(x.shape[1], 1)])


def gene_correlation(cells: Prepared) -> np.ndarray:
    """Return Spearman's correlation over `cells` of pairs of 400 genes that vary, drawn at random."""
    return _between_genes(cells, cells.some_varying_genes(_N_GENES))


def variable_gene_correlation(cells: Prepared) -> np.ndarray:
    """Return Spearman's correlation over `cells` of pairs of the 500 genes with the largest variance."""
    return _between_genes(cells, cells.most_variable_genes(_N_VARIABLE))


def _between_genes(cells: Prepared, genes: np.ndarray) -> np.ndarray:
    _require(genes, "genes that vary")
    return spearman_pairs(cells.log_cpm[cells.some_cells(_MOST_CELLS)][:, genes].toarray())


def cell_correlation(cells: Prepared) -> np.ndarray:
    """Return Spearman's correlation over all genes of pairs of 200 of `cells`, drawn at random."""
    # ranks within a cell do not depend on its total, nor on the logarithm
    return _between_cells(cells, cells.cells.counts[cells.some_cells(_N_CELLS)])


def variable_cell_correlation(cells: Prepared) -> np.ndarray:
    """Return Spearman's correlation over the 500 genes with the largest variance of pairs of 500 of `cells`."""
    genes = _require(cells.most_variable_genes(_N_VARIABLE), "genes that vary")
    return _between_cells(cells, cells.cells.counts[cells.some_cells(_N_CELLS_VARIABLE)][:, genes])


def _between_cells(cells: Prepared, counts: sp.csr_matrix) -> np.ndarray:
    _require(np.arange(cells.cells.n), "cells")
    return spearman_pairs(counts.T.toarray())


def pc_distance(cells: Prepared) -> np.ndarray:
    """Return Euclidean distances of pairs of 200 of `cells` in their principal components."""
    return pdist(cells.pcs[cells.some_cells(_N_CELLS)].astype(np.float64))


def _require(items: np.ndarray, what: str) -> np.ndarray:
    if items.size < 2:
        raise UndefinedSummaryError(f"fewer than 2 {what}", where="pairs")
    return items
