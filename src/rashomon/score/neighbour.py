"""What the neighbours of an item say about its class: the best-attainable control."""

from __future__ import annotations

import numpy as np

from rashomon.core.labels import MISSING, UNASSIGNED

__all__ = ["predict_from_neighbours"]


def predict_from_neighbours(knn_indices: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Predict the class of each item from the classes of its nearest neighbours, the item itself left out.

    Leave-one-out cross-validation of a nearest-neighbour vote. How well it agrees with the classes says how much about
    them the view holds; a clustering that agrees much less misses what is there.

    Parameters
    ----------
    knn_indices
        Positions of the neighbours, shape ``(n_obs, k)``; column 0 is the item itself.
    classes
        Codes, shape ``(n_obs,)``; items with a negative code do not vote.

    Returns
    -------
    ``int32`` codes, shape ``(n_obs,)``: the most frequent class among the voting neighbours (ties go to the class with
    the nearest neighbour), ``-1`` where none votes, ``-2`` where the item itself has no class.

    Examples
    --------
    >>> neighbours = np.array([[0, 1, 2], [1, 0, 2], [2, 3, 1], [3, 2, 1]])
    >>> predict_from_neighbours(neighbours, np.array([0, 0, 1, 1])).tolist()
    [0, 0, 1, 1]
    """
    votes = classes[knn_indices[:, 1:]]
    n = votes.shape[0]
    n_classes = int(max(classes.max(initial=-1), 0)) + 1
    voting, item = votes >= 0, np.arange(n)[:, None]
    place = (item * n_classes + votes)[voting]
    counts = np.bincount(place, minlength=n * n_classes).reshape(n, n_classes)
    most = counts.max(axis=1)
    # the nearest of the neighbours whose class has the most votes decides ties
    leading = voting & (counts[item, np.maximum(votes, 0)] == most[:, None])
    nearest = votes[item[:, 0], leading.argmax(axis=1)]
    predicted = np.where(most > 0, nearest, UNASSIGNED).astype(np.int32)
    predicted[classes < 0] = MISSING
    return predicted
