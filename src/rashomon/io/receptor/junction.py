"""Junctions at the door: cleaned, checked against their translation, and completed where only the CDR3 was given."""

from __future__ import annotations

from dataclasses import dataclass, field

import numba
import numpy as np

from rashomon.io.receptor.codon import letters, locate, translate

__all__ = ["MAX_LENGTH", "Junctions", "bytes_of", "check_junctions"]

MAX_LENGTH = 100
"""Residues; nothing longer is a junction (the longest known, of cattle, have about 70)."""

_SOME, _LOWER, _GAP, _STOP, _FRAME, _LETTER = 0, 1, 2, 4, 8, 16
"""What a character is: a letter of the alphabet, or what is noted of a sequence that has it."""

_AMINO, _BASES = b"ACDEFGHIKLMNPQRSTVWY", b"ACGTUNRYSWKMBDHV"


def _alphabet(known: bytes) -> np.ndarray:
    table = np.full(256, _LETTER, dtype=np.uint8)
    table[np.frombuffer(known, dtype=np.uint8)] = _SOME
    table[np.frombuffer(known.lower(), dtype=np.uint8)] = _LOWER
    table[np.frombuffer(b".- \t", dtype=np.uint8)] = _GAP
    table[ord("*")], table[ord("_")], table[ord("#")] = _STOP, _FRAME, _FRAME
    return table


_TABLES = {"aa": _alphabet(_AMINO), "nt": _alphabet(_BASES)}


@dataclass(frozen=True, eq=False)
class Junctions:
    """Junctions of chains after the check, and what was found.

    Parameters
    ----------
    nt, aa
        Nucleotides and amino acids, upper case bytes (``S``) without gaps, empty where unknown; shape ``(n_chains,)``.
    damaged
        Chains with a stop, a shifted frame, or characters that are no residues or bases.
    mismatch
        Chains whose amino acids are not the translation of their nucleotides (damaged ones not counted).
    counts
        How many chains have which fault, by its name; faults without chains are left out.
    repairs
        How many chains were repaired, by what was done.
    """

    nt: np.ndarray
    aa: np.ndarray
    damaged: np.ndarray
    mismatch: np.ndarray
    counts: dict[str, int] = field(default_factory=dict)
    repairs: dict[str, int] = field(default_factory=dict)


def bytes_of(texts: np.ndarray, *, max_length: int) -> tuple[np.ndarray, np.ndarray]:
    """Return texts as bytes, and which of them are too long or not ASCII (these become empty).

    Parameters
    ----------
    texts
        Objects (str), shape ``(n,)``, empty where unknown.
    max_length
        Characters.

    Examples
    --------
    >>> bytes_of(np.array(["CASF", "", "CÄSF"], dtype=object), max_length=10)
    (array([b'CASF', b'', b''], dtype='|S4'), array([False, False,  True]))
    """
    length = np.fromiter(map(len, texts), dtype=np.int64, count=texts.size)
    lost = length > max_length
    plain = np.where(lost, "", texts) if lost.any() else texts
    try:
        return plain.astype("S"), lost
    except UnicodeEncodeError:
        # rare: only then is every text looked at on its own
        lost |= np.fromiter((not text.isascii() for text in texts), dtype=bool, count=texts.size)
        return np.where(lost, "", texts).astype("S"), lost


