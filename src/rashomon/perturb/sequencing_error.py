"""Sequencing errors in junctions: bases read as others, and the amino acids that follow from them."""

from __future__ import annotations

from typing import Any

import numpy as np

from rashomon.core import UsageError

__all__ = ["misread", "plan_errors"]

_RATE = 0.005
"""Errors per base by default: about that of uncorrected Illumina reads; consensus of molecules is ten times better."""

_BASES = np.frombuffer(b"TCAG", dtype=np.uint8)
_RESIDUES = np.frombuffer(b"FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG", dtype=np.uint8)
"""Amino acid of each codon, its bases numbered as in `_BASES`, the first one slowest (NCBI table 1)."""

_STOP = ord("*")


def _base_codes() -> np.ndarray:
    codes = np.full(256, -1, dtype=np.int64)
    codes[_BASES] = np.arange(4)
    return codes


def _synonyms() -> tuple[np.ndarray, np.ndarray]:
    """Return the codons of each byte, shape ``(256, 6)``, and how many there are (none for what is no residue)."""
    codons, count = np.zeros((256, 6), dtype=np.int64), np.zeros(256, dtype=np.int64)
    for residue in np.unique(_RESIDUES):
        own = np.flatnonzero(residue == _RESIDUES)
        codons[residue, : own.size], count[residue] = own, own.size
    return codons, count


_CODE = _base_codes()
_CODONS, _N_CODONS = _synonyms()
_PLACE = np.array([16, 4, 1])
"""What a base adds to the number of its codon, by its position."""


def misread(
    x: np.ndarray, *, rate: float, replicate: int, indel_rate: float = 0.0, rng: np.random.Generator
) -> np.ndarray:
    """Replace bases of the junctions by others, each with probability `rate`, and translate again.

    A junction whose nucleotides are unknown (or do not have three bases for each residue) is changed as if each of
    its residues had one of its codons, all equally likely: only residues that one error can reach, or several errors in
    a codon, come in, and about a quarter of the errors change nothing. Codons with a letter that is no base, and
    letters that are no residue, stay. A junction with a stop is marked as not productive; one that loses its first C or
    last F or W is left to the choice of chains, which drops it.

    Parameters
    ----------
    x
        Receptors as `rashomon.dataset.receptor_items` makes them, shape ``(n,)``.
    rate
        Chance per base of being read as one of the three others, in [0, 1].
    replicate
        Number of the replicate; it names the random stream.
    indel_rate
        Chance per base of an insertion or a deletion, in [0, 1]. Either breaks the frame, so the chain becomes not
        productive; two that mend each other are not made.
    rng
        The stream of the replicate.

    Returns
    -------
    The receptors with errors, same shape and order. Genes, copies and lengths stay.

    Raises
    ------
    UsageError
        When a rate is out of range.

    Examples
    --------
    >>> chain = np.dtype([("aa", "S5"), ("nt", "S15"), ("productive", "i1")])
    >>> items = np.zeros(1000, dtype=[(slot, chain) for slot in ("vdj", "vdj2", "vj", "vj2")])
    >>> items["vdj"]["aa"] = b"CASSF"
    >>> found = misread(items, rate=0.02, replicate=0, rng=np.random.default_rng(1))
    >>> bool(0.1 < np.mean(found["vdj"]["aa"] != b"CASSF") < 0.3), set(found["vj"]["aa"].tolist())
    (True, {b''})
    """
    del replicate
    for name, value in (("rate", rate), ("indel_rate", indel_rate)):
        if not 0 <= value <= 1:
            raise UsageError(
                f"{name} is {value}", where="sequencing_error", expected="a number in [0, 1]", fix=f"use {name}={_RATE}"
            )
    found = x.copy()
    for slot in found.dtype.names or ():
        if found.dtype[slot].names is not None:
            _misread_chain(found[slot], rate, indel_rate, rng)
    return found


