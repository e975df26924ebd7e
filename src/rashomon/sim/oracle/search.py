"""Greedy search: move cells one at a time so that the expected agreement with the states rises.

Pair counts and information have one form: sums of f over the joint table (T), its rows (R) and its columns (C), with
f(x) = x (x - 1) or f(x) = x log x. ARI is ``(T - RC/P) / ((R + C)/2 - RC/P)`` over all P = n (n - 1) ordered pairs. AMI
is ``(F + T - R - C - E) / (F - (R + C)/2 - E)`` with F = f(n) and E the expected information of independent labels.
Moving a cell changes two rows and, in each draw, two entries of the table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numba
import numpy as np
from scipy.special import xlogy

from rashomon.score import tabulate
from rashomon.score.expectation import expected_information

__all__ = ["INFORMATION", "PAIRS", "Objective", "search"]

_N_SWEEPS = 10
_LEAST_GAIN = 1e-12
_NEGLIGIBLE, _NOTHING = 1e-4, 1e-9


@dataclass(frozen=True)
class Objective:
    """What a search raises: its `name`, the `score` it stands for, and whether it counts pairs or information."""

    name: str
    score: str
    pairs: bool


PAIRS = Objective("pair search", "ari", pairs=True)
"""The mean adjusted Rand index over draws."""
INFORMATION = Objective("information search", "ami", pairs=False)
"""The mean adjusted mutual information over draws, with the expectation under chance that the start has."""


def search(
    start: np.ndarray, posterior: np.ndarray, draws: np.ndarray, *, objective: Objective, rng: np.random.Generator
) -> np.ndarray:
    """Return labels with a higher mean score over draws, ``int32``, shape ``(n_cells,)``.

    Parameters
    ----------
    start
        Labels to begin with, shape ``(n_cells,)``; -1: the cell is a cluster of its own (`PAIRS` only).
    posterior
        Shape ``(n_cells, n_states)``.
    draws
        States drawn from it, shape ``(n_cells, n_draws)``.
    objective
        `PAIRS` or `INFORMATION`.
    rng
        Order in which cells are visited.

    Notes
    -----
    Each cell moves to the cluster, a new one included, where the mean over draws is largest; what the cell itself
    contributes is averaged over its posterior instead of its draws, so that labels do not fit the noise of few draws.
    For pairs it may also stay by itself, which adds nothing to any sum; for information this would change what chance
    gives. At most 10 sweeps over all cells. Cost of a sweep: cells times clusters times draws.

    Examples
    --------
    >>> p = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    >>> z = np.tile(p.argmax(axis=1)[:, None], 5)
    >>> search(np.array([0, 0, 1, 0]), p, z, objective=PAIRS, rng=np.random.default_rng(0))
    array([0, 0, 1, 1], dtype=int32)
    """
    found = np.unique(start[start >= 0])
    n, n_draws = draws.shape
    # a spare cluster, and last the cells that are by themselves
    n_rows, n_states = found.size + 1 + objective.pairs, posterior.shape[1]
    alone = n_rows - 1 if objective.pairs else -1
    labels = np.where(start < 0, alone, np.searchsorted(found, start)).astype(np.int32)
    tables = np.zeros((n_draws, n_rows, n_states), dtype=np.int64)
    for m in range(n_draws):
        np.add.at(tables[m], (labels, draws[:, m]), 1)
    numbers = np.arange(n + 2, dtype=np.float64)
    values = numbers * (numbers - 1) if objective.pairs else xlogy(numbers, numbers)
    chance = np.zeros(n_draws)
    if not objective.pairs:
        chance = n * np.array([expected_information(tabulate(labels, draws[:, m])) for m in range(n_draws)])
    together = tables[:, :alone] if objective.pairs else tables
    joint, columns = values[together].sum(axis=(1, 2)), values[tables.sum(axis=1)].sum(axis=1)
    rows = tables[0].sum(axis=1)
    row_sum = values[together[0].sum(axis=1)].sum()
    goal = _Goal(columns, chance, np.diff(values), float(values[n]), alone)
    sums = _Sums(tables, rows, joint, np.array([row_sum]))
    order, state = rng.permutation(n), np.ascontiguousarray(draws, dtype=np.int32)
    for _ in range(_N_SWEEPS):
        if _sweep(labels, posterior, state, order, sums, goal) == 0:
            break
    return np.asarray(np.where(labels == alone, -1, labels), dtype=np.int32)


class _Goal(NamedTuple):
    """What stays: C and E per draw, the steps of f, f(n), and the row of cells by themselves, -1 where not allowed."""

    columns: np.ndarray
    chance: np.ndarray
    steps: np.ndarray
    whole: float
    alone: int


class _Sums(NamedTuple):
    """What moves: tables ``(n_draws, n_rows, n_states)``, sizes of rows, T per draw, R in an array of one number."""

    tables: np.ndarray
    rows: np.ndarray
    joint: np.ndarray
    row_sum: np.ndarray


@numba.njit(cache=True, nogil=True)
def _sweep(labels: Any, posterior: Any, state: Any, order: Any, sums: Any, goal: Any) -> Any:
    """Visit every cell once, change labels and sums in place, and return how many cells moved."""
    n_rows, n_states = sums.rows.size, posterior.shape[1]
    likely, gain = np.empty(n_states, np.int64), np.empty(n_rows)
    moved = 0
    for i in order:
        n_likely = 0
        for z in range(n_states):
            if posterior[i, z] > _NEGLIGIBLE:
                likely[n_likely] = z
                n_likely += 1
        _put(sums, goal, state[i], labels[i], -1)
        spare = False
        for row in range(n_rows):
            # one empty cluster stands for all
            empty = sums.rows[row] == 0 and row != goal.alone
            skipped = empty and spare
            gain[row] = -np.inf if skipped else _mean_with(sums, goal, posterior[i], likely[:n_likely], row)
            spare = spare or empty
        # a cell stays where nothing is better
        best = labels[i]
        for row in range(n_rows):
            if gain[row] > gain[best] + (_LEAST_GAIN if best == labels[i] else 0.0):
                best = row
        _put(sums, goal, state[i], best, 1)
        moved += best != labels[i]
        labels[i] = best
    return moved


@numba.njit(cache=True, nogil=True)
def _put(sums: Any, goal: Any, state: Any, row: Any, way: Any) -> None:
    """Put a cell into a row (way 1) or take it out (-1)."""
    counted = row != goal.alone
    if counted:
        sums.row_sum[0] += way * goal.steps[sums.rows[row] + min(way, 0)]
    sums.rows[row] += way
    for m in range(sums.joint.size):
        at = sums.tables[m, row, state[m]]
        sums.tables[m, row, state[m]] = at + way
        if counted:
            sums.joint[m] += way * goal.steps[at + min(way, 0)]


@numba.njit(cache=True, nogil=True)
def _mean_with(sums: Any, goal: Any, chances: Any, likely: Any, row: Any) -> Any:
    """Return the mean score over draws with the cell that is out of the tables put into `row`."""
    counted = row != goal.alone
    rows = sums.row_sum[0] + (goal.steps[sums.rows[row]] if counted else 0.0)
    total = 0.0
    for m in range(sums.joint.size):
        joint = sums.joint[m]
        if counted:
            for z in likely:
                joint += chances[z] * goal.steps[sums.tables[m, row, z]]
        half, expected = 0.5 * (rows + goal.columns[m]), rows * goal.columns[m] / goal.whole
        if goal.alone >= 0:
            above, below = joint - expected, half - expected
        else:
            above, below = goal.whole + joint - 2.0 * half - goal.chance[m], goal.whole - half - goal.chance[m]
        total += above / below if below > _NOTHING else 0.0
    return total / sums.joint.size
