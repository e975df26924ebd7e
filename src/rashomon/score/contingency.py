"""Contingency: the table of two labelings from which every agreement score is computed."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from rashomon.score.item import check_codes, lowest_code, same_length
from rashomon.score.record import Facts, Unassigned

__all__ = ["Contingency", "from_totals", "tabulate"]

_DENSE_CELLS = 2**16


@dataclass(frozen=True, eq=False)
class Contingency:
    """Pairs of a cluster of `a` (rows) and a cluster of `b` (columns) that share items, in order of (row, column).

    Unassigned items that count as singletons are kept in groups, not one by one: the last row and the last column
    stand for "a cluster of one item". Empty clusters and empty pairs may be listed, with size 0.

    Parameters
    ----------
    n_obs
        Items compared.
    row, col
        Cluster of `a` and of `b`, ``int64``, shape ``(n_pairs,)``.
    count
        Items that the pair shares.
    times
        How many such pairs there are: 1, or the number of singletons in the group.
    row_size, col_size
        Items per cluster, shapes ``(n_rows,)`` and ``(n_cols,)``; the last entry is 1, or 0 without singletons.
    row_times, col_times
        How many such clusters there are: 1, and the number of singletons in the last entry.
    cell
        For each item its pair, or -1 when the item is left out; ``int64``, shape ``(n_items,)``. Empty in tables of
        half-samples.
    """

    n_obs: int
    row: np.ndarray
    col: np.ndarray
    count: np.ndarray
    times: np.ndarray
    row_size: np.ndarray
    row_times: np.ndarray
    col_size: np.ndarray
    col_times: np.ndarray
    cell: np.ndarray

    @property
    def totals(self) -> np.ndarray:
        """Items in each pair or group of pairs, shape ``(n_pairs,)``."""
        return np.asarray(self.count * self.times)

    @property
    def facts(self) -> Facts:
        """Items and clusters of the table, singletons counted."""
        n_a, n_b = (int(times[size > 0].sum()) for size, times in self._margins)
        return Facts(self.n_obs, n_a, n_b)

    @property
    def n_assigned(self) -> tuple[int, int]:
        """Clusters of `a` and `b` with at least one item, singletons of unassigned items not counted."""
        n_a, n_b = (int(np.count_nonzero(size[:-1])) for size, _ in self._margins)
        return n_a, n_b

    @property
    def n_assigned_both(self) -> int:
        """Items assigned in both labelings."""
        both = (self.row < self.row_size.size - 1) & (self.col < self.col_size.size - 1)
        return int(self.count[both].sum())

    @property
    def _margins(self) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
        return (self.row_size, self.row_times), (self.col_size, self.col_times)


def tabulate(a: np.ndarray, b: np.ndarray, *, unassigned: Unassigned = "singletons") -> Contingency:
    """Return the contingency table of two labelings on the items observed in both.

    Parameters
    ----------
    a, b
        Codes, shape ``(n_obs,)``; ``-2`` leaves the item out, ``-1`` is unassigned.
    unassigned
        ``"singletons"``: every unassigned item is a cluster of its own; ``"left_out"``.

    Raises
    ------
    UsageError
        When the labels are no vectors of codes, or differ in length.

    Examples
    --------
    >>> table = tabulate(np.array([0, 0, 1, -1, -2]), np.array([0, 0, 0, 1, 1]))
    >>> table.n_obs, table.count.tolist(), table.row_size.tolist(), table.col_size.tolist()
    (4, [2, 1, 1], [2, 1, 1], [3, 1, 0])
    """
    lowest = lowest_code(unassigned)
    a, b = check_codes(a, where="a"), check_codes(b, where="b")
    same_length(a.size, b.size, where="contingency table of two labelings")
    n_rows, n_cols = (int(codes.max(initial=-1)) + 2 for codes in (a, b))
    if n_rows * n_cols <= max(_DENSE_CELLS, 8 * a.size):
        row, col, total, cell = _count(a, b, n_rows, n_cols, lowest)
    else:
        row, col, total, cell = _sort(a, b, n_rows, n_cols, lowest)
    return from_totals(total, row=row, col=col, n_rows=n_rows, n_cols=n_cols, cell=cell)


def from_totals(
    total: np.ndarray,
    *,
    row: np.ndarray,
    col: np.ndarray,
    n_rows: int,
    n_cols: int,
    cell: np.ndarray,
) -> Contingency:
    """Return the table with `total` items in each pair; the last row and column stand for singletons.

    Parameters
    ----------
    total
        Items per pair or group, ``int64``, shape ``(n_pairs,)``.
    row, col, cell
        See `Contingency`.
    n_rows, n_cols
        Number of clusters, plus one for the singletons.
    """
    return Contingency(*_complete(row, col, total, n_rows, n_cols), cell)


@numba.njit(cache=True, nogil=True)
def _count(
    a: np.ndarray, b: np.ndarray, n_rows: int, n_cols: int, lowest: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Count in a dense table, then list its non-empty pairs."""
    dense = np.zeros(n_rows * n_cols, np.int64)
    cell = np.empty(a.size, np.int64)
    for i in range(a.size):
        x, y = a[i], b[i]
        if x < lowest or y < lowest:
            cell[i] = -1
            continue
        at = (x if x >= 0 else n_rows - 1) * n_cols + (y if y >= 0 else n_cols - 1)
        cell[i] = at
        dense[at] += 1
    n_pairs = np.count_nonzero(dense)
    row, col, total = np.empty(n_pairs, np.int64), np.empty(n_pairs, np.int64), np.empty(n_pairs, np.int64)
    k = 0
    for at in range(dense.size):
        if dense[at] > 0:
            row[k], col[k], total[k] = at // n_cols, at % n_cols, dense[at]
            dense[at] = k
            k += 1
    for i in range(cell.size):
        if cell[i] >= 0:
            cell[i] = dense[cell[i]]
    return row, col, total, cell


def _sort(
    a: np.ndarray, b: np.ndarray, n_rows: int, n_cols: int, lowest: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Give what `_count` gives where a dense table would be far larger than the number of items."""
    kept = np.flatnonzero((a >= lowest) & (b >= lowest))
    x, y = a[kept].astype(np.int64), b[kept].astype(np.int64)
    key = np.where(x >= 0, x, n_rows - 1) * n_cols + np.where(y >= 0, y, n_cols - 1)
    at, inverse, total = np.unique(key, return_inverse=True, return_counts=True)
    cell = np.full(a.size, -1, dtype=np.int64)
    cell[kept] = inverse
    return at // n_cols, at % n_cols, total.astype(np.int64), cell


@numba.njit(cache=True, nogil=True)
def _complete(
    row: np.ndarray, col: np.ndarray, total: np.ndarray, n_rows: int, n_cols: int
) -> tuple[int, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    count, times = np.empty_like(total), np.empty_like(total)
    row_size, row_times = np.zeros(n_rows, np.int64), np.ones(n_rows, np.int64)
    col_size, col_times = np.zeros(n_cols, np.int64), np.ones(n_cols, np.int64)
    n_obs = 0
    for k in range(total.size):
        single = row[k] == n_rows - 1 or col[k] == n_cols - 1
        count[k] = min(total[k], 1) if single else total[k]
        times[k] = total[k] if single else 1
        row_size[row[k]] += total[k]
        col_size[col[k]] += total[k]
        n_obs += total[k]
    for size, repeat in ((row_size, row_times), (col_size, col_times)):
        repeat[-1] = size[-1]
        size[-1] = min(size[-1], 1)
    return n_obs, row, col, count, times, row_size, row_times, col_size, col_times
