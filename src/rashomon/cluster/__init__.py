"""Makers of labels, and the graph object that graph clusterers share."""

from __future__ import annotations

from rashomon.core import Registry, Step

__all__ = ["CLUSTERERS", "GRAPH_STEPS"]

GRAPH_STEPS: Registry[Step] = Registry(
    "graph step",
    [
        Step(
            "igraph",
            "rashomon.cluster.graph:to_igraph",
            reads=("graph",),
            writes=("igraph",),
            summary="The neighbour graph as igraph sees it in scanpy: every edge twice.",
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
            "kmeans",
            "rashomon.cluster.kmeans:kmeans",
            reads=("view",),
            writes=("labels",),
            summary="k-means on the view, best of ten starts.",
            citation="Lloyd (1982), IEEE Transactions on Information Theory 28:129",
        ),
    ],
)
"""Every clusterer; each writes ``labels``."""
