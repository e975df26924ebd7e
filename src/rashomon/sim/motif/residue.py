"""Residues and codons: their order, how often each residue stands in the middle of a junction, and what codons say."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

__all__ = [
    "BASES",
    "CODON_RESIDUE",
    "MIDDLE_SHARES",
    "RESIDUES",
    "as_letters",
    "as_text",
    "middle_shares",
    "residue_bits",
]

RESIDUES = "ACDEFGHIKLMNPQRSTVWY"
"""The twenty residues, in the order of the columns of every matrix here."""

MIDDLE_SHARES: Mapping[str, float] = MappingProxyType({
    "A": 0.0758, "C": 0.0003, "D": 0.0465, "E": 0.0357, "F": 0.0197, "G": 0.2164, "H": 0.0093, "I": 0.0147,
    "K": 0.0152, "L": 0.0804, "M": 0.0056, "N": 0.0322, "P": 0.0598, "Q": 0.0563, "R": 0.0725, "S": 0.0997,
    "T": 0.0779, "V": 0.0373, "W": 0.0113, "Y": 0.0333,
})  # fmt: skip
"""Share of each residue in human TRB junctions of unselected blood, without the first four and the last five residues.

Counted over the distinct junctions of the fixture ``blood_trb.tsv.gz`` (199,432 residues); a test counts again.
"""

BASES = "ACGT"
"""Bases in the order of their codes; a codon is ``16 b1 + 4 b2 + b3``."""

# the standard code, with the bases of a codon in the order A, C, G, T
_STANDARD = b"KNKNTTTTRSRSIIMIQHQHPPPPRRRRLLLLEDEDAAAAGGGGVVVV*Y*YSSSS*CWCLFLF"

CODON_RESIDUE = np.frombuffer(_STANDARD, dtype=np.uint8)
"""Letter of the residue of each codon, ``*`` for stops; shape ``(64,)``."""


def middle_shares(*, cysteine: bool = True) -> np.ndarray:
    """Return `MIDDLE_SHARES` in the order of `RESIDUES`, scaled to sum to one; ``float64``, shape ``(20,)``.

    Parameters
    ----------
    cysteine
        Whether cysteine keeps its share; it is 0 otherwise, as selection all but removes it from junctions.

    Examples
    --------
    >>> float(middle_shares(cysteine=False)[1]), round(float(middle_shares().sum()), 6)
    (0.0, 1.0)
    """
    shares = np.array([MIDDLE_SHARES[letter] for letter in RESIDUES])
    if not cysteine:
        shares[RESIDUES.index("C")] = 0.0
    return np.asarray(shares / shares.sum())


def residue_bits() -> np.ndarray:
    """Return for every byte the bit of its residue, 0 for bytes that are none; ``uint32``, shape ``(256,)``.

    Examples
    --------
    >>> bits = residue_bits()
    >>> int(bits[ord("A")]), int(bits[ord("C")]), int(bits[ord("*")])
    (1, 2, 0)
    """
    bits = np.zeros(256, dtype=np.uint32)
    for place, letter in enumerate(RESIDUES):
        bits[ord(letter)] = 1 << place
    return bits


def as_letters(texts: np.ndarray) -> np.ndarray:
    """Return texts as a matrix of bytes, a row per text, padded with zeros; ``uint8``, a copy.

    Parameters
    ----------
    texts
        Bytes (``S``), shape ``(n,)``.

    Examples
    --------
    >>> as_letters(np.array([b"AB", b"A"])).tolist()
    [[65, 66], [65, 0]]
    """
    plain = np.ascontiguousarray(np.asarray(texts).astype("S"))
    width = max(plain.dtype.itemsize, 1)
    if plain.size == 0:
        return np.zeros((0, width), dtype=np.uint8)
    return plain.view(np.uint8).reshape(plain.size, width).copy()


def as_text(letters: np.ndarray) -> np.ndarray:
    """Return a matrix of bytes as texts, the inverse of `as_letters`; bytes (``S``), shape ``(n,)``.

    Parameters
    ----------
    letters
        ``uint8``, shape ``(n, width)``, zeros behind the end of each text.

    Examples
    --------
    >>> as_text(as_letters(np.array([b"AB", b"A"]))).tolist()
    [b'AB', b'A']
    """
    solid = np.ascontiguousarray(letters, dtype=np.uint8)
    if solid.shape[1] == 0 or solid.shape[0] == 0:
        return np.zeros(solid.shape[0], dtype="S1")
    return np.asarray(solid.view(f"S{solid.shape[1]}").reshape(solid.shape[0]))
