"""Many distributions on finite sets, drawn from at the cost of one number and one look-up each: alias tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np

__all__ = ["Distributions", "Piece", "distributions", "pick", "rows_of"]

Piece = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Weights and values of distributions, one behind the other, and how many each has."""

_CELL = np.dtype([("keep", np.float64), ("this", np.int32), ("that", np.int32)])


@dataclass(frozen=True, eq=False)
class Distributions:
    """Alias tables, one behind the other (Vose, IEEE Transactions on Software Engineering 1991).

    Parameters
    ----------
    cells
        One for each value of positive weight: with chance ``keep`` the value ``this`` is drawn, else ``that``.
    starts
        Where each distribution begins, and the end, ``int64``, shape ``(n_distributions + 1,)``.
    """

    cells: np.ndarray
    starts: np.ndarray


def distributions(pieces: Sequence[Piece]) -> Distributions:
    """Return the alias tables of all distributions of `pieces`; values without weight are left out.

    Parameters
    ----------
    pieces
        Weights are at least 0, of any sum.

    Examples
    --------
    >>> made = distributions([(np.array([1.0, 0.0, 3.0]), np.array([5, 6, 7]), np.array([3]))])
    >>> made.cells.tolist(), made.starts.tolist()
    ([(0.5, 5, 7), (1.0, 7, 7)], [0, 2])
    """
    weights, values, counts = (np.concatenate(part) for part in zip(*pieces, strict=True))
    row = np.repeat(np.arange(counts.size), counts)
    some = weights > 0
    starts = np.concatenate([[0], np.cumsum(np.bincount(row[some], minlength=counts.size))]).astype(np.int64)
    cells = np.empty(int(some.sum()), dtype=_CELL)
    cells["this"] = values[some]
    _build(weights[some].astype(np.float64), starts, cells)
    return Distributions(cells, starts)


def rows_of(table: np.ndarray) -> Piece:
    """Return the rows of `table` as distributions of their columns.

    Parameters
    ----------
    table
        Weights, shape ``(n_distributions, n_values)``.
    """
    n_rows, n_values = table.shape
    return table.ravel(), np.tile(np.arange(n_values), n_rows), np.full(n_rows, n_values)


@numba.njit(cache=True, nogil=True)
def _build(weights: np.ndarray, starts: np.ndarray, cells: Any) -> None:
    for row in range(starts.size - 1):
        _build_row(weights[starts[row] : starts[row + 1]], cells[starts[row] : starts[row + 1]])


@numba.njit(cache=True, nogil=True)
def _build_row(weights: np.ndarray, cells: Any) -> None:
    n = weights.size
    scaled = weights * n / weights.sum()
    # one array for two stacks: positions below 1 from the left, those above from the right
    stack = np.empty(n, dtype=np.int64)
    small, large = 0, n
    for k in range(n):
        cells[k].keep, cells[k].that = 1.0, cells[k].this
        if scaled[k] < 1:
            stack[small] = k
            small += 1
        else:
            large -= 1
            stack[large] = k
    # a position left alone is 1 but for rounding
    while small > 0 and large < n:
        small -= 1
        poor, rich = stack[small], stack[large]
        cells[poor].keep, cells[poor].that = scaled[poor], cells[rich].this
        scaled[rich] -= 1 - scaled[poor]
        if scaled[rich] < 1:
            large += 1
            stack[small] = rich
            small += 1


@numba.njit(cache=True, nogil=True, inline="always")
def pick(cells: Any, starts: Any, row: Any, chance: Any) -> Any:
    """Return a value drawn from a distribution.

    Parameters
    ----------
    cells, starts
        See `Distributions`.
    row
        Number of the distribution.
    chance
        Uniform number in [0, 1).
    """
    low = starts[row]
    n = starts[row + 1] - low
    scaled = chance * n
    # rounding may lift the largest number to n
    k = min(np.int64(scaled), n - 1)
    cell = cells[low + k]
    return np.int64(cell.this) if scaled - k < cell.keep else np.int64(cell.that)
