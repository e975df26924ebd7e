"""Modularity of a labeling on a weighted graph."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from rashomon.core import UsageError
from rashomon.score.item import clusters, same_length
from rashomon.score.record import Unassigned

__all__ = ["weighted_modularity"]

_ASYMMETRY = 1e-5


def weighted_modularity(labels: np.ndarray, graph: sp.csr_matrix, *, unassigned: Unassigned = "singletons") -> float:
    """Return the modularity at resolution 1 (Newman 2004).

    The share of edge weight inside clusters, minus what random edges between nodes of the same strengths would give.
    Comparable between labelings of one graph only; positive for random graphs too.

    Parameters
    ----------
    labels
        Codes, shape ``(n_obs,)``; items with ``-2`` leave the graph.
    graph
        Symmetric weights, not negative, shape ``(n_obs, n_obs)``; both directions of an edge are stored. An entry on
        the diagonal is a loop, counted twice in the strength of its node.
    unassigned
        ``"singletons"``: unassigned items are clusters of one item; ``"left_out"``: they leave the graph.

    Returns
    -------
    A number in [-0.5, 1]; larger is better; NaN when no edge is left. Equals ``igraph.Graph.modularity``.

    Raises
    ------
    UsageError
        When the graph has another number of nodes, is not symmetric, or holds negative or non-finite weights.

    Examples
    --------
    >>> two_edges = sp.csr_matrix(np.kron(np.eye(2), 1 - np.eye(2)))
    >>> weighted_modularity(np.array([0, 0, 1, 1]), two_edges)
    0.5
    """
    items, cluster = clusters(labels, unassigned=unassigned)
    _check_graph(graph, np.asarray(labels).size)
    kept = graph if items.size == graph.shape[0] else graph[items][:, items]
    edges = kept.tocoo()
    # a loop has two ends
    weight = edges.data.astype(np.float64) * np.where(edges.row == edges.col, 2.0, 1.0)
    ends = weight.sum()
    if ends <= 0:
        return float("nan")
    strength = np.bincount(cluster[edges.row], weights=weight, minlength=1)
    inside = weight[cluster[edges.row] == cluster[edges.col]].sum()
    return float(inside / ends - np.square(strength / ends).sum())


def _check_graph(graph: sp.csr_matrix, n_obs: int) -> None:
    same_length(n_obs, graph.shape[0], where="labels and graph")
    same_length(graph.shape[0], graph.shape[1], where="rows and columns of the graph")
    if graph.nnz == 0:
        return
    if not (np.isfinite(graph.data).all() and graph.data.min() >= 0):
        raise UsageError("the graph holds negative or non-finite weights", where="graph", expected="weights >= 0")
    largest = float(abs(graph - graph.T).max())
    if largest > _ASYMMETRY * float(graph.data.max()):
        raise UsageError(
            f"the graph is not symmetric: opposite weights differ by up to {largest:g}",
            where="graph",
            expected="both directions of every edge with the same weight",
            fix="symmetrise it, for example by the mean of the graph and its transpose",
        )
