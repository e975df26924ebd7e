"""All pairs of sequences within a few edits, and the graph of the unique ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

import numba
import numpy as np
import scipy.sparse as sp

from rashomon.core import UsageError, did_you_mean, first_few
from rashomon.encode.item_link import MAX_PAIRS, Links, link_matrix, refuse_pairs
from rashomon.encode.packed import AMINO_ACIDS, Packed, pack, require_letters
from rashomon.encode.substitution import substitution_pairs

__all__ = ["METRICS", "Metric", "SequenceGraph", "require_metric", "sequence_graph", "sequence_pairs"]

Metric = Literal["identity", "hamming", "levenshtein"]
METRICS = get_args(Metric)

_MAX_CUTOFF = 255
"""Largest distance that the search can write."""


def sequence_pairs(sequences: np.ndarray | Sequence[str], *, metric: Metric, cutoff: int) -> Links:
    """Return all pairs of sequences within a distance, copies of a sequence included.

    Exact: equal to comparing all with all. One substitution is looked for by our own search, place by place; else the
    search is that of symscan, by sequences with letters deleted: time and memory grow with the number of ways to delete
    `cutoff` letters, so that cutoffs above 2 are for small data. Copies are the exception
    to speed: m copies of a sequence are m (m - 1) / 2 pairs, so the work grows with their square.

    Parameters
    ----------
    sequences
        Amino acids in one-letter code, bytes (``S``) or text, shape ``(n,)``.
    metric
        ``identity``: equal sequences, with a `cutoff` of 0; ``hamming``: substitutions, between sequences of equal
        length only; ``levenshtein``: substitutions, insertions and deletions.
    cutoff
        Largest distance, from 0.

    Returns
    -------
    Rows ``i < j``, ``int32``, in ascending order, and distances, ``int16``.

    Raises
    ------
    UsageError
        When a sequence is empty or holds another letter, the metric is unknown, the cutoff does not fit the metric, or
        there are more than 50,000,000 pairs.

    Notes
    -----
    Nagano et al., symscan.

    Examples
    --------
    >>> [part.tolist() for part in sequence_pairs(["CASSF", "CASF", "CATSF", "CASSF"], metric="hamming", cutoff=1)]
    [[0, 0, 2], [2, 3, 3], [1, 0, 1]]
    """
    graph = _search(sequences, metric, cutoff)
    codes, n = graph.codes, graph.n_unique
    if n == codes.size:
        return graph.links
    order = np.argsort(codes, kind="stable").astype(np.int32)
    size = np.bincount(codes, minlength=n)
    n_pairs = int((size * (size - 1) // 2).sum() + (size[graph.links.i] * size[graph.links.j]).sum())
    refuse_pairs(n_pairs, where=f"sequences, {metric} {cutoff}")
    starts = np.concatenate(([0], np.cumsum(size)))
    low, high, distance = _spread(order, starts, *graph.links, n_pairs)
    by = np.argsort(low.astype(np.int64) * codes.size + high)
    return Links(low[by], high[by], distance[by])


@dataclass(frozen=True, eq=False)
class SequenceGraph:
    """Which unique sequences are within a distance of each other.

    Parameters
    ----------
    codes
        Unique sequence of each row, ``int64``, shape ``(n,)``, numbered in the order of their first rows.
    n_unique
        How many there are.
    links
        Pairs of unique sequences and their distances.
    """

    codes: np.ndarray
    n_unique: int
    links: Links

    @cached_property
    def distances(self) -> sp.csr_matrix:
        """The links as a symmetric matrix, ``float32``, ``(n_unique, n_unique)``; stored values are distance + 1."""
        return link_matrix(self.links, self.n_unique)

    @cached_property
    def components(self) -> np.ndarray:
        """Connected component of each unique sequence, ``int32``; ``components[codes]`` is that of each row."""
        return _components(self.links.i, self.links.j, self.n_unique)


def sequence_graph(sequences: np.ndarray | Sequence[str], *, metric: Metric, cutoff: int) -> SequenceGraph:
    """Return which unique sequences are within a distance; copies cost nothing here.

    Parameters
    ----------
    sequences, metric, cutoff
        See `sequence_pairs`.

    Raises
    ------
    UsageError
        See `sequence_pairs`.

    Examples
    --------
    >>> graph = sequence_graph(["CASSF", "CASF", "CAWWF", "CASSF"], metric="levenshtein", cutoff=1)
    >>> graph.codes.tolist(), graph.distances.toarray().tolist(), graph.components.tolist()
    ([0, 1, 2, 0], [[0.0, 2.0, 0.0], [2.0, 0.0, 0.0], [0.0, 0.0, 0.0]], [0, 0, 1])
    """
    found = _search(sequences, metric, cutoff)
    refuse_pairs(found.links.i.size, where=f"sequences, {metric} {cutoff}")
    return found


def _search(sequences: np.ndarray | Sequence[str], metric: Metric, cutoff: int) -> SequenceGraph:
    require_metric(metric, cutoff)
    packed = _packed(sequences)
    codes, first = _unique(sequences, packed)
    if metric == "identity" or cutoff == 0:
        empty = np.empty(0, dtype=np.int32)
        return SequenceGraph(codes, first.size, Links(empty, empty, empty.astype(np.int16)))
    if metric == "hamming" and cutoff == 1:
        every = (
            packed if first.size == codes.size else Packed(packed.letters, packed.start[first], packed.length[first])
        )
        i, j = substitution_pairs(every, most=MAX_PAIRS)
        return SequenceGraph(codes, first.size, Links(i, j, np.ones(i.size, dtype=np.int16)))
    # the letters are not needed any more, and the search needs memory
    del packed
    # slow to import for a command line that only prints help
    import symscan

    found = symscan.get_neighbors_within(_texts(sequences, first), max_distance=cutoff, distance_type=metric)
    links = Links(found[0].astype(np.int32), found[1].astype(np.int32), found[2].astype(np.int16))
    return SequenceGraph(codes, first.size, links)


def _unique(sequences: np.ndarray | Sequence[str], packed: Packed) -> tuple[np.ndarray, np.ndarray]:
    """Return the number of each row's sequence, in the order of their first rows, and those rows."""
    # equal sequences have equal marks: where no marks are equal, all sequences differ
    marks, bad = _marks(*packed, _LETTERS)
    if bad:
        require_letters(packed, _LETTERS)
    if not (_repeats(marks) if marks.size <= _TABLE else (np.diff(np.sort(marks)) == 0).any()):
        every = np.arange(packed.start.size)
        return every, every
    # memory that is needed for copies only
    import pandas as pd

    column = np.empty(packed.start.size, dtype=object)
    column[:] = sequences.tolist() if isinstance(sequences, np.ndarray) else sequences
    codes, unique = pd.factorize(column)
    first = np.full(len(unique), packed.start.size)
    np.minimum.at(first, codes, np.arange(codes.size))
    return codes, first