def _misread_chain(chain: np.ndarray, rate: float, indel_rate: float, rng: np.random.Generator) -> None:
    """Put errors into the chains of one slot, in place."""
    aa, nt = _bytes(chain["aa"]), _bytes(chain["nt"])
    length = np.count_nonzero(aa, axis=1)
    written = np.count_nonzero(nt, axis=1) == 3 * length
    row, column, position = _hits(length, rate, rng)
    # all errors of a codon act on it together
    codon = row * max(aa.shape[1], 1) + column
    codons, of = np.unique(codon, return_inverse=True)
    row, column = np.divmod(codons, max(aa.shape[1], 1))
    bases = np.where(written[row][:, None], _written(nt, row, column), _drawn(aa[row, column], rng))
    step = np.zeros_like(bases)
    step[of, position] = rng.integers(1, 4, size=of.size)
    known = (bases >= 0).all(axis=1)
    row, column = row[known], column[known]
    bases = (bases[known] + step[known]) % 4
    aa[row, column] = _RESIDUES[bases @ _PLACE]
    nt_rows = written[row]
    nt[row[nt_rows][:, None], 3 * column[nt_rows][:, None] + np.arange(3)] = _BASES[bases[nt_rows]]
    chain["aa"], chain["nt"] = _text(aa, chain["aa"].dtype), _text(nt, chain["nt"].dtype)
    broken = rng.random(length.size) < -np.expm1(3 * length * np.log1p(-indel_rate)) if indel_rate else False
    chain["productive"][(aa == _STOP).any(axis=1) | broken] = 0


def _hits(length: np.ndarray, rate: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return row, residue and position in the codon of each base that is misread, three bases a residue."""
    end = np.cumsum(3 * length)
    n = int(end[-1]) if end.size else 0
    hits = _bernoulli(n, rate, rng)
    row = np.searchsorted(end, hits, side="right")
    residue, position = np.divmod(hits - (end - 3 * length)[row], 3)
    return row, residue, position


def _bernoulli(n: int, rate: float, rng: np.random.Generator) -> np.ndarray:
    """Return which of `n` events of probability `rate` happen, by the gaps between them: rare events cost little."""
    if n == 0 or rate == 0:
        return np.empty(0, dtype=np.int64)
    found, last = [], -1
    while last < n:
        size = int((n - last) * rate + 4 * np.sqrt((n - last) * rate)) + 16
        # no gap beyond the end is needed, and tiny rates give gaps too large to add
        places = last + np.cumsum(np.minimum(rng.geometric(rate, size=size), n + 1))
        found.append(places)
        last = int(places[-1])
    hits = np.concatenate(found)
    return np.asarray(hits[hits < n], dtype=np.int64)


def _written(nt: np.ndarray, row: np.ndarray, column: np.ndarray) -> np.ndarray:
    """Return the codes of the bases of codons that are known; -1 for what is no base."""
    last = max(nt.shape[1] - 1, 0)
    bases: np.ndarray = _CODE[nt[row[:, None], np.minimum(3 * column[:, None] + np.arange(3), last)]]
    return bases


def _drawn(residue: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the codes of the bases of one codon of each residue, drawn; -1 for what is no residue."""
    count = _N_CODONS[residue]
    codon = _CODONS[residue, rng.integers(0, np.maximum(count, 1))]
    bases = codon[:, None] // _PLACE % 4
    return np.where(count[:, None] > 0, bases, -1)


def _bytes(texts: np.ndarray) -> np.ndarray:
    """Return bytes arrays as ``uint8``, shape ``(n, width)``, zero after the end; a copy."""
    return np.array(texts, order="C").view(np.uint8).reshape(texts.size, texts.dtype.itemsize)


def _text(values: np.ndarray, dtype: np.dtype[Any]) -> np.ndarray:
    return np.ascontiguousarray(values).view(dtype).ravel()


def plan_errors(n_replicates: int, *, donors: np.ndarray | None, rng: np.random.Generator) -> list[dict[str, Any]]:
    """Return `n_replicates` copies with 0.5 % of the bases misread; `donors` and `rng` are not used."""
    del donors, rng
    return [{"rate": _RATE, "replicate": replicate} for replicate in range(n_replicates)]
