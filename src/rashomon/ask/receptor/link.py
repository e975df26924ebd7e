"""The links inside clusters of receptors: how many, how long the chains are, and how many chance would give."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import breadth_first_order, shortest_path
from scipy.special import gammaln
from scipy.stats import poisson

from rashomon.core import UsageError
from rashomon.score.marker import false_discovery

__all__ = ["LEAST", "cluster_links", "link_excess", "row_distances"]

LEAST = 0.05
"""Links expected at least: about what ten backgrounds can tell from none (a convention)."""

_EXACT = 400
"""Receptors up to which all shortest paths of a cluster are computed; beyond, two searches give a lower bound."""

_N_TERMS = 2000
"""Sizes above the observed one that are summed."""


def row_distances(distances: sp.csr_matrix, items: np.ndarray, rows: np.ndarray, *, n_obs: int) -> sp.csr_matrix:
    """Return distances between rows of a data set from those between the items of a plan.

    Parameters
    ----------
    distances
        CSR, shape ``(n_items, n_items)``; stored value is the distance plus 1.
    items
        Item of each row that was kept, shape ``(n_kept,)``.
    rows
        These rows.
    n_obs
        Rows of the data set.

    Returns
    -------
    CSR, shape ``(n_obs, n_obs)``, without diagonal. Rows of one item are at distance 0, so the number of entries grows
    with the square of the rows of an item.

    Examples
    --------
    >>> none = sp.csr_matrix((1, 1), dtype=np.float32)
    >>> row_distances(none, np.array([0, 0]), np.array([0, 2]), n_obs=3).toarray().astype(int).tolist()
    [[0, 0, 1], [0, 0, 0], [1, 0, 0]]
    """
    ones = np.ones(rows.size, dtype=np.float32)
    member = sp.csr_matrix((ones, (rows, items)), shape=(n_obs, distances.shape[0]))
    same = sp.csr_matrix(member @ member.T)
    same.setdiag(0)
    same.eliminate_zeros()
    found = sp.csr_matrix(member @ distances @ member.T + same, dtype=np.float32)
    found.sort_indices()
    return found


def cluster_links(codes: np.ndarray, distances: sp.csr_matrix, *, n_clusters: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the links inside each cluster, and how many of them lie between its ends.

    Parameters
    ----------
    codes
        Cluster of each row, shape ``(n,)``; negative: in none.
    distances
        CSR, shape ``(n, n)``, symmetric without diagonal; a stored entry is a link.
    n_clusters
        Number of clusters.

    Returns
    -------
    links
        Linked pairs per cluster, ``int64``.
    diameter
        Links on the longest shortest path between two receptors of the cluster, ``float64``; NaN without any link.
        Above 400 receptors a lower bound. Parts that are not linked to each other are looked at one by one.

    Raises
    ------
    UsageError
        When the shape of `distances` does not match.

    Examples
    --------
    >>> path = sp.diags([np.ones(3), np.ones(3)], offsets=[1, -1]).tocsr()
    >>> links, diameter = cluster_links(np.zeros(4, int), path, n_clusters=1)
    >>> links.tolist(), diameter.tolist()
    ([3], [3.0])
    """
    if distances.shape != (codes.size, codes.size):
        raise UsageError(
            f"distances have shape {distances.shape}",
            where="clusters of receptors",
            expected=f"({codes.size}, {codes.size})",
            fix="use row_distances for distances between the items of a plan",
        )
    order = np.argsort(codes, kind="stable")
    start = np.searchsorted(codes[order], np.arange(n_clusters + 1))
    # one permutation, so that every cluster is a block on the diagonal
    kept = order[start[0] :]
    block = sp.csr_matrix(distances[kept][:, kept])
    bounds = start - start[0]
    links, diameter = np.zeros(n_clusters, dtype=np.int64), np.full(n_clusters, np.nan)
    for code, (low, high) in enumerate(pairwise(bounds)):
        inside = sp.csr_matrix(block[low:high, low:high])
        links[code] = inside.nnz // 2
        if inside.nnz:
            diameter[code] = _diameter(inside)
    return links, diameter


def _diameter(inside: sp.csr_matrix) -> float:
    n = inside.shape[0]
    if n == 2:
        return 1.0
    if n <= _EXACT:
        lengths = shortest_path(inside, directed=False, unweighted=True)
        return float(lengths[np.isfinite(lengths)].max())
    # from the receptor with most links to the farthest one, and from there again
    end = int(np.diff(inside.indptr).argmax())
    depth = 0
    for _ in range(2):
        order, before = breadth_first_order(inside, end, directed=False)
        steps = np.zeros(n, dtype=np.int64)
        for node in order[1:]:
            steps[node] = steps[before[node]] + 1
        end, depth = int(order[-1]), int(steps[order[-1]])
    return float(depth)


def link_excess(
    links: np.ndarray, sizes: np.ndarray, expected: np.ndarray, *, n_receptors: int, least: float = LEAST
) -> np.ndarray:
    """Return the false discovery rate at which each cluster has more links than a background without shared targets.

    In the background, a receptor meets a Poisson number of others, ``2 * expected / size`` on average. A cluster grows
    link by link, so its size follows a branching process (Borel 1942): expected clusters of `k` per receptor are
    ``exp(-m k) (m k)**(k - 1) / (k k!)`` with the mean `m`. The p value is the larger of the expected number of
    clusters at least as large, per receptor, and of the Poisson tail of the links. Every receptor could have begun a
    cluster, so all of them count as tests.

    Parameters
    ----------
    links, sizes
        Links and receptors per cluster.
    expected
        Links expected among as many receptors of the same V, J and length in the background; NaN unknown.
    n_receptors
        Receptors that were compared, those in no cluster included.
    least
        Expectations below this are taken as this: what a few backgrounds did not show may still be there.

    Returns
    -------
    Rates in [0, 1], same shape; NaN where `expected` is unknown (such clusters do not count as tests).

    Examples
    --------
    >>> rate = link_excess(np.array([45, 1]), np.array([10, 2]), np.array([0.5, 0.1]), n_receptors=1000)
    >>> bool(rate[0] < 1e-4), float(rate[1])
    (True, 1.0)
    """
    p = np.full(links.shape, np.nan)
    for place in np.flatnonzero(np.isfinite(expected)):
        rate = max(least, float(expected[place]))
        grown = _grown(int(sizes[place]), 2.0 * rate / int(sizes[place]))
        p[place] = max(grown, float(poisson.sf(links[place] - 1, rate)))
    others = np.ones(max(0, n_receptors - links.size))
    adjusted = false_discovery(np.concatenate([p, others]))[: links.size]
    return np.asarray(np.where(np.isfinite(p), adjusted, np.nan))


def _grown(size: int, mean: float) -> float:
    """Return the clusters of `size` or more that are expected per receptor; 1 where they grow without end."""
    if mean >= 1:
        return 1.0
    k = np.arange(size, size + _N_TERMS, dtype=np.float64)
    return float(min(1.0, np.exp(-mean * k + (k - 1) * np.log(mean * k) - np.log(k) - gammaln(k + 1)).sum()))