def _texts(sequences: np.ndarray | Sequence[str], rows: np.ndarray) -> list[str]:
    if isinstance(sequences, np.ndarray):
        return list(sequences[rows].astype(str).tolist())
    if rows.size == len(sequences):
        return sequences if isinstance(sequences, list) else list(sequences)
    return [sequences[row] for row in rows]


def require_metric(metric: str, cutoff: int) -> None:
    """Refuse metrics that are unknown, and cutoffs that do not fit them.

    Parameters
    ----------
    metric, cutoff
        See `sequence_pairs`.

    Raises
    ------
    UsageError
        When they are refused.
    """
    if metric not in METRICS:
        raise UsageError(f"unknown metric {metric!r}", where="sequences", fix=did_you_mean(str(metric), METRICS))
    if metric == "identity" and cutoff != 0:
        raise UsageError(
            f"identity has no cutoff of {cutoff}",
            where="sequences",
            expected="0: equal sequences are at distance 0",
            fix="use metric='hamming' or metric='levenshtein'",
        )
    if not 0 <= cutoff <= _MAX_CUTOFF or int(cutoff) != cutoff:
        raise UsageError(f"cutoff {cutoff}", where="sequences", expected=f"a whole number from 0 to {_MAX_CUTOFF}")


_TABLE = 2**18
"""Sequences up to which copies are looked for in a table; beyond, a sort takes less memory."""

