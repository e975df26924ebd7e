"""All pairs of different sequences of equal length that differ in one letter.

Place by place, each sequence is marked by its other letters; sequences with one mark are compared. Only the sequences
of one length are in the table at a time, so that it stays in the cache of the processor.
"""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np

from rashomon.core.thread import n_threads, run_threads
from rashomon.encode.packed import Packed

__all__ = ["substitution_pairs"]

_N_LETTERS = 32
"""Room for the letters of the alphabet, by their last five bits."""


class _Slots(NamedTuple):
    """A table of marks; a slot is empty unless its round is the present one: nothing is wiped between rounds."""

    mark: np.ndarray
    head: np.ndarray
    round: np.ndarray


class _Group(NamedTuple):
    """The sequences of one length: their rows, first letters and marks."""

    length: int
    rows: np.ndarray
    start: np.ndarray
    marks: np.ndarray


def substitution_pairs(packed: Packed, *, most: int) -> tuple[np.ndarray, np.ndarray]:
    """Return all pairs of sequences that differ in one letter.

    Time grows with the number of letters and of pairs.

    Parameters
    ----------
    packed
        Upper-case letters; no sequence twice.
    most
        Pairs after which a thread stops: there are more than that.

    Returns
    -------
    Rows ``i < j``, ``int32``, in ascending order.

    Examples
    --------
    >>> from rashomon.encode.packed import pack
    >>> [part.tolist() for part in substitution_pairs(pack(["CASSF", "CATSF", "CASF", "CATTF"]), most=10)]
    [[0, 1], [1, 3]]
    """
    n = packed.length.size
    longest = int(packed.length.max(initial=0))
    # any numbers will do: they decide which sequences are compared in vain, not which are found
    numbers = np.random.default_rng(0).integers(2**64, size=(longest, _N_LETTERS), dtype=np.uint64)
    groups = _groups(packed, numbers)
    parts = n_threads()
    found: list[list[np.ndarray]] = [[np.empty(0, np.int64)] for _ in range(parts)]

    def work(part: int) -> None:
        slots = _slots(max((group.rows.size for group in groups), default=0))
        n_found = this = 0
        for group in groups:
            for place in range(part, group.length, parts):
                this += 1
                before = _chains(packed.letters, group, place, numbers[place], slots, this)
                pairs = _pairs(packed.letters, group, place, before, n)
                found[part].append(pairs)
                n_found += pairs.size
                if n_found > most:
                    return

    run_threads(work, range(parts))
    pairs = np.concatenate([each for several in found for each in several])
    pairs.sort()
    return (pairs // max(n, 1)).astype(np.int32), (pairs % max(n, 1)).astype(np.int32)


def _groups(packed: Packed, numbers: np.ndarray) -> list[_Group]:
    order = np.argsort(packed.length, kind="stable").astype(np.int32)
    start = packed.start[order]
    ends = np.cumsum(np.bincount(packed.length))
    groups = []
    for length in range(1, ends.size):
        low, high = ends[length - 1], ends[length]
        if high - low > 1:
            marks = _marks(packed.letters, start[low:high], length, numbers)
            groups.append(_Group(length, order[low:high], start[low:high], marks))
    return groups


def _slots(n: int) -> _Slots:
    size = 2
    while size < 2 * n:
        size *= 2
    return _Slots(np.empty(size, np.uint64), np.empty(size, np.int32), np.zeros(size, np.int32))


@numba.njit(cache=True, nogil=True)
def _marks(letters: np.ndarray, start: np.ndarray, length: int, numbers: np.ndarray) -> np.ndarray:
    """Return the mark of each sequence: the numbers of its letters at their places, added bit by bit."""
    marks = np.zeros(start.size, np.uint64)
    for k in range(start.size):
        for place in range(length):
            marks[k] ^= numbers[place, letters[start[k] + place] & 31]
    return marks


@numba.njit(cache=True, nogil=True)
def _chains(
    letters: np.ndarray, group: _Group, place: int, numbers: np.ndarray, slots: _Slots, this: int
) -> np.ndarray:
    """Return the sequence before each that has the same mark without the letter at `place`; -1: none."""
    last = np.uint64(slots.mark.size - 1)
    before = np.empty(group.rows.size, np.int32)
    for k in range(before.size):
        mark = group.marks[k] ^ numbers[letters[group.start[k] + place] & 31]
        slot = (mark ^ (mark >> np.uint64(32))) & last
        while slots.round[slot] == this and slots.mark[slot] != mark:
            slot = (slot + np.uint64(1)) & last
        before[k] = slots.head[slot] if slots.round[slot] == this else -1
        slots.round[slot], slots.mark[slot], slots.head[slot] = this, mark, k
    return before


@numba.njit(cache=True, nogil=True)
def _pairs(letters: np.ndarray, group: _Group, place: int, before: np.ndarray, n: int) -> np.ndarray:
    """Return, as ``i * n + j``, the sequences of one chain that are the same but for the letter at `place`."""
    found, n_found = np.empty(64, np.int64), 0
    for k in range(before.size):
        other = before[k]
        while other >= 0:
            if _same(letters, group.start[k], group.start[other], group.length, place):
                if n_found == found.size:
                    found = np.concatenate((found, np.empty(found.size, np.int64)))
                # rows ascend within a group
                found[n_found] = np.int64(group.rows[other]) * n + group.rows[k]
                n_found += 1
            other = before[other]
    return found[:n_found]


@numba.njit(cache=True, nogil=True)
def _same(letters: np.ndarray, a: int, b: int, length: int, place: int) -> bool:
    same = 0
    while same < length and (same == place or letters[a + same] == letters[b + same]):
        same += 1
    return same == length
