"""Guards: what makes scores of a clustering meaningless, asked before any of them is computed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rashomon.score.receptor.grouping import Tally
from rashomon.score.receptor.per_label import MIN_LABEL_ITEMS
from rashomon.score.receptor.percolation import percolation

__all__ = ["GIANT_SHARE", "PERCOLATION_SHARE", "SEPARATION", "Guard", "first_guard", "warning"]

GIANT_SHARE = 0.5
"""From this share of all receptors on, the largest cluster is called a giant."""

PERCOLATION_SHARE = 0.1
"""Above this share of all receptors in one cluster, the clustering is said to percolate."""


@dataclass(frozen=True)
class Guard:
    """A condition under which scores have no value.

    Parameters
    ----------
    reason
        What is wrong, as users read it.
    holds
        Whether the condition holds.
    """

    reason: str
    holds: Callable[[Tally], bool]


NO_ITEM = Guard("no receptor carries a label", lambda tally: tally.n_items == 0)
ONE_CLASS = Guard("fewer than two labels", lambda tally: tally.n_classes < 2)
NO_CLUSTER = Guard("no cluster has two labelled receptors", lambda tally: tally.n_clusters == 0)
ONE_CLUSTER = Guard(
    "one cluster holds every labelled receptor",
    lambda tally: tally.n_clusters == 1 and tally.n_clustered == tally.n_items,
)
NO_LARGE_LABEL = Guard(
    f"no label has {MIN_LABEL_ITEMS} receptors", lambda tally: bool((tally.label_size < MIN_LABEL_ITEMS).all())
)
SEPARATION = (NO_ITEM, ONE_CLASS, NO_CLUSTER, ONE_CLUSTER)
"""Guards of scores that say how clusters separate labels."""


def first_guard(guards: tuple[Guard, ...], tally: Tally) -> str:
    """Return the reason of the first of `guards` that holds for `tally`, or empty text when none does.

    Examples
    --------
    >>> import scipy.sparse as sp
    >>> from rashomon.score.receptor.grouping import group
    >>> sets = sp.csr_matrix(np.eye(2, dtype=bool))
    >>> first_guard(SEPARATION, group(np.array([-1, -1]), sets).tally())
    'no cluster has two labelled receptors'
    """
    return next((guard.reason for guard in guards if guard.holds(tally)), "")


def warning(labels: np.ndarray) -> str:
    """Return what is suspect about a clustering although its scores are defined, or empty text.

    Parameters
    ----------
    labels
        Cluster of each receptor, shape ``(n,)``; ``-1`` unclustered, ``-2`` not observed.

    Returns
    -------
    ``percolates: ...`` when one cluster holds more than `PERCOLATION_SHARE` of all receptors, with the word giant from
    `GIANT_SHARE` on. A few large and true groups look the same: it is a reason to look, and no error.

    Examples
    --------
    >>> warning(np.array([0, 0, 0, 0, 1, 1]))
    'percolates: one giant cluster holds 67 % of the receptors'
    >>> warning(np.repeat(np.arange(20), 2))
    ''
    """
    share = percolation(labels)
    if not share > PERCOLATION_SHARE:
        return ""
    size = "one giant cluster" if share >= GIANT_SHARE else "the largest cluster"
    return f"percolates: {size} holds {100 * share:.0f} % of the receptors"
