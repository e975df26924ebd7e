"""What the repair of a column of gene calls found, in numbers and in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from rashomon.core import first_few
from rashomon.io.rule import remark

__all__ = ["CallReport", "Segment", "listed"]

Segment = Literal["V", "D", "J", "C"]

_NO_GENE = "calls name no functional gene"


@dataclass(frozen=True)
class CallReport:
    """What the repair of a column of calls found.

    Parameters
    ----------
    segment
        ``V``, ``D``, ``J`` or ``C``.
    n_calls
        Chains with a call.
    repaired
        Texts that were rewritten: what they became, and how many chains have them.
    ambiguous
        Chains whose call names several genes.
    unknown
        Calls that name no known gene, and their chains; they stay as they are written.
    family_level
        Chains whose call names a family of several genes.
    alleles
        Names of alleles that the germline set does not have, and their chains.
    nonfunctional
        Calls that name only pseudogenes or open reading frames, and their chains.
    unchecked
        Chains with genes of loci whose germline set is not known (B cell receptors of mouse).
    """

    segment: Segment
    n_calls: int
    repaired: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    ambiguous: int = 0
    unknown: Mapping[str, int] = field(default_factory=dict)
    family_level: int = 0
    alleles: Mapping[str, int] = field(default_factory=dict)
    nonfunctional: Mapping[str, int] = field(default_factory=dict)
    unchecked: int = 0

    @property
    def n_unknown(self) -> int:
        """Chains whose call is unknown."""
        return sum(self.unknown.values())

    def notes(self, where: str) -> tuple[str, ...]:
        """Return the report in sentences.

        Parameters
        ----------
        where
            The file or table.
        """
        column = f"{where}, {self.segment.lower()}_call"
        found = []
        if self.repaired:
            n = sum(chains for _, chains in self.repaired.values())
            names = first_few([f"{text} -> {name}" for text, (name, _) in self.repaired.items()], n=3)
            found.append(f"{column}: {n:,} names were written as IMGT writes them ({names})")
        if self.ambiguous:
            found.append(f"{column}: {self.ambiguous:,} calls name several genes, and equal each of them")
        if self.unchecked:
            found.append(f"{column}: {self.unchecked:,} calls were not checked: no germline set for them is known here")
        for code, n, what in (
            ("receptor.gene_kept", self.n_unknown, listed("calls are no known genes", self.unknown)),
            ("receptor.gene_allele", sum(self.alleles.values()), listed("alleles are not known", self.alleles)),
            ("receptor.gene_family", self.family_level, "calls name a family"),
            ("receptor.gene_pseudo", sum(self.nonfunctional.values()), listed(_NO_GENE, self.nonfunctional)),
        ):
            if n:
                found.append(remark(code, f"{n:,} of {self.n_calls:,} {what}", where=column))
        return tuple(found)


def listed(what: str, names: Mapping[str, int]) -> str:
    """Return a phrase and the names that most chains have, with their numbers.

    Parameters
    ----------
    what
        Said of the names.
    names
        Chains by name.

    Examples
    --------
    >>> listed("calls are unknown", {"X": 1, "Y": 2})
    'calls are unknown (Y 2, X 1)'
    """
    most = sorted(names.items(), key=lambda entry: (-entry[1], entry[0]))
    return f"{what} ({first_few([f'{name} {n:,}' for name, n in most], n=3)})"
