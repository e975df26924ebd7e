"""From data to a view: every step is a pure function of named arrays, found through one registry."""

from __future__ import annotations

from rashomon.core import Registry, Step
from rashomon.encode.gene_set import GENE_SETS, GeneSet, flag_genes, n_flagged
from rashomon.encode.transformer import ExactNeighbours
from rashomon.encode.user import Acts, user_transform

__all__ = [
    "GENE_SETS", "STEPS", "Acts", "ExactNeighbours", "GeneSet", "flag_genes", "n_flagged", "user_transform",
]  # fmt: skip

_FLAVORS = (
    "Satija et al. (2015), Nature Biotechnology 33:495; Zheng et al. (2017), Nature Communications 8:14049; "
    "Lause, Berens & Kobak (2021), Genome Biology 22:258"
)
_COUNTS = "Stuart et al. (2019), Cell 177:1888"

STEPS: Registry[Step] = Registry(
    "encoding step",
    [
        Step(
            "filter",
            "rashomon.encode.filter:filter_cells_and_genes",
            reads=("x", "rows", "genes"),
            writes=("x", "rows", "genes"),
            version=2,
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
            reads=("x", "genes", "gene_flags"),
            writes=("x",),
            summary="Keep the most variable genes.",
            citation=_FLAVORS,
        ),
        Step(
            "variable_genes_by_batch",
            "rashomon.encode.variable_gene:variable_genes_by_batch",
            reads=("x", "genes", "gene_flags", "batch", "rows"),
            writes=("x",),
            summary="Keep the genes that are most variable within batches.",
            citation=_FLAVORS,
        ),
        Step(
            "rank_genes_counts",
            "rashomon.encode.count_gene:rank_genes_counts",
            reads=("x", "genes", "gene_flags"),
            writes=("chosen",),
            summary="Choose the most variable genes on counts.",
            citation=_COUNTS,
        ),
        Step(
            "rank_genes_counts_by_batch",
            "rashomon.encode.count_gene:rank_genes_counts_by_batch",
            reads=("x", "genes", "gene_flags", "batch", "rows"),
            writes=("chosen",),
            summary="Choose the genes that are most variable within batches, on counts.",
            citation=_COUNTS,
        ),
        Step(
            "take_genes",
            "rashomon.encode.count_gene:take_genes",
            reads=("x", "chosen"),
            writes=("x",),
            summary="Keep the genes that were chosen on counts.",
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
            "leading_pca",
            "rashomon.encode.leading_pca:leading_pca",
            reads=("x",),
            writes=("pcs",),
            summary="The same components, only as many as asked for: faster, and equal up to rounding.",
        ),
        Step(
            "take_pcs",
            "rashomon.encode.pca:take_pcs",
            reads=("pcs",),
            writes=("view",),
            summary="The first principal components.",
        ),
        Step(
            "harmony",
            "rashomon.encode.integrate:harmony",
            reads=("view", "batch", "rows"),
            writes=("view",),
            summary="Move the batches onto each other.",
            citation="Korsunsky et al. (2019), Nature Methods 16:1289",
        ),
        Step(
            "unit_length",
            "rashomon.encode.cosine:unit_length",
            reads=("view",),
            writes=("view",),
            summary="Divide each row by its length, so that Euclidean neighbours are those by cosine.",
        ),
        Step(
            "neighbours",
            "rashomon.encode.neighbour:neighbours",
            reads=("view",),
            writes=("knn_indices", "knn_distances"),
            summary="Exact nearest neighbours by Euclidean distance.",
        ),
        Step(
            "approximate_neighbours",
            "rashomon.encode.approximate:approximate_neighbours",
            reads=("view",),
            writes=("knn_indices", "knn_distances"),
            summary="Approximate nearest neighbours by Euclidean distance.",
            citation="Dong, Moses & Li (2011), Proceedings of the 20th International Conference on World Wide Web, 577",
        ),
        Step(
            "cosine_distances",
            "rashomon.encode.cosine:cosine_distances",
            reads=("knn_distances",),
            writes=("knn_distances",),
            summary="Cosine distances from Euclidean ones between rows of length 1.",
        ),
        Step(
            "fuzzy_graph",
            "rashomon.encode.fuzzy_graph:fuzzy_graph",
            reads=("knn_indices", "knn_distances"),
            writes=("graph",),
            summary="Weighted neighbour graph: UMAP's fuzzy simplicial set.",
            citation="McInnes, Healy & Melville (2018), arXiv:1802.03426",
        ),
        Step(
            "select_chains",
            "rashomon.encode.receptor_chain:select_chains",
            reads=("receptors", "rows", "owner", "v_names", "j_names", "v_raw_names", "j_raw_names"),
            writes=("vdj", "vj", "items", "rows", "v_names", "j_names"),
            summary="Pick the chains of receptors that are compared; one item per clonotype of a donor.",
        ),
        Step(
            "sequence_distance",
            "rashomon.encode.sequence_distance:sequence_distance",
            reads=("vdj", "vj", "items"),
            writes=("distances",),
            summary="Pairs of receptors whose junctions are equal, or differ in few residues.",
            citation="symscan: symmetric deletion; Garbe (2012), SymSpell",
        ),
        Step(
            "tcrdist_distance",
            "rashomon.encode.tcrdist:tcrdist_distance",
            reads=("vdj", "vj", "items", "v_names", "species"),
            writes=("distances",),
            summary="Pairs of receptors within a radius of TCRdist: similar residues, and the loops of V.",
            citation="Dash et al. (2017), Nature 547:89; Mayer-Blackwell et al. (2021), eLife 10:e68605",
        ),
        Step(
            "match_genes",
            "rashomon.encode.gene_match:match_genes",
            reads=("distances", "vdj", "vj", "v_names", "j_names"),
            writes=("distances",),
            summary="Keep links between receptors whose V, or J, may be the same.",
        ),
        Step(
            "similarity",
            "rashomon.encode.similarity:similarity",
            reads=("distances",),
            writes=("graph",),
            summary="Weights of links: 1 for equal receptors, less with distance.",
        ),
        Step(
            "kmer_view",
            "rashomon.encode.receptor_view:kmer_view",
            reads=("vdj", "vj", "items"),
            writes=("view",),
            summary="Leading dimensions of the 3-mers of the junctions, weighted by rarity.",
        ),
        Step(
            "residue_view",
            "rashomon.encode.receptor_view:residue_view",
            reads=("vdj", "vj", "items"),
            writes=("view",),
            summary="Chemistry of the residues of the junctions: Atchley, Kidera or other factors.",
            citation="Atchley et al. (2005), PNAS 102:6395; Kidera et al. (1985), J Protein Chem 4:23",
        ),
        Step(
            "embedding_radius",
            "rashomon.encode.embedding_radius:embedding_radius",
            reads=("view",),
            writes=("distances",),
            summary="Receptors whose coordinates, such as those of k-mers, are within a radius.",
        ),
        Step(
            "spread",
            "rashomon.encode.spread:spread",
            reads=("labels", "items"),
            writes=("labels",),
            summary="Give every row the label of its clonotype; a cluster of one clonotype is none.",
        ),
    ],
)
"""Every step from expression to a view and its neighbour graph, in the order of a usual pipeline."""
