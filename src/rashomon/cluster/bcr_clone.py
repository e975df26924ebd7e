"""Clones of B cells: junctions of one length whose nucleotides differ in few places."""

from __future__ import annotations

from typing import Literal

import numba
import numpy as np
import pandas as pd
import scipy.sparse as sp

from rashomon.core import UsageError
from rashomon.dataset.gene_call import GeneCalls, GeneLevel

__all__ = ["bcr_distances", "bcr_links", "distance_to_nearest"]


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
    _checked(cutoff)
    letters, order, start, length = _blocked(sequences, blocks)
    a, b = _spanning(letters, start, length, _most(cutoff, length))
    return order[a], order[b]


def _checked(cutoff: float) -> None:
    if not 0 <= cutoff <= 1:
        raise UsageError(
            f"cutoff is {cutoff}", where="bcr clones", expected="a share of places, in [0, 1]", fix="use 0.15"
        )


def _most(cutoff: float, length: np.ndarray) -> np.ndarray:
    """Return the places that may differ, by length."""
    _checked(cutoff)
    # a share of 3 / 20 is no more than 0.15, whatever the last digit of the product
    return np.asarray(np.floor(cutoff * length + 1e-9).astype(np.int64))


def bcr_distances(  # noqa: PLR0913 - the slots it reads
    vdj: np.ndarray,
    items: np.ndarray,
    rows: np.ndarray,
    owner: np.ndarray,
    v_names: np.ndarray,
    j_names: np.ndarray,
    *,
    cutoff: float = 0.15,
    v: Literal["gene", "allele"] = "gene",
) -> sp.csr_matrix:
    """Return the distances between heavy chains that may be of one clone; their components are the clones.

    Chains are compared within a donor, a V, a J gene and a length, by the share of places in which the nucleotides of
    their junctions differ. A call of several genes stands for each of them. Time grows with the square of the chains in
    such a group, memory with the pairs within the cutoff: with the square of the largest clone.

    Parameters
    ----------
    vdj
        Heavy chains with the fields of `rashomon.encode.receptor_chain.SELECTED`, items ascending. Chains without
        nucleotides, V or J are near to none.
    items, rows
        Item of each row that is kept, and these rows, shape ``(n_kept,)``.
    owner
        Donor of every row of the data set, integers; no clone spans two.
    v_names, j_names
        Names behind the codes of the calls; bytes.
    cutoff
        Largest share of places, in [0, 1].
    v
        Level at which V must agree; J agrees as a gene.

    Returns
    -------
    CSR, ``float32``, shape ``(n_items, n_items)``, symmetric without diagonal: the share plus 1.

    Raises
    ------
    UsageError
        When `cutoff` is out of range.

    References
    ----------
    Gupta et al. (2017), Journal of Immunology 198:2489.

    Examples
    --------
    >>> vdj = np.zeros(3, dtype=[("item", "i8"), ("nt", "S6"), ("v", "i4"), ("j", "i4")])
    >>> vdj["item"], vdj["nt"] = range(3), [b"TGTGCA", b"TGTGCC", b"TGTGCC"]
    >>> every, names = np.arange(3), np.array([b"IGHV1-2*01"])
    >>> found = bcr_distances(vdj, every, every, np.array([0, 0, 1]), names, names, cutoff=0.2)
    >>> found.toarray().astype(float).round(2).tolist()[0]
    [0.0, 1.17, 0.0]
    """
    n_items = int(items.max(initial=-1)) + 1
    told = vdj[(vdj["nt"] != b"") & (vdj["v"] >= 0) & (vdj["j"] >= 0)]
    donor = np.zeros(n_items, dtype=np.int64)
    donor[items] = owner[rows]
    chain, block = _gene_blocks(told, donor[told["item"]], (v_names, v), (j_names, "gene"))
    a, b, share = _near(np.ascontiguousarray(told["nt"])[chain], block, cutoff)
    a, b = told["item"][chain[a]], told["item"][chain[b]]
    # chains with several genes may meet in more than one; of two chains of an item the nearer one counts
    order = np.argsort(share, kind="stable")
    order = order[a[order] != b[order]]
    key, first = np.unique(np.minimum(a, b)[order] * n_items + np.maximum(a, b)[order], return_index=True)
    low, high = np.divmod(key, max(n_items, 1))
    data = np.tile(share[order][first] + 1, 2).astype(np.float32)
    found = sp.csr_matrix((data, (np.r_[low, high], np.r_[high, low])), shape=(n_items, n_items))
    found.sort_indices()
    return found


def _gene_blocks(
    chains: np.ndarray, donor: np.ndarray, v: tuple[np.ndarray, GeneLevel], j: tuple[np.ndarray, GeneLevel]
) -> tuple[np.ndarray, np.ndarray]:
    """Return chains and blocks of one donor, V and J; a chain stands in one for each combination of its genes."""
    frame = pd.DataFrame({"chain": np.arange(chains.size), "donor": donor})
    for part, (names, level) in (("v", v), ("j", j)):
        calls = GeneCalls(np.arange(names.size), tuple(name.decode() for name in names.tolist()))
        texts = calls.at(level).texts
        frame[part] = texts[chains[part][frame["chain"]]] if names.size else ""
        frame[part] = frame[part].str.split(",")
        frame = frame.explode(part, ignore_index=True)
    frame = frame[(frame["v"] != "") & (frame["j"] != "")]
    block = frame.groupby(["donor", "v", "j"], sort=False).ngroup()
    return frame["chain"].to_numpy(dtype=np.int64), block.to_numpy(dtype=np.int64)


def _near(sequences: np.ndarray, blocks: np.ndarray, cutoff: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return all pairs of a block and a length within the cutoff, and the share of places in which they differ."""
    if not sequences.size:
        _checked(cutoff)
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0)
    letters, order, start, length = _blocked(sequences, blocks)
    most = _most(cutoff, length)
    a, b, apart = _pairs(letters, start, length, most)
    size = np.repeat(length, np.diff(start)).astype(np.float64)
    return order[a], order[b], apart / size[a]


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
def _pairs(
    letters: np.ndarray, start: np.ndarray, length: np.ndarray, most: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return all pairs within reach, and the places in which they differ; counted first, then written."""
    n = 0
    a, b, apart = np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int64)
    for write in (False, True):
        if write:
            a, b, apart = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64)
            n = 0
        for block in range(length.size):
            for i in range(start[block], start[block + 1]):
                for j in range(start[block], i):
                    found = _differences(letters[i], letters[j], length[block], most[block])
                    if found <= most[block]:
                        if write:
                            a[n], b[n], apart[n] = j, i, found
                        n += 1
    return a, b, apart


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
