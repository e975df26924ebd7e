"""Somatic hypermutation along trees of clones: hits on branches, hot spots, and hits that no B cell survives."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np

from rashomon.core import UsageError, first_few
from rashomon.io.receptor.codon import letters as rows_of
from rashomon.sim.limit.domain import checked
from rashomon.sim.lineage.clone_tree import CloneTrees
from rashomon.sim.lineage.hotspot import Targeting, spot
from rashomon.sim.stream import draw_bits, mix, stream_key, unit_keys

__all__ = ["Mutated", "hypermutate"]

_BASES = np.frombuffer(b"TCAG", dtype=np.uint8)
_RESIDUE = np.frombuffer(b"FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG", dtype=np.uint8)
"""Amino acid of each codon, the first base slowest."""

_CODE = np.full(256, -1, dtype=np.int64)
_CODE[_BASES] = np.arange(4)
_STOP = ord("*")
_WHICH, _NEXT = np.uint64(0x2545F4914F6CDD1D), np.uint64(1)


@dataclass(frozen=True, eq=False)
class Mutated:
    """Sequences of the cells of trees: a row per row of the trees.

    Parameters
    ----------
    v
        Stretch in front of the junction, bytes; empty where there is none.
    junction
        Junctions, bytes, as long as that of the unmutated ancestor.
    n_mutations
        Hits on the path from the unmutated ancestor, ``int32``: at least the number of bases that differ from it, as
        a base can be hit twice.
    """

    v: np.ndarray
    junction: np.ndarray
    n_mutations: np.ndarray


def hypermutate(
    trees: CloneTrees,
    junction: np.ndarray,
    key: np.uint64,
    *,
    rate: float,
    v_germline: np.ndarray | None = None,
    targeting: Targeting | None = None,
    purifying: bool = True,
) -> Mutated:
    """Mutate the sequence of each clone along the branches of its tree.

    A branch has a Poisson number of hits with mean rate x length of the branch x bases of the sequence. Each hit goes
    to one base of the sequence as it then is, in proportion to its weight (`Targeting`), and exchanges it. Hits
    that make a stop codon, or change the residue at either end of the junction, are left out: as lethal and other hits
    are independent, what stays is the law of branches that survived. There are no insertions and no deletions.

    Parameters
    ----------
    trees
        From `rashomon.sim.lineage.clone_trees`.
    junction
        Junction of the unmutated ancestor of each clone, upper case bytes (``S``) in frame, shape ``(n_clones,)``.
    key
        From `rashomon.sim.stream.stream_key`; another key for each chain of a cell.
    rate
        Expected hits per base on a branch of length 1, at least 0. With a larger rate and the same key a branch keeps
        its hits, in their order, and has others behind them.
    v_germline
        Bases in front of the junction, upper case bytes, shape ``(n_clones,)``; None: the junction alone mutates.
    targeting
        Weights of hot and cold spots; those of `Targeting` when None.
    purifying
        Whether lethal hits are left out.

    Returns
    -------
    Sequences and numbers of hits, a row per row of `trees`.

    Raises
    ------
    UsageError
        When a sequence is not made of A, C, G and T, a junction is empty or out of frame, the numbers of sequences and
        clones differ, or the rate is negative.

    Notes
    -----
    Bases of a hit are found by rejection, so that a hit costs a few comparisons whatever the length.

    Examples
    --------
    >>> from rashomon.sim.lineage import clone_trees
    >>> from rashomon.sim.stream import stream_key
    >>> trees = clone_trees(np.array([2]), stream_key(1, "clone"))
    >>> found = hypermutate(trees, np.array([b"TGTGCAAGAGACTGG"]), stream_key(1, "heavy"), rate=0.1)
    >>> found.junction.tolist(), found.n_mutations.tolist()
    ([b'TGTCAAAGAGACTGG', b'TGTCAAAGAGACTGG'], [2, 2])
    """
    where = "hypermutate"
    mean = float(checked(rate, "rate", where=where))
    ends, front = _germline(junction, v_germline, trees.units.size, where=where)
    n_front, n_all = (np.count_nonzero(part, axis=1) for part in (front, np.hstack([front, ends])))
    germline = np.zeros((n_all.size, front.shape[1] + ends.shape[1]), dtype=np.uint8)
    _join(front, n_front, ends, n_all, germline)
    law = targeting or Targeting()
    letters = np.zeros((trees.n_rows, germline.shape[1]), dtype=np.uint8)
    n_hits = np.zeros(trees.n_rows, dtype=np.int32)
    keys = unit_keys(stream_key(int(key), "hypermutation"), trees.units)
    chances = law.weights / law.weights.max()
    tree = (trees.clone, trees.parent, trees.node, trees.length)
    _mutate(tree, (germline, n_front, n_all), keys, (mean, law.transition, purifying), chances, letters, n_hits)
    v = np.zeros((trees.n_rows, max(int(n_front.max(initial=0)), 1)), dtype=np.uint8)
    ends_found = np.zeros((trees.n_rows, ends.shape[1]), dtype=np.uint8)
    _split(letters, n_front[trees.clone], n_all[trees.clone], v, ends_found)
    return Mutated(v.view(f"S{v.shape[1]}").ravel(), ends_found.view(f"S{ends.shape[1]}").ravel(), n_hits)


def _germline(
    junction: np.ndarray, v_germline: np.ndarray | None, n_clones: int, *, where: str
) -> tuple[np.ndarray, np.ndarray]:
    """Return junctions and what stands in front of them as rows of letters, both checked."""
    ends = np.asarray(junction, dtype="S")
    front = np.full(n_clones, b"", dtype="S1") if v_germline is None else np.asarray(v_germline, dtype="S")
    for name, texts in (("junction", ends), ("v_germline", front)):
        if texts.shape != (n_clones,):
            raise UsageError(
                f"{name} has shape {texts.shape}", where=where, expected=f"one for each of {n_clones} clones"
            )
        rows = rows_of(texts)
        wrong = ((_CODE[rows] < 0) & (np.arange(rows.shape[1]) < np.strings.str_len(texts)[:, None])).any(axis=1)
        if wrong.any():
            raise UsageError(
                f"{name} holds other letters",
                where=f"clones {first_few(np.flatnonzero(wrong))}",
                expected="A, C, G and T",
            )
    size = np.strings.str_len(ends)
    wrong = (size == 0) | (size % 3 > 0)
    if wrong.any():
        raise UsageError(
            f"{wrong.sum()} junctions are empty or out of frame",
            where=f"clones {first_few(np.flatnonzero(wrong))}",
            expected="whole codons",
            fix="draw productive receptors only",
        )
    return rows_of(ends), rows_of(front)


@numba.njit(cache=True, nogil=True)
def _join(front: Any, n_front: Any, ends: Any, n_all: Any, joined: Any) -> None:
    for c in range(n_all.size):
        for place in range(n_all[c]):
            joined[c, place] = front[c, place] if place < n_front[c] else ends[c, place - n_front[c]]


@numba.njit(cache=True, nogil=True)
def _split(letters: Any, n_front: Any, n_all: Any, front: Any, ends: Any) -> None:
    for row in range(n_all.size):
        for place in range(n_all[row]):
            if place < n_front[row]:
                front[row, place] = letters[row, place]
            else:
                ends[row, place - n_front[row]] = letters[row, place]


@numba.njit(cache=True, nogil=True, inline="always")
def _uniform(key: Any, draw: Any) -> Any:
    return (np.float64(np.int64(draw_bits(key, draw))) + 0.5) * 2.0**-53


@numba.njit(cache=True, nogil=True)
def _mutate(tree: Any, germline: Any, keys: Any, law: Any, chances: Any, letters: Any, n_hits: Any) -> None:
    clone, parent, node, length = tree
    first, n_front, n_all = germline
    for row in range(clone.size):
        c = clone[row]
        n = n_all[c]
        if parent[row] < 0:
            letters[row] = first[c]
        else:
            letters[row] = letters[parent[row]]
            n_hits[row] = n_hits[parent[row]]
        own = mix(keys[c] ^ mix(np.uint64(node[row]) + _NEXT))
        # exponential gaps: a larger mean keeps the hits of a smaller one
        end, time, hit = law[0] * length[row] * n, 0.0, np.uint64(0)
        while True:
            time -= math.log(_uniform(own, hit))
            if time > end:
                break
            n_hits[row] += _hit(letters[row], n_front[c], n, mix(mix(own ^ _WHICH) ^ mix(hit + _NEXT)), law, chances)
            hit += _NEXT


@numba.njit(cache=True, nogil=True)
def _hit(letters: Any, n_front: Any, n: Any, key: Any, law: Any, chances: Any) -> int:
    """Exchange one base; return 1, or 0 where the hit is left out."""
    draw = np.uint64(0)
    while True:
        place = np.int64(_uniform(key, draw) * n)
        draw += _NEXT
        wanted = _uniform(key, draw)
        draw += _NEXT
        if wanted < chances[spot(letters, place, n)]:
            break
    old = letters[place]
    code = _CODE[old]
    toss = _uniform(key, draw)
    # T C A G: a transition exchanges the codes 0, 1 and 2, 3
    step = 1 if toss < law[1] else (2 if toss < 0.5 * (1.0 + law[1]) else 3)
    before = _residue(letters, place, n_front)
    letters[place] = _BASES[code ^ step]
    after = _residue(letters, place, n_front)
    codon = place - (place - n_front) % 3
    anchor = codon == n_front or codon == n - 3
    if law[2] and (after == _STOP or (anchor and after != before)):
        letters[place] = old
        return 0
    return 1


@numba.njit(cache=True, nogil=True)
def _residue(letters: Any, place: Any, n_front: Any) -> Any:
    """Return the residue of the codon that holds `place`, in the frame of the junction; 0 for a codon cut off."""
    codon = place - (place - n_front) % 3
    if codon < 0:
        return 0
    return _RESIDUE[16 * _CODE[letters[codon]] + 4 * _CODE[letters[codon + 1]] + _CODE[letters[codon + 2]]]
