"""Connected components of links: the simplest clusters of receptors, and the pieces that other clusterers work on."""

from __future__ import annotations

import numpy as np
import pandas as pd
import scipy.sparse as sp

__all__ = ["component", "members", "numbered"]


def component(distances: sp.csr_matrix) -> np.ndarray:
    """Return the connected components of the links: single linkage at the cutoff of the distances.

    Time and memory grow with the stored pairs. Components percolate: as receptors become more, or the cutoff larger,
    chains of links join most of them into one component; see the share of the largest before any other score.

    Parameters
    ----------
    distances
        Stored pairs within a cutoff, CSR, shape ``(n_items, n_items)``, symmetric. Values are not looked at.

    Returns
    -------
    ``int32``, shape ``(n_items,)``; clusters 0, 1, ... in the order of their first item. An item without link is a
    cluster of its own.

    Examples
    --------
    >>> links = sp.csr_matrix(np.array([[0, 0, 2], [0, 0, 0], [2, 0, 0]], dtype=np.float32))
    >>> component(links).tolist()
    [0, 1, 0]
    """
    from scipy.sparse.csgraph import connected_components

    # a symmetric matrix has the same weak components, and they are found without its transpose
    labels = connected_components(distances, directed=True, connection="weak")[1]
    return numbered(labels)


def numbered(labels: np.ndarray) -> np.ndarray:
    """Return labels with their clusters numbered in the order of their first item; negative labels stay -1.

    Parameters
    ----------
    labels
        Integers, shape ``(n_items,)``; negative is unassigned.

    Returns
    -------
    ``int32``, shape ``(n_items,)``.

    Examples
    --------
    >>> numbered(np.array([7, -1, 3, 7])).tolist()
    [0, -1, 1, 0]
    """
    found = np.full(labels.size, -1, dtype=np.int32)
    assigned = labels >= 0
    found[assigned] = pd.factorize(labels[assigned])[0]
    return found


def members(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the items of each cluster.

    Parameters
    ----------
    labels
        Clusters 0, 1, ... without gaps, shape ``(n_items,)``; negative is unassigned.

    Returns
    -------
    order
        Items, sorted by cluster and ascending within each.
    start
        The items of cluster ``c`` are ``order[start[c]:start[c + 1]]``; shape ``(n_clusters + 1,)``.

    Examples
    --------
    >>> order, start = members(np.array([1, 0, 1, -1]))
    >>> order.tolist(), start.tolist()
    ([1, 0, 2], [0, 1, 3])
    """
    assigned = np.flatnonzero(labels >= 0)
    order = assigned[np.argsort(labels[assigned], kind="stable")]
    start = np.concatenate([[0], np.cumsum(np.bincount(labels[assigned]))])
    return order, start.astype(np.int64)
