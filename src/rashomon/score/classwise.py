"""Agreement class by class: recall, precision and F1 of every class with its matched cluster."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rashomon.score.contingency import Contingency, tabulate
from rashomon.score.item import check_codes
from rashomon.score.matching import match_clusters

__all__ = ["class_scores", "macro_f1"]


def macro_f1(table: Contingency) -> float:
    """Return the mean F1 of the classes of the truth `b`, each with the cluster of `a` that it is matched with.

    Every class counts once, whatever its size, so a rare class that was lost in another cluster shows.

    Returns
    -------
    A number in (0, 1]; high without any structure where one class holds most items; larger is better; not symmetric.

    Notes
    -----
    F1 of class B and cluster A is ``2 |A and B| / (|A| + |B|)``, the harmonic mean of recall and precision. The
    matching is one-to-one and makes the sum of F1 largest (not the number of items in matched clusters, which leaves
    rare classes to chance, and the value open where several matchings are best). Classes without a cluster have F1 0;
    clusters without a class cost nothing themselves. Singletons of unassigned items are classes and clusters.

    Examples
    --------
    >>> round(macro_f1(tabulate(np.array([0, 0, 0, 0]), np.array([0, 0, 0, 1]))), 4)
    0.4286
    """
    n_classes = table.facts.n_b
    return float(np.dot(match_clusters(table, _f1(table)), _f1(table)) / n_classes) if n_classes else float("nan")


def class_scores(found: np.ndarray, truth: np.ndarray) -> pd.DataFrame:
    """Return how well each class of `truth` was found: recall, precision and F1 with its matched cluster of `found`.

    Parameters
    ----------
    found, truth
        Codes, shape ``(n_obs,)``; only items observed in both count.

    Returns
    -------
    One row per class of `truth`, ascending:

    ``class``, ``size``
        Code, and items that are observed in both labelings.
    ``cluster``, ``cluster_size``
        The matched cluster; see `macro_f1` for the matching. -1 and 1 where it is the singleton of an unassigned item;
        -1 and 0 where the class is left without a cluster.
    ``recall``
        Share of the class that lies inside its cluster; 0 without a cluster. NaN when the class has no observed item.
    ``precision``
        Share of the cluster that lies inside the class; NaN without a cluster.
    ``f1``
        Harmonic mean of both; 0 without a cluster. The mean over classes is `macro_f1` when `truth` leaves no observed
        item unassigned.

    Examples
    --------
    >>> class_scores(np.array([0, 0, 0, 1, 1]), np.array([0, 0, 1, 1, 2]))[["class", "cluster", "recall", "precision"]]
       class  cluster  recall  precision
    0      0        0     1.0   0.666667
    1      1       -1     0.0        NaN
    2      2        1     1.0   0.500000
    """
    table = tabulate(found, truth)
    n_rows, n_cols = table.row_size.size - 1, table.col_size.size - 1
    pair = np.flatnonzero((match_clusters(table, _f1(table)) > 0) & (table.col < n_cols))
    codes = np.unique(check_codes(truth, where="truth"))
    classes = codes[codes >= 0].astype(np.int64)
    at = np.full(n_cols, -1)
    at[table.col[pair]] = pair
    at = at[classes]
    # at is -1 for classes without a cluster: the last entry
    row, shared = np.append(table.row, n_rows)[at], np.append(table.count, 0)[at]
    cluster_size = np.where(at >= 0, table.row_size[row], 0)
    size = table.col_size[classes]
    with np.errstate(invalid="ignore"):
        recall, precision = shared / size, np.where(at >= 0, shared / cluster_size, np.nan)
        f1 = np.where(size > 0, 2 * shared / (size + cluster_size), np.nan)
    cluster = np.where(row < n_rows, row, -1)
    columns = {"class": classes, "size": size, "cluster": cluster, "cluster_size": cluster_size}
    return pd.DataFrame(columns | {"recall": recall, "precision": precision, "f1": f1})


def _f1(table: Contingency) -> np.ndarray:
    sizes = table.row_size[table.row] + table.col_size[table.col]
    return np.asarray(2 * table.count / np.maximum(sizes, 1))
