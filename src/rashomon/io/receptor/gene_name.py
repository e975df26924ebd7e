"""Gene calls at the door: split into genes, written as IMGT writes them, and counted where that is not possible."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd

from rashomon.dataset import GeneCalls
from rashomon.io.receptor.call_report import CallReport, Segment, listed
from rashomon.io.receptor.call_text import alternatives, parts_of
from rashomon.io.receptor.germline import LONGEST, Germline, Species, germline, segment_of
from rashomon.io.rule import refuse

__all__ = ["MAX_UNKNOWN", "raw_calls", "repair_calls"]

MAX_UNKNOWN = 0.2
"""Share of the V or J calls that may be unknown."""

_MOST_NAMES = 20_000
"""More different texts than this are no genes: all species together have fewer alleles."""

_NAME = re.compile(r"[A-Za-z0-9.()/-]+(\*\d+)?")
_LOCUS = re.compile(r"(TR|IG)[A-Z]", re.IGNORECASE)


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
    name, mark = _looked_up(part, known)
    return (name, mark) if mark == "unchecked" or segment_of(name) == segment else (part, "unknown")


def _looked_up(part: str, known: Germline) -> tuple[str, str]:
    if part in known.alleles or part in known.genes:
        return part, _functional(part, known)
    written, _, allele = part.partition("*")
    if len(part) > LONGEST or not _NAME.fullmatch(part):
        return part, "unknown"
    if written[:2].upper() not in known.loci and _LOCUS.match(written):
        return written.upper() + (f"*{allele}" if allele else ""), "unchecked"
    family = _family(written, known)
    gene = family or known.standard(written)
    if gene is None or family:
        return family or part, "family" if family else "unknown"
    name = f"{gene}*{int(allele):02}" if int(allele or 0) else gene
    return name, _functional(name, known) if name in known.alleles or name == gene else "allele"


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
        said = listed(f"calls ({share:.0%}) are no {species} genes", report.unknown)
        what = f"{report.n_unknown:,} of {report.n_calls:,} {said}"
        raise refuse("receptor.gene_unknown", what, where=f"{where}, {report.segment.lower()}_call")
