"""The two definitions of TCRdist, and their costs of residues as tables to look up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import numpy as np

from rashomon.core import Registry

__all__ = [
    "CTRIM", "DEFINITIONS", "GAP", "MIN_LENGTH", "NTRIM", "PAD", "RESIDUES", "WEIGHT", "Definition", "gap_bounds",
    "pair_costs", "residue_costs", "shift_costs",
]  # fmt: skip

RESIDUES = "ACDEFGHIKLMNPQRSTVWY"
"""The amino acids in the order of their codes."""

PAD = 31
"""Code of no residue: it costs nothing."""

WEIGHT, GAP = 3, 12
"""Weight of a residue of CDR3, and cost of a residue of difference in length (4, times the weight)."""

NTRIM, CTRIM = 3, 2
"""Residues at the start and the end of a junction that are not compared."""

MIN_LENGTH = 6
"""Shortest junction: the ends that are not compared leave one residue."""

# pairs of different amino acids with a positive score in BLOSUM62; all others score 0 or less
_ALIKE: Mapping[int, str] = MappingProxyType(
    {1: "AS DN EK FW HN IM KQ LV MV NS QR ST", 2: "DE EQ HY IL KR LM WY", 3: "FY IV"}
)


@dataclass(frozen=True)
class Definition:
    """A definition of TCRdist; both cost ``min(4, 4 - BLOSUM62)`` per residue, three times that in CDR3.

    Parameters
    ----------
    name
        What users write.
    gap_range
        From the length of the shorter junction to the first and the last place of the gap; the best of them counts.
    loop_gap
        Cost of a gap or stop against a residue in a loop.
    summary
        One line.
    citation
        Where it comes from.
    """

    name: str
    gap_range: Callable[[int], tuple[int, int]]
    loop_gap: int
    summary: str
    citation: str


def _searched(length: int) -> tuple[int, int]:
    first, last = 5, length - 5
    while first > last:
        first, last = first - 1, last + 1
    return first, last


def _fixed(length: int) -> tuple[int, int]:
    place = min(6, 3 + (length - 5) // 2)
    return place, place


DEFINITIONS: Registry[Definition] = Registry(
    "definition of TCRdist",
    [
        Definition(
            "tcrdist3",
            _searched,
            0,
            "Best place of the gap; a gap in a loop costs nothing (so the released code, not its description).",
            "Mayer-Blackwell et al. (2021), eLife 10:e68605; tcrdist3 0.3",
        ),
        Definition(
            "classic",
            _fixed,
            4,
            "Gap at a fixed place, after six residues at most; a gap in a loop costs 4.",
            "Dash et al. (2017), Nature 547:89; tcr-dist",
        ),
    ],
)
"""TCRdist is two definitions, which differ in the place of the gap and in the cost of gaps in loops."""


@cache
def residue_costs() -> np.ndarray:
    """Return ``min(4, 4 - BLOSUM62)`` by codes of residues; ``int16``, shape ``(32, 32)``, 0 beside the amino acids.

    Examples
    --------
    >>> costs = residue_costs()
    >>> [int(costs[RESIDUES.index(a), RESIDUES.index(b)]) for a, b in ("AA", "IV", "DE", "AS", "AG")]
    [0, 1, 2, 3, 4]
    """
    n = len(RESIDUES)
    costs = np.zeros((PAD + 1, PAD + 1), dtype=np.int16)
    costs[:n, :n] = 4
    for score, pairs in _ALIKE.items():
        for pair in pairs.split():
            a, b = (RESIDUES.index(residue) for residue in pair)
            costs[a, b] = costs[b, a] = 4 - score
    np.fill_diagonal(costs, 0)
    return costs


@cache
def pair_costs() -> np.ndarray:
    """Return the costs of two neighbouring residues at once: ``int8``, flat, at ``32 * 32 * (a, a') + (b, b')``."""
    costs = residue_costs().astype(np.int8)
    both = costs[:, None, :, None] + costs[None, :, None, :]
    return np.ascontiguousarray(both).ravel()


@cache
def shift_costs() -> np.ndarray:
    """Return what it costs to compare b with a instead of a': ``int8``, flat, at ``32 * (a, a') + b``."""
    costs = residue_costs().astype(np.int8)
    return np.ascontiguousarray(costs[:, None, :] - costs[None, :, :]).ravel()


def gap_bounds(definition: Definition, max_length: int) -> np.ndarray:
    """Return first and last place of the gap by length of the shorter junction; ``int64``, ``(max_length + 1, 2)``.

    Parameters
    ----------
    definition
        Of TCRdist.
    max_length
        Of the junctions.

    Examples
    --------
    >>> gap_bounds(DEFINITIONS["tcrdist3"], 13)[13].tolist(), gap_bounds(DEFINITIONS["classic"], 13)[13].tolist()
    ([5, 8], [6, 6])
    """
    found = np.zeros((max_length + 1, 2), dtype=np.int64)
    for length in range(MIN_LENGTH, max_length + 1):
        found[length] = definition.gap_range(length)
    return found