_LETTERS = np.full(256, -1, dtype=np.int8)
_LETTERS[np.frombuffer(AMINO_ACIDS.encode(), dtype=np.uint8)] = 0


def _packed(sequences: np.ndarray | Sequence[str]) -> Packed:
    packed = pack(sequences)
    empty = np.flatnonzero(packed.length == 0)
    if empty.size:
        raise UsageError(
            f"{empty.size} sequences are empty",
            where=f"sequences, rows {first_few(empty)}",
            expected="amino acids in one-letter code",
            fix="leave them out",
        )
    return packed


@numba.njit(cache=True, nogil=True)
def _marks(letters: np.ndarray, start: np.ndarray, length: np.ndarray, table: np.ndarray) -> tuple[np.ndarray, bool]:
    """Return a number of 64 bits for each sequence, and whether a letter has no code in `table`.

    Different sequences hardly ever share one (FNV-1a, mixed). Letters are looked up while the product is formed.
    """
    found, least = np.empty(start.size, np.uint64), np.int8(0)
    for row in range(start.size):
        mark = np.uint64(0xCBF29CE484222325)
        for at in range(start[row], start[row] + length[row]):
            mark = (mark ^ np.uint64(letters[at])) * np.uint64(0x100000001B3)
            least |= table[letters[at]]
        found[row] = (mark ^ (mark >> np.uint64(32))) * np.uint64(0x9E3779B97F4A7C15)
    return found, bool(least < 0)


@numba.njit(cache=True, nogil=True)
def _repeats(marks: np.ndarray) -> bool:
    """Whether a mark occurs twice: each is put into a table with room for twice as many."""
    size = 1
    while size < 2 * marks.size:
        size *= 2
    table = np.zeros(size, np.uint64)
    last = np.uint64(size - 1)
    zeros = 0
    for mark in marks:
        if mark == 0:
            zeros += 1
            continue
        place = mark & last
        while table[place] != 0:
            if table[place] == mark:
                return True
            place = (place + np.uint64(1)) & last
        table[place] = mark
    return zeros > 1


@numba.njit(cache=True, nogil=True)
def _spread(
    order: np.ndarray, starts: np.ndarray, i: np.ndarray, j: np.ndarray, distance: np.ndarray, n_pairs: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the pairs of rows that belong to pairs of unique sequences, and those of copies."""
    low, high, found = np.empty(n_pairs, np.int32), np.empty(n_pairs, np.int32), np.zeros(n_pairs, np.int16)
    at = 0
    for code in range(starts.size - 1):
        for x in range(starts[code], starts[code + 1]):
            for y in range(x + 1, starts[code + 1]):
                low[at], high[at] = order[x], order[y]
                at += 1
    for k in range(i.size):
        for x in range(starts[i[k]], starts[i[k] + 1]):
            for y in range(starts[j[k]], starts[j[k] + 1]):
                low[at], high[at] = min(order[x], order[y]), max(order[x], order[y])
                found[at] = distance[k]
                at += 1
    return low, high, found


@numba.njit(cache=True, nogil=True)
def _components(i: np.ndarray, j: np.ndarray, n: int) -> np.ndarray:
    """Return connected components, numbered in the order of their first members."""
    parent = np.arange(n).astype(np.int32)
    for k in range(i.size):
        a, b = i[k], j[k]
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        while parent[b] != b:
            parent[b] = parent[parent[b]]
            b = parent[b]
        # the smallest member stands for all
        parent[max(a, b)] = min(a, b)
    label = np.empty(n, np.int32)
    count = 0
    for row in range(n):
        # a parent is never above its child
        if parent[row] == row:
            label[row] = count
            count += 1
        else:
            label[row] = label[parent[row]]
    return label
