"""Percolation: how much of everything one cluster has swallowed."""

from __future__ import annotations

import numpy as np

from rashomon.score.item import check_codes
from rashomon.score.receptor.grouping import large_clusters

__all__ = ["percolation", "percolation_clustered"]


def percolation(labels: np.ndarray) -> float:
    """Return the share of all receptors that the largest cluster (or connected component) holds.

    Parameters
    ----------
    labels
        Cluster of each receptor, shape ``(n,)``; ``-1`` unclustered, ``-2`` not observed (left out).

    Returns
    -------
    A number in [0, 1]; smaller is better: single linkage that chains puts unrelated receptors into one component. 0
    without clusters; NaN when nothing is observed.

    Examples
    --------
    >>> percolation(np.array([0, 0, 0, 1, 1, -1, -2])), percolation_clustered(np.array([0, 0, 0, 1, 1, -1, -2]))
    (0.5, 0.6)
    """
    codes = check_codes(labels, where="labels")
    observed = int(np.count_nonzero(codes >= -1))
    return float(_sizes(codes).max(initial=0) / observed) if observed else float("nan")


def percolation_clustered(labels: np.ndarray) -> float:
    """Return the share of clustered receptors that the largest cluster holds.

    Parameters
    ----------
    labels
        See `percolation`.

    Returns
    -------
    A number in (0, 1]; smaller is better, but few clusters need no chain to make it large. NaN without clusters.

    Examples
    --------
    >>> percolation_clustered(np.array([0, 0, 1, 1, -1]))
    0.5
    """
    size = _sizes(check_codes(labels, where="labels"))
    return float(size.max() / size.sum()) if size.size else float("nan")


def _sizes(codes: np.ndarray) -> np.ndarray:
    return np.diff(large_clusters(codes)[0])
