"""Junctions as one buffer of bytes, whatever they came as: what the kernels read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numba
import numpy as np

from rashomon.core import UsageError, first_few

__all__ = ["AMINO_ACIDS", "Packed", "Trim", "pack", "require_letters", "require_trim"]

AMINO_ACIDS = "ACDEFGHIKLMNPQRSTVWY"
"""The twenty amino acids in alphabetical order."""

Trim = tuple[int, int]
"""Residues left out at the start and at the end."""


_BREAK = 10
"""Byte between the junctions of a list: finding it is faster than asking every text for its length."""


class Packed(NamedTuple):
    """Junctions in a buffer.

    Parameters
    ----------
    letters
        ``uint8``, all junctions; there may be other bytes between them.
    start, length
        First byte and number of letters of each junction, ``int64``, shape ``(n,)``.
    """

    letters: np.ndarray
    start: np.ndarray
    length: np.ndarray


def pack(junctions: np.ndarray | Sequence[str]) -> Packed:
    r"""Return junctions as one buffer; arrays of bytes are not copied.

    Parameters
    ----------
    junctions
        Bytes (``S``) or text, shape ``(n,)``; empty text is an unknown junction.

    Raises
    ------
    UsageError
        When something is not text, which an unknown junction is: empty text.

    Examples
    --------
    >>> packed = pack(["CASSF", "", "CAW"])
    >>> packed.letters.tobytes(), packed.start.tolist(), packed.length.tolist()
    (b'CASSF\n\nCAW', [0, 6, 7], [5, 0, 3])
    """
    if isinstance(junctions, np.ndarray) and junctions.dtype.kind == "S" and junctions.ndim == 1:
        fixed = np.ascontiguousarray(junctions)
        start = np.arange(fixed.size, dtype=np.int64) * fixed.dtype.itemsize
        return Packed(fixed.view(np.uint8), start, np.strings.str_len(fixed).astype(np.int64))
    texts = junctions if isinstance(junctions, list) else list(junctions)
    try:
        joined = "\n".join(texts)
    except TypeError:
        bad = [row for row, text in enumerate(texts) if not isinstance(text, str)]
        raise UsageError(
            f"{len(bad)} of {len(texts)} junctions are not text",
            where=f"junctions, rows {first_few(bad)}",
            expected="amino acids in one-letter code, empty where unknown",
        ) from None
    # anything beyond ASCII becomes "?", one byte for one letter, and is refused as no amino acid
    letters = np.frombuffer(joined.encode("ascii", "replace"), dtype=np.uint8)
    start, length, n_breaks = _between_breaks(letters, len(texts))
    if texts and n_breaks == len(texts) - 1:
        return Packed(letters, start, length)
    # no junctions, or breaks within them, which are refused as no amino acids
    length = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    return Packed(letters, np.concatenate(([0], np.cumsum(length + 1)[:-1])) if texts else length, length)


def require_letters(packed: Packed, table: np.ndarray) -> None:
    """Refuse letters that have no code.

    Parameters
    ----------
    packed
        Junctions.
    table
        Code of each byte, ``int8``, shape ``(256,)``; -1: none.

    Raises
    ------
    UsageError
        Names the first rows that hold such a letter, and the letters.
    """
    bad = _first_bad(*packed, table)
    if bad < 0:
        return
    rows = [bad]
    rest = bad + 1
    while len(rows) < 6 and rest < packed.length.size:
        found = _first_bad(packed.letters, packed.start[rest:], packed.length[rest:], table)
        if found < 0:
            break
        rows.append(rest + found)
        rest += found + 1
    shown = "; ".join(f"row {row}: {_text(packed, row)!r}" for row in rows[:5])
    raise UsageError(
        "junctions hold letters that are no amino acids",
        where=f"junctions, {shown}{' and more' if len(rows) > 5 else ''}",
        expected=f"the letters {AMINO_ACIDS}",
        fix="leave these junctions out, or make them empty",
    )


def require_trim(trim: Trim) -> None:
    """Refuse a `trim` that is not two numbers of residues, 0 or more.

    Raises
    ------
    UsageError
        When it is something else.
    """
    if min(trim) < 0:
        raise UsageError(f"trim is {trim}", where="junctions", expected="residues left out at the start and at the end")


def _text(packed: Packed, row: int) -> str:
    at = int(packed.start[row])
    return packed.letters[at : at + int(packed.length[row])].tobytes().decode("ascii", "replace")


@numba.njit(cache=True, nogil=True)
def _between_breaks(letters: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray, int]:
    """Return where the first `n` pieces between breaks start and how long they are, and how many breaks there are."""
    start, length = np.zeros(n, np.int64), np.zeros(n, np.int64)
    piece, begun = 0, 0
    for at in range(letters.size):
        if letters[at] == _BREAK:
            if piece < n:
                start[piece], length[piece] = begun, at - begun
            piece += 1
            begun = at + 1
    if piece < n:
        start[piece], length[piece] = begun, letters.size - begun
    return start, length, piece


@numba.njit(cache=True, nogil=True)
def _first_bad(letters: np.ndarray, start: np.ndarray, length: np.ndarray, table: np.ndarray) -> int:
    for row in range(start.size):
        for at in range(start[row], start[row] + length[row]):
            if table[letters[at]] < 0:
                return row
    return -1
