"""Flows of an alluvial plot: which items share their classes in every column, and where the blocks stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from rashomon.dataset import Truth

__all__ = ["Flows", "Layout", "flows", "layout", "spread"]

MAX_FLOWS = 30


class Flows(NamedTuple):
    """Items by their classes in all columns.

    Parameters
    ----------
    codes
        Class per flow and column, shape ``(n_flows, n_columns)``; -1 in the pooled flow, which is the last one.
    sizes
        Items per flow, shape ``(n_flows,)``.
    n_pooled, n_left_out
        Flows in the pooled one, and items without a class in some column.
    """

    codes: np.ndarray
    sizes: np.ndarray
    n_pooled: int
    n_left_out: int


class Layout(NamedTuple):
    """Where things stand, in items from the top.

    Parameters
    ----------
    blocks
        Per column: class to (top, bottom); -1 is the pooled block.
    tops
        Top of each flow in each column, shape ``(n_flows, n_columns)``.
    height
        Of the tallest column.
    """

    blocks: list[dict[int, tuple[float, float]]]
    tops: np.ndarray
    height: float


def flows(truths: Sequence[Truth], *, max_flows: int = MAX_FLOWS) -> Flows:
    """Return the flows through the columns `truths`: the largest ones, and all others pooled into one.

    Parameters
    ----------
    truths
        Of the same items, from left to right.
    max_flows
        Flows kept, the pooled one among them.

    Examples
    --------
    >>> a = Truth("a", "annotation", np.array([0, 0, 0, 1, 1, -2]), ("x", "y"))
    >>> b = Truth("b", "annotation", np.array([0, 0, 1, 1, 0, 0]), ("u", "v"))
    >>> found = flows([a, b], max_flows=2)
    >>> found.codes.tolist(), found.sizes.tolist(), found.n_pooled, found.n_left_out
    ([[0, 0], [-1, -1]], [2, 3], 3, 1)
    """
    table = np.stack([truth.codes for truth in truths], axis=1)
    kept = (table >= 0).all(axis=1)
    codes, sizes = np.unique(table[kept], axis=0, return_counts=True)
    order = np.argsort(-sizes, kind="stable")
    codes, sizes, n_left_out = codes[order], sizes[order], int((~kept).sum())
    if len(sizes) <= max_flows:
        return Flows(codes, sizes, 0, n_left_out)
    shown = max_flows - 1
    pooled = np.full((1, codes.shape[1]), -1)
    return Flows(
        np.concatenate([codes[:shown], pooled]),
        np.append(sizes[:shown], sizes[shown:].sum()),
        len(sizes) - shown,
        n_left_out,
    )


def layout(found: Flows, *, gap: float = 0.02) -> Layout:
    """Return where blocks and flows stand: each column in the order that crosses the one before it least.

    Parameters
    ----------
    found
        What `flows` returns.
    gap
        Space between blocks, as a share of all items.

    Notes
    -----
    The first column stands in the order of its classes; the others are ordered by the mean position of their items in
    the column before (the barycentre heuristic of layered graphs); the pooled block is the lowest everywhere.

    Examples
    --------
    >>> a = Truth("a", "annotation", np.array([0, 0, 1]), ("x", "y"))
    >>> b = Truth("b", "annotation", np.array([1, 1, 0]), ("u", "v"))
    >>> [list(blocks) for blocks in layout(flows([a, b])).blocks]
    [[0, 1], [1, 0]]
    """
    n_flows, n_columns = found.codes.shape
    total, space = float(found.sizes.sum()), gap * float(found.sizes.sum())
    blocks: list[dict[int, tuple[float, float]]] = []
    middles = np.zeros(n_flows)
    for column in range(n_columns):
        codes = found.codes[:, column]
        classes = np.unique(codes)
        weight = {c: found.sizes[codes == c].sum() for c in classes}
        place = {
            c: c if column == 0 else np.average(middles[codes == c], weights=found.sizes[codes == c]) for c in classes
        }
        ordered = sorted((int(c) for c in classes), key=lambda c: (c < 0, place[c], c))
        top, block = 0.0, {}
        for code in ordered:
            block[code] = (top, top + float(weight[code]))
            top += float(weight[code]) + space
        blocks.append(block)
        middles = np.array([np.mean(block[int(code)]) for code in codes])
    height = total + space * (max(len(block) for block in blocks) - 1)
    centred = [_shifted(block, (height - total - space * (len(block) - 1)) / 2) for block in blocks]
    return Layout(centred, _tops(found, centred), height)


def _shifted(block: dict[int, tuple[float, float]], by: float) -> dict[int, tuple[float, float]]:
    return {code: (top + by, bottom + by) for code, (top, bottom) in block.items()}


def _tops(found: Flows, blocks: list[dict[int, tuple[float, float]]]) -> np.ndarray:
    """Stack the flows of each block in the order of where they come from, then of where they go."""
    n_flows, n_columns = found.codes.shape
    home = np.array([[blocks[j][int(found.codes[i, j])][0] for j in range(n_columns)] for i in range(n_flows)])
    tops = np.zeros((n_flows, n_columns))
    for column in range(n_columns):
        neighbours = [home[:, j] for j in (column + 1, column - 1) if 0 <= j < n_columns]
        order = np.lexsort([*neighbours, home[:, column]])
        filled = {code: top for code, (top, _) in blocks[column].items()}
        for flow in order:
            code = int(found.codes[flow, column])
            tops[flow, column] = filled[code]
            filled[code] += float(found.sizes[flow])
    return tops


def spread(wanted: Sequence[float], *, distance: float, low: float, high: float) -> np.ndarray:
    """Return positions near the `wanted` ones, in their order, at least `distance` apart and in [`low`, `high`].

    Parameters
    ----------
    wanted
        Ascending.
    distance
        Between neighbours; smaller where there is no room.
    low, high
        Ends.

    Examples
    --------
    >>> spread([1.0, 1.1, 5.0], distance=1.0, low=0.0, high=6.0).round(2).tolist()
    [0.55, 1.55, 5.0]
    """
    n = len(wanted)
    if n == 0:
        return np.empty(0)
    step = min(distance, (high - low) / max(n - 1, 1))
    # without the distances the positions only have to ascend: groups that do not are replaced by their mean
    free = np.asarray(wanted, dtype=float) - step * np.arange(n)
    groups: list[tuple[float, int]] = []
    for value in free:
        mean, count = float(value), 1
        while groups and groups[-1][0] > mean:
            before, members = groups.pop()
            mean, count = (before * members + mean * count) / (members + count), members + count
        groups.append((mean, count))
    level = np.concatenate([np.full(count, mean) for mean, count in groups])
    return np.asarray(np.clip(level, low, high - step * (n - 1)) + step * np.arange(n))
