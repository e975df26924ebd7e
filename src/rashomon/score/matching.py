"""The best one-to-one matching of the clusters of two labelings."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from rashomon.score.contingency import Contingency

__all__ = ["match_clusters"]


def match_clusters(table: Contingency, weight: np.ndarray) -> np.ndarray:
    """Match clusters of `a` with clusters of `b`, each with one at most, so that the sum of `weight` is largest.

    Parameters
    ----------
    table
        The two labelings.
    weight
        What matching the two clusters of a pair is worth, in [0, 1], shape ``(n_pairs,)``; clusters that share no item
        are worth 0.

    Returns
    -------
    How many of each pair, or group of pairs, are matched, ``int64``, shape ``(n_pairs,)``. The sum of weights is that
    of every best matching; where several are best, which one is given depends on the order of clusters.

    Notes
    -----
    The assignment problem (Kuhn 1955), solved on the pairs that share items. Singletons of unassigned items are
    interchangeable: of those in one cluster at most one is matched, and an item that is alone in both is matched with
    itself.

    Examples
    --------
    >>> from rashomon.score.contingency import tabulate
    >>> table = tabulate(np.array([0, 0, 0, 1, 1]), np.array([0, 0, 1, 1, 1]))
    >>> match_clusters(table, table.count / 5).tolist()
    [1, 0, 1]
    """
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    n_rows, n_cols = table.row_size.size - 1, table.col_size.size - 1
    alone_a, alone_b = table.row == n_rows, table.col == n_cols
    matched = np.where(alone_a & alone_b, table.times, 0)
    pairs = np.flatnonzero((table.count > 0) & ~(alone_a & alone_b))
    if not pairs.size:
        return matched
    # one node for the singletons that share one cluster, beside the nodes of clusters
    row = np.where(alone_a, n_rows + table.col, table.row)[pairs]
    col = np.where(alone_b, n_cols + table.row, table.col)[pairs]
    row, col = (np.unique(node, return_inverse=True)[1] for node in (row, col))
    n, m = int(row.max()) + 1, int(col.max()) + 1
    # every row may stay alone, with a column of its own; zeros would count as absent, so all weights are raised by 1
    rows, columns = np.append(row, np.arange(n)), np.append(col, m + np.arange(n))
    raised = np.append(weight[pairs] + 1.0, np.ones(n))
    graph = sp.csr_matrix((raised, (rows, columns)), shape=(n, m + n))
    left, right = min_weight_full_bipartite_matching(graph, maximize=True)
    partner = np.full(n, -1)
    partner[left] = right
    matched[pairs] = partner[row] == col
    return matched
