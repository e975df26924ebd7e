"""Retention: how many of the labelled receptors are in a cluster at all."""

from __future__ import annotations

from rashomon.score.receptor.grouping import Tally

__all__ = ["retention"]


def retention(tally: Tally) -> float:
    """Return the share of labelled receptors that are in a cluster of two or more of them.

    Parameters
    ----------
    tally
        Counts of labels in clusters.

    Returns
    -------
    A number in [0, 1]; larger means more receptors are said something about, not that it is right. Numerator and
    denominator are taken over the same receptors, so it cannot exceed 1 (published tables do: Valkiers et al. 2021).
    It does not depend on which receptor carries which label; it rises with the number of receptors, so it is read
    beside that of a matched background of equal size. NaN without labelled receptors.

    Examples
    --------
    >>> import numpy as np, scipy.sparse as sp
    >>> from rashomon.score.receptor.grouping import group
    >>> retention(group(np.array([0, 0, 1, -1]), sp.csr_matrix(np.ones((4, 1), dtype=bool))).tally())
    0.5
    """
    return tally.n_clustered / tally.n_items if tally.n_items else float("nan")
