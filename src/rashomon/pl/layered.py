"""Where the boxes of a causal graph stand: one column per step from cause to effect, few crossings."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy.optimize import isotonic_regression

from rashomon.dataset import causal_order

__all__ = ["Layered", "columns", "layered"]

_LINE = 0.35
"""Room of an edge that passes a column, where that of a box is 1."""

_SWEEPS = 40


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
    """Return the column of each node: every edge goes to the right, and nodes stand near to what they act on.

    What acts on nothing stands next to its last cause.

    Parameters
    ----------
    names, edges
        A graph without circles, see `causal_order`.

    Examples
    --------
    >>> columns(["a", "b", "late", "end", "aside"], [("a", "b"), ("b", "end"), ("late", "end"), ("a", "aside")])
    {'a': 0, 'b': 1, 'late': 1, 'end': 2, 'aside': 1}
    """
    effects: dict[str, list[str]] = {name: [] for name in names}
    for cause, effect in edges:
        effects[cause].append(effect)
    # from the right: how many steps are left until nothing follows
    left: dict[str, int] = {}
    for name in reversed(causal_order(names, edges)):
        left[name] = 1 + max((left[effect] for effect in effects[name]), default=-1)
    last = max(left.values())
    column = {name: last - left[name] for name in names}
    for name in names:
        causes = [column[cause] for cause, effect in edges if effect == name]
        column[name] = 1 + max(causes) if causes and not effects[name] else column[name]
    return column


def layered(names: Sequence[str], edges: Sequence[Sequence[str]]) -> Layered:
    """Place the nodes of a graph without circles: order within columns as igraph finds it, then least squares.

    Source: Sugiyama, Tagawa and Toda 1981, IEEE Transactions on Systems, Man and Cybernetics 11:109.

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
    order = np.array([place[0] for place in places], dtype=float)
    room = np.where(np.arange(len(layers)) < len(names), 1.0, _LINE)
    height = _relaxed(np.array(layers), order, graph.get_adjlist(mode="all"), room)
    return Layered(np.array(layers[: len(names)]), height[: len(names)], [height[bend].tolist() for bend in bends])


def _relaxed(layers: np.ndarray, order: np.ndarray, near: list[list[int]], room: np.ndarray) -> np.ndarray:
    """Return heights near the mean of the neighbours, in the given order within each column, and never too close."""
    height = np.zeros(layers.size)
    members = [np.flatnonzero(layers == column) for column in range(int(layers.max()) + 1)]
    stacks = [column[np.argsort(order[column], kind="stable")] for column in members]
    # lines keep straight where boxes can give way
    weight = np.where(room < 1, 3.0, 1.0)
    starts = {}
    for number, stack in enumerate(stacks):
        starts[number] = np.cumsum(room[stack]) - room[stack] / 2
        height[stack] = starts[number] - starts[number].mean()
    for sweep in range(_SWEEPS):
        for number in range(len(stacks)) if sweep % 2 else reversed(range(len(stacks))):
            stack = stacks[number]
            wanted = np.array([height[near[node]].mean() if near[node] else height[node] for node in stack])
            # the least-squares solution with the distances kept
            height[stack] = isotonic_regression(wanted - starts[number], weights=weight[stack]).x + starts[number]
    return height
