"""Consistency: how many receptors are in the one cluster that their label was given; with both published divisors."""

from __future__ import annotations

from functools import lru_cache

from rashomon.score.receptor.assignment import exact_assignment, greedy_assignment
from rashomon.score.receptor.grouping import Tally

__all__ = [
    "consistency_all",
    "consistency_all_greedy",
    "consistency_clustered",
    "consistency_clustered_greedy",
]


def consistency_clustered(tally: Tally) -> float:
    """Return the share of clustered receptors in the cluster matched with their label, under the best matching.

    Parameters
    ----------
    tally
        Counts of labels in clusters.

    Returns
    -------
    A number in (0, 1]; larger is better; by chance it depends on the sizes. NaN without clusters. At most `purity`,
    since each cluster stands for one label. It is `consistency_all` divided by the retention: the two are published
    under one name.

    Examples
    --------
    >>> import numpy as np, scipy.sparse as sp
    >>> from rashomon.score.receptor.grouping import group
    >>> sets = sp.csr_matrix(np.array([[1, 0], [1, 0], [0, 1], [1, 0], [1, 0], [1, 0]], dtype=bool))
    >>> tally = group(np.array([0, 0, 0, 1, 1, -1]), sets).tally()
    >>> consistency_clustered(tally), consistency_all(tally)
    (0.6, 0.5)
    """
    return _share(_exact(tally), tally.n_clustered, tally)


def consistency_all(tally: Tally) -> float:
    """Return the share of all labelled receptors in the cluster matched with their label, under the best matching.

    Parameters
    ----------
    tally
        Counts of labels in clusters.

    Returns
    -------
    A number in (0, 1]; larger is better; at most the retention. NaN without clusters. See `consistency_clustered`.
    """
    return _share(_exact(tally), tally.n_items, tally)


def consistency_clustered_greedy(tally: Tally) -> float:
    """Return the consistency among clustered receptors as Valkiers et al. (2021) compute it.

    Parameters
    ----------
    tally
        Counts of labels in clusters.

    Returns
    -------
    A number in (0, 1], at most `consistency_clustered`; larger is better. NaN without clusters. It may depend on the
    codes of clusters and labels, see `greedy_assignment`.
    """
    return _share(_greedy(tally), tally.n_clustered, tally)


def consistency_all_greedy(tally: Tally) -> float:
    """Return the consistency among all labelled receptors as Meysman et al. (2019) compute it.

    Parameters
    ----------
    tally
        Counts of labels in clusters.

    Returns
    -------
    A number in (0, 1], at most `consistency_all`; larger is better. NaN without clusters. It may depend on the codes of
    clusters and labels, see `greedy_assignment`.
    """
    return _share(_greedy(tally), tally.n_items, tally)


def _share(matched: int, of: int, tally: Tally) -> float:
    return matched / of if tally.n_clusters else float("nan")


# both divisors ask for the matching of the same counts, one after the other
@lru_cache(maxsize=1)
def _exact(tally: Tally) -> int:
    return int(tally.count[exact_assignment(tally)].sum())


@lru_cache(maxsize=1)
def _greedy(tally: Tally) -> int:
    return int(tally.count[greedy_assignment(tally)].sum())
