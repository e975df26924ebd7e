"""Clones of B cells: junctions of one length whose nucleotides differ in few places."""

from __future__ import annotations

import numba
import numpy as np

from rashomon.core import UsageError

__all__ = ["bcr_links", "distance_to_nearest"]


def bcr_links(sequences: np.ndarray, blocks: np.ndarray, *, cutoff: float) -> tuple[np.ndarray, np.ndarray]:
    """Return links whose connected components are the clones.

    Two sequences of one block and one length are linked when the share of places in which they differ is at most
    `cutoff`: single linkage by Hamming distance divided by the length. Not every such pair is returned, only as many as
    keep its components. Time grows with the square of the sequences in a block of one length, memory does not.

    Parameters
    ----------
    sequences
        Nucleotides of the junctions, bytes, shape ``(n,)``; none is empty.
    blocks
        What must be equal (donor, V, J), integers, shape ``(n,)``.
    cutoff
        Largest share of places, in [0, 1].

    Returns
    -------
    Positions of the first and the second sequence of each link.

    Raises
    ------
    UsageError
        When `cutoff` is out of range.

    References
    ----------
    Gupta et al. (2017), Journal of Immunology 198:2489 (single linkage, 0.15 of the length).

    Examples
    --------
    >>> junctions = np.array([b"TGTGCA", b"TGTGCC", b"TGTGCC", b"TGTTTTCCC"])
    >>> a, b = bcr_links(junctions, np.array([0, 0, 1, 0]), cutoff=0.2)
    >>> a.tolist(), b.tolist()
    ([0], [1])
    """
    if not 0 <= cutoff <= 1:
        raise UsageError(
            f"cutoff is {cutoff}", where="bcr clones", expected="a share of places, in [0, 1]", fix="use 0.15"
        )
    letters, order, start, length = _blocked(sequences, blocks)
    # a share of 3 / 20 is no more than 0.15, whatever the last digit of the product
    most = np.floor(cutoff * length + 1e-9).astype(np.int64)
    a, b = _spanning(letters, start, length, most)
    return order[a], order[b]


def distance_to_nearest(sequences: np.ndarray, blocks: np.ndarray) -> np.ndarray:
    """Return the distance of each sequence to the nearest different one of its block and length.

    In a repertoire with clones it has two modes: members of a clone are near, strangers are far. Time grows with the
    square of the sequences in a block of one length.

    Parameters
    ----------
    sequences
        Nucleotides of the junctions, bytes, shape ``(n,)``; none is empty.
    blocks
        What must be equal (donor, V, J), integers, shape ``(n,)``.

    Returns
    -------
    Hamming distance divided by the length, ``float64`` in (0, 1], shape ``(n,)``; NaN where no other sequence of the
    block has the length. Equal sequences are no neighbours.

    References
    ----------
    Gupta et al. (2015), Bioinformatics 31:3356 (shazam, ``distToNearest``).

    Examples
    --------
    >>> junctions = np.array([b"TGTGCA", b"TGTGCC", b"TGTGCC", b"TGTTTTCCC"])
    >>> distance_to_nearest(junctions, np.zeros(4, dtype=int)).round(3).tolist()
    [0.167, 0.167, 0.167, nan]
    """
    letters, order, start, length = _blocked(sequences, blocks)
    found = np.full(sequences.size, np.nan)
    nearest = _nearest(letters, start, length).astype(np.float64)
    size = np.repeat(length, np.diff(start)).astype(np.float64)
    found[order] = np.where(nearest > 0, nearest, np.nan) / size
    return found


def _blocked(sequences: np.ndarray, blocks: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return letters sorted by block and length, the order, where each such group starts, and its length."""
    sequences = np.ascontiguousarray(sequences)
    sizes = np.strings.str_len(sequences).astype(np.int64)
    order = np.lexsort((sizes, blocks))
    keys = np.stack([np.asarray(blocks, dtype=np.int64)[order], sizes[order]])
    change = np.flatnonzero((np.diff(keys, axis=1) != 0).any(axis=0)) + 1
    start = np.concatenate([[0], change, [order.size]]) if order.size else np.zeros(1, dtype=np.int64)
    letters = sequences.view(np.uint8).reshape(sequences.size, sequences.dtype.itemsize)[order]
    return letters, order, start.astype(np.int64), sizes[order][start[:-1]]


@numba.njit(cache=True, nogil=True)
def _differences(a: np.ndarray, b: np.ndarray, length: int, most: int) -> int:
    """Return the number of places that differ; more than `most` is `most` + 1."""
    found = 0
    for place in range(length):
        if a[place] != b[place]:
            found += 1
            if found > most:
                break
    return found


@numba.njit(cache=True, nogil=True)
def _spanning(
    letters: np.ndarray, start: np.ndarray, length: np.ndarray, most: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return pairs within reach that join two components when they are met."""
    top = np.arange(letters.shape[0])
    a = np.empty(letters.shape[0], dtype=np.int64)
    b = np.empty(letters.shape[0], dtype=np.int64)
    n = 0
    for block in range(length.size):
        for i in range(start[block], start[block + 1]):
            for j in range(start[block], i):
                low, high = j, i
                while top[low] != low:
                    top[low] = top[top[low]]
                    low = top[low]
                while top[high] != high:
                    top[high] = top[top[high]]
                    high = top[high]
                if low == high:
                    continue
                if _differences(letters[i], letters[j], length[block], most[block]) <= most[block]:
                    top[high] = low
                    a[n], b[n] = j, i
                    n += 1
    return a[:n], b[:n]


@numba.njit(cache=True, nogil=True)
def _nearest(letters: np.ndarray, start: np.ndarray, length: np.ndarray) -> np.ndarray:
    """Return the fewest differences, above 0, to another sequence of the group; -1 where there is none."""
    found = np.full(letters.shape[0], -1, dtype=np.int64)
    for block in range(length.size):
        for i in range(start[block], start[block + 1]):
            for j in range(start[block], i):
                bound = length[block]
                if found[i] > 0 and found[j] > 0:
                    bound = max(found[i], found[j])
                apart = _differences(letters[i], letters[j], length[block], bound)
                if apart == 0 or apart > bound:
                    continue
                if found[i] < 0 or apart < found[i]:
                    found[i] = apart
                if found[j] < 0 or apart < found[j]:
                    found[j] = apart
    return found
