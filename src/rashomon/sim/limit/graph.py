"""When communities of a graph can be found: the stochastic block model, and the resolution limit of modularity.

A graph of nearest neighbours is no stochastic block model: its edges depend on one another, and its degrees are nearly
fixed. These lines speak about the community step alone, on graphs with independent edges.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from rashomon.sim.limit.domain import checked, checked_count

__all__ = ["block_detection_ratio", "block_exact_recovery_ratio", "merge_gain", "resolution_limit"]


def block_detection_ratio(
    within: ArrayLike, between: ArrayLike, *, n_nodes: ArrayLike, n_groups: int = 2
) -> np.ndarray:
    """Return how far a stochastic block model is above the Kesten-Stigum line: above 1 its groups can be detected.

    ``(a - b)^2 / (k (a + (k - 1) b))`` with ``a = n within`` and ``b = n between`` (Decelle et al. 2011; Mossel, Neeman
    and Sly 2015; Abbe and Sandon 2018).

    Parameters
    ----------
    within, between
        Probability of an edge between two nodes of one group, and of two groups, in [0, 1]; they broadcast.
    n_nodes
        Number of nodes n, at least 2; broadcasts.
    n_groups
        Number of groups k of equal size, at least 2.

    Returns
    -------
    Ratios, at least 0; NaN where both probabilities are 0, since a graph without edges has no ratio.

    Raises
    ------
    UsageError
        When a value is outside its domain.

    Notes
    -----
    For sparse graphs, of bounded mean degree. With up to four groups no method does better than chance below 1 (for
    three and four this is known for large degrees only, where within is above between); from five groups on, slow
    methods can.

    Examples
    --------
    >>> block_detection_ratio(0.008, 0.002, n_nodes=1000).round(3).tolist()
    1.8
    """
    where = "block_detection_ratio"
    near, far = _probabilities(within, between, where=where)
    n, k = checked(n_nodes, "n_nodes", where=where, low=2), checked_count(n_groups, "n_groups", where=where, least=2)
    below = np.asarray(k * (near + (k - 1) * far))
    contrast = np.asarray((near - far) ** 2)
    return np.asarray(n * np.divide(contrast, below, out=np.full(below.shape, np.nan), where=below > 0))


def block_exact_recovery_ratio(
    within: ArrayLike, between: ArrayLike, *, n_nodes: ArrayLike, n_groups: int = 2
) -> np.ndarray:
    """Return how far a stochastic block model is above the line of exact recovery: above 1 no node need be wrong.

    ``(sqrt(a) - sqrt(b))^2 / k`` with ``a = n within / log n`` and ``b = n between / log n`` (Abbe, Bandeira and Hall
    2016; Abbe and Sandon 2015).

    Parameters
    ----------
    within, between, n_nodes, n_groups
        See `block_detection_ratio`.

    Returns
    -------
    Ratios, at least 0.

    Raises
    ------
    UsageError
        When a value is outside its domain.

    Notes
    -----
    For degrees of the order of ``log n``, as n grows.

    Examples
    --------
    >>> block_exact_recovery_ratio([0.02, 0.08], 0.005, n_nodes=1000).round(2).tolist()
    [0.36, 3.26]
    """
    where = "block_exact_recovery_ratio"
    near, far = _probabilities(within, between, where=where)
    n, k = checked(n_nodes, "n_nodes", where=where, low=2), checked_count(n_groups, "n_groups", where=where, least=2)
    return np.asarray(n * (np.sqrt(near) - np.sqrt(far)) ** 2 / (k * np.log(n)))


def merge_gain(
    degree_a: ArrayLike, degree_b: ArrayLike, *, n_between: ArrayLike, n_edges: ArrayLike, resolution: float = 1.0
) -> np.ndarray:
    """Return by how much modularity rises when two communities become one: ``e / m - r d_a d_b / (2 m^2)``.

    Parameters
    ----------
    degree_a, degree_b
        Sum of the degrees of the nodes of each, at least 0; edges inside count twice. They broadcast.
    n_between
        Edges e between the two, at least 0; broadcasts.
    n_edges
        Edges m of the whole graph, above 0; broadcasts.
    resolution
        Resolution r of modularity, above 0.

    Returns
    -------
    Differences of modularity; positive: the merger wins. Exact for every graph, and for weights in place of edges.

    Raises
    ------
    UsageError
        When a value is outside its domain.

    Examples
    --------
    >>> merge_gain(10, 10, n_between=1, n_edges=[40, 60]).round(4).tolist()
    [-0.0062, 0.0028]
    """
    where = "merge_gain"
    a, b = checked(degree_a, "degree_a", where=where), checked(degree_b, "degree_b", where=where)
    e, m = checked(n_between, "n_between", where=where), checked(n_edges, "n_edges", where=where, open_at="low")
    r = checked(resolution, "resolution", where=where, open_at="low")
    return np.asarray(e / m - r * a * b / (2 * m**2))


def resolution_limit(n_edges: ArrayLike, *, n_between: ArrayLike = 1.0, resolution: ArrayLike = 1.0) -> np.ndarray:
    """Return the sum of degrees below which two equal communities have a higher modularity as one: ``sqrt(2 m e / r)``.

    For communities joined by a single edge this is ``sqrt(2 m)``, about ``sqrt(m / 2)`` edges inside each; a community
    that was found and has fewer than about ``sqrt(2 m)`` edges inside may be two (Fortunato and Barthelemy 2007).

    Parameters
    ----------
    n_edges
        Edges m of the whole graph, above 0; any shape.
    n_between
        Edges e between the two communities, above 0; broadcasts.
    resolution
        Resolution r of modularity, above 0; broadcasts.

    Returns
    -------
    Sums of degrees (edges inside count twice, edges that leave once).

    Raises
    ------
    UsageError
        When a value is outside its domain.

    Notes
    -----
    About the optimum of modularity. A search from single nodes can stop before it merges; see `merge_gain` for
    communities that are not equal.

    Examples
    --------
    >>> resolution_limit([200, 20_000]).tolist()
    [20.0, 200.0]
    """
    where = "resolution_limit"
    m = checked(n_edges, "n_edges", where=where, open_at="low")
    e = checked(n_between, "n_between", where=where, open_at="low")
    return np.asarray(np.sqrt(2 * m * e / checked(resolution, "resolution", where=where, open_at="low")))


def _probabilities(within: ArrayLike, between: ArrayLike, *, where: str) -> tuple[np.ndarray, np.ndarray]:
    near, far = checked(within, "within", where=where, high=1), checked(between, "between", where=where, high=1)
    return near, far
