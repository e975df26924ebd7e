"""What the number of donors, or of receptors, can show at all: exact probabilities, no simulation."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy.stats import beta, binom

from rashomon.core import UsageError

__all__ = [
    "CLONE_COLUMNS",
    "CLUSTER_DONOR_COLUMNS",
    "DONOR_COLUMNS",
    "clone_power",
    "cluster_donors",
    "donor_power",
    "donors_needed",
    "least_p",
]

DONOR_COLUMNS = {
    "share_of_people": "share q of people who have a cluster",
    "n_donors": "donors D",
    "chance_missed": "probability that none of the donors has it: (1 - q)^D",
    "chance_two": "probability that two donors or more have it, which a claim about people needs",
    "least_p": "smallest p value that a comparison of these donors can give",
}
"""Columns of the table of donors and what they mean."""

CLUSTER_DONOR_COLUMNS = {
    "donors_with": "donors with five cells of the cluster or more",
    "donors_able": "donors of so many cells that they would have five if they had its share, in 80 % of cases",
    "donors_needed": "donors in all with which two or more have it in 80 % of repeats; infinity: none seen, or more "
    "than 1,000",
    "donors_low": "lower end of its 95 % interval (that of the share of donors, Clopper and Pearson 1934)",
    "donors_high": "upper end",
    "donors_say": "the same in words",
}
"""Columns that donors add to the table of clusters and what they mean."""

CLONE_COLUMNS = {
    "frequency": "share f of a clone, or of the receptors of a motif, in the repertoire",
    "n_receptors": "receptors N in the sample",
    "chance_seen": "probability to see it at all: 1 - (1 - f)^N",
    "chance_shared": "probability to see it in both of two samples, the halves of this one: (1 - (1 - f)^(N/2))^2",
    "expected_members": "expected receptors of it in the sample: N f",
    "expected_neighbours": "expected other members beside one that is seen: (N - 1) f, if each is within the cutoff",
    "chance_three": "probability of three members or more, the fewest that a motif is called from",
    "receptors_needed": "receptors with which it is seen with 95 %",
}
"""Columns of the table of clones and what they mean."""

_POWER, _MOST_DONORS = 0.8, 1000
_FEWEST = 5
"""Cells of a cluster that a donor must have."""

_PEOPLE = (0.05, 0.1, 0.25, 0.5, 0.9)
_FREQUENCIES = (1e-2, 3e-3, 1e-3, 3e-4, 1e-4, 1e-5)


def least_p(groups: np.ndarray) -> float:
    """Return the smallest two-sided p value that exchanging the labels of donors can give.

    Parameters
    ----------
    groups
        Donors in each of two groups, shape ``(2,)``; or in one group, whose signs are exchanged, shape ``(1,)``.

    Returns
    -------
    ``2 / C(a + b, a)``, or ``2 / 2^D``; at most 1. With unequal groups the other extreme is no mirror image, and the
    two-sided p value is still doubled.

    Raises
    ------
    UsageError
        When there are neither one nor two groups.

    Examples
    --------
    >>> round(least_p(np.array([3, 3])), 3), least_p(np.array([5]))
    (0.1, 0.0625)
    """
    if groups.size not in {1, 2}:
        raise UsageError(f"{groups.size} groups", where="least_p", expected="one or two")
    total = int(groups.sum())
    arrangements = 2**total if groups.size == 1 else math.comb(total, int(groups[0]))
    return min(1.0, 2.0 / arrangements)


def donor_power(n_donors: int, *, groups: np.ndarray | None = None) -> pd.DataFrame:
    """Return what so many donors can miss; see `DONOR_COLUMNS`.

    Parameters
    ----------
    n_donors
        Donors, at least 1.
    groups
        Donors in each of two conditions; None: one group.

    Examples
    --------
    >>> donor_power(4)[["share_of_people", "chance_missed"]].round(2).values.tolist()[2]
    [0.25, 0.32]
    """
    q = np.array(_PEOPLE)
    missed = (1 - q) ** n_donors
    p = least_p(np.array([n_donors]) if groups is None else groups)
    columns = (q, n_donors, missed, binom.sf(1, n_donors, q), p)
    return pd.DataFrame(dict(zip(DONOR_COLUMNS, columns, strict=True)))


def donors_needed(share: float) -> float:
    """Return the fewest donors of whom two or more have a cluster in 80 % of repeats.

    Parameters
    ----------
    share
        Share q of people who have it, in [0, 1].

    Returns
    -------
    Smallest D with ``1 - (1 - q)^D - D q (1 - q)^(D - 1) >= 0.8``, at least 2; infinity above 1,000.

    Examples
    --------
    >>> donors_needed(1.0), donors_needed(0.5), donors_needed(0.0)
    (2.0, 5.0, inf)
    """
    tried = np.arange(2, _MOST_DONORS + 1)
    enough = np.flatnonzero(binom.sf(1, tried, share) >= _POWER)
    return float(tried[enough[0]]) if enough.size else math.inf


def cluster_donors(codes: np.ndarray, donors: np.ndarray, *, n_clusters: int) -> pd.DataFrame:
    """Return how many donors each cluster needs for a claim about people; see `CLUSTER_DONOR_COLUMNS`.

    A donor has a cluster with five cells or more of it. Donors with so few cells that they could not have had five are
    left out: the share of a cluster is that among the cells of the donors that have it.

    Parameters
    ----------
    codes
        Cluster of each cell, below 0 for none.
    donors
        Donor of each cell, below 0 where unknown.
    n_clusters
        Number of clusters.

    Examples
    --------
    >>> found = cluster_donors(np.repeat([0, 0, 0, 1], 20), np.repeat([0, 1, 2, 2], 20), n_clusters=2)
    >>> found["donors_say"].tolist()[1]
    'needs about 8 donors (95 % interval 2 to 356): seen in 1 of 3 donors'
    """
    both = (codes >= 0) & (donors >= 0)
    present, donor = np.unique(donors[both], return_inverse=True)
    counts = np.zeros((n_clusters, present.size), dtype=np.int64)
    np.add.at(counts, (codes[both], donor), 1)
    cells = counts.sum(axis=0)
    rows = []
    for own in counts:
        has = own >= _FEWEST
        share = own[has].sum() / max(cells[has].sum(), 1)
        able = has | (binom.sf(_FEWEST - 1, cells, share) >= _POWER)
        n_with, n_able = int(has.sum()), int(able.sum())
        needed = _needed(n_with, n_able)
        rows.append((n_with, n_able, *needed, _said(n_with, n_able, *needed)))
    return pd.DataFrame(rows, columns=list(CLUSTER_DONOR_COLUMNS))


def _needed(n_with: int, n_able: int) -> tuple[float, float, float]:
    """Return the donors needed with their interval; infinity where no donor has it, NaN where none could."""
    if not n_able:
        return math.nan, math.nan, math.nan
    low = float(beta.ppf(0.025, n_with, n_able - n_with + 1)) if n_with else 0.0
    high = float(beta.ppf(0.975, n_with + 1, n_able - n_with)) if n_with < n_able else 1.0
    return donors_needed(n_with / n_able), donors_needed(high), donors_needed(low)


def _said(n_with: int, n_able: int, needed: float, low: float, high: float) -> str:
    if n_able < 2:
        return "cannot tell from one donor" if n_able else "no donor has enough cells"
    seen = f"seen in {n_with} of {n_able} donors"
    if n_able >= high:
        return f"enough donors: {seen}"
    if math.isinf(needed):
        return f"needs more donors than these: {seen}"
    ends = f"95 % interval {low:.0f} to {high:.0f}" if math.isfinite(high) else f"95 % interval {low:.0f} or more"
    word = "probably enough donors" if n_able >= needed else f"needs about {needed:.0f} donors"
    return f"{word} ({ends}): {seen}"


def clone_power(n_receptors: int) -> pd.DataFrame:
    """Return which clones and motifs so many receptors can show; see `CLONE_COLUMNS`.

    Parameters
    ----------
    n_receptors
        Receptors, each of one cell (clone sizes) or each another clonotype (motifs).

    Notes
    -----
    Valid for receptors drawn independently. Members of a motif that lie beyond the cutoff are no neighbours: the
    expectation is an upper bound.

    Examples
    --------
    >>> clone_power(1000)[["frequency", "chance_seen", "expected_members"]].round(2).values.tolist()[2]
    [0.0, 0.63, 1.0]
    """
    from rashomon.sim.limit import cells_to_see, chance_shared, chance_unseen

    f = np.array(_FREQUENCIES)
    columns = (
        f,
        n_receptors,
        1 - chance_unseen(f, n_receptors),
        chance_shared(f, n_cells_a=n_receptors // 2, n_cells_b=n_receptors - n_receptors // 2),
        n_receptors * f,
        max(n_receptors - 1, 0) * f,
        binom.sf(2, n_receptors, f),
        cells_to_see(f, chance=0.95),
    )
    return pd.DataFrame(dict(zip(CLONE_COLUMNS, columns, strict=True)))
