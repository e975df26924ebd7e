"""Selection of the most variable genes, and restriction to them."""

from __future__ import annotations

from math import sqrt
from typing import Literal, get_args

import numpy as np
import pandas as pd
import scipy.sparse as sp

from rashomon.core import UsageError, did_you_mean
from rashomon.encode.batch import batch_of_cells
from rashomon.encode.dispersion import standardised_dispersion
from rashomon.encode.gene_set import candidates
from rashomon.encode.rank import combine_ranks
from rashomon.encode.residual_variance import residual_variance

__all__ = ["Flavor", "variable_genes", "variable_genes_by_batch"]

Flavor = Literal["seurat", "cell_ranger", "pearson_residuals"]


def variable_genes(
    x: sp.csr_matrix,
    genes: np.ndarray,
    gene_flags: np.ndarray,
    *,
    n_top: int,
    flavor: Flavor = "seurat",
    exclude: str = "",
) -> sp.csr_matrix:
    """Keep the columns of the `n_top` most variable genes, in their order.

    Equal to the selection of ``sc.pp.highly_variable_genes(flavor=)`` and, for ``pearson_residuals``, of
    ``sc.experimental.pp.highly_variable_genes``, on the matrix without the excluded genes: these take no part in the
    bins, totals or ranks either. (Depth normalisation before this step has seen them.)

    Parameters
    ----------
    x
        CSR ``float32``, shape ``(n_cells, n_genes)``: counts for ``pearson_residuals``, log-normalised for the others.
    genes
        Position in the data set of each column, shape ``(n_genes,)``.
    gene_flags
        Gene sets of each gene of the data set (`flag_genes`), shape ``(n_vars,)``.
    n_top
        Number of genes, at least 1; where there are fewer (``seurat``: fewer that vary), all of them.
    flavor
        ``seurat``, ``cell_ranger``: dispersion, standardised among genes of similar mean (`standardised_dispersion`).
        ``pearson_residuals``: variance of the Pearson residuals with ``theta = 100``, clipped at ``sqrt(n_cells)``.
    exclude
        Name of the gene set (`GENE_SETS`) whose genes are not chosen; empty for none.

    Returns
    -------
    CSR, shape ``(n_cells, n_kept)``. Ties at the border are all kept by the dispersions (as in scanpy, so slightly more
    than `n_top` can result), and cut in gene order by ``pearson_residuals``.

    Raises
    ------
    UsageError
        When `n_top` is below 1, the flavor or gene set is unknown, no gene is left, or none varies.

    Examples
    --------
    >>> x = sp.csr_matrix(np.array([[5, 0, 9], [5, 9, 0], [5, 0, 0]], dtype=np.float32))
    >>> genes, flags = np.arange(3), np.zeros(3, dtype=np.uint8)
    >>> variable_genes(x, genes, flags, n_top=2, flavor="pearson_residuals").toarray().tolist()
    [[0.0, 9.0], [9.0, 0.0], [0.0, 0.0]]
    """
    _check(n_top, flavor, where="variable_genes")
    columns = candidates(genes, gene_flags, exclude=exclude)
    part = x[:, columns] if exclude else x
    if flavor == "pearson_residuals":
        variance = residual_variance(part, clip=sqrt(x.shape[0]))
        kept = np.sort(np.argsort(-variance, kind="stable")[:n_top])
    else:
        kept = np.flatnonzero(_at_the_top(standardised_dispersion(part, flavor=flavor), n_top))
    return _take(x, columns[kept], where="variable_genes")


