"""From labels of clonotypes back to the rows they came from."""

from __future__ import annotations

import numpy as np

from rashomon.core.labels import UNASSIGNED

__all__ = ["spread"]


def spread(labels: np.ndarray, items: np.ndarray) -> np.ndarray:
    """Return the label of each row; a cluster of one item is no cluster.

    Parameters
    ----------
    labels
        Cluster of each item, ``int32``, shape ``(n_items,)``; -1 none.
    items
        Item of each row, shape ``(n_rows,)``.

    Returns
    -------
    ``int32``, shape ``(n_rows,)``; clusters are numbered by size, the largest first, -1 for items without a neighbour.

    Examples
    --------
    >>> spread(np.array([4, 7, 4]), np.array([0, 1, 1, 2])).tolist()
    [0, -1, -1, 0]
    """
    found, inverse, size = np.unique(labels, return_inverse=True, return_counts=True)
    real = (found >= 0) & (size > 1)
    # ties go to the cluster whose first item comes first, whatever its number was
    first = np.full(found.size, labels.size)
    np.minimum.at(first, inverse, np.arange(labels.size))
    order = np.lexsort((first, -size, ~real))
    number = np.full(found.size, UNASSIGNED, dtype=np.int32)
    number[order[: int(real.sum())]] = np.arange(int(real.sum()), dtype=np.int32)
    spread_out: np.ndarray = number[inverse][items] if labels.size else np.empty(0, dtype=np.int32)
    return spread_out
