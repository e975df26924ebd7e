"""Gene calls at the door: split into genes, written as IMGT writes them, and counted where that is not possible."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

from rashomon.core import first_few
from rashomon.dataset import GeneCalls
from rashomon.io.receptor.call_text import alternatives, parts_of
from rashomon.io.receptor.germline import Germline, Species, germline, segment_of
from rashomon.io.rule import refuse, remark

__all__ = ["MAX_UNKNOWN", "CallReport", "Segment", "raw_calls", "repair_calls"]

Segment = Literal["V", "D", "J", "C"]

MAX_UNKNOWN = 0.2
"""Share of the V or J calls that may be unknown."""

_MOST_NAMES = 20_000
"""More different texts than this are no genes: all species together have fewer alleles."""

_NAME = re.compile(r"[A-Za-z0-9.()/_-]+(\*\d+)?")
_LOCUS = re.compile(r"(TR|IG)[A-Z]", re.IGNORECASE)


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
            ("receptor.gene_kept", self.n_unknown, _listed("calls are no known genes", self.unknown)),
            ("receptor.gene_allele", sum(self.alleles.values()), _listed("alleles are not known", self.alleles)),
            ("receptor.gene_family", self.family_level, "calls name a family"),
            ("receptor.gene_pseudo", sum(self.nonfunctional.values()), _listed("calls name no functional gene", self.nonfunctional)),
        ):  # fmt: skip
            if n:
                found.append(remark(code, f"{n:,} of {self.n_calls:,} {what}", where=column))
        return tuple(found)


def _listed(what: str, names: Mapping[str, int]) -> str:
    most = sorted(names.items(), key=lambda entry: (-entry[1], entry[0]))
    return f"{what} ({first_few([f'{name} {n:,}' for name, n in most], n=3)})"


def raw_calls(texts: np.ndarray) -> GeneCalls:
    """Return the calls of a column as they were written; white space at the ends is removed.

    Parameters
    ----------
    texts
        One per chain, objects (str), empty where there is no call. Characters beyond ASCII become escapes.

    Returns
    -------
    Calls, their names sorted.

    Examples
    --------
    >>> raw_calls(np.array(["TRBV9", "", "TRAV29DV5"], dtype=object)).names
    ('TRAV29DV5', 'TRBV9')
    """
    codes, written = pd.factorize(np.asarray(texts, dtype=object))
    plain = [str(text).strip().encode("ascii", "backslashreplace").decode() for text in written]
    names = tuple(sorted({text for text in plain if text}))
    place = {name: code for code, name in enumerate(names)} | {"": -1}
    position = np.array([*(place[text] for text in plain), -1], dtype=np.int32)
    return GeneCalls(position[codes], names)


def repair_calls(
    calls: np.ndarray | GeneCalls, *, segment: Segment, species: Species, where: str = "receptors"
) -> tuple[GeneCalls, CallReport]:
    """Return gene calls with the names of IMGT; a call that names several genes is a set of them.

    Every call is split first (commas, semicolons, "or", and slashes unless they belong to the name), and each part is
    then standardised on its own by tidytcells. Alleles are kept where they are given and never invented.

    Parameters
    ----------
    calls
        Texts, one per chain (objects), or the calls as written. The work depends on how many differ.
    segment
        ``V``, ``D``, ``J`` or ``C``; a gene of another segment is unknown here.
    species
        ``human`` or ``mouse``.
    where
        The file or table, for messages.

    Returns
    -------
    calls
        Of the same chains.
    report
        What was rewritten, ambiguous, unknown, of a family only, not functional.

    Raises
    ------
    InputError
        ``receptor.gene_unknown`` when more than 20 % of the V or J calls are unknown.
    UsageError
        When the species is unknown.

    Examples
    --------
    >>> texts = np.array(["TRAV29DV5", "TRAV12-2*01,TRAV12-3", "TRAV38", ""], dtype=object)
    >>> found, report = repair_calls(texts, segment="V", species="human")
    >>> found.names, found.codes.tolist(), report.family_level, report.repaired
    (('TRAV12-2*01,TRAV12-3', 'TRAV29/DV5', 'TRAV38'), [1, 0, 2, -1], 1, {'TRAV29DV5': ('TRAV29/DV5', 1)})
    """
    raw = calls if isinstance(calls, GeneCalls) else raw_calls(calls)
    if segment in "VJ" and len(raw.names) > _MOST_NAMES:
        what = f"the column has {len(raw.names):,} different values"
        raise refuse("receptor.gene_unknown", what, where=f"{where}, {segment.lower()}_call")
    known = germline(species)
    chains = np.bincount(raw.codes[raw.codes >= 0], minlength=len(raw.names))
    found = [_repaired(text, segment, known) for text in raw.names]
    names = tuple(sorted({each.text for each in found if each.text}))
    place = {name: code for code, name in enumerate(names)} | {"": -1}
    position = np.array([*(place[each.text] for each in found), -1], dtype=np.int32)
    report = _report(segment, raw.names, found, chains)
    _refuse_unknown(report, species, where)
    return GeneCalls(position[raw.codes], names), report


@dataclass(frozen=True)
class _Call:
    """What one text became: its genes, and what is to be said about each."""

    genes: tuple[str, ...]
    marks: tuple[str, ...]

    @property
    def text(self) -> str:
        return ",".join(self.genes)


def _repaired(text: str, segment: Segment, known: Germline) -> _Call:
    genes: dict[str, str] = {}
    for part in parts_of(text):
        whole = _standard(part, segment, known)
        several = alternatives(part)
        parts = {part: whole} if len(several) < 2 or whole[1] != "unknown" else {}
        for each, (name, mark) in (parts or {each: _standard(each, segment, known) for each in several}).items():
            genes.setdefault(name or each, mark)
    return _Call(tuple(genes), tuple(genes.values()))


def _standard(part: str, segment: Segment, known: Germline) -> tuple[str, str]:
    """Return the name of a gene, and ``known``, ``family``, ``allele``, ``pseudo``, ``unchecked`` or ``unknown``."""
    if part in known.alleles or part in known.genes:
        return (part, _functional(part, known)) if segment_of(part) == segment else (part, "unknown")
    if not _NAME.fullmatch(part):
        return part, "unknown"
    written, _, allele = part.partition("*")
    if written[:2].upper() not in known.loci and _LOCUS.match(written):
        return written.upper() + (f"*{allele}" if allele else ""), "unchecked"
    family = _family(written, known)
    if family:
        return (family, "family") if segment_of(family) == segment else (part, "unknown")
    gene = known.standard(written)
    if gene is None or segment_of(gene) != segment:
        return part, "unknown"
    if int(allele or 0) == 0:
        return gene, _functional(gene, known)
    name = f"{gene}*{int(allele):02}"
    return name, _functional(name, known) if name in known.alleles else "allele"


def _functional(name: str, known: Germline) -> str:
    return "known" if name in known.functional else "pseudo"


def _family(written: str, known: Germline) -> str:
    """Return the family that a name stands for when several genes belong to it, else nothing."""
    name = re.sub(r"(?<!\d)0+(?=\d)", "", written.upper().replace("TCR", "TR").replace(".", "-"))
    if name in known.genes or "/" in name or "S" in name[3:]:
        return ""
    return name if len(known.members(name)) > 1 else ""


def _report(segment: Segment, texts: tuple[str, ...], found: list[_Call], chains: np.ndarray) -> CallReport:
    repaired: dict[str, tuple[str, int]] = {}
    counts: dict[str, Counter[str]] = {
        mark: Counter() for mark in ("unknown", "allele", "pseudo", "family", "unchecked")
    }
    n_calls = ambiguous = 0
    for text, call, n in zip(texts, found, chains.tolist(), strict=True):
        n_calls += n if call.genes else 0
        ambiguous += n if len(call.genes) > 1 else 0
        if call.genes and call.text != text:
            repaired[text] = (call.text, n)
        marks = set(call.marks)
        for mark in ("unknown", "pseudo", "family", "unchecked"):
            # what is said of a call holds for all of its genes
            if marks == {mark}:
                counts[mark][text] += n
        if "allele" in marks:
            counts["allele"][text] += n
    return CallReport(
        segment, n_calls, repaired, ambiguous, dict(counts["unknown"]), sum(counts["family"].values()),
        dict(counts["allele"]), dict(counts["pseudo"]), sum(counts["unchecked"].values()),
    )  # fmt: skip


def _refuse_unknown(report: CallReport, species: Species, where: str) -> None:
    if report.segment in "VJ" and report.n_unknown > MAX_UNKNOWN * report.n_calls:
        share = report.n_unknown / report.n_calls
        what = f"{report.n_unknown:,} of {report.n_calls:,} {_listed(f'calls ({share:.0%}) are no {species} genes', report.unknown)}"
        raise refuse("receptor.gene_unknown", what, where=f"{where}, {report.segment.lower()}_call")
