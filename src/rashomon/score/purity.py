"""Neighbourhood purity: how many of the nearest neighbours of an item share its cluster."""

from __future__ import annotations

import numpy as np

from rashomon.core import UsageError
from rashomon.score.item import clusters, same_length
from rashomon.score.record import Unassigned

__all__ = ["adjusted_purity", "neighbourhood_purity", "purity_items"]


def neighbourhood_purity(labels: np.ndarray, neighbours: np.ndarray, *, unassigned: Unassigned = "singletons") -> float:
    """Return the mean share of an item's nearest neighbours that are in its cluster.

    Parameters
    ----------
    labels
        Codes, shape ``(n_obs,)``.
    neighbours
        Positions of the nearest neighbours, shape ``(n_obs, k)``; column 0 is the item itself and is left out; -1 is no
        neighbour.
    unassigned
        ``"singletons"``: unassigned items are clusters of one item, with purity 0; ``"left_out"``.

    Returns
    -------
    A number in [0, 1]; larger is better; NaN when no item that takes part has a neighbour that does. The level that
    random labels reach rises as clusters become fewer or more unequal: see `adjusted_purity`.

    Raises
    ------
    UsageError
        When the neighbours are of other items.

    Examples
    --------
    >>> chain = np.array([[0, 1], [1, 0], [2, 1], [3, 2]])
    >>> neighbourhood_purity(np.array([0, 0, 1, 1]), chain)
    0.75
    """
    share = purity_items(labels, neighbours, unassigned=unassigned)
    some = ~np.isnan(share)
    return float(share[some].mean()) if some.any() else float("nan")


def adjusted_purity(labels: np.ndarray, neighbours: np.ndarray, *, unassigned: Unassigned = "singletons") -> float:
    """Return the neighbourhood purity corrected for chance.

    ``(purity - chance) / (1 - chance)``, where chance is the mean over all permutations of the labels: the probability
    that two different items are in the same cluster.

    Parameters
    ----------
    labels, neighbours, unassigned
        See `neighbourhood_purity`.

    Returns
    -------
    A number of at most 1; larger is better; 0 is expected for labels that know nothing of the neighbours; NaN where the
    purity is, and with one cluster.

    Raises
    ------
    UsageError
        When the neighbours are of other items.

    Examples
    --------
    >>> chain = np.array([[0, 1], [1, 0], [2, 1], [3, 2]])
    >>> adjusted_purity(np.array([0, 0, 1, 1]), chain)
    0.625
    """
    cluster = clusters(labels, unassigned=unassigned)[1]
    size, n = np.bincount(cluster).astype(np.float64), float(cluster.size)
    # one cluster: there is nothing beyond chance
    if size.size < 2:
        return float("nan")
    chance = float((size * (size - 1)).sum() / (n * (n - 1)))
    return (neighbourhood_purity(labels, neighbours, unassigned=unassigned) - chance) / (1 - chance)


def purity_items(labels: np.ndarray, neighbours: np.ndarray, *, unassigned: Unassigned = "singletons") -> np.ndarray:
    """Return for every item the share of its nearest neighbours that are in its cluster.

    Parameters
    ----------
    labels, neighbours, unassigned
        See `neighbourhood_purity`.

    Returns
    -------
    ``float64`` in [0, 1], shape ``(n_obs,)``: among the neighbours that take part; NaN for items that do not, and for
    those without such a neighbour.

    Raises
    ------
    UsageError
        When the neighbours are of other items.

    Examples
    --------
    >>> purity_items(np.array([0, 0, 1, -2]), np.array([[0, 1], [1, 0], [2, 1], [3, 2]]))
    array([ 1.,  1.,  0., nan])
    """
    items, cluster = clusters(labels, unassigned=unassigned)
    codes = np.full(np.asarray(labels).size, -1, dtype=np.int32)
    codes[items] = cluster
    _check(neighbours, codes.size)
    others = neighbours[:, 1:]
    counts = (codes[others] >= 0) & (others >= 0) & (codes >= 0)[:, None]
    same = counts & (codes[others] == codes[:, None])
    n_counted = counts.sum(axis=1)
    share = np.full(codes.size, np.nan)
    np.divide(same.sum(axis=1), n_counted, out=share, where=n_counted > 0)
    return share


def _check(neighbours: np.ndarray, n_obs: int) -> None:
    if neighbours.ndim != 2:
        raise UsageError(
            f"neighbours have {neighbours.ndim} dimensions", where="neighbours", expected="positions, (n_obs, k)"
        )
    same_length(n_obs, neighbours.shape[0], where="labels and neighbours")
    if neighbours.size and not -1 <= neighbours.min() <= neighbours.max() < n_obs:
        raise UsageError(
            f"positions of neighbours lie in [{neighbours.min()}, {neighbours.max()}]",
            where="neighbours",
            expected=f"0 to {n_obs - 1}, or -1 for none",
        )
