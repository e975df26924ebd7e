"""Filtering of cells and genes."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from rashomon.core import UsageError

__all__ = ["filter_cells_and_genes"]


def filter_cells_and_genes(
    x: sp.csr_matrix, rows: np.ndarray, genes: np.ndarray, *, min_counts: float = 1, min_cells: int = 1
) -> tuple[sp.csr_matrix, np.ndarray, np.ndarray]:
    """Drop cells with too few counts, then genes that are seen in too few of the cells that are left.

    The order of the remaining cells and genes does not change. Equal to ``sc.pp.filter_cells(min_counts=)`` followed by
    ``sc.pp.filter_genes(min_cells=)``.

    Parameters
    ----------
    x
        Counts, CSR, shape ``(n_cells, n_genes)``.
    rows
        Positions of the cells in the data set, shape ``(n_cells,)``.
    genes
        Positions of the genes in the data set, shape ``(n_genes,)``.
    min_counts
        Least total count of a cell; 1 drops only empty cells, 0 drops none.
    min_cells
        Least number of cells in which a gene has a positive value; 1 drops only unseen genes, 0 drops none.

    Returns
    -------
    x
        The remaining part of the matrix.
    rows, genes
        The positions that are left; what is absent from them was dropped here.

    Raises
    ------
    UsageError
        When no cell or no gene is left.

    Examples
    --------
    >>> x = sp.csr_matrix(np.array([[2, 0, 1], [0, 0, 0], [1, 0, 0]], dtype=np.float32))
    >>> kept, rows, genes = filter_cells_and_genes(x, np.arange(3), np.arange(3), min_counts=1, min_cells=1)
    >>> kept.toarray().tolist(), rows.tolist(), genes.tolist()
    ([[2.0, 1.0], [1.0, 0.0]], [0, 2], [0, 2])
    """
    totals = np.asarray(x.sum(axis=1)).ravel()
    deep = np.flatnonzero(totals >= min_counts)
    kept = x[deep]
    seen = np.bincount(kept.indices[kept.data > 0], minlength=kept.shape[1])
    common = np.flatnonzero(seen >= min_cells)
    kept = kept[:, common]
    if 0 in kept.shape:
        raise UsageError(
            f"the filter leaves {kept.shape[0]} cells and {kept.shape[1]} genes",
            where=f"filter(min_counts={min_counts}, min_cells={min_cells})",
            expected="at least one cell and one gene",
            fix="lower the thresholds",
        )
    return kept, rows[deep], genes[common]
