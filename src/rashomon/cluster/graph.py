"""The igraph form of a neighbour graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

if TYPE_CHECKING:
    import igraph

__all__ = ["to_igraph"]


def to_igraph(graph: sp.csr_matrix) -> igraph.Graph:
    """Return the undirected igraph graph on which Leiden gives the labels that it gives in scanpy.

    scanpy hands every edge to igraph twice, as (i, j) and as (j, i). Here it occurs once, with twice the weight: every
    sum that Leiden compares is the same, neighbours come in the same order, and half of the edges are half of the work.
    (With the single weight the sums would be halved and the labels others, because Leiden's random merging depends on
    their scale.) Sums of ``float32`` weights are exact in ``float64`` but for the last bit of the total, so that only a
    tie of two moves to the last bit could be broken otherwise.

    Parameters
    ----------
    graph
        Symmetric weights, CSR, shape ``(n_obs, n_obs)``; stored zeros are no edges, the diagonal is not looked at.

    Returns
    -------
    Graph with ``n_obs`` vertices and the edge attribute ``weight``, in the order of the rows of the upper triangle.

    Examples
    --------
    >>> edges = to_igraph(sp.csr_matrix(np.array([[0.0, 0.5], [0.5, 0.0]], dtype=np.float32)))
    >>> edges.get_edgelist(), edges.es["weight"]
    ([(0, 1)], [1.0])
    """
    import igraph

    entries = sp.triu(graph, k=1, format="coo")
    stored = entries.data != 0
    # lists: igraph 1.0 reads them faster than arrays
    pairs = list(zip(entries.row[stored].tolist(), entries.col[stored].tolist(), strict=True))
    weights = (2.0 * entries.data[stored].astype(np.float64)).tolist()
    return igraph.Graph(n=graph.shape[0], edges=pairs, directed=False, edge_attrs={"weight": weights})
