"""Best Jaccard index: which cluster of another labeling comes closest to a cluster."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rashomon.score.contingency import Contingency, tabulate

__all__ = ["best_jaccard", "best_matches"]


def best_jaccard(table: Contingency) -> float:
    """Return the mean, over the clusters of `a`, of the best Jaccard index with a cluster of `b` (Hennig 2007).

    Every cluster of the judged labeling `a` counts once, whatever its size, so small clusters that have no counterpart
    show. Singletons of unassigned items are clusters too.

    Returns
    -------
    A number in (0, 1]; high without any structure where one cluster holds most items; larger is better; not symmetric.

    Examples
    --------
    >>> best_jaccard(tabulate(np.array([0, 0, 1, 1]), np.array([0, 0, 0, 1])))
    0.5833333333333333
    """
    best = np.zeros(table.row_size.size)
    jaccard = _jaccard(table)
    alone = table.row == table.row_size.size - 1
    np.maximum.at(best, table.row[~alone], jaccard[~alone])
    total = best.sum() + np.dot(table.times[alone], jaccard[alone])
    n_clusters = table.facts.n_a
    return float(total / n_clusters) if n_clusters else float("nan")


def best_matches(judged: np.ndarray, found: np.ndarray) -> pd.DataFrame:
    """Return, for each cluster of `judged`, the cluster of `found` with the largest Jaccard index.

    Only items observed in both labelings count. Unassigned items belong to no cluster of their labeling, but they do
    count in the sizes of the other's clusters.

    Parameters
    ----------
    judged, found
        Codes, shape ``(n_obs,)``.

    Returns
    -------
    One row per cluster of `judged`, ascending:

    ``cluster``, ``size``
        Code, and items that are observed in both labelings.
    ``match``, ``match_size``
        Code and size of the best match; among equals the larger one, then the smaller code. -1 and 0 where none
        overlaps.
    ``jaccard``
        Shared items over items in either, in [0, 1]; NaN when the cluster has no observed item.
    ``share_in_match``
        Share of the cluster that lies inside its match; low when the cluster was split.
    ``share_of_match``
        Share of the match that lies inside the cluster; low when the cluster was merged.

    Examples
    --------
    >>> best_matches(np.array([0, 0, 1, 1, 1]), np.array([0, 0, 0, 0, 1]))[["cluster", "match", "jaccard"]]
       cluster  match  jaccard
    0        0      0      0.5
    1        1      0      0.4
    """
    table = tabulate(judged, found)
    n_rows, n_cols = table.row_size.size - 1, table.col_size.size - 1
    jaccard, size = _jaccard(table), table.col_size[table.col]
    real = np.flatnonzero((table.row < n_rows) & (table.col < n_cols))
    # ascending in everything but the code, so that the last pair of a row is the best one
    order = real[np.lexsort((-table.col[real], size[real], jaccard[real], table.row[real]))]
    best = order[np.append(np.diff(table.row[order]) > 0, True)] if order.size else order
    pair = np.full(n_rows, -1)
    pair[table.row[best]] = best
    codes = np.unique(np.asarray(judged))
    clusters = codes[codes >= 0].astype(np.int64)
    at = pair[clusters]
    # pair is -1 where nothing overlaps: the last entry
    match, shared = np.append(table.col, -1)[at], np.append(table.count, 0)[at]
    own, other = table.row_size[clusters], np.append(size, 0)[at]
    with np.errstate(invalid="ignore"):
        shares = {"jaccard": shared / (own + other - shared), "share_in_match": shared / own}
        shares["share_of_match"] = shared / other
    return pd.DataFrame({"cluster": clusters, "size": own, "match": match, "match_size": other, **shares})


def _jaccard(table: Contingency) -> np.ndarray:
    union = table.row_size[table.row] + table.col_size[table.col] - table.count
    return np.asarray(table.count / np.maximum(union, 1))
