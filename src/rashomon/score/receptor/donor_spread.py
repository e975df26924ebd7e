"""Donor spread: whether clusters and links join different people, or only copies within one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import scipy.sparse as sp

from rashomon.core import UsageError
from rashomon.score.item import check_codes, same_length
from rashomon.score.receptor.grouping import large_clusters

__all__ = ["DonorSpread", "cross_donor_links", "cross_donor_pairs", "donor_spread", "multi_donor_share"]

_DENSE = 16
"""Pairs of cluster and donor, per receptor, up to which counting in a table is faster than sorting."""


class DonorSpread(NamedTuple):
    """How many donors the clusters have.

    Parameters
    ----------
    mean, median
        Donors per cluster, at least 1; NaN without clusters.
    multi_donor_share
        Share of the clusters with two donors or more, in [0, 1]; NaN without clusters.
    n_clusters
        Clusters with at least two receptors of known donor.
    reason
        Why there are no numbers; empty when there are.
    """

    mean: float
    median: float
    multi_donor_share: float
    n_clusters: int
    reason: str = ""


def donor_spread(labels: np.ndarray, donor: np.ndarray) -> DonorSpread:
    """Return how many donors the clusters have.

    Parameters
    ----------
    labels
        Cluster of each receptor, shape ``(n,)``; ``-1`` unclustered, ``-2`` not observed.
    donor
        Code of the donor of each receptor, shape ``(n,)``; negative: unknown, and the receptor is left out.

    Examples
    --------
    >>> donor_spread(np.array([0, 0, 1, 1, 1, -1]), np.array([0, 0, 0, 1, 2, 3]))
    DonorSpread(mean=2.0, median=2.0, multi_donor_share=0.5, n_clusters=2, reason='')
    """
    codes, donors = _known(labels, donor)
    start, member = large_clusters(codes)
    n = start.size - 1
    if not _several(donors):
        return DonorSpread(np.nan, np.nan, np.nan, n, "fewer than two donors")
    if not n:
        return DonorSpread(np.nan, np.nan, np.nan, 0, "no cluster has two receptors of known donor")
    found = np.bincount(_tally(start, member, donors)[0], minlength=n)
    return DonorSpread(float(found.mean()), float(np.median(found)), float(np.mean(found >= 2)), n)


def multi_donor_share(labels: np.ndarray, donor: np.ndarray) -> float:
    """Return the share of clusters with two donors or more; see `donor_spread`.

    Parameters
    ----------
    labels, donor
        See `donor_spread`.

    Returns
    -------
    A number in [0, 1]; larger is better evidence of a response that people share. NaN without clusters, or with one
    donor.

    Examples
    --------
    >>> multi_donor_share(np.array([0, 0, 1, 1]), np.array([0, 0, 0, 1]))
    0.5
    """
    return donor_spread(labels, donor).multi_donor_share


def cross_donor_pairs(labels: np.ndarray, donor: np.ndarray) -> float:
    """Return the share of pairs of receptors of one cluster that are of different donors.

    Parameters
    ----------
    labels, donor
        See `donor_spread`.

    Returns
    -------
    A number in [0, 1]; larger is better evidence; large clusters decide, since a cluster of n has n (n - 1) / 2 pairs.
    NaN without clusters, or with one donor.

    Examples
    --------
    >>> round(cross_donor_pairs(np.array([0, 0, 0, 1, 1]), np.array([0, 0, 1, 2, 2])), 3)
    0.5
    """
    codes, donors = _known(labels, donor)
    start, member = large_clusters(codes)
    if start.size < 2 or not _several(donors):
        return float("nan")
    size, own = np.diff(start), _tally(start, member, donors)[1]
    pairs = int((size * (size - 1)).sum())
    return 1.0 - int((own * (own - 1)).sum()) / pairs


def cross_donor_links(
    links: sp.csr_matrix | tuple[np.ndarray, np.ndarray], donor: np.ndarray, *, labels: np.ndarray | None = None
) -> float:
    """Return the share of links that join receptors of different donors.

    Parameters
    ----------
    links
        A sparse matrix, shape ``(n, n)``, whose stored entries are links, or the two ends of each link. Direction,
        repeats and links of a receptor with itself do not count.
    donor
        See `donor_spread`; links with an end of unknown donor are left out.
    labels
        Count links inside a cluster only; None: all.

    Returns
    -------
    A number in [0, 1]; larger is better evidence. NaN when there is no such link.

    Raises
    ------
    UsageError
        When a link has an end that is no receptor.

    Examples
    --------
    >>> cross_donor_links((np.array([0, 1, 2]), np.array([1, 2, 3])), np.array([0, 0, 1, 2]))
    0.6666666666666666
    """
    donors = check_codes(donor, where="donor")
    ends = links if isinstance(links, tuple) else links.tocoo().coords
    i, j = (np.asarray(end, dtype=np.int64) for end in ends)
    same_length(i.size, j.size, where="ends of links")
    if i.size and not 0 <= min(i.min(), j.min()) <= max(i.max(), j.max()) < donors.size:
        raise UsageError("a link has an end that is no receptor", where="links", expected=f"0 to {donors.size - 1}")
    kept = (i != j) & (donors[i] >= 0) & (donors[j] >= 0)
    if labels is not None:
        codes = check_codes(labels, where="labels")
        same_length(codes.size, donors.size, where="labels and donors")
        kept &= (codes[i] >= 0) & (codes[i] == codes[j])
    pair = np.unique(np.minimum(i, j)[kept] * donors.size + np.maximum(i, j)[kept])
    return float(np.mean(donors[pair // donors.size] != donors[pair % donors.size])) if pair.size else float("nan")


def _known(labels: np.ndarray, donor: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the labels, with those of unknown donors taken away, and the donors, with those of unobserved items so."""
    codes, donors = check_codes(labels, where="labels"), check_codes(donor, where="donor")
    same_length(codes.size, donors.size, where="labels and donors")
    return np.where(donors >= 0, codes, -2), np.where(codes >= -1, donors, -2)


def _several(donors: np.ndarray) -> bool:
    """Whether there are two donors or more."""
    known = donors[donors >= 0]
    return bool(known.size and known.min() < known.max())


def _tally(start: np.ndarray, member: np.ndarray, donors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the cluster of each pair of cluster and donor that share receptors, and how many they share."""
    cluster = np.repeat(np.arange(start.size - 1), np.diff(start))
    n_donors = int(donors.max(initial=0)) + 1
    key = cluster * n_donors + donors[member]
    if (start.size - 1) * n_donors > _DENSE * max(member.size, 1):
        pair, count = np.unique(key, return_counts=True)
        return pair // n_donors, count
    total = np.bincount(key)
    pair = np.flatnonzero(total)
    return pair // n_donors, total[pair]