def check_junctions(junction: np.ndarray, junction_aa: np.ndarray) -> Junctions:
    """Return cleaned junctions, and what is wrong with which of them.

    Lower case is raised and gaps are removed. Where the nucleotides are a longer read, they are cut to the codons of
    the amino acids. Amino acids that are missing are translated, if the nucleotides are whole codons without stop.

    Parameters
    ----------
    junction, junction_aa
        Nucleotides and amino acids as written; objects (str), shape ``(n_chains,)``, empty where unknown.

    Returns
    -------
    The junctions and the findings; chains keep their number and order.

    Examples
    --------
    >>> nt = np.array(["tgtgcc", "TGTTAA", "GGTGTGCC", "TGTGG"], dtype=object)
    >>> found = check_junctions(nt, np.array(["", "", "CA", ""], dtype=object))
    >>> found.aa.tolist(), found.nt.tolist(), found.damaged.tolist()
    ([b'CA', b'', b'CA', b''], [b'TGTGCC', b'TGTTAA', b'TGTGCC', b'TGTGG'], [False, True, False, True])
    >>> found.counts
    {'a stop codon': 1, 'a shifted frame': 1}
    """
    nt, lost_nt = bytes_of(junction, max_length=3 * MAX_LENGTH)
    aa, lost_aa = bytes_of(junction_aa, max_length=MAX_LENGTH)
    nt, marks_nt = _clean(nt, "nt")
    aa, marks_aa = _clean(aa, "aa")
    marks = marks_nt | marks_aa
    nt, cut, mismatch = _cut(nt, aa)
    n_nt = np.strings.str_len(nt)
    translated = translate(nt)
    stop = ((marks & _STOP) > 0) | (np.strings.find(translated, b"*") >= 0)
    frame = ((marks & _FRAME) > 0) | (n_nt % 3 > 0)
    letter = ((marks & _LETTER) > 0) | lost_nt | lost_aa
    damaged = stop | frame | letter
    mismatch &= ~damaged
    filled = (aa == b"") & (n_nt > 0) & ~damaged & (np.strings.find(translated, b"X") < 0)
    counts = {
        "a stop codon": stop, "a shifted frame": frame, "other characters": letter & ~lost_nt & ~lost_aa,
        f"more than {MAX_LENGTH} residues, or characters beyond ASCII": lost_nt | lost_aa,
    }  # fmt: skip
    repairs = {
        "written in upper case": (marks & _LOWER) > 0, "gaps removed": (marks & _GAP) > 0,
        "reads cut to the junction": cut, "translated from the nucleotides": filled,
    }  # fmt: skip
    return Junctions(
        nt, np.where(filled, translated, aa), damaged, mismatch, *(
            {what: int(rows.sum()) for what, rows in each.items() if rows.any()} for each in (counts, repairs)
        ),
    )  # fmt: skip


def _clean(values: np.ndarray, alphabet: str) -> tuple[np.ndarray, np.ndarray]:
    """Return upper case values without gaps, and the marks of each."""
    text = letters(values).copy()
    marks = np.zeros(values.size, dtype=np.uint8)
    width = _clean_rows(text, _TABLES[alphabet], marks)
    cleaned = text.view(f"S{text.shape[1]}").reshape(-1)
    return cleaned.astype(f"S{max(width, 1)}"), marks


def _cut(nt: np.ndarray, aa: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return nucleotides without what lies outside the junction, which were cut, and which do not hold it."""
    start = locate(nt, aa)
    n_aa, n_nt = np.strings.str_len(aa), np.strings.str_len(nt)
    both = (n_aa > 0) & (n_nt > 0)
    cut = both & (start >= 0) & (n_nt != 3 * n_aa)
    if cut.any():
        text = letters(nt).copy()
        _keep(text, np.where(cut, start, 0), np.where(cut, 3 * n_aa, n_nt))
        nt = text.view(f"S{text.shape[1]}").reshape(-1)
        nt = nt.astype(f"S{max(int(np.strings.str_len(nt).max()), 1)}")
    return nt, cut, both & (start < 0)


@numba.njit(cache=True, nogil=True)
def _clean_rows(text: np.ndarray, table: np.ndarray, marks: np.ndarray) -> int:
    longest = 0
    for row in range(text.shape[0]):
        n = 0
        for place in range(text.shape[1]):
            char = text[row, place]
            if char == 0:
                break
            mark = table[char]
            marks[row] |= mark
            if mark != _GAP:
                text[row, n] = char - 32 if mark == _LOWER else char
                n += 1
        text[row, n:] = 0
        longest = max(longest, n)
    return longest


@numba.njit(cache=True, nogil=True)
def _keep(text: np.ndarray, start: np.ndarray, length: np.ndarray) -> None:
    for row in range(text.shape[0]):
        first, n = start[row], length[row]
        for place in range(n):
            text[row, place] = text[row, first + place]
        text[row, n:] = 0
