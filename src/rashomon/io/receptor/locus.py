"""The locus of each chain: as the table says, else as its genes say, and never against them."""

from __future__ import annotations

import numpy as np

from rashomon.core import first_few
from rashomon.dataset import LOCI, GeneCalls, locus_codes
from rashomon.io.rule import refuse, remark

__all__ = ["MAX_CONFLICT", "loci_of"]

MAX_CONFLICT = 0.01
"""Share of the chains whose locus may disagree with their genes."""

_ANY = (1 << len(LOCI)) - 1
_ALPHA, _DELTA = 1 << LOCI.index("TRA"), 1 << LOCI.index("TRD")


def loci_of(
    locus: np.ndarray, *, v: GeneCalls, j: GeneCalls, c: GeneCalls, where: str = "receptors"
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the locus of each chain.

    Parameters
    ----------
    locus
        Names as written (``TRB``, ``tcrb``); objects (str), shape ``(n_chains,)``, empty where unknown.
    v, j, c
        Repaired calls. V genes of alpha and delta rearrange in both loci: there J and C decide, and without them the
        name of V.
    where
        The file or table, for messages.

    Returns
    -------
    codes
        ``int8`` codes in `LOCI`, ``-1`` where nothing says the locus, or the genes contradict it or each other.
    notes
        How many were read from the genes, and how many are unknown.

    Raises
    ------
    InputError
        ``receptor.locus`` when the locus that is written disagrees with the genes in more than 1 % of the chains.

    Examples
    --------
    >>> v = GeneCalls.from_texts(["TRBV9", "TRAV14/DV4"])
    >>> j, c = GeneCalls.from_texts(["", "TRDJ1"]), GeneCalls.from_texts(["", ""])
    >>> codes, notes = loci_of(np.array(["TRB", ""], dtype=object), v=v, j=j, c=c)
    >>> codes.tolist(), notes
    ([1, 3], ('receptors: 1 of 1 chains without locus got that of their genes [receptor.locus_inferred]',))
    """
    written = _codes(locus)
    possible = _loci(v, wide=True) & _loci(j) & _loci(c)
    said = np.where(written >= 0, 1 << np.maximum(written, 0).astype(np.int64), _ANY)
    there = (v.codes >= 0) | (j.codes >= 0) | (c.codes >= 0) | (written >= 0)
    conflict = (possible & said == 0) & there
    _refuse_conflict(conflict & (written >= 0), there, (written, v, j), where)
    inferred = np.where(possible & _loci(v) > 0, possible & _loci(v), possible)
    single = np.where((inferred > 0) & (inferred & (inferred - 1) == 0), np.log2(np.maximum(inferred, 1)), -1)
    codes = np.where(conflict, -1, np.where(written >= 0, written, single)).astype(np.int8)
    return codes, _notes(written, codes, conflict, where)


def _codes(locus: np.ndarray) -> np.ndarray:
    # few different names: upper case and the older "TCR" cost nothing
    names = sorted(set(locus.tolist()))
    known = locus_codes(np.array([name.strip().upper().replace("TCR", "TR") for name in names], dtype=object))
    place = dict(zip(names, known.tolist(), strict=True))
    return np.fromiter((place[name] for name in locus.tolist()), dtype=np.int8, count=locus.size)


def _loci(calls: GeneCalls, *, wide: bool = False) -> np.ndarray:
    """Return the loci that each call allows, a bit for each; all where there is no call, or one of no known locus."""
    sets = []
    for name in calls.names:
        bits = 0
        for gene in name.upper().split(","):
            code = LOCI.index(gene[:3]) if gene[:3] in LOCI else -1
            bits |= 1 << code if code >= 0 else _ANY
        sets.append(bits | (_ALPHA | _DELTA) if wide and bits & (_ALPHA | _DELTA) else bits)
    found: np.ndarray = np.array([*sets, _ANY], dtype=np.int64)[calls.codes]
    return found


def _refuse_conflict(
    conflict: np.ndarray, there: np.ndarray, columns: tuple[np.ndarray, GeneCalls, GeneCalls], where: str
) -> None:
    if conflict.sum() <= MAX_CONFLICT * there.sum():
        return
    written, v, j = columns
    rows = np.flatnonzero(conflict)
    name = np.array([*LOCI, "-"], dtype=object)[written[rows[:3]]]
    shown = [
        f"{a} with {b or '-'} {c or '-'}" for a, b, c in zip(name, v.texts[rows[:3]], j.texts[rows[:3]], strict=True)
    ]
    what = f"{rows.size:,} of {int(there.sum()):,} chains have a locus and genes that disagree ({'; '.join(shown)})"
    raise refuse("receptor.locus", what, where=f"{where}, rows {first_few((rows + 1).tolist())}")


def _notes(written: np.ndarray, codes: np.ndarray, conflict: np.ndarray, where: str) -> tuple[str, ...]:
    n_blank, n_found = int((written < 0).sum()), int(((written < 0) & (codes >= 0)).sum())
    notes = []
    if n_found:
        what = f"{n_found:,} of {n_blank:,} chains without locus got that of their genes"
        notes.append(remark("receptor.locus_inferred", what, where=where))
    n_unknown = int((codes < 0).sum())
    if n_unknown:
        what = (
            f"{n_unknown:,} of {codes.size:,} chains have no locus; in {int(conflict.sum()):,} genes or locus disagree"
        )
        notes.append(remark("receptor.locus_unknown", what, where=where))
    return tuple(notes)
