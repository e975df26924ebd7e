"""Every summary of the realism report: the 14 of Crowell et al. and the 13 of SimBench, each computed once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from rashomon.core import Registry, RNGLike, root_entropy
from rashomon.sim.realism.cells import Cells, as_cells
from rashomon.sim.realism.prepared import Prepared
from rashomon.sim.realism.record import CROWELL, SIMBENCH, Summary, Values

__all__ = ["SUMMARIES", "summaries"]

_ROOM = "rashomon.sim.realism"

SUMMARIES: Registry[Summary] = Registry(
    "summary",
    [
        Summary(
            "gene_mean",
            "mean log(1 + CPM) of a gene",
            "Mean expression of every gene.",
            "gene",
            (CROWELL, SIMBENCH),
            f"{_ROOM}.gene:mean",
        ),
        Summary(
            "gene_variance",
            "variance of log(1 + CPM) of a gene",
            "Variance of every gene.",
            "gene",
            (CROWELL, SIMBENCH),
            f"{_ROOM}.gene:variance",
        ),
        Summary(
            "gene_scaled_variance",
            "standardised dispersion of a gene",
            "Dispersion of every gene among genes of similar mean.",
            "gene",
            (SIMBENCH,),
            f"{_ROOM}.gene:scaled_variance",
        ),
        Summary(
            "gene_cv",
            "coefficient of variation of a gene",
            "Standard deviation of log(1 + CPM) by its mean.",
            "gene",
            (CROWELL,),
            f"{_ROOM}.gene:coefficient_of_variation",
        ),
        Summary(
            "gene_detection",
            "share of cells that detect a gene",
            "Share of the cells in which a gene is detected; one less the share of zeros.",
            "gene",
            (CROWELL, SIMBENCH),
            f"{_ROOM}.gene:detection",
        ),
        Summary(
            "gene_pve_groups",
            "share of variance between groups",
            "Share of the variance of a gene that groups explain.",
            "gene",
            (CROWELL,),
            f"{_ROOM}.gene:explained_by_groups",
            ("groups",),
        ),
        Summary(
            "gene_pve_batches",
            "share of variance between batches",
            "Share of the variance of a gene that batches explain.",
            "gene",
            (CROWELL,),
            f"{_ROOM}.gene:explained_by_batches",
            ("batches",),
        ),
        Summary(
            "gene_mean_variance",
            "mean of a gene and its variance",
            "How the variance of genes follows their mean.",
            "gene",
            (SIMBENCH,),
            f"{_ROOM}.gene:mean_variance",
        ),
        Summary(
            "gene_mean_zeros",
            "mean of a gene and its share of zeros",
            "How the zeros of genes follow their mean.",
            "gene",
            (SIMBENCH,),
            f"{_ROOM}.gene:mean_undetected",
        ),
        Summary(
            "cell_detection",
            "share of genes detected in a cell",
            "Share of the genes that a cell detects; one less the share of zeros.",
            "cell",
            (CROWELL, SIMBENCH),
            f"{_ROOM}.cell:detection",
        ),
        Summary(
            "cell_library_size",
            "log(1 + total count) of a cell",
            "Library size of every cell.",
            "cell",
            (CROWELL, SIMBENCH),
            f"{_ROOM}.cell:log_library_size",
        ),
        Summary(
            "cell_tmm",
            "composition factor (TMM) of a cell",
            "Trimmed mean of M-values of every cell.",
            "cell",
            (SIMBENCH,),
            f"{_ROOM}.cell:composition_factor",
        ),
        Summary(
            "cell_effective_library_size",
            "log(1 + total count x TMM) of a cell",
            "Library size of every cell, corrected for its composition.",
            "cell",
            (SIMBENCH,),
            f"{_ROOM}.cell:log_effective_library_size",
        ),
        Summary(
            "cell_library_zeros",
            "library size of a cell and its share of zeros",
            "How the zeros of cells follow their library size.",
            "cell",
            (SIMBENCH,),
            f"{_ROOM}.cell:library_undetected",
        ),
        Summary(
            "cell_hubs",
            "occurrences as a neighbour / expected",
            "How often a cell is among the nearest 5 % of others.",
            "cell",
            (CROWELL,),
            f"{_ROOM}.neighbourhood:hub_share",
        ),
        Summary(
            "cell_density",
            "local density factor of a cell",
            "Density around the neighbours of a cell against that around the cell.",
            "cell",
            (CROWELL,),
            f"{_ROOM}.neighbourhood:local_density_factor",
        ),
        Summary(
            "cell_silhouette",
            "silhouette width of a cell in its group",
            "How much closer a cell is to its group than to the next.",
            "cell",
            (CROWELL,),
            f"{_ROOM}.neighbourhood:silhouette_by_group",
            ("groups",),
        ),
        Summary(
            "cell_mixing",
            "mixing score of a cell (p-value)",
            "Whether batches lie at the same distances around a cell.",
            "cell",
            (CROWELL,),
            f"{_ROOM}.neighbourhood:mixing_by_batch",
            ("batches",),
        ),
        Summary(
            "gene_correlation",
            "Spearman correlation of two genes",
            "Correlation of pairs of 400 random genes.",
            "pair",
            (CROWELL,),
            f"{_ROOM}.pair:gene_correlation",
        ),
        Summary(
            "variable_gene_correlation",
            "Spearman correlation of two variable genes",
            "Correlation of pairs of the 500 most variable genes.",
            "pair",
            (SIMBENCH,),
            f"{_ROOM}.pair:variable_gene_correlation",
        ),
        Summary(
            "cell_correlation",
            "Spearman correlation of two cells",
            "Correlation of pairs of 200 random cells over all genes.",
            "pair",
            (CROWELL,),
            f"{_ROOM}.pair:cell_correlation",
        ),
        Summary(
            "variable_cell_correlation",
            "Spearman correlation of two cells, variable genes",
            "Correlation of pairs of 500 random cells over the 500 most variable genes.",
            "pair",
            (SIMBENCH,),
            f"{_ROOM}.pair:variable_cell_correlation",
        ),
        Summary(
            "cell_pc_distance",
            "distance of two cells in components",
            "Distances of pairs of 200 random cells in principal components.",
            "pair",
            (CROWELL,),
            f"{_ROOM}.pair:pc_distance",
        ),
    ],
)
"""The summaries, in the order of tables and figures."""


def summaries(
    counts: Any,
    *,
    groups: np.ndarray | None = None,
    batches: np.ndarray | None = None,
    rng: RNGLike = 0,
) -> Mapping[str, Values]:
    """Return every summary of `SUMMARIES` for one table of counts.

    Parameters
    ----------
    counts
        CSR of counts, shape ``(n_cells, n_genes)``; or `Cells`, which bring their labels along.
    groups
        Codes of groups (cell types), shape ``(n_cells,)``, -1 for a cell without one.
    batches
        Codes of batches, likewise.
    rng
        Chooses the genes and cells of which pairs are made.

    Returns
    -------
    Values by name. A summary that cannot be computed is there too, without values and with the reason.

    Notes
    -----
    Neighbourhoods take time and silhouettes work quadratic in the cells: 5,000 cells take about half a minute.

    Examples
    --------
    >>> import scipy.sparse as sp
    >>> found = summaries(sp.csr_matrix(np.random.default_rng(0).poisson(1.0, (40, 30))))
    >>> found["gene_detection"].values.shape, found["cell_silhouette"].reason
    ((30,), 'needs groups, and the cells have none')
    """
    cells = as_cells(counts)
    if groups is not None or batches is not None:
        cells = Cells(cells.counts, cells.genes, groups, batches)
    prepared = Prepared(cells, root=root_entropy(rng))
    return {name: record.compute(prepared) for name, record in SUMMARIES.items()}
