"""Assignment: clusters and labels matched one to one, so that many receptors are in the cluster of their label."""

from __future__ import annotations

import numba
import numpy as np
import scipy.sparse as sp

from rashomon.score.receptor.grouping import Tally

__all__ = ["exact_assignment", "greedy_assignment"]


def exact_assignment(tally: Tally) -> np.ndarray:
    """Match clusters with labels, each with one at most, so that the number of receptors matched is largest.

    Parameters
    ----------
    tally
        Counts of labels in clusters.

    Returns
    -------
    Which pairs are matched, ``bool``, shape ``(n_pairs,)``. Where several matchings are best, one of them; the number
    of receptors is that of each.

    Notes
    -----
    The assignment problem (Kuhn 1955), solved on the pairs that share receptors.

    Examples
    --------
    >>> from rashomon.score.receptor.grouping import group
    >>> sets = sp.csr_matrix(np.array([[1, 0], [1, 0], [0, 1], [1, 0], [1, 0]], dtype=bool))
    >>> tally = group(np.array([0, 0, 0, 1, 1]), sets).tally()
    >>> int(tally.count[exact_assignment(tally)].sum())
    3
    """
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    matched = np.zeros(tally.count.size, dtype=bool)
    if not matched.size:
        return matched
    cluster, n_clusters = _numbered(tally.cluster)
    label, n_labels = _numbered(tally.label)
    row, n, col, m = (label, n_labels, cluster, n_clusters)
    if n_clusters < n_labels:
        row, n, col, m = cluster, n_clusters, label, n_labels
    # every row may stay alone, with a column of its own; zeros would count as absent, so all weights are raised by 1
    rows, columns = np.append(row, np.arange(n)), np.append(col, m + np.arange(n))
    raised = np.append(tally.count + 1.0, np.ones(n))
    left, right = min_weight_full_bipartite_matching(
        sp.csr_matrix((raised, (rows, columns)), shape=(n, m + n)), maximize=True
    )
    partner = np.full(n, -1)
    partner[left] = right
    matched[:] = partner[row] == col
    return matched


def greedy_assignment(tally: Tally) -> np.ndarray:
    """Match clusters with labels as published: the largest count first, then the largest among those left.

    Parameters
    ----------
    tally
        Counts of labels in clusters.

    Returns
    -------
    Which pairs are matched, ``bool``, shape ``(n_pairs,)``.

    Notes
    -----
    Meysman et al. (2019), Bioinformatics 35:1461; Valkiers et al. (2021), Bioinformatics 37:4865. Among equal counts
    the cluster with the lower code comes first, then the label with the lower code; another order can give another
    number, which is a fault of the rule. At least half of the receptors of `exact_assignment` are matched.

    Examples
    --------
    >>> from rashomon.score.receptor.grouping import group
    >>> sets = sp.csr_matrix(np.array([[1, 0], [1, 0], [0, 1], [1, 0], [1, 0]], dtype=bool))
    >>> tally = group(np.array([0, 0, 0, 1, 1]), sets).tally()
    >>> int(tally.count[greedy_assignment(tally)].sum())
    2
    """
    # pairs come in the order of cluster and label, and the sort keeps it among equal counts
    order = np.argsort(-tally.count, kind="stable")
    n_labels = tally.label_size.size
    matched: np.ndarray = _greedy(order, tally.cluster, tally.label, tally.n_clusters, n_labels)
    return matched


def _numbered(codes: np.ndarray) -> tuple[np.ndarray, int]:
    names, place = np.unique(codes, return_inverse=True)
    return place, int(names.size)


@numba.njit(cache=True, nogil=True)
def _greedy(order: np.ndarray, cluster: np.ndarray, label: np.ndarray, n_clusters: int, n_labels: int) -> np.ndarray:
    matched = np.zeros(order.size, np.bool_)
    taken, given = np.zeros(n_clusters, np.bool_), np.zeros(n_labels, np.bool_)
    for k in order:
        if not taken[cluster[k]] and not given[label[k]]:
            matched[k] = taken[cluster[k]] = given[label[k]] = True
    return matched
