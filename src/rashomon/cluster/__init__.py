"""Makers of labels, and the graph object that graph clusterers share."""

from __future__ import annotations

from rashomon.cluster.check import check_clusterer
from rashomon.cluster.clonotype_definition import CLONOTYPES, ClonotypeDefinition, parse_definition
from rashomon.cluster.user import user_clusterer
from rashomon.core import Registry, Step

__all__ = [
    "CLONOTYPES",
    "CLUSTERERS",
    "GRAPH_STEPS",
    "ClonotypeDefinition",
    "check_clusterer",
    "parse_definition",
    "user_clusterer",
]

GRAPH_STEPS: Registry[Step] = Registry(
    "graph step",
    [
        Step(
            "igraph",
            "rashomon.cluster.graph:to_igraph",
            reads=("graph",),
            writes=("igraph",),
            version=2,
            summary="The neighbour graph for igraph: every edge once, with the weight of both directions.",
        ),
        Step(
            "leidenalg_graph",
            "rashomon.cluster.leidenalg:to_directed_igraph",
            reads=("graph",),
            writes=("leidenalg_graph",),
            summary="The neighbour graph as scanpy hands it to leidenalg: an arc in each direction.",
        ),
    ],
)
"""Steps between a neighbour graph and the clusterers that need another form of it."""

CLUSTERERS: Registry[Step] = Registry(
    "clusterer",
    [
        Step(
            "leiden",
            "rashomon.cluster.leiden:leiden",
            reads=("igraph",),
            writes=("labels",),
            summary="Leiden communities of the neighbour graph (modularity).",
            citation="Traag, Waltman & van Eck (2019), Scientific Reports 9:5233",
        ),
        Step(
            "leiden_leidenalg",
            "rashomon.cluster.leidenalg:leiden_leidenalg",
            reads=("leidenalg_graph",),
            writes=("labels",),
            summary="Leiden communities of the neighbour graph (modularity), by the library leidenalg.",
            citation="Traag, Waltman & van Eck (2019), Scientific Reports 9:5233",
        ),
        Step(
            "kmeans",
            "rashomon.cluster.kmeans:kmeans",
            reads=("view",),
            writes=("labels",),
            summary="k-means on the view, best of ten starts.",
            citation="Lloyd (1982), IEEE Transactions on Information Theory 28:129",
        ),
        Step(
            "ward",
            "rashomon.cluster.ward:ward",
            reads=("view",),
            writes=("labels",),
            summary="Agglomerative clustering of the view by Ward's criterion.",
            citation="Ward (1963), Journal of the American Statistical Association 58:236",
            max_obs=15_000,
            cost="time and memory grow with the square of the cells (10 s and 1.9 GB at 15,000)",
        ),
        Step(
            "gaussian_mixture",
            "rashomon.cluster.gaussian_mixture:gaussian_mixture",
            reads=("view",),
            writes=("labels",),
            summary="Mixture of Gaussians with full covariances on the view.",
            citation="Dempster, Laird & Rubin (1977), Journal of the Royal Statistical Society B 39:1",
            max_obs=500_000,
            cost="time grows with the cells, the clusters and the square of the dimensions (13 s at 100,000)",
        ),
        Step(
            "hdbscan",
            "rashomon.cluster.hdbscan:hdbscan",
            reads=("view",),
            writes=("labels",),
            summary="Hierarchical density-based clustering of the view; cells in no cluster are noise.",
            citation="Campello, Moulavi & Sander (2013), Lecture Notes in Computer Science 7819:160",
            max_obs=50_000,
            cost="time grows with the square of the cells (16 s at 20,000, two minutes at 50,000)",
        ),
        Step(
            "spectral",
            "rashomon.cluster.spectral:spectral",
            reads=("graph",),
            writes=("labels",),
            summary="k-means on the leading eigenvectors of the neighbour graph.",
            citation="von Luxburg (2007), Statistics and Computing 17:395",
            max_obs=200_000,
            cost="time grows a little faster than the cells (7 s at 30,000)",
        ),
        Step(
            "component",
            "rashomon.cluster.component:component",
            reads=("distances",),
            writes=("labels",),
            summary="Connected components of the links: single linkage.",
            citation="Meysman et al. (2019), Bioinformatics 35:1461",
        ),
        Step(
            "markov",
            "rashomon.cluster.markov:markov",
            reads=("graph",),
            writes=("labels",),
            summary="Markov clustering of the links.",
            citation="van Dongen (2008), SIAM Journal on Matrix Analysis and Applications 30:121",
            max_obs=1_000_000,
            cost="time grows with the largest component (20 s for one of 15,000 at an inflation of 1.2)",
        ),
        Step(
            "linkage",
            "rashomon.cluster.sparse_linkage:sparse_linkage",
            reads=("distances",),
            writes=("labels",),
            summary="Average linkage of the links, cut at the cutoff.",
            citation="Sokal & Michener (1958), University of Kansas Science Bulletin 38:1409",
        ),
        Step(
            "sparse_dbscan",
            "rashomon.cluster.sparse_dbscan:sparse_dbscan",
            reads=("distances",),
            writes=("labels",),
            summary="DBSCAN of the links; receptors in no dense place are noise.",
            citation="Ester et al. (1996), KDD 96:226",
        ),
        Step(
            "sparse_hdbscan",
            "rashomon.cluster.sparse_hdbscan:sparse_hdbscan",
            reads=("distances",),
            writes=("labels",),
            summary="Hierarchical density-based clustering of the links.",
            citation="Campello, Moulavi & Sander (2013), Lecture Notes in Computer Science 7819:160",
        ),
        Step(
            "motif",
            "rashomon.cluster.motif:motif_groups",
            reads=("vdj", "vj", "items", "rows", "owner", "v_names"),
            writes=("labels",),
            stochastic=True,
            summary="The most significant motif of each receptor, against a background of the same V, J and length.",
            citation="Huang et al. (2020), Nature Biotechnology 38:1194",
            max_obs=100_000,
            cost="time and memory grow with the receptors times the backgrounds",
        ),
        Step(
            "two_step",
            "rashomon.cluster.two_step:two_step",
            reads=("view", "distances"),
            writes=("labels",),
            summary="k-means on k-mers into large groups, then Markov clustering of the links inside each.",
            citation="Valkiers et al. (2021), Bioinformatics 37:4865",
        ),
    ],
)
"""Every clusterer; each writes ``labels``."""
