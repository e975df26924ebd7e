"""All pairs of sequences within a few edits, and the graph of the unique ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

import numba
import numpy as np
import pandas as pd
import scipy.sparse as sp

from rashomon.core import UsageError, did_you_mean, first_few
from rashomon.encode.item_link import Links, link_matrix, refuse_pairs
from rashomon.encode.packed import AMINO_ACIDS, pack, require_letters

__all__ = ["METRICS", "Metric", "SequenceGraph", "require_metric", "sequence_graph", "sequence_pairs"]

Metric = Literal["identity", "hamming", "levenshtein"]
METRICS = get_args(Metric)

_MAX_CUTOFF = 255
"""Largest distance that the search can write."""


def sequence_pairs(sequences: np.ndarray | Sequence[str], *, metric: Metric, cutoff: int) -> Links:
    """Return all pairs of sequences within a distance, copies of a sequence included.

    Exact: equal to comparing all with all. The search is that of symscan, by sequences with letters deleted; time and
    memory grow with the number of ways to delete `cutoff` letters, so that cutoffs above 2 are for small data. Copies
    are the exception to its speed: m copies of a sequence are m (m - 1) / 2 pairs, so the work grows with their square.

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
        return np.asarray(sp.csgraph.connected_components(self.distances, directed=False)[1], dtype=np.int32)


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
    _require_sequences(sequences)
    array = np.asarray(sequences)
    texts = array.astype(str).tolist() if array.dtype.kind == "S" else list(sequences)
    column = np.empty(len(texts), dtype=object)
    column[:] = texts
    codes, unique = pd.factorize(column)
    if metric == "identity" or cutoff == 0:
        empty = np.empty(0, dtype=np.int32)
        return SequenceGraph(codes, len(unique), Links(empty, empty, empty.astype(np.int16)))
    # slow to import for a command line that only prints help
    import symscan

    i, j, distance = symscan.get_neighbors_within(
        texts if len(unique) == len(texts) else unique.tolist(), max_distance=cutoff, distance_type=metric
    )
    return SequenceGraph(codes, len(unique), Links(i.astype(np.int32), j.astype(np.int32), distance.astype(np.int16)))


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


_LETTERS = np.full(256, -1, dtype=np.int8)
_LETTERS[np.frombuffer(AMINO_ACIDS.encode(), dtype=np.uint8)] = 0


def _require_sequences(sequences: np.ndarray | Sequence[str]) -> None:
    packed = pack(sequences)
    empty = np.flatnonzero(packed.length == 0)
    if empty.size:
        raise UsageError(
            f"{empty.size} sequences are empty",
            where=f"sequences, rows {first_few(empty)}",
            expected="amino acids in one-letter code",
            fix="leave them out",
        )
    require_letters(packed, _LETTERS)


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
