"""Where the boxes of a causal graph stand: one column per step from cause to effect, few crossings."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from rashomon.dataset import causal_order

__all__ = ["Layered", "columns", "layered"]


class Layered(NamedTuple):
    """Places in a drawing from left to right.

    Parameters
    ----------
    column
        Column of each node, from 0 at the left, shape ``(n_nodes,)``.
    height
        Height of each node, shape ``(n_nodes,)``; two in one column are 1 or more apart.
    bends
        For each edge the heights at which it passes the columns between its ends.
    """

    column: np.ndarray
    height: np.ndarray
    bends: list[list[float]]


def columns(names: Sequence[str], edges: Sequence[Sequence[str]]) -> dict[str, int]:
    """Return the column of each node: every edge goes to the right, and causes stand as near as they can to effects.

    Parameters
    ----------
    names, edges
        A graph without circles, see `causal_order`.

    Examples
    --------
    >>> columns(["a", "b", "late", "end"], [("a", "b"), ("b", "end"), ("late", "end")])
    {'a': 0, 'b': 1, 'late': 1, 'end': 2}
    """
    effects: dict[str, list[str]] = {name: [] for name in names}
    for cause, effect in edges:
        effects[cause].append(effect)
    # from the right: how many steps are left until nothing follows
    left: dict[str, int] = {}
    for name in reversed(causal_order(names, edges)):
        left[name] = 1 + max((left[effect] for effect in effects[name]), default=-1)
    last = max(left.values())
    return {name: last - left[name] for name in names}


def layered(names: Sequence[str], edges: Sequence[Sequence[str]]) -> Layered:
    """Place the nodes of a graph without circles (Sugiyama, Tagawa and Toda 1981, as in igraph).

    Parameters
    ----------
    names, edges
        A graph without circles, see `causal_order`.

    Examples
    --------
    >>> placed = layered(["type", "rate", "depth", "n"], [("type", "rate"), ("rate", "n"), ("depth", "n")])
    >>> placed.column.tolist(), len(set(placed.height[[1, 2]]))
    ([0, 1, 1, 2], 2)
    """
    import igraph

    column = columns(names, edges)
    number = {name: i for i, name in enumerate(names)}
    layers, pieces = [column[name] for name in names], list[tuple[int, int]]()
    bends: list[list[int]] = []
    for cause, effect in edges:
        # a long edge passes each column between its ends at a place of its own, like a node
        passed = range(column[cause] + 1, column[effect])
        bends.append(list(range(len(layers), len(layers) + len(passed))))
        layers += passed
        pieces += pairwise([number[cause], *bends[-1], number[effect]])
    graph = igraph.Graph(len(layers), pieces, directed=True)
    places = graph.layout_sugiyama(layers=layers, maxiter=1000).coords
    across = np.array([place[0] for place in places], dtype=float)
    return Layered(np.array(layers[: len(names)]), across[: len(names)], [across[bend].tolist() for bend in bends])
