"""Planting: a motif replaces residues between the germline ends of a junction; the length stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numba
import numpy as np

from rashomon.core import UsageError
from rashomon.sim.motif.residue import BASES, CODON_RESIDUE, as_letters, as_text
from rashomon.sim.stream import draw_bits, unit_keys

__all__ = ["REASONS", "Implanted", "implant", "room"]

REASONS = (
    "planted",
    "no room between the germline ends",
    "no junction",
    "the nucleotides do not say these residues",
    "nothing to plant",
)
"""What became of a receptor, in the order of the codes."""

_PLANTED, _NO_ROOM, _NO_JUNCTION, _UNTRUE, _NOTHING = range(len(REASONS))


@dataclass(frozen=True, eq=False)
class Implanted:
    """Receptors after planting, a row each, in their order.

    Parameters
    ----------
    junction, junction_aa
        Nucleotides and residues, as before where nothing was planted; bytes.
    start
        Place of the first residue of the instance, from 0; -1 where nothing was planted.
    n_changed
        Residues that differ from before; 0 where the receptor carried the instance by itself.
    reason
        Codes in `REASONS`.
    """

    junction: np.ndarray
    junction_aa: np.ndarray
    start: np.ndarray
    n_changed: np.ndarray
    reason: np.ndarray

    @property
    def planted(self) -> np.ndarray:
        """Which receptors carry their instance now; ``bool``."""
        return np.asarray(self.reason == _PLANTED)

    @property
    def counts(self) -> Mapping[str, int]:
        """Number of receptors by what became of them."""
        return dict(zip(REASONS, np.bincount(self.reason, minlength=len(REASONS)).tolist(), strict=True))


def room(length: np.ndarray, span: int, *, v_keep: np.ndarray | int, j_keep: np.ndarray | int) -> np.ndarray:
    """Return at how many places an instance of `span` residues can start; ``int64``, 0 where it does not fit.

    Parameters
    ----------
    length
        Residues of each junction.
    span
        Residues of the instance.
    v_keep, j_keep
        Residues at each end that stay.

    Examples
    --------
    >>> room(np.array([13, 8]), 4, v_keep=4, j_keep=3).tolist()
    [3, 0]
    """
    return np.asarray(np.maximum(np.asarray(length, np.int64) - v_keep - j_keep - span + 1, 0))


def implant(
    junction: np.ndarray,
    junction_aa: np.ndarray,
    instances: np.ndarray,
    *,
    key: np.uint64,
    units: np.ndarray,
    v_keep: np.ndarray | int,
    j_keep: np.ndarray | int,
) -> Implanted:
    """Replace residues by those of an instance, at a random place between the germline ends.

    Where a residue stays, its codon stays; a new residue gets one of the codons that need the fewest changes of
    nucleotides, each with the same probability.

    Parameters
    ----------
    junction
        Nucleotides, C and F or W included; bytes, shape ``(n,)``; empty where unknown, and then they stay so.
    junction_aa
        Residues; bytes, shape ``(n,)``.
    instances
        From `Motif.draw`, one per receptor; ``.`` keeps the residue. An empty one plants nothing.
    key
        From `rashomon.sim.stream.stream_key`; another one than that of the instances.
    units
        Numbers of the receptors, at least 0: place and codons depend on `key` and the unit alone.
    v_keep, j_keep
        Residues at each end that stay, per receptor or one for all: from `germline_ends`, and at least the window of
        the motif, or the motif is not found where it was planted.

    Raises
    ------
    UsageError
        ``motif.implant`` when the columns differ in length, or an end is negative.

    Examples
    --------
    >>> from rashomon.sim.stream import stream_key
    >>> one = implant(
    ...     np.array([b"TGTGCCAGCAGTTTT"]), np.array([b"CASSF"]), np.array([b"WG"]),
    ...     key=stream_key(1, "implant"), units=np.array([0]), v_keep=2, j_keep=1,
    ... )
    >>> one.junction_aa.tolist(), one.start.tolist(), one.n_changed.tolist()
    ([b'CAWGF'], [2], [2])
    """
    n = len(junction_aa)
    keep_v, keep_j = (np.broadcast_to(np.asarray(keep, dtype=np.int64), n) for keep in (v_keep, j_keep))
    sizes = {len(junction), n, len(instances), len(units)}
    if len(sizes) > 1 or (n and min(keep_v.min(), keep_j.min()) < 0):
        raise UsageError(
            f"there are columns of {sorted(sizes)} receptors" if len(sizes) > 1 else "an end is negative",
            where="implant",
            expected="one junction, instance and unit per receptor, and ends of 0 residues or more",
            code="motif.implant",
        )
    aa, nt, new = as_letters(junction_aa), as_letters(junction), as_letters(instances)
    keys = unit_keys(key, np.asarray(units, dtype=np.int64))
    start, n_changed, reason = _implant(nt, aa, new, keys, keep_v, keep_j, _codes(nt), CODON_RESIDUE, _nearest())
    return Implanted(as_text(nt), as_text(aa), start, n_changed, reason)


def _codes(letters: np.ndarray) -> np.ndarray:
    """Return the code of each base, 64 for anything else, so that no codon with one is found in the table."""
    code = np.full(256, 64, dtype=np.int8)
    code[np.frombuffer(BASES.encode(), dtype=np.uint8)] = np.arange(4)
    return np.asarray(code[letters])


@lru_cache(maxsize=1)
def _nearest() -> np.ndarray:
    """Return the codons of each residue that need the fewest changes of each codon.

    Shape ``(64, 256, 7)``, by codon and letter: their number, then their codes.
    """
    digits = np.array(np.unravel_index(np.arange(64), (4, 4, 4)))
    changes = (digits[:, :, None] != digits[:, None, :]).sum(axis=0)
    table = np.zeros((64, 256, 7), dtype=np.uint8)
    for letter in np.unique(CODON_RESIDUE):
        codons = np.flatnonzero(letter == CODON_RESIDUE)
        for old in range(64):
            nearest = codons[changes[old, codons] == changes[old, codons].min()]
            table[old, letter, 0], table[old, letter, 1 : nearest.size + 1] = nearest.size, nearest
    return table


@numba.njit(cache=True, nogil=True)
def _says(codes: np.ndarray, aa: np.ndarray, n_bases: int, length: int, table: np.ndarray) -> bool:
    """Return whether nucleotides say these residues."""
    if n_bases != 3 * length:
        return False
    for place in range(length):
        codon = 16 * codes[3 * place] + 4 * codes[3 * place + 1] + codes[3 * place + 2]
        if codon >= 64 or table[codon] != aa[place]:
            return False
    return True


@numba.njit(cache=True, nogil=True)
def _reason(length: int, span: int, places: int) -> int:
    if span == 0:
        return _NOTHING
    if length == 0:
        return _NO_JUNCTION
    return _PLANTED if places > 0 else _NO_ROOM


@numba.njit(cache=True, nogil=True)
def _length(letters: np.ndarray) -> int:
    for place in range(letters.size):
        if letters[place] == 0:
            return place
    return int(letters.size)


@numba.njit(cache=True, nogil=True)
def _spell(nt: np.ndarray, codon: int) -> None:
    """Write a codon."""
    code = np.int64(codon)
    for place, base in enumerate((code // 16, code // 4 % 4, code % 4)):
        # A, C, G, T
        nt[place] = (65, 67, 71, 84)[base]


@numba.njit(cache=True, nogil=True)
def _implant(  # noqa: PLR0913, PLR0917 - one pass over each receptor
    nt: np.ndarray,
    aa: np.ndarray,
    new: np.ndarray,
    keys: np.ndarray,
    v_keep: np.ndarray,
    j_keep: np.ndarray,
    codes: np.ndarray,
    table: np.ndarray,
    nearest: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Change `nt` and `aa` in place."""
    n = len(aa)
    start, n_changed = np.full(n, -1, dtype=np.int64), np.zeros(n, dtype=np.int64)
    reason = np.zeros(n, dtype=np.int8)
    for i in range(n):
        length, span = _length(aa[i]), _length(new[i])
        n_bases, places = _length(nt[i]), length - v_keep[i] - j_keep[i] - span + 1
        reason[i] = _reason(length, span, places)
        if reason[i] != _NOTHING and n_bases and not _says(codes[i], aa[i], n_bases, length, table):
            reason[i] = _UNTRUE
        if reason[i] != _PLANTED:
            continue
        chance = np.float64(draw_bits(keys[i], np.uint64(0))) * 2.0**-53
        start[i] = v_keep[i] + np.int64(chance * places)
        for k in range(span):
            place = start[i] + k
            # 46: the full stop, which keeps the residue
            if new[i, k] != 46 and new[i, k] != aa[i, place]:
                aa[i, place] = new[i, k]
                n_changed[i] += 1
                if n_bases:
                    chance = np.float64(draw_bits(keys[i], np.uint64(1 + k))) * 2.0**-53
                    old = 16 * codes[i, 3 * place] + 4 * codes[i, 3 * place + 1] + codes[i, 3 * place + 2]
                    codons = nearest[old, new[i, k]]
                    _spell(nt[i, 3 * place : 3 * place + 3], codons[1 + np.int64(chance * codons[0])])
    return start, n_changed, reason
