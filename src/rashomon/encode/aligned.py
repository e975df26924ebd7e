"""Junctions of different lengths in one frame: aligned at both ends, with the gap in the middle."""

from __future__ import annotations

from collections.abc import Sequence

import numba
import numpy as np

from rashomon.core import UsageError
from rashomon.encode.packed import Packed, Trim, pack, require_letters, require_trim

__all__ = ["align"]


def align(
    junctions: np.ndarray | Sequence[str], table: np.ndarray, *, length: int, trim: Trim = (0, 0)
) -> tuple[np.ndarray, Packed]:
    """Return the code of the residue at each place of a frame.

    Of a junction, the first half (rounded up) is counted from the start of the frame and the rest back from its end, as
    IMGT numbers them. A shorter junction leaves a gap in the middle; of a longer one the middle is left out.

    Parameters
    ----------
    junctions
        Bytes (``S``) or text, shape ``(n,)``.
    table
        Code of each byte, ``int8``, shape ``(256,)``; -1: not allowed.
    length
        Places of the frame.
    trim
        Residues left out at the start and at the end of each junction.

    Returns
    -------
    codes
        ``int8``, shape ``(n, length)``; -1 in the gap.
    packed
        The junctions.

    Raises
    ------
    UsageError
        When a letter is not allowed, or `length` or `trim` is not possible.

    Examples
    --------
    >>> table = np.full(256, -1, dtype=np.int8)
    >>> table[list(b"CAF")] = 0, 1, 2
    >>> align(["CAF", "CAAAAF"], table, length=4)[0].tolist()
    [[0, 1, -1, 2], [0, 1, 1, 2]]
    """
    require_trim(trim)
    if length < 1:
        raise UsageError(f"a frame of {length} places", where="align", expected="1 or more")
    packed = pack(junctions)
    require_letters(packed, table)
    return _place(packed.letters, packed.start, packed.length, table, length, np.array(trim)), packed


@numba.njit(cache=True, nogil=True)
def _place(
    letters: np.ndarray, start: np.ndarray, length: np.ndarray, table: np.ndarray, n_places: int, trim: np.ndarray
) -> np.ndarray:
    codes = np.full((start.size, n_places), -1, dtype=np.int8)
    for row in range(start.size):
        first = start[row] + trim[0]
        size = length[row] - trim[0] - trim[1]
        kept = min(size, n_places)
        left = (kept + 1) // 2
        for at in range(left):
            codes[row, at] = table[letters[first + at]]
        for back in range(1, kept - left + 1):
            codes[row, n_places - back] = table[letters[first + size - back]]
    return codes
