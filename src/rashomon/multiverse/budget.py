"""Budgets: which levels a multiverse holds, and how many pipelines are drawn when there are more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rashomon.core import Registry

__all__ = ["BUDGETS", "Budget", "BudgetRecord"]

Budget = Literal["quick", "default", "full"]


@dataclass(frozen=True)
class BudgetRecord:
    """Levels of the choices under one budget; the first of each is the default.

    Parameters
    ----------
    name, summary
        What users type, and what it is for.
    max_pipelines
        Pipelines (resolutions and seeds not counted) above which a balanced fraction is drawn.
    n_genes, gene_flavors, gene_batches, n_pcs, n_neighbours, metrics, searches, clusterers
        Levels of the choices of these names.
    excluded_sets
        Gene sets that may not be chosen, first; the alternative is that all may.
    other_sets
        Whether the other gene sets are left out too, each in a branch of its own.
    resolution, factors, min_cluster_frac
        How fine the clusters are: resolutions; shares of the judged number of clusters; least clusters as a share of
        the cells.
    seeds
        Repeats of every pipeline.
    without
        Perturbations that are left out.
    distances, v_matches, radii, paired_radii, receptor_clusterers, inflation
        Of receptors: distances between sequences, levels at which V must agree, TCRdist radii of one and of two chains,
        clusterers, inflations of Markov clustering.
    """

    name: str
    summary: str
    max_pipelines: int
    n_genes: tuple[int | str, ...]
    n_pcs: tuple[int, ...]
    n_neighbours: tuple[int, ...]
    resolution: tuple[float, ...]
    seeds: tuple[int, ...]
    gene_flavors: tuple[str, ...] = ("seurat", "seurat_v3", "cell_ranger", "pearson_residuals")
    gene_batches: tuple[str, ...] = ("across all cells", "by batch")
    metrics: tuple[str, ...] = ("euclidean", "cosine")
    searches: tuple[str, ...] = ("exact",)
    clusterers: tuple[str, ...] = ("leiden",)
    excluded_sets: tuple[str, ...] = ("receptor",)
    other_sets: bool = False
    factors: tuple[float, ...] = (1.0, 0.67, 1.5)
    min_cluster_frac: tuple[float, ...] = (0.01, 0.005, 0.02)
    without: tuple[str, ...] = ()
    distances: tuple[str, ...] = ("hamming", "tcrdist")
    v_matches: tuple[str, ...] = ("none", "gene")
    radii: tuple[int, ...] = (18, 12, 24)
    paired_radii: tuple[int, ...] = (36, 24, 60)
    receptor_clusterers: tuple[str, ...] = ("component", "leiden")
    inflation: tuple[float, ...] = (1.2, 2.0, 3.0)


BUDGETS: Registry[BudgetRecord] = Registry(
    "budget",
    [
        BudgetRecord(
            "quick",
            "the choices that matter most, two levels each; at most 24 pipelines",
            24,
            n_genes=(2000, 1000),
            gene_flavors=("seurat", "pearson_residuals"),
            gene_batches=("across all cells",),
            n_pcs=(50, 20),
            n_neighbours=(15,),
            metrics=("euclidean",),
            resolution=(1.0, 0.5, 1.5),
            seeds=(0, 1),
            without=("subsample", "clone_copies"),
        ),
        BudgetRecord(
            "default",
            "every equivalent choice, and integration as a branch; at most 96 pipelines",
            96,
            n_genes=(2000, 1000, 4000),
            n_pcs=(50, 20, 30),
            n_neighbours=(15, 10, 30),
            resolution=(1.0, 0.2, 0.5, 1.5, 2.0),
            seeds=(0, 1, 2, 3, 4),
            distances=("hamming", "levenshtein", "tcrdist"),
            v_matches=("none", "family", "gene"),
            receptor_clusterers=("component", "leiden", "markov"),
        ),
        BudgetRecord(
            "full",
            "all options, approximate neighbours and the panel of other clusterers; at most 240 pipelines",
            240,
            n_genes=(2000, 1000, 4000, "all"),
            n_pcs=(50, 20, 30),
            n_neighbours=(15, 10, 30),
            searches=("exact", "pynndescent"),
            clusterers=(
                "leiden",
                "leiden_leidenalg",
                "kmeans",
                "ward",
                "gaussian_mixture",
                "hdbscan",
                "spectral",
            ),
            other_sets=True,
            resolution=(1.0, 0.2, 0.35, 0.5, 0.7, 0.85, 1.2, 1.5, 1.75, 2.0),
            seeds=(0, 1, 2, 3, 4),
            factors=(1.0, 0.5, 0.67, 1.5, 2.0),
            distances=("hamming", "identity", "levenshtein", "tcrdist", "tcrdist classic"),
            v_matches=("none", "family", "gene"),
            receptor_clusterers=(
                "component",
                "leiden",
                "markov",
                "linkage",
                "sparse_dbscan",
                "sparse_hdbscan",
                "two_step",
                "motif",
                "kmeans",
                "hdbscan",
            ),
        ),
    ],
)
"""Every budget, from the smallest to the largest."""
