"""How sure it is that a cell belongs to its cluster: how often repeats put it there, and how evenly they spread it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from rashomon.core.labels import MISSING
from rashomon.score.rate import wilson

__all__ = ["MEMBERSHIP_COLUMNS", "membership"]

MEMBERSHIP_COLUMNS = {
    "n_repeats": "repeats that held the cell",
    "own": "share of them that put it with its own cluster; NaN where none held it",
    "own_low": "lower end of its 95 % score interval (Wilson), over repeats",
    "own_high": "upper end",
    "entropy": "entropy of the clusters it was put with, over the logarithm of their number: 0 always the same, 1 all "
    "alike; a repeat that left the cell unassigned counts as a class of its own",
    "second": "code of the other cluster it was put with most often; -1 where there is none",
}
"""Columns of `membership` and what they mean."""


def membership(judged: np.ndarray, repeats: Iterable[np.ndarray], *, n_clusters: int) -> pd.DataFrame:
    """Return how often repeats of the clustering put each cell with its own cluster.

    A cluster of a repeat stands for the judged cluster from which most of its cells are. What is counted are repeats,
    not draws of the cell's label: the share is no posterior probability.

    Parameters
    ----------
    judged
        Codes, shape ``(n_obs,)``; below 0: unassigned or missing.
    repeats
        Codes of each repeat, shape ``(n_obs,)``; -1 unassigned, -2 not in the repeat.
    n_clusters
        Judged clusters.

    Returns
    -------
    One row per cell with the columns of `MEMBERSHIP_COLUMNS`.

    Examples
    --------
    >>> judged = np.array([0, 0, 0, 1, 1, 1])
    >>> table = membership(judged, [np.array([0, 0, 0, 1, 1, 1]), np.array([5, 5, 2, 2, 2, 2])], n_clusters=2)
    >>> table["own"].tolist(), table["second"].tolist()
    ([1.0, 1.0, 0.5, 1.0, 1.0, 1.0], [-1, -1, 1, -1, -1, -1])
    """
    n_obs, width = judged.size, n_clusters + 1
    held = np.zeros(n_obs, dtype=np.int64)
    keys = []
    for codes in repeats:
        seen = np.flatnonzero((codes > MISSING) & (judged > MISSING))
        held[seen] += 1
        keys.append(seen * width + _stands_for(judged[seen], codes[seen], n_clusters))
    pair, count = np.unique(np.concatenate(keys) if keys else np.empty(0, np.int64), return_counts=True)
    cell, cluster = pair // width, pair % width
    table = pd.DataFrame({"n_repeats": held})
    own = np.zeros(n_obs)
    mine = cluster == judged[cell]
    own[cell[mine]] = count[mine]
    known = (held > 0) & (judged >= 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        table["own"] = np.where(known, own / held, np.nan)
    low, high = wilson(own, held)
    table["own_low"], table["own_high"] = np.where(known, low, np.nan), np.where(known, high, np.nan)
    table["entropy"] = np.where(known, _entropy(cell, count, held, width), np.nan)
    table["second"] = _second(cell[~mine], cluster[~mine], count[~mine], n_obs, n_clusters)
    return table


def _stands_for(judged: np.ndarray, codes: np.ndarray, n_clusters: int) -> np.ndarray:
    """Return, per cell, the judged cluster for which its cluster stands; `n_clusters` for none."""
    width = n_clusters + 1
    source = np.where(judged >= 0, judged, n_clusters)
    found = codes.max(initial=-1) + 1
    table = np.zeros((found, width), dtype=np.int64)
    assigned = codes >= 0
    np.add.at(table, (codes[assigned], source[assigned]), 1)
    best = np.where(table[:, :n_clusters].any(axis=1), table[:, :n_clusters].argmax(axis=1), n_clusters)
    return np.where(assigned, best[np.maximum(codes, 0)] if found else n_clusters, n_clusters)


def _entropy(cell: np.ndarray, count: np.ndarray, held: np.ndarray, width: int) -> np.ndarray:
    share = count / held[cell]
    total = np.zeros(held.size)
    np.add.at(total, cell, -share * np.log(share))
    return np.asarray(total / np.log(width))


def _second(cell: np.ndarray, cluster: np.ndarray, count: np.ndarray, n_obs: int, n_clusters: int) -> np.ndarray:
    second = np.full(n_obs, -1, dtype=np.int64)
    other = cluster < n_clusters
    order = np.argsort(count[other], kind="stable")
    # the last assignment to a cell stays: the largest count
    second[cell[other][order]] = cluster[other][order]
    return second
