"""The receptors of one person, as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from rashomon.core import UsageError, first_few
from rashomon.encode.packed import AMINO_ACIDS, pack, require_letters

__all__ = ["Repertoire"]

_LETTERS = np.full(256, -1, dtype=np.int8)
_LETTERS[np.frombuffer(AMINO_ACIDS.encode(), dtype=np.uint8)] = 0


@dataclass(frozen=True, eq=False)
class Repertoire:
    """Productive receptors of one chain of one person, one per row.

    Parameters
    ----------
    junction_aa
        Junctions in amino acids with both anchors, shape ``(n,)``; stored as bytes (``S``).
    v, j
        Names of V and J genes, without allele, shape ``(n,)``; stored as bytes. A call of several genes is a gene of
        its own, unless it is pooled, see `pooled`.
    counts
        Reads, molecules or cells of each receptor, whole numbers from 1, shape ``(n,)``; None: not known.
    donor
        Name of the person, for tables.

    Raises
    ------
    UsageError
        When the parts differ in length, a junction is empty or holds a letter that is no amino acid, a gene is missing
        or has an allele, or counts are no whole numbers from 1.

    Examples
    --------
    >>> Repertoire(["CASSF", "CASSF"], ["TRBV9", "TRBV9"], ["TRBJ1-1"] * 2, donor="A").distinct().counts.tolist()
    [2]
    """

    junction_aa: np.ndarray
    v: np.ndarray
    j: np.ndarray
    counts: np.ndarray | None = None
    donor: str = ""

    def __post_init__(self) -> None:
        for name in ("junction_aa", "v", "j"):
            object.__setattr__(self, name, _as_bytes(getattr(self, name), name))
        if self.counts is not None:
            object.__setattr__(self, "counts", _as_counts(self.counts))
        for name in ("v", "j", "counts"):
            part = getattr(self, name)
            if part is not None and part.shape != self.junction_aa.shape:
                raise UsageError(f"{name} has shape {part.shape}", where="Repertoire", expected=f"({self.n},)")
        _require_junctions(self.junction_aa)
        for name in ("v", "j"):
            _require_genes(getattr(self, name), name)

    @property
    def n(self) -> int:
        """Number of rows."""
        return int(self.junction_aa.size)

    def take(self, rows: np.ndarray) -> Repertoire:
        """Return the receptors at the positions `rows`, in this order."""
        counts = None if self.counts is None else self.counts[rows]
        return Repertoire(self.junction_aa[rows], self.v[rows], self.j[rows], counts, self.donor)

    def pooled(self, genes: Mapping[str, str]) -> Repertoire:
        """Return the receptors with the names of some `genes` replaced, as where an assay cannot tell them apart."""
        v, j = (_renamed(names, genes) for names in (self.v, self.j))
        return Repertoire(self.junction_aa, v, j, self.counts, self.donor)

    def distinct(self) -> Repertoire:
        """Return one row per junction, V and J in the order of first rows; counts are added, rows without count 1."""
        code = np.zeros(self.n, dtype=np.int64)
        for part in (self.junction_aa, self.v, self.j):
            found, codes = np.unique(part, return_inverse=True)
            code = code * max(found.size, 1) + codes
        _, first, group = np.unique(code, return_index=True, return_inverse=True)
        order = np.argsort(first)
        counts = np.bincount(group, weights=self.counts, minlength=first.size).astype(np.int64)
        rows = first[order]
        return Repertoire(self.junction_aa[rows], self.v[rows], self.j[rows], counts[order], self.donor)


def _as_bytes(values: Any, name: str) -> np.ndarray:
    texts = np.asarray(values)
    if texts.ndim != 1 or (texts.size and texts.dtype.kind not in "SUOT"):
        raise UsageError(f"{name} has kind {texts.dtype} and {texts.ndim} axes", where="Repertoire", expected="texts")
    return texts.astype("S") if texts.size else np.empty(0, dtype="S1")


def _as_counts(values: Any) -> np.ndarray:
    counts = np.asarray(values, dtype=np.float64)
    if not ((counts >= 1) & (counts == np.floor(counts)) & np.isfinite(counts)).all():
        raise UsageError("counts are no whole numbers from 1", where="Repertoire(counts=)", fix="None if not known")
    return counts.astype(np.int64)


def _require_junctions(junctions: np.ndarray) -> None:
    empty = np.flatnonzero(junctions == b"")
    if empty.size:
        raise UsageError(
            f"{empty.size} junctions are empty",
            where=f"Repertoire(junction_aa=), rows {first_few(empty)}",
            expected="productive receptors",
            fix="leave them out",
        )
    require_letters(pack(junctions), _LETTERS)


def _require_genes(names: np.ndarray, what: str) -> None:
    bad = np.flatnonzero((names == b"") | (np.char.find(names, b"*") >= 0))
    if bad.size:
        raise UsageError(
            f"{bad.size} names of genes are empty or have an allele",
            where=f"Repertoire({what}=), rows {first_few(bad)}",
            expected="genes, such as TRBV9",
            fix="rashomon.dataset.at_level cuts a name to its gene",
        )


def _renamed(names: np.ndarray, genes: Mapping[str, str]) -> np.ndarray:
    found, codes = np.unique(names, return_inverse=True)
    texts = [name.decode() for name in found.tolist()]
    return np.array([genes.get(name, name) for name in texts], dtype="S")[codes] if texts else names
