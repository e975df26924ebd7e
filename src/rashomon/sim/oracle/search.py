"""Greedy search: move cells one at a time so that the expected agreement with the states rises.

Pair counts and information have one form: a sum of f over the joint table T, over the rows R and over the columns C, with
f(x) = x (x - 1) and f(x) = x log x. ARI is ``(T - RC/P) / ((R + C)/2 - RC/P)`` over all P = n (n - 1) ordered pairs; AMI
is ``(F + T - R - C - E) / (F - (R + C)/2 - E)`` with F = f(n) and E the expected information of independent labels.
Moving a cell changes one row sum and, in each draw, two entries of the table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
from scipy.special import xlogy

from rashomon.score import tabulate
from rashomon.score.expectation import expected_information

__all__ = ["INFORMATION", "PAIRS", "Objective", "search"]

_N_SWEEPS = 10
_LEAST_GAIN = 1e-12
_NEGLIGIBLE = 1e-4


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
    found, labels = np.unique(start, return_inverse=True)
    n, n_draws = draws.shape
    # a spare cluster, and last the cells that are by themselves
    n_rows, n_states = found.size + 1 + objective.pairs, posterior.shape[1]
    alone = n_rows - 1 if objective.pairs else -1
    labels = np.where(start < 0, alone, labels.ravel()).astype(np.int32)
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
    order = rng.permutation(n)
    state = np.ascontiguousarray(draws, dtype=np.int32)
    for _ in range(_N_SWEEPS):
        moved, row_sum = _sweep(
            labels, posterior, state, order, tables, rows, joint, columns, chance, np.diff(values), values[n], row_sum,
            alone,
        )  # fmt: skip
        if moved == 0:
            break
    return np.asarray(np.where(labels == alone, -1, labels), dtype=np.int32)


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _sweep(  # type: ignore[no-untyped-def]  # noqa: ANN202, PLR0913, PLR0917 - a kernel takes arrays
    labels, posterior, state, order, tables, rows, joint, columns, chance, steps, whole, row_sum, alone
):
    """Visit every cell once; labels, tables, rows and joint change in place."""
    n_draws, n_rows, n_states = tables.shape
    likely, gain = np.empty(n_states, np.int64), np.empty(n_rows)
    moved = 0
    for i in order:
        old = labels[i]
        n_likely = 0
        for z in range(n_states):
            if posterior[i, z] > _NEGLIGIBLE:
                likely[n_likely] = z
                n_likely += 1
        row_sum += _put(tables, rows, joint, state[i], steps, old, -1, alone)
        spare = False
        for row in range(n_rows):
            # one empty cluster stands for all
            empty = rows[row] == 0 and row != alone
            gain[row] = -np.inf
            if not (empty and spare):
                gain[row] = _gain(tables, rows, joint, posterior[i], likely[:n_likely], columns, chance, steps, whole,
                                  row_sum, row, alone)  # fmt: skip
            spare = spare or empty
        best = old
        for row in range(n_rows):
            if gain[row] > gain[best] + (_LEAST_GAIN if best == old else 0.0):
                best = row
        row_sum += _put(tables, rows, joint, state[i], steps, best, 1, alone)
        labels[i] = best
        moved += best != old
    return moved, row_sum


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _put(  # type: ignore[no-untyped-def]  # noqa: ANN202, PLR0913, PLR0917
    tables, rows, joint, state, steps, row, way, alone
):
    """Put a cell into a row (way 1) or take it out (-1), and return by how much the sum over rows changes."""
    before = min(rows[row], rows[row] + way)
    rows[row] += way
    for m in range(joint.size):
        at = min(tables[m, row, state[m]], tables[m, row, state[m]] + way)
        tables[m, row, state[m]] += way
        if row != alone:
            joint[m] += way * steps[at]
    return way * steps[before] if row != alone else 0.0


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _gain(  # type: ignore[no-untyped-def]  # noqa: ANN202, PLR0913, PLR0917
    tables, rows, joint, chances, likely, columns, chance, steps, whole, row_sum, row, alone
):
    """Return the mean score over draws with the cell that is out of the tables put into `row`."""
    here = row_sum + (steps[rows[row]] if row != alone else 0.0)
    total = 0.0
    for m in range(joint.size):
        t = joint[m]
        if row != alone:
            for z in likely:
                t += chances[z] * steps[tables[m, row, z]]
        total += _value(t, here, columns[m], chance[m], whole, alone >= 0)
    return total / joint.size


@numba.njit(cache=True, nogil=True, inline="always")  # type: ignore[untyped-decorator]
def _value(joint: Any, rows: Any, columns: Any, chance: Any, whole: Any, pairs: Any) -> Any:
    half = 0.5 * (rows + columns)
    if pairs:
        expected = rows * columns / whole
        above, below = joint - expected, half - expected
    else:
        above, below = whole + joint - 2.0 * half - chance, whole - half - chance
    return above / below if below > 1e-9 else 0.0
