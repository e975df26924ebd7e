"""Prediction strength: whether the clusters of one half of the data are found by a classifier trained on the other."""

from __future__ import annotations

import numpy as np

from rashomon.score.contingency import Contingency

__all__ = ["prediction_strength"]


def prediction_strength(table: Contingency) -> float:
    """Return the prediction strength of Tibshirani and Walther (2005).

    For each cluster of the test half, the share of its pairs of items that the classification learned on the training
    half leaves together; the smallest of these shares. One number of clusters is called well supported from 0.8 or 0.9.

    Parameters
    ----------
    table
        Clusters of the test half, against the classes that the training half predicts for its items (for example with
        `rashomon.score.neighbour.predict_from_neighbours`).

    Returns
    -------
    A number in [0, 1]; larger is better; falls with the number of clusters. Clusters of one item have no pairs and are
    passed over; NaN when no other is left.

    Examples
    --------
    >>> from rashomon.score import tabulate
    >>> prediction_strength(tabulate(np.array([0, 0, 0, 1, 1]), np.array([0, 0, 1, 2, 2])))
    0.3333333333333333
    """
    # singletons of unassigned items on either side: pairs that no item shares
    together = np.bincount(table.row, weights=table.count * (table.count - 1.0), minlength=table.row_size.size)
    size = table.row_size.astype(np.float64)
    has_pairs = size > 1
    if not has_pairs.any():
        return float("nan")
    return float((together[has_pairs] / (size[has_pairs] * (size[has_pairs] - 1))).min())
