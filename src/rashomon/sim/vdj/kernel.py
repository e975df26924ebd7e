"""The recombination of one receptor after the other, compiled.

An attempt draws the event first: alleles, deletions and lengths of insertions, seven numbers at most. They say whether
the junction is in frame, so two events of three end there; nucleotides are drawn for the others, and translated up to
the first stop codon.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numba
import numpy as np

from rashomon.sim.stream import draw_bits, mix
from rashomon.sim.vdj.distribution import pick
from rashomon.sim.vdj.table import NUCLEOTIDES, Place

__all__ = ["AMINO_ACIDS", "N_COLUMNS", "Output", "fill", "spread"]

AMINO_ACIDS = b"KNKNTTTTRSRSIIMIQHQHPPPPRRRRLLLLEDEDAAAAGGGGVVVV*Y*YSSSS*CWCLFLF"
"""Letter of each codon, the third nucleotide fastest, order A, C, G, T; the standard code."""

N_COLUMNS = 9
"""Columns of an event: V, D, J, deletions of V, D 5', D 3' and J, lengths of the insertions."""

_N_DRAWS = 7
"""Numbers of an attempt before those of its nucleotides."""

_ONE = np.uint64(1)
_LETTERS = np.frombuffer(NUCLEOTIDES, dtype=np.uint8)
_AMINO = np.frombuffer(AMINO_ACIDS, dtype=np.uint8)
_STOP, _C, _F, _V, _W = (ord(letter) for letter in "*CFVW")

# a compiled function takes integers from its module, no enumeration
_FIRST, _SECOND, _INSERTION_1, _INSERTION_2 = (
    int(place) for place in (Place.FIRST, Place.SECOND, Place.INSERTION_1, Place.INSERTION_2)
)
_V_DELETION, _D_DELETION, _J_DELETION = int(Place.V_DELETION), int(Place.D_DELETION), int(Place.J_DELETION)
_N_V, _N_D, _N_J, _N_3 = int(Place.N_V), int(Place.N_D), int(Place.N_J), int(Place.N_DELETION_3)
_PALINDROME, _LONGEST = int(Place.V_PALINDROME), int(Place.LONGEST)


class Output(NamedTuple):
    """Where the kernel writes.

    Parameters
    ----------
    event
        ``int16``, shape ``(N_COLUMNS, n)``.
    attempts, size
        Events drawn, and nucleotides of the junction (0: it has none), ``int32``, shape ``(n,)``.
    productive
        Shape ``(n,)``.
    nucleotides, residues
        ``uint8``, the junctions of one block, one behind the other.
    """

    event: np.ndarray
    attempts: np.ndarray
    size: np.ndarray
    productive: np.ndarray
    nucleotides: np.ndarray
    residues: np.ndarray


@numba.njit(cache=True, nogil=True, inline="always")
def _chance(key: Any, draw: Any) -> Any:
    return np.float64(draw_bits(key, np.uint64(draw))) * 2.0**-53


@numba.njit(cache=True, nogil=True)
def _draw_event(cells: Any, starts: Any, layout: Any, first: Any, second: Any, key: Any, event: Any) -> None:
    """Draw alleles, deletions (codes: palindromes count from 0) and lengths of insertions."""
    v = pick(cells, starts, layout[_FIRST] + first, _chance(key, 0))
    n_j = layout[_N_J]
    if layout[_N_D] == 0:
        j = v % n_j
        v //= n_j
        event[1] = -1
    else:
        dj = pick(cells, starts, layout[_SECOND] + second, _chance(key, 1))
        d, j = dj // n_j, dj % n_j
        both = pick(cells, starts, layout[_D_DELETION] + d, _chance(key, 4))
        event[1] = d
        event[4] = both // layout[_N_3]
        event[5] = both % layout[_N_3]
        event[8] = pick(cells, starts, layout[_INSERTION_2], _chance(key, 6))
    event[0] = v
    event[2] = j
    event[3] = pick(cells, starts, layout[_V_DELETION] + v, _chance(key, 2))
    event[6] = pick(cells, starts, layout[_J_DELETION] + j, _chance(key, 3))
    event[7] = pick(cells, starts, layout[_INSERTION_1], _chance(key, 5))


@numba.njit(cache=True, nogil=True)
def _n_nucleotides(sizes: Any, layout: Any, event: Any) -> Any:
    """Return the length of the junction, 0 where it is not defined: an anchor is missing or was deleted."""
    j_size = sizes[layout[_N_V] + layout[_N_D] + event[2]]
    v, d, j = sizes[event[0]] - event[3], 0, j_size - event[6]
    if event[1] >= 0:
        d = sizes[layout[_N_V] + event[1]] - event[4] - event[5]
    if v <= 0 or d < 0 or j < 0 or j_size == 0:
        return 0
    return v + event[7] + d + event[8] + j


@numba.njit(cache=True, nogil=True)
def _insert(chains: Any, first_row: Any, key: Any, draw: Any, n: Any, codes: Any, at: Any, step: Any) -> None:  # noqa: PLR0913, PLR0917
    """Write `n` nucleotides of a Markov chain from position `at` on, backwards where `step` is -1."""
    row = first_row + 4
    for k in range(n):
        chance = _chance(key, draw + k)
        code = int(chance >= chains[row, 0]) + int(chance >= chains[row, 1]) + int(chance >= chains[row, 2])
        codes[at + step * k] = code
        row = first_row + code


@numba.njit(cache=True, nogil=True)
def _copy(germline: Any, row: Any, begin: Any, n: Any, codes: Any, at: Any) -> None:
    for k in range(n):
        codes[at + k] = germline[row, begin + k]


@numba.njit(cache=True, nogil=True)
def _assemble(germline: Any, sizes: Any, chains: Any, layout: Any, event: Any, key: Any, codes: Any) -> None:
    """Write the nucleotides of the junction as codes."""
    at = sizes[event[0]] - event[3]
    _copy(germline, event[0], 0, at, codes, 0)
    _insert(chains, 0, key, _N_DRAWS, event[7], codes, at, 1)
    at += event[7]
    if event[1] >= 0:
        row = layout[_N_V] + event[1]
        n = sizes[row] - event[4] - event[5]
        _copy(germline, row, event[4], n, codes, at)
        at += n + event[8]
        # the second chain runs from J towards V
        _insert(chains, 5, key, _N_DRAWS + event[7], event[8], codes, at - 1, -1)
    row = layout[_N_V] + layout[_N_D] + event[2]
    _copy(germline, row, event[6], sizes[row] - event[6], codes, at)


@numba.njit(cache=True, nogil=True)
def _translate(codes: Any, n: Any, residues: Any, strict: Any) -> Any:
    """Write the residues and return whether the junction is productive; where `strict`, stop when it is not."""
    productive = True
    for k in range(n // 3):
        letter = _AMINO[16 * codes[3 * k] + 4 * codes[3 * k + 1] + codes[3 * k + 2]]
        residues[k] = letter
        if letter == _STOP or (k == 0 and letter != _C):
            productive = False
            if strict:
                break
    last = residues[n // 3 - 1]
    return productive and (last in (_F, _V, _W))


@numba.njit(cache=True, nogil=True)
def fill(tables: Any, groups: Any, keys: Any, strict: Any, max_attempts: Any, out: Any, begin: Any) -> Any:
    """Draw a receptor for each of `keys`; return how many nucleotides and residues, and the row that failed, or -1.

    Parameters
    ----------
    tables
        See `rashomon.sim.vdj.table.Tables`.
    groups
        Distributions of the alleles of each receptor, ``int64``, shape ``(n, 2)``.
    keys
        From `rashomon.sim.stream.unit_keys`.
    strict
        Whether a receptor must be productive.
    max_attempts
        Events drawn for a receptor before the kernel gives up.
    out
        See `Output`.
    begin
        Row of `out` that the first of `keys` has.
    """
    n_nt, n_aa = 0, 0
    event = np.zeros(N_COLUMNS, dtype=np.int64)
    codes = np.empty(tables.layout[_LONGEST], dtype=np.uint8)
    residues = np.empty(codes.size // 3 + 1, dtype=np.uint8)
    cells, starts, germline, sizes, chains, layout = tables
    for i in range(keys.size):
        n, productive, attempt, kept = 0, False, 0, False
        while not kept:
            if attempt == max_attempts:
                return n_nt, n_aa, i
            key = mix(keys[i] ^ mix(np.uint64(attempt) + _ONE))
            attempt += 1
            _draw_event(cells, starts, layout, groups[i, 0], groups[i, 1], key, event)
            n = _n_nucleotides(sizes, layout, event)
            if n > 0 and (n % 3 == 0 or not strict):
                _assemble(germline, sizes, chains, layout, event, key, codes)
                productive = n % 3 == 0 and _translate(codes, n, residues, strict)
            kept = productive or not strict
        _write(event, layout, out.event, begin + i)
        out.attempts[begin + i], out.size[begin + i], out.productive[begin + i] = attempt, n, productive
        for k in range(n):
            out.nucleotides[n_nt + k] = _LETTERS[codes[k]]
        n_nt += n
        if n % 3 == 0:
            for k in range(n // 3):
                out.residues[n_aa + k] = residues[k]
            n_aa += n // 3
    return n_nt, n_aa, -1


@numba.njit(cache=True, nogil=True)
def _write(event: Any, layout: Any, table: Any, i: Any) -> None:
    for k in range(N_COLUMNS):
        table[k, i] = event[k]
    for k in range(4):
        table[3 + k, i] -= layout[_PALINDROME + k]


@numba.njit(cache=True, nogil=True)
def spread(letters: np.ndarray, sizes: np.ndarray, table: np.ndarray) -> None:
    """Write sequences that lie one behind the other into the rows of `table`, whose other entries stay.

    Parameters
    ----------
    letters
        ``uint8``.
    sizes
        Letters of each sequence.
    table
        ``uint8``, shape ``(n, longest)``.
    """
    at = 0
    for i in range(sizes.size):
        for k in range(sizes[i]):
            table[i, k] = letters[at + k]
        at += sizes[i]
