"""Selection of variable genes on counts, for use after the counts were normalised."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import pandas as pd
import scipy.sparse as sp

from rashomon.core import UsageError, did_you_mean
from rashomon.encode.batch import batch_of_cells
from rashomon.encode.gene_set import candidates
from rashomon.encode.rank import combine_ranks
from rashomon.encode.standardised_variance import standardised_variance

__all__ = ["CountFlavor", "rank_genes_counts", "rank_genes_counts_by_batch", "take_genes"]

CountFlavor = Literal["seurat_v3"]


def rank_genes_counts(
    x: sp.csr_matrix,
    genes: np.ndarray,
    gene_flags: np.ndarray,
    *,
    n_top: int,
    flavor: CountFlavor = "seurat_v3",
    exclude: str = "",
) -> np.ndarray:
    """Return the columns of the `n_top` genes with the largest standardised variance of counts.

    Equal to ``sc.pp.highly_variable_genes(flavor="seurat_v3")`` on the matrix without the excluded genes. `take_genes`
    restricts the normalised matrix to them.

    Parameters
    ----------
    x
        Counts, CSR, shape ``(n_cells, n_genes)``.
    genes
        Position in the data set of each column, shape ``(n_genes,)``.
    gene_flags
        Gene sets of each gene of the data set (`flag_genes`), shape ``(n_vars,)``.
    n_top
        Number of genes, at least 1; where there are fewer, all of them.
    flavor
        ``seurat_v3``: see `standardised_variance`.
    exclude
        Name of the gene set (`GENE_SETS`) whose genes are not chosen; empty for none.

    Returns
    -------
    ``int64``, sorted column positions of `x`.

    Raises
    ------
    UsageError
        When `n_top` is below 1, the flavor or gene set is unknown, `x` does not hold counts, or too few genes vary.
    """
    _check(n_top, flavor)
    columns = candidates(genes, gene_flags, exclude=exclude)
    return _rank([x], columns, n_top=n_top)


def rank_genes_counts_by_batch(  # noqa: PLR0913 - five slots and three parameters
    x: sp.csr_matrix,
    genes: np.ndarray,
    gene_flags: np.ndarray,
    batch: np.ndarray,
    rows: np.ndarray,
    *,
    n_top: int,
    flavor: CountFlavor = "seurat_v3",
    exclude: str = "",
) -> np.ndarray:
    """Return the columns of the `n_top` genes that are most variable within batches.

    Equal to ``sc.pp.highly_variable_genes(flavor="seurat_v3", batch_key=)``: genes are ordered by their median rank
    over the batches in which they are among the first `n_top`, then by the number of these batches.

    Parameters
    ----------
    x, genes, gene_flags, n_top, flavor, exclude
        As in `rank_genes_counts`.
    batch
        Batch codes of all cells of the data set, shape ``(n_obs,)``; negative is missing.
    rows
        Positions of the cells in the data set, shape ``(n_cells,)``.

    Returns
    -------
    ``int64``, sorted column positions of `x`.

    Raises
    ------
    UsageError
        As in `rank_genes_counts`, and when the batch of a cell is missing.
    """
    _check(n_top, flavor)
    columns = candidates(genes, gene_flags, exclude=exclude)
    codes = batch_of_cells(batch, rows, where="rank_genes_counts_by_batch")
    return _rank([x[codes == code] for code in np.unique(codes)], columns, n_top=n_top)


def take_genes(x: sp.csr_matrix, chosen: np.ndarray) -> sp.csr_matrix:
    """Keep the chosen columns.

    Parameters
    ----------
    x
        Expression, CSR, shape ``(n_cells, n_genes)``.
    chosen
        Column positions.

    Returns
    -------
    CSR, shape ``(n_cells, chosen.size)``.

    Examples
    --------
    >>> take_genes(sp.csr_matrix(np.array([[1.0, 2.0, 3.0]])), np.array([0, 2])).toarray().tolist()
    [[1.0, 3.0]]
    """
    return x[:, chosen]


def _check(n_top: int, flavor: str) -> None:
    if flavor not in get_args(CountFlavor):
        raise UsageError(
            f"unknown flavor {flavor!r}", where="rank_genes_counts", fix=did_you_mean(flavor, get_args(CountFlavor))
        )
    if n_top < 1:
        raise UsageError(
            f"n_top is {n_top}", where="rank_genes_counts", expected="at least 1", fix="keep 1000 or more genes"
        )


def _rank(batches: list[sp.csr_matrix], columns: np.ndarray, *, n_top: int) -> np.ndarray:
    whole = columns.size == batches[0].shape[1]
    variance = [standardised_variance(x if whole else x[:, columns]) for x in batches]
    ranks, count = combine_ranks(np.stack(variance), n_top=n_top)
    table = pd.DataFrame({"rank": ranks, "n": count})
    order = table.sort_values(["rank", "n"], ascending=[True, False], na_position="last")
    return np.asarray(columns[np.sort(order.index.to_numpy()[:n_top])], dtype=np.int64)
