"""Co-assignment of whole clusters: how often runs put a cell of one judged cluster with a cell of another."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import scipy.sparse as sp

from rashomon.core import UsageError
from rashomon.core.labels import MISSING, UNASSIGNED

__all__ = ["BlockRate", "block_rate"]


class BlockRate(NamedTuple):
    """Mean co-assignment of each two judged clusters, and the runs that observed a pair of their items."""

    rate: np.ndarray
    n_runs: np.ndarray


def block_rate(labels: np.ndarray, *, judged: np.ndarray, n_clusters: int) -> BlockRate:
    """Return how often runs put an item of one judged cluster and another item, of the same or of another, together.

    It is the mean of `rashomon.score.coassignment.co_assignment` over all pairs of items of two clusters, found from
    the tables of cluster by label of each run: time grows with runs times items, never with pairs of items.

    Parameters
    ----------
    labels
        Codes, shape ``(n_obs, n_runs)``; an item with ``-1`` is with nobody, one with ``-2`` is not in the run.
    judged
        Codes, shape ``(n_obs,)``; items with a negative code are left out.
    n_clusters
        Number of judged clusters; the result has this many rows.

    Returns
    -------
    rate
        In [0, 1], symmetric, shape ``(n_clusters, n_clusters)``: the share of the pairs that a run keeps together, mean
        over the runs. On the diagonal pairs of two different items. NaN where no run observed a pair.
    n_runs
        Runs that observed a pair, ``int64``, of the same shape.

    Raises
    ------
    UsageError
        When the shapes disagree, or a judged code is `n_clusters` or more.

    Examples
    --------
    >>> labels = np.array([[0, 0], [0, 1], [1, 1], [1, -2]])
    >>> block_rate(labels, judged=np.array([0, 0, 1, 1]), n_clusters=2).rate
    array([[0.5 , 0.25],
           [0.25, 1.  ]])
    """
    if labels.ndim != 2 or judged.shape != labels.shape[:1] or (judged.size and judged.max() >= n_clusters):
        raise UsageError(
            f"labels have shape {labels.shape}, judged codes {judged.shape}",
            where="block_rate",
            expected=f"(n_obs, n_runs) and (n_obs,), codes below {n_clusters}",
        )
    total, n_runs = np.zeros((n_clusters, n_clusters)), np.zeros((n_clusters, n_clusters), dtype=np.int64)
    for found in labels.T:
        seen = (judged > UNASSIGNED) & (found > MISSING)
        size = np.bincount(judged[seen], minlength=n_clusters).astype(np.float64)
        pairs = np.outer(size, size) - np.diag(size)
        known = pairs > 0
        total[known] += _together(judged[seen], found[seen], n_clusters)[known] / pairs[known]
        n_runs += known
    return BlockRate(np.divide(total, n_runs, out=np.full_like(total, np.nan), where=n_runs > 0), n_runs)


def _together(judged: np.ndarray, found: np.ndarray, n_clusters: int) -> np.ndarray:
    """Return the ordered pairs of different items with one label, by the clusters of the two."""
    held = found > UNASSIGNED
    place = (judged[held], found[held])
    shape = (n_clusters, int(found.max(initial=0)) + 1)
    table = sp.csr_matrix((np.ones(place[0].size), place), shape=shape)
    alone = np.bincount(place[0], minlength=n_clusters)
    return np.asarray((table @ table.T).toarray() - np.diag(alone))
