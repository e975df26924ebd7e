"""Wrong bases in junctions: substitutions, insertions and deletions, and the amino acids that follow from them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numba
import numpy as np

from rashomon.io.receptor.codon import letters
from rashomon.sim.limit.domain import checked
from rashomon.sim.readout.chain_table import ChainTable, read_junctions
from rashomon.sim.stream import draw_bits, stream_key, unit_keys

__all__ = ["sequence_error"]

_BASES = np.frombuffer(b"TCAG", dtype=np.uint8)
_CODE = np.full(256, -1, dtype=np.int64)
_CODE[_BASES] = np.arange(4)
_INDEL = np.uint64(1 << 20)
"""First draw of the stream of insertions and deletions, far behind those of substitutions."""


def sequence_error(chains: ChainTable, key: np.uint64, *, rate: float = 0.0, indel_rate: float = 0.0) -> ChainTable:
    """Read bases of the junctions wrong, and translate again.

    Parameters
    ----------
    chains
        Chains; junctions, their amino acids and ``productive`` change.
    key
        From `rashomon.sim.stream.stream_key`.
    rate
        Chance per base of being read as one of the three others, in [0, 1] (per base; neutral 0). The consensus of many
        reads has few errors: about 0.0001, single reads 0.001 to 0.01.
    indel_rate
        Chance per base of being left out or of having a random base read behind it, half each, in [0, 1] (per base;
        neutral 0).

    Returns
    -------
    The chains, in their order. A junction that has changed is read as the door reads it: out of frame or with a stop it
    is not productive and has no amino acids. The first C and the last F or W may be lost. A larger rate keeps the
    errors of a smaller one. Letters that are no base stay.

    Raises
    ------
    UsageError
        When a rate is outside [0, 1].

    Examples
    --------
    >>> from rashomon.dataset import GeneCalls
    >>> from rashomon.sim.readout import own_chains
    >>> calls = GeneCalls.from_texts(["TRBV9*01"] * 4)
    >>> chains = own_chains(np.arange(4), np.zeros(4, int), np.array([b"TGTGCCAGCTTT"] * 4), v=calls, j=calls)
    >>> sequence_error(chains, np.uint64(1), rate=0.1).junction_aa.tolist()
    [b'CTSF', b'CASS', b'CARF', b'GASC']
    """
    rates = checked([rate, indel_rate], "rate", where="sequence_error", high=1.0)
    nt = letters(chains.junction)
    keys = unit_keys(stream_key(int(key), "sequence_error"), chains.unit)
    size, hit = _sizes(nt, keys, rates[0], rates[1])
    if not hit.any():
        return chains
    read = np.zeros((nt.shape[0], max(int(size.max()), 1)), dtype=np.uint8)
    _read(nt, keys, rates[0], rates[1], read)
    junction = read.view(f"S{read.shape[1]}").ravel()
    rows = np.flatnonzero(hit)
    aa, productive = read_junctions(junction[rows])
    width = max(aa.dtype.itemsize, chains.junction_aa.dtype.itemsize)
    found = chains.junction_aa.astype(f"S{width}")
    found[rows] = aa
    alive = chains.productive.copy()
    alive[rows] = productive
    return replace(chains, junction=junction, junction_aa=found, productive=alive)


@numba.njit(cache=True, nogil=True, inline="always")
def _uniform(key: Any, draw: Any) -> Any:
    return (np.float64(np.int64(draw_bits(key, np.uint64(draw)))) + 0.5) * 2.0**-53


@numba.njit(cache=True, nogil=True)
def _sizes(nt: Any, keys: Any, rate: float, indel_rate: float) -> Any:
    """Return how long each junction will be, and which have an error."""
    size, hit = np.zeros(keys.size, dtype=np.int64), np.zeros(keys.size, dtype=np.bool_)
    for row in range(keys.size):
        for place in range(nt.shape[1]):
            base = nt[row, place]
            if base == 0:
                break
            step = _indel(keys[row], place, indel_rate)
            size[row] += 1 + step
            hit[row] |= step != 0 or _misread(keys[row], place, base, rate) != base
    return size, hit


@numba.njit(cache=True, nogil=True)
def _indel(key: Any, place: Any, rate: float) -> int:
    """Return 1 for an insertion behind the base, -1 where the base is left out, 0 for neither."""
    if rate == 0.0 or _uniform(key, _INDEL + np.uint64(2 * place)) >= rate:
        return 0
    return 1 if draw_bits(key, _INDEL + np.uint64(2 * place + 1)) & np.uint64(1) else -1


@numba.njit(cache=True, nogil=True)
def _misread(key: Any, place: Any, base: Any, rate: float) -> Any:
    """Return the base that is read."""
    if rate == 0.0 or _CODE[base] < 0 or _uniform(key, place) >= rate:
        return base
    step = 1 + draw_bits(key, (_INDEL << np.uint64(1)) + np.uint64(place)) % np.uint64(3)
    return _BASES[(_CODE[base] + np.int64(step)) % 4]


@numba.njit(cache=True, nogil=True)
def _read(nt: Any, keys: Any, rate: float, indel_rate: float, read: Any) -> None:
    for row in range(keys.size):
        at = 0
        for place in range(nt.shape[1]):
            base = nt[row, place]
            if base == 0:
                break
            step = _indel(keys[row], place, indel_rate)
            if step >= 0:
                read[row, at] = _misread(keys[row], place, base, rate)
                at += 1
            if step > 0:
                bits = draw_bits(keys[row], _INDEL + np.uint64(2 * place + 1)) >> np.uint64(1)
                read[row, at] = _BASES[np.int64(bits & np.uint64(3))]
                at += 1
