"""Blocks: the contingency tables of many pairs of runs, counted in one pass and kept together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numba
import numpy as np

from rashomon.core import UsageError
from rashomon.core.labels import UNASSIGNED
from rashomon.score.contingency import Contingency, from_totals, tabulate
from rashomon.score.item import check_codes, lowest_code
from rashomon.score.record import Facts, Unassigned

__all__ = [
    "COL_START",
    "N_COLS",
    "N_ROWS",
    "ROW_START",
    "START",
    "STRIDE",
    "PairBlock",
    "RunCodes",
    "count_block",
    "split_pairs",
]

_BLOCK_CELLS = 2**15
_DENSE_CELLS = 2**16

START, N_ROWS, N_COLS, STRIDE, ROW_START, COL_START = range(6)
"""Columns of `PairBlock.place`."""


@dataclass(frozen=True, eq=False)
class RunCodes:
    """The labels of many runs, prepared for counting.

    Parameters
    ----------
    codes
        Shape ``(n_runs, n_obs)``, the smallest type that holds them: clusters without gaps, then the number of
        clusters for unassigned items and one more for items that are left out.
    n_clusters
        Clusters of each run, unassigned items not counted, shape ``(n_runs,)``.
    width
        Codes to reserve: two more than clusters, or one where no item is left out, shape ``(n_runs,)``.
    labels
        The labels as they came, shape ``(n_obs, n_runs)``, and what becomes of unassigned items: for pairs of runs
        with more clusters than a dense table can hold.
    unassigned
        See `tabulate`.
    """

    codes: np.ndarray
    n_clusters: np.ndarray
    width: np.ndarray
    labels: np.ndarray
    unassigned: Unassigned

    @classmethod
    def of(cls, labels: np.ndarray, *, unassigned: Unassigned = "singletons") -> RunCodes:
        """Check and renumber the labels of runs, shape ``(n_obs, n_runs)``; see `check_codes` for errors."""
        labels = np.asarray(labels)
        if labels.ndim != 2:
            raise UsageError(f"labels have shape {labels.shape}", where="runs", expected="(n_obs, n_runs)")
        n_obs, n_runs = labels.shape
        lowest = lowest_code(unassigned)
        found = [_renumber(check_codes(labels[:, j], where=f"run {j}"), lowest) for j in range(n_runs)]
        n_clusters = np.array([k for _, k, _ in found], dtype=np.int64)
        width = np.array([k + 1 + left_out for _, k, left_out in found], dtype=np.int64)
        dtype = np.uint8 if width.max(initial=0) <= 256 else np.int32
        codes = np.empty((n_runs, n_obs), dtype)
        for j, (renumbered, _, _) in enumerate(found):
            codes[j] = renumbered
        return cls(codes, n_clusters, width, labels, unassigned)

    def table(self, i: int, j: int) -> Contingency:
        """Return the table of the runs `i` and `j`, counted by itself."""
        return tabulate(self.labels[:, i], self.labels[:, j], unassigned=self.unassigned)


@dataclass(frozen=True, eq=False)
class PairBlock:
    """Dense tables of pairs of runs, one after the other.

    Parameters
    ----------
    count
        Items in both, ``int32``, all tables one after the other.
    place
        Where table p lies, ``int64``, shape ``(n_pairs, 6)``: it begins at `START` in `count` and has `N_ROWS` rows of
        `STRIDE` entries, of which `N_COLS` count; its rows begin at `ROW_START` in `row_size`, its columns at
        `COL_START` in `col_size`. The last row and column hold the unassigned items that are singletons.
    row_size, col_size
        Items per row and column, ``int64``; the last of each table is the number of singletons.
    facts
        Items, clusters of the first and of the second run, singletons counted; ``int64``, shape ``(n_pairs, 3)``.
    """

    count: np.ndarray
    place: np.ndarray
    row_size: np.ndarray
    col_size: np.ndarray
    facts: np.ndarray

    def table(self, p: int) -> Contingency:
        """Return table `p` alone, without the cells of items."""
        start, n_rows, n_cols, stride = self.place[p, [START, N_ROWS, N_COLS, STRIDE]].tolist()
        dense = self.count[start : start + n_rows * stride].reshape(n_rows, stride)[:, :n_cols]
        row, col = np.nonzero(dense)
        total = dense[row, col].astype(np.int64)
        return from_totals(total, row=row, col=col, n_rows=n_rows, n_cols=n_cols, cell=np.empty(0, dtype=np.int64))

    def fact(self, p: int) -> Facts:
        """Return what decides whether scores of pair `p` are defined."""
        return Facts(*self.facts[p].tolist())


def split_pairs(runs: RunCodes, pairs: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
    """Split pairs into blocks of about 128 KiB: small enough for caches, and enough blocks to share among threads.

    Parameters
    ----------
    runs
        The labels.
    pairs
        Positions of two runs, shape ``(n_pairs, 2)``.

    Returns
    -------
    blocks
        Positions in `pairs`, ascending.
    large
        Positions of pairs with too many clusters for a dense table.
    """
    cells = runs.width[pairs[:, 0]] * runs.width[pairs[:, 1]]
    large = cells > max(_DENSE_CELLS, 8 * runs.codes.shape[1])
    small = np.flatnonzero(~large)
    block = (np.cumsum(cells[small]) - 1) // _BLOCK_CELLS
    return list(_groups(small, block)), np.flatnonzero(large)


def _groups(values: np.ndarray, group: np.ndarray) -> Iterator[np.ndarray]:
    cuts = np.flatnonzero(np.diff(group)) + 1
    return (part for part in np.split(values, cuts) if part.size)


def count_block(runs: RunCodes, pairs: np.ndarray) -> PairBlock:
    """Count the tables of `pairs` of `runs`, shape ``(n_pairs, 2)``."""
    first, second = pairs[:, 0], pairs[:, 1]
    stride = runs.width[second]
    n_rows, n_cols = runs.n_clusters[first] + 1, runs.n_clusters[second] + 1
    size = {START: runs.width[first] * stride, ROW_START: n_rows, COL_START: n_cols}
    place = np.empty((pairs.shape[0], 6), dtype=np.int64)
    place[:, N_ROWS], place[:, N_COLS], place[:, STRIDE] = n_rows, n_cols, stride
    for column, taken in size.items():
        place[:, column] = np.cumsum(taken) - taken
    count = np.zeros(int(size[START].sum()), dtype=np.int32)
    _count(runs.codes, np.ascontiguousarray(pairs), place, count)
    row_size, col_size = np.zeros(int(n_rows.sum()), dtype=np.int64), np.zeros(int(n_cols.sum()), dtype=np.int64)
    facts = np.zeros((pairs.shape[0], 3), dtype=np.int64)
    _margins(count, place, row_size, col_size, facts)
    return PairBlock(count, place, row_size, col_size, facts)


@numba.njit(cache=True, nogil=True)
def _renumber(codes: np.ndarray, lowest: int) -> tuple[np.ndarray, int, int]:
    """Return codes without gaps, the number of clusters, and 1 where an item is left out, else 0."""
    new = np.zeros(max(codes.max() + 1, 0) if codes.size else 0, np.int32)
    for code in codes:
        if code >= 0:
            new[code] = 1
    k = 0
    for code in range(new.size):
        if new[code] > 0:
            new[code] = k
            k += 1
    out, left_out = np.empty(codes.size, np.int32), 0
    for i in range(codes.size):
        if codes[i] >= 0:
            out[i] = new[codes[i]]
        elif codes[i] >= lowest and codes[i] == UNASSIGNED:
            out[i] = k
        else:
            out[i], left_out = k + 1, 1
    return out, k, left_out


@numba.njit(cache=True, nogil=True)
def _count(codes: np.ndarray, pairs: np.ndarray, place: np.ndarray, count: np.ndarray) -> None:
    for p in range(pairs.shape[0]):
        a, b, stride = codes[pairs[p, 0]], codes[pairs[p, 1]], np.uint32(place[p, STRIDE])
        table = count[place[p, START] :]
        for i in range(a.size):
            table[np.uint32(a[i]) * stride + np.uint32(b[i])] += 1


@numba.njit(cache=True, nogil=True)
def _margins(
    count: np.ndarray, place: np.ndarray, row_size: np.ndarray, col_size: np.ndarray, facts: np.ndarray
) -> None:
    for p in range(place.shape[0]):
        rows = row_size[place[p, ROW_START] : place[p, ROW_START] + place[p, N_ROWS]]
        cols = col_size[place[p, COL_START] : place[p, COL_START] + place[p, N_COLS]]
        for x in range(rows.size):
            at = place[p, START] + x * place[p, STRIDE]
            for y in range(cols.size):
                rows[x] += count[at + y]
                cols[y] += count[at + y]
        facts[p, 0] = rows.sum()
        facts[p, 1] = np.count_nonzero(rows[:-1]) + rows[-1]
        facts[p, 2] = np.count_nonzero(cols[:-1]) + cols[-1]