def variable_genes_by_batch(  # noqa: PLR0913 - five slots and three parameters
    x: sp.csr_matrix,
    genes: np.ndarray,
    gene_flags: np.ndarray,
    batch: np.ndarray,
    rows: np.ndarray,
    *,
    n_top: int,
    flavor: Flavor = "seurat",
    exclude: str = "",
) -> sp.csr_matrix:
    """Keep the `n_top` genes that are most variable within batches, so that none is kept for differing between them.

    Equal to the selection with ``batch_key=`` of the functions that `variable_genes` names. Genes are ordered by the
    number of batches in which they are among the `n_top`; ties by the mean of the standardised dispersions, or by the
    median rank over these batches (``pearson_residuals``); further ties by the order of the genes.

    Parameters
    ----------
    x, genes, gene_flags, n_top, flavor, exclude
        As in `variable_genes`.
    batch
        Batch codes of all cells of the data set, shape ``(n_obs,)``; negative is missing.
    rows
        Positions of the cells in the data set, shape ``(n_cells,)``.

    Returns
    -------
    CSR, shape ``(n_cells, n_kept)``, with `n_top` genes, or all where there are fewer.

    Raises
    ------
    UsageError
        As in `variable_genes`, and when the batch of a cell is missing.

    Notes
    -----
    As in scanpy 1.11, residuals of every batch are clipped at the square root of the size of the first one.

    Examples
    --------
    >>> x = sp.csr_matrix(np.array([[9, 0, 1], [0, 9, 1], [0, 2, 9], [1, 0, 9]], dtype=np.float32))
    >>> plan = {"n_top": 2, "flavor": "pearson_residuals"}
    >>> flags, batch = np.zeros(3, dtype=np.uint8), np.array([0, 0, 1, 1])
    >>> variable_genes_by_batch(x, np.arange(3), flags, batch, np.arange(4), **plan).toarray()[0].tolist()
    [9.0, 0.0]
    """
    _check(n_top, flavor, where="variable_genes_by_batch")
    codes = batch_of_cells(batch, rows, where="variable_genes_by_batch")
    columns = candidates(genes, gene_flags, exclude=exclude)
    part = x[:, columns] if exclude else x
    batches = [part[codes == code] for code in np.unique(codes)]
    kept = _by_residuals(batches, n_top) if flavor == "pearson_residuals" else _by_dispersions(batches, n_top, flavor)
    return _take(x, columns[kept], where="variable_genes_by_batch")


def _by_dispersions(batches: list[sp.csr_matrix], n_top: int, flavor: Literal["seurat", "cell_ranger"]) -> np.ndarray:
    scores, picked = [], []
    for x in batches:
        seen = np.flatnonzero(np.bincount(x.indices[x.data > 0], minlength=x.shape[1]))
        score, top = np.zeros(x.shape[1]), np.zeros(x.shape[1], dtype=bool)
        if seen.size:
            score[seen] = standardised_dispersion(x[:, seen], flavor=flavor)
            top[seen] = _at_the_top(score[seen], n_top)
        scores.append(score)
        picked.append(top)
    count = np.sum(picked, axis=0)
    if not count.any():
        return np.empty(0, dtype=np.intp)
    # the mean of pandas: undefined dispersions do not count
    gene = np.tile(np.arange(count.size), len(batches))
    mean = pd.Series(np.concatenate(scores)).groupby(gene).mean()
    order = pd.DataFrame({"n": count, "mean": mean}).sort_values(["n", "mean"], ascending=False, na_position="last")
    return np.sort(order.index.to_numpy()[:n_top])


def _by_residuals(batches: list[sp.csr_matrix], n_top: int) -> np.ndarray:
    clip = sqrt(batches[0].shape[0])
    ranks, count = combine_ranks(np.stack([residual_variance(x, clip=clip) for x in batches]), n_top=n_top)
    table = pd.DataFrame({"n": count, "rank": ranks})
    order = table.sort_values(["n", "rank"], ascending=[False, True], na_position="last")
    return np.sort(order.index.to_numpy()[:n_top])


def _check(n_top: int, flavor: str, *, where: str) -> None:
    if flavor not in get_args(Flavor):
        raise UsageError(f"unknown flavor {flavor!r}", where=where, fix=did_you_mean(flavor, get_args(Flavor)))
    if n_top < 1:
        raise UsageError(f"n_top is {n_top}", where=where, expected="at least 1", fix="keep 1000 or more genes")


def _at_the_top(score: np.ndarray, n_top: int) -> np.ndarray:
    """Return which scores are at least the `n_top` highest; NaN is none."""
    ranked = np.sort(score[~np.isnan(score)])[::-1]
    if ranked.size == 0:
        return np.zeros(score.size, dtype=bool)
    return np.asarray(np.nan_to_num(score, nan=-np.inf) >= ranked[min(n_top, ranked.size) - 1])


def _take(x: sp.csr_matrix, kept: np.ndarray, *, where: str) -> sp.csr_matrix:
    if kept.size == 0:
        raise UsageError(
            "no gene varies", where=where, expected="genes that differ between cells", fix="check the matrix"
        )
    return x[:, kept]
