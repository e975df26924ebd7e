"""Counts of genes that were selected before: the depth of a cell cannot be learned from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from rashomon.io.matrix import Matrix
from rashomon.io.rule import remark
from rashomon.io.world import world_facts

if TYPE_CHECKING:
    from anndata import AnnData

__all__ = ["selected_genes"]

_DEPTHS = ("total_counts", "n_counts", "nCount_RNA", "nUMI", "n_umi", "total_umis", "n_counts_full")
"""Columns in which scanpy, Seurat and others keep the counts of a cell over all genes."""

_ALL = 0.9
"""Share of the stored depth from which a matrix counts as whole: filters of rare genes take less than a tenth."""

_ROUND = (500, 5000)
"""Fewest and most genes of a usual selection; selections are round numbers, whole matrices rarely are."""


def selected_genes(adata: AnnData, matrix: Matrix) -> tuple[str, ...]:
    """Return the note ``matrix.selected_genes`` where a matrix of counts seems to hold a selection of genes.

    Parameters
    ----------
    adata
        Its ``obs`` may hold the depth of the cells over all genes.
    matrix
        Canonical CSR of counts.
    """
    n_genes = matrix.x.shape[1]
    sums = np.asarray(matrix.x.sum(axis=1, dtype=np.float64)).ravel()
    for name in _DEPTHS:
        if name in adata.obs and pd.api.types.is_numeric_dtype(adata.obs[name]):
            depth = adata.obs[name].to_numpy(dtype=np.float64, na_value=np.nan)
            share = sums[depth > 0] / depth[depth > 0]
            if share.size and np.median(share) < _ALL:
                what = (
                    f"the {n_genes} genes hold {np.median(share):.0%} of the counts that obs[{name!r}] says, in median"
                )
                return (remark("matrix.selected_genes", what, where=matrix.slot),)
    if world_facts(adata.uns) is not None:
        # a world has as many genes as it was told to have
        return ()
    # a stored depth that fits says nothing: it may have been computed from these genes
    if n_genes % 500 == 0 and _ROUND[0] <= n_genes <= _ROUND[1]:
        what = f"there are exactly {n_genes} genes, so they were probably selected"
        return (remark("matrix.selected_genes", what, where=matrix.slot),)
    return ()
