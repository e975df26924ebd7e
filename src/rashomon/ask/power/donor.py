"""What the number of donors, or of receptors, can show at all: exact probabilities, no simulation."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy.stats import binom

from rashomon.core import UsageError

__all__ = ["CLONE_COLUMNS", "DONOR_COLUMNS", "clone_power", "donor_power", "least_p"]

DONOR_COLUMNS = {
    "share_of_people": "share q of people who have a cluster",
    "n_donors": "donors D",
    "chance_missed": "probability that none of the donors has it: (1 - q)^D",
    "chance_two": "probability that two donors or more have it, which a claim about people needs",
    "least_p": "smallest p value that a comparison of these donors can give",
}
"""Columns of the table of donors and what they mean."""

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
