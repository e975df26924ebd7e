"""From data to a view: every step is a pure function of named arrays, found through one registry."""

from __future__ import annotations

from rashomon.core import Registry, Step
from rashomon.encode.transformer import ExactNeighbours

__all__ = ["STEPS", "ExactNeighbours"]

STEPS: Registry[Step] = Registry(
    "encoding step",
    [
        Step(
            "filter",
            "rashomon.encode.filter:filter_cells_and_genes",
            reads=("x", "rows"),
            writes=("x", "rows"),
            summary="Drop cells with too few counts, then genes seen in too few cells.",
        ),
        Step(
            "log_normalise",
            "rashomon.encode.log_normalise:log_normalise",
            reads=("x",),
            writes=("x",),
            summary="Divide each cell by its depth, multiply by a common depth, take log(1 + x).",
        ),
        Step(
            "pearson_residuals",
            "rashomon.encode.pearson_residual:pearson_residuals",
            reads=("x",),
            writes=("x",),
            summary="Residuals of a negative binomial model of depth, clipped (dense).",
            citation="Lause, Berens & Kobak (2021), Genome Biology 22:258",
        ),
        Step(
            "variable_genes",
            "rashomon.encode.variable_gene:variable_genes",
            reads=("x",),
            writes=("x",),
            summary="Keep the most variable genes.",
            citation="Satija et al. (2015), Nature Biotechnology 33:495; Lause, Berens & Kobak (2021)",
        ),
        Step(
            "scale",
            "rashomon.encode.scale:scale",
            reads=("x",),
            writes=("x",),
            summary="Centre each gene and divide it by its standard deviation (dense).",
        ),
        Step(
            "pca",
            "rashomon.encode.pca:pca",
            reads=("x",),
            writes=("pcs",),
            summary="Principal components by eigendecomposition of the covariance.",
        ),
        Step(
            "take_pcs",
            "rashomon.encode.pca:take_pcs",
            reads=("pcs",),
            writes=("view",),
            summary="The first principal components.",
        ),
        Step(
            "neighbours",
            "rashomon.encode.neighbour:neighbours",
            reads=("view",),
            writes=("knn_indices", "knn_distances"),
            summary="Exact nearest neighbours by Euclidean distance.",
        ),
        Step(
            "fuzzy_graph",
            "rashomon.encode.fuzzy_graph:fuzzy_graph",
            reads=("knn_indices", "knn_distances"),
            writes=("graph",),
            summary="Weighted neighbour graph: UMAP's fuzzy simplicial set.",
            citation="McInnes, Healy & Melville (2018), arXiv:1802.03426",
        ),
    ],
)
"""Every step from expression to a view and its neighbour graph, in the order of a usual pipeline."""
