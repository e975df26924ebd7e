"""Links between items: from pairs of chains to pairs of items, over both arms, and as the slot `distances`."""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
import scipy.sparse as sp

from rashomon.core import UsageError

__all__ = ["MAX_PAIRS", "Links", "as_distances", "item_links", "link_matrix", "refuse_pairs"]

MAX_PAIRS = 50_000_000
"""Most pairs that are written out; the matrix of so many takes 0.8 GB, and 2 GB while it is made."""


class Links(NamedTuple):
    """Pairs ``i < j`` in ascending order, each once, and their distances; three arrays of one length."""

    i: np.ndarray
    j: np.ndarray
    distance: np.ndarray


def refuse_pairs(n_pairs: int, *, where: str) -> None:
    """Refuse more than `MAX_PAIRS` pairs.

    Parameters
    ----------
    n_pairs
        How many there are, or would be.
    where
        The place, for the message.

    Raises
    ------
    UsageError
        When there are too many.
    """
    if n_pairs > MAX_PAIRS:
        raise UsageError(
            f"{n_pairs:,} pairs or more are within the cutoff: copies of a sequence are all pairs of each other",
            where=where,
            expected=f"at most {MAX_PAIRS:,}",
            fix="lower the cutoff, compare both chains, or take fewer receptors",
        )


def item_links(links: Links, item: np.ndarray) -> Links:
    """Return the links between items that follow from links between their chains: the nearest two chains count.

    Parameters
    ----------
    links
        Between chains.
    item
        Item of each chain, shape ``(n_chains,)``.

    Examples
    --------
    >>> chains = Links(np.array([0, 0, 1]), np.array([1, 2, 2]), np.array([1, 3, 2]))
    >>> [part.tolist() for part in item_links(chains, np.array([0, 0, 1]))]
    [[0], [1], [2]]
    """
    if item.size and np.array_equal(item, np.arange(item.size)):
        return links
    a, b = item[links.i], item[links.j]
    other = a != b
    low, high = np.minimum(a, b)[other], np.maximum(a, b)[other]
    order = np.lexsort((links.distance[other], high, low))
    low, high, distance = low[order], high[order], links.distance[other][order]
    first = np.ones(low.size, dtype=bool)
    first[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    return Links(low[first].astype(np.int32), high[first].astype(np.int32), distance[first])


def as_distances(links: Links, items: np.ndarray) -> sp.csr_matrix:
    """Return the slot `distances` of a plan: see `link_matrix`.

    Parameters
    ----------
    links
        Between items.
    items
        Item of each row that is kept, as `select_chains` writes it; the largest says how many there are.
    """
    return link_matrix(links, int(items.max()) + 1 if items.size else 0)


def link_matrix(links: Links, n: int) -> sp.csr_matrix:
    """Return links as a symmetric sparse matrix whose stored values are distance + 1; what is not stored is farther.

    Parameters
    ----------
    links
        Pairs in ascending order.
    n
        Number of items.

    Returns
    -------
    CSR, ``float32``, shape ``(n, n)``, without diagonal, indices sorted.

    Examples
    --------
    >>> link_matrix(Links(np.array([0]), np.array([2]), np.array([1])), 3).toarray().tolist()
    [[0.0, 0.0, 2.0], [0.0, 0.0, 0.0], [2.0, 0.0, 0.0]]
    """
    parts = _both_ways(
        np.ascontiguousarray(links.i, dtype=np.int32),
        np.ascontiguousarray(links.j, dtype=np.int32),
        np.ascontiguousarray(links.distance, dtype=np.float32),
        n,
    )
    matrix = sp.csr_matrix(parts, shape=(n, n), copy=False)
    matrix.has_canonical_format = True
    return matrix


@numba.njit(cache=True, nogil=True)
def _both_ways(i: np.ndarray, j: np.ndarray, d: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    before, after = np.zeros(n, np.int32), np.zeros(n, np.int32)
    for k in range(i.size):
        after[i[k]] += 1
        before[j[k]] += 1
    starts = np.zeros(n + 1, np.int32)
    for row in range(n):
        starts[row + 1] = starts[row] + before[row] + after[row]
        # from counts to the next free places: neighbours before the row come first
        after[row] = starts[row] + before[row]
        before[row] = starts[row]
    indices, data = np.empty(2 * i.size, np.int32), np.empty(2 * i.size, np.float32)
    for k in range(i.size):
        at, back = after[i[k]], before[j[k]]
        indices[at], data[at] = j[k], d[k] + 1
        indices[back], data[back] = i[k], d[k] + 1
        after[i[k]] += 1
        before[j[k]] += 1
    return data, indices, starts
