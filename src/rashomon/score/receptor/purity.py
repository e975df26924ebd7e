"""Purity: how far the receptors of a cluster share one label."""

from __future__ import annotations

import numpy as np

from rashomon.score.receptor.grouping import Tally

__all__ = ["purity", "purity_90"]


def purity(tally: Tally) -> float:
    """Return the share of clustered receptors that carry the most frequent label of their cluster.

    Parameters
    ----------
    tally
        Counts of labels in clusters. A receptor with several labels counts once, for the most frequent label of its
        cluster if that is among them.

    Returns
    -------
    A number in (0, 1]; larger is better. Its level by chance depends on the sizes of clusters and labels, and is high
    where clusters are small or one label is frequent: read it beside its permutation baseline and the retention. NaN
    without clusters.

    Examples
    --------
    >>> import scipy.sparse as sp
    >>> from rashomon.score.receptor.grouping import group
    >>> sets = sp.csr_matrix(np.array([[1, 0], [1, 0], [0, 1], [1, 1]], dtype=bool))
    >>> purity(group(np.array([0, 0, 0, 0]), sets).tally())
    0.75
    """
    return float(tally.majority.sum() / tally.n_clustered) if tally.n_clusters else float("nan")


def purity_90(tally: Tally) -> float:
    """Return the share of clusters in which at least 90 % of the receptors carry the most frequent label.

    Parameters
    ----------
    tally
        Counts of labels in clusters.

    Returns
    -------
    A number in [0, 1]; larger is better; every cluster counts once, so clusters of two decide. NaN without clusters.

    Examples
    --------
    >>> import scipy.sparse as sp
    >>> from rashomon.score.receptor.grouping import group
    >>> sets = sp.csr_matrix(np.array([[1, 0], [1, 0], [0, 1], [1, 0]], dtype=bool))
    >>> purity_90(group(np.array([0, 0, 1, 1]), sets).tally())
    0.5
    """
    # in integers: 0.9 is no binary fraction, and 9 of 10 are enough
    return float(np.mean(10 * tally.majority >= 9 * tally.size)) if tally.n_clusters else float("nan")
