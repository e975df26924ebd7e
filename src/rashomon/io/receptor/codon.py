"""The standard genetic code on columns of bytes: translation, and where a junction lies in a longer read."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

__all__ = ["letters", "locate", "translate"]

_BASES = "TCAG"
_AMINO = "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"
"""Amino acids of the 64 codons in the order TTT, TTC, TTA, TTG, TCT, ...: NCBI translation table 1."""

_AMBIGUOUS = {
    "T": "T", "U": "T", "C": "C", "A": "A", "G": "G", "R": "AG", "Y": "CT", "S": "CG", "W": "AT", "K": "GT", "M": "AC",
    "B": "CGT", "D": "AGT", "H": "ACT", "V": "ACG", "N": "ACGT",
}  # fmt: skip
"""Bases that a letter may stand for (IUPAC)."""


def _sets() -> np.ndarray:
    """Return the set of bases of each byte, a bit for each of T, C, A, G; 0 for a byte that is no base."""
    sets = np.zeros(256, dtype=np.uint8)
    for letter, bases in _AMBIGUOUS.items():
        sets[ord(letter)] = sum(1 << _BASES.index(base) for base in bases)
    return sets


def _code() -> np.ndarray:
    """Return the residue of each triple of sets of bases: X where the codons of the triple differ."""
    members = np.array([[bits >> base & 1 for base in range(4)] for bits in range(16)], dtype=bool)
    codons = np.einsum("ai,bj,ck->abcijk", members, members, members).reshape(16**3, 64)
    amino = np.frombuffer(_AMINO.encode(), dtype=np.uint8)
    low = np.where(codons, amino, 255).min(axis=1)
    high = np.where(codons, amino, 0).max(axis=1)
    return np.where(low == high, low, ord("X")).astype(np.uint8)


_SETS, _CODE, _UNCERTAIN = _sets(), _code(), ord("X")


def letters(values: np.ndarray) -> np.ndarray:
    """Return a column of bytes as rows of characters, 0 behind their ends; ``uint8``, shape ``(n, width)``."""
    width = max(values.dtype.itemsize, 1)
    return np.ascontiguousarray(values.astype(f"S{width}", copy=False)).view(np.uint8).reshape(values.size, width)


def translate(junction: np.ndarray) -> np.ndarray:
    """Return the amino acids of nucleotides, frame 1.

    Parameters
    ----------
    junction
        Upper case bytes (``S``), shape ``(n,)``.

    Returns
    -------
    Bytes of the same shape: ``*`` for a stop, ``X`` for a codon that is not certain, ``_`` for bases left over.

    Notes
    -----
    The standard genetic code (NCBI table 1); letters of IUPAC for several bases give a residue where all of them agree.

    Examples
    --------
    >>> translate(np.array([b"TGTGCCAGCTTY", b"TGTTAA", b"TGTGC", b""])).tolist()
    [b'CASF', b'C*', b'C_', b'']
    """
    nt = letters(np.asarray(junction))
    width = -(-nt.shape[1] // 3)
    out = np.zeros((nt.shape[0], width), dtype=np.uint8)
    _translate(nt, _SETS, _CODE, out)
    return out.view(f"S{width}").reshape(-1)


def locate(junction: np.ndarray, junction_aa: np.ndarray) -> np.ndarray:
    """Return where the codons of the amino acids start in the nucleotides.

    Parameters
    ----------
    junction
        Nucleotides, upper case bytes (``S``), shape ``(n,)``.
    junction_aa
        Amino acids of the same chains.

    Returns
    -------
    ``int64``: the first position, in any frame, at which the translation is the whole of `junction_aa`; ``-1`` where
    there is none, or one of the two is empty. Codons that are not certain (``X``) agree with every residue.

    Examples
    --------
    >>> locate(np.array([b"TGTGCC", b"ATGTGCCAG", b"TGTGGG"]), np.array([b"CA", b"CA", b"CA"])).tolist()
    [0, 1, -1]
    """
    start = np.full(junction.size, -1, dtype=np.int64)
    _locate(letters(np.asarray(junction)), letters(np.asarray(junction_aa)), _SETS, _CODE, start)
    return start


@numba.njit(cache=True, nogil=True)
def _length(row: np.ndarray) -> int:
    n = 0
    while n < row.size and row[n] != 0:
        n += 1
    return n


@numba.njit(cache=True, nogil=True)
def _residue(row: np.ndarray, at: int, sets: np.ndarray, code: np.ndarray) -> Any:
    return code[(np.int64(sets[row[at]]) << 8) | (np.int64(sets[row[at + 1]]) << 4) | np.int64(sets[row[at + 2]])]


@numba.njit(cache=True, nogil=True)
def _translate(nt: np.ndarray, sets: np.ndarray, code: np.ndarray, out: np.ndarray) -> None:
    for row in range(nt.shape[0]):
        n = _length(nt[row])
        for codon in range(n // 3):
            out[row, codon] = _residue(nt[row], 3 * codon, sets, code)
        if n % 3:
            out[row, n // 3] = ord("_")


@numba.njit(cache=True, nogil=True)
def _locate(nt: np.ndarray, aa: np.ndarray, sets: np.ndarray, code: np.ndarray, start: np.ndarray) -> None:
    for row in range(nt.shape[0]):
        n_nt, n_aa = _length(nt[row]), _length(aa[row])
        if n_aa == 0:
            continue
        for first in range(n_nt - 3 * n_aa + 1):
            place = 0
            while place < n_aa:
                found = _residue(nt[row], first + 3 * place, sets, code)
                # X: bases that nobody could read contradict no residue
                if found != aa[row, place] and found != _UNCERTAIN:
                    break
                place += 1
            if place == n_aa:
                start[row] = first
                break
