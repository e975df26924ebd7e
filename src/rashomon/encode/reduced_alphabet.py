"""Alphabets of amino acids: all twenty, or groups of residues that are alike, each with its source."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rashomon.core import Registry, UsageError
from rashomon.encode.packed import AMINO_ACIDS

__all__ = ["ALPHABETS", "Alphabet"]


@dataclass(frozen=True)
class Alphabet:
    """A division of the twenty amino acids into groups; a group is written as the first of its letters.

    Parameters
    ----------
    name
        The name users type.
    groups
        Letters of each group.
    summary
        One line for tables.
    citation
        Where the groups come from.

    Raises
    ------
    UsageError
        When the groups are no division of the twenty amino acids.

    Examples
    --------
    >>> ALPHABETS["dayhoff_6"].letters
    'ACDFHI'
    >>> ALPHABETS["dayhoff_6"].reduce("CASSF")
    'CAAAF'
    """

    name: str
    groups: tuple[str, ...]
    summary: str
    citation: str = ""

    def __post_init__(self) -> None:
        if sorted("".join(self.groups)) != list(AMINO_ACIDS) or not all(self.groups):
            raise UsageError(
                f"the groups {', '.join(self.groups)} are no division of the amino acids",
                where=f"alphabet {self.name!r}",
                expected=f"each of {AMINO_ACIDS} in one group",
            )
        ordered = tuple(sorted("".join(sorted(group)) for group in self.groups))
        object.__setattr__(self, "groups", ordered)

    @property
    def letters(self) -> str:
        """One letter per group, in alphabetical order."""
        return "".join(group[0] for group in self.groups)

    @property
    def table(self) -> np.ndarray:
        """Code of each byte, ``int8``, shape ``(256,)``: position of its group in `letters`, -1 for no amino acid."""
        table = np.full(256, -1, dtype=np.int8)
        for code, group in enumerate(self.groups):
            table[np.frombuffer(group.encode(), dtype=np.uint8)] = code
        return table

    def reduce(self, junction: str) -> str:
        """Return a junction in the letters of this alphabet; other letters stay as they are.

        Parameters
        ----------
        junction
            Amino acids in one-letter code.
        """
        return junction.translate({ord(letter): group[0] for group in self.groups for letter in group})


_IMGT = "IMGT classes: Pommié et al. (2004), Journal of Molecular Recognition 17:17"
_MURPHY = "Murphy, Wallqvist & Levy (2000), Protein Engineering 13:149"

ALPHABETS: Registry[Alphabet] = Registry(
    "alphabet",
    [
        Alphabet("amino_acids", tuple(AMINO_ACIDS), "The twenty amino acids."),
        Alphabet(
            "imgt_11",
            ("AILV", "F", "CM", "G", "ST", "W", "Y", "P", "DE", "NQ", "HKR"),
            "Eleven classes by physics and chemistry of the side chain.",
            _IMGT,
        ),
        Alphabet(
            "murphy_10",
            ("LVIM", "C", "A", "G", "ST", "P", "FYW", "EDNQ", "KR", "H"),
            "Ten groups of residues that BLOSUM50 exchanges.",
            _MURPHY,
        ),
        Alphabet(
            "dayhoff_6",
            ("AGPST", "DENQ", "HKR", "ILMV", "FWY", "C"),
            "Six groups of residues that evolution exchanges.",
            "Dayhoff, Schwartz & Orcutt (1978), Atlas of Protein Sequence and Structure 5:345",
        ),
        Alphabet(
            "imgt_volume_5",
            ("AGS", "CDNPT", "EHQV", "IKLMR", "FWY"),
            "Five classes by the volume of the residue.",
            _IMGT,
        ),
        Alphabet(
            "murphy_4",
            ("LVIMC", "AGSTP", "FYW", "EDNQKRH"),
            "Four groups of residues that BLOSUM50 exchanges.",
            _MURPHY,
        ),
        Alphabet(
            "imgt_hydropathy_3",
            ("ACFILMVW", "GHPSTY", "DEKNQR"),
            "Three classes: hydrophobic, neutral, hydrophilic.",
            _IMGT,
        ),
    ],
)
"""Alphabets by name, from fine to coarse."""
