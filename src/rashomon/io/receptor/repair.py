"""From the chains of any table to receptors: names, loci and junctions repaired, every repair counted and said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from rashomon.dataset import GeneCalls, Receptors
from rashomon.io.receptor.call_report import Segment
from rashomon.io.receptor.chain_table import ChainTable
from rashomon.io.receptor.gene_name import raw_calls, repair_calls
from rashomon.io.receptor.germline import Germline, germline
from rashomon.io.receptor.invariant import FLAGS, invariant_flags
from rashomon.io.receptor.junction import Junctions, check_junctions
from rashomon.io.receptor.junction_end import MOSTLY, anchored, complete_cdr3, complete_end, without_anchors
from rashomon.io.receptor.locus import loci_of
from rashomon.io.receptor.species import species_of
from rashomon.io.rule import refuse, remark

__all__ = ["MAX_DAMAGED", "MAX_UNANCHORED", "receptors_of"]

MAX_DAMAGED = 0.1
"""Share of the junctions that may be damaged, or differ from their translation."""

MAX_UNANCHORED = 0.5
"""Share of the junctions that may lack an anchor: each is left out of comparisons, and most only in a wrong column."""


def receptors_of(
    chains: ChainTable, *, species: str | None = None, complete_end: bool = False
) -> tuple[Receptors, tuple[str, ...]]:
    """Return receptors from the chains of a table, after checking and repairing what can be repaired.

    Parameters
    ----------
    chains
        As they were written.
    species
        ``human`` or ``mouse``; None: read from the names of the genes.
    complete_end
        Whether to add the last residue to junctions that miss nothing else (public tables often have some).

    Returns
    -------
    receptors
        One chain per row of `chains`, in the same order; chains that are damaged are marked as not productive. Flags:
        ``anchored``, ``mait_like``, ``inkt_like``.
    notes
        What was repaired and what is worth a look, with counts.

    Raises
    ------
    InputError
        ``receptor.species``, ``receptor.gene_unknown``, ``receptor.locus``, ``receptor.anchors``,
        ``receptor.junction``.
    """
    raw = {name: raw_calls(getattr(chains, f"{name}_call")) for name in "vdjc"}
    of, notes = species_of((raw["v"], raw["j"]), said=species, where=chains.where)
    calls: dict[str, GeneCalls] = {}
    segments: Mapping[str, Segment] = {"v": "V", "d": "D", "j": "J", "c": "C"}
    for name, segment in segments.items():
        calls[name], report = repair_calls(raw[name], segment=segment, species=of, where=chains.where)
        notes += report.notes(chains.where)
    locus, found = loci_of(chains.locus, v=calls["v"], j=calls["j"], c=calls["c"], where=chains.where)
    checked = check_junctions(chains.junction, chains.junction_aa)
    nt, aa, ends = _with_ends(chains, checked, locus, calls["j"], germline(of), complete_end=complete_end)
    notes += (*found, *ends, *_sequence_notes(chains, checked, aa))
    receptors = Receptors(
        chains.obs, locus, aa, nt, calls["v"], calls["j"], raw["v"], raw["j"], calls["d"], calls["c"], chains.count,
        np.where(checked.damaged, 0, chains.productive).astype(np.int8), of, {"anchored": anchored(aa)},
    )  # fmt: skip
    flags = invariant_flags(receptors)
    for label, name in FLAGS.items():
        if flags[name].any():
            notes += (f"{chains.where}: {int(flags[name].sum()):,} alpha chains are {label}, by V, J and length",)
    return replace(receptors, flags={**receptors.flags, **flags}), notes


def _with_ends(
    chains: ChainTable, checked: Junctions, locus: np.ndarray, j: GeneCalls, known: Germline, *, complete_end: bool
) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """Return nucleotides and amino acids with their anchors, and what was added."""
    nt, aa, where = checked.nt, checked.aa, chains.where
    there = aa != b""
    n = int(there.sum())
    if chains.is_cdr3:
        if anchored(aa[there]).mean() > MOSTLY if n else False:
            return nt, aa, (f"{where}: the values called CDR3 have anchors, and were read as junctions",)
        nt, aa = complete_cdr3(nt, aa, locus=locus, j=j, anchors=known.anchors())
        return nt, aa, (remark("receptor.completed", f"anchors were added to {n:,} CDR3", where=where),)
    bare = without_anchors(aa)
    if bare > MOSTLY:
        what = f"{bare:.0%} of {n:,} junctions do not start with C: they look like CDR3"
        raise refuse("receptor.anchors", what, where=f"{where}, junction_aa")
    if not complete_end:
        return nt, aa, ()
    return _completed(nt, aa, j, known, where)


def _completed(
    nt: np.ndarray, aa: np.ndarray, j: GeneCalls, known: Germline, where: str
) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    nt, aa, changed = complete_end(nt, aa, j=j, anchors=known.anchors())
    n = int(changed.sum())
    what = f"the last residue was added to {n:,} of {int((aa != b'').sum()):,} junctions"
    return nt, aa, (remark("receptor.completed", what, where=where),) if n else ()


def _sequence_notes(chains: ChainTable, checked: Junctions, aa: np.ndarray) -> tuple[str, ...]:
    """Return what was repaired; refuse where too much is wrong among chains that may be productive."""
    where = f"{chains.where}, junction"
    judged = (chains.productive != 0) & ((aa != b"") | (checked.nt != b"") | checked.damaged)
    faults = ", ".join(f"{n:,} with {what}" for what, n in checked.counts.items())
    unanchored = (aa != b"") & ~anchored(aa) & ~checked.damaged
    notes = [f"{where}: {n:,} {what}" for what, n in checked.repairs.items()]
    for code, rows, most, what in (
        ("receptor.damaged", checked.damaged, MAX_DAMAGED, f"junctions are damaged ({faults})"),
        (
            "receptor.translation",
            checked.mismatch,
            MAX_DAMAGED,
            "junctions are not the translation of their nucleotides",
        ),
        ("receptor.unanchored", unanchored, MAX_UNANCHORED, "junctions do not run from C to F or W"),
    ):
        n, n_judged = int((rows & judged).sum()), int(judged.sum())
        if n > most * n_judged:
            first = np.flatnonzero(rows & judged)[:3]
            shown = ", ".join(repr(chains.junction_aa[row] or chains.junction[row])[:40] for row in first)
            said = f"{n:,} of {n_judged:,} {what} ({n / n_judged:.0%}; {shown})"
            raise refuse("receptor.junction", said, where=where, fix=_FIX.get(code))
        if rows.any():
            notes.append(remark(code, f"{int(rows.sum()):,} {what}", where=where))
    return tuple(notes)


_FIX = {
    "receptor.unanchored": "check that the column holds whole junctions; if only the last F is missing, use "
    "complete_end=True",
    "receptor.translation": "give one of the two columns, junction or junction_aa, whichever is right",
}
