"""The conserved ends of a junction: C at the start, F or W at the end; whether they are there, and adding them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from rashomon.dataset import LOCI, GeneCalls

__all__ = ["MOSTLY", "anchored", "complete_cdr3", "complete_end", "without_anchors"]

MOSTLY = 0.8
"""Share of the values without anchors (or with them) from which a column is taken to be CDR3 (or junctions)."""

_LAST_CODON = {b"F": b"TTY", b"W": b"TGG", b"C": b"TGY"}
"""Codons of an added residue: Y stands for C or T, because nobody saw which."""

_TAIL = 2
"""Residues of the J gene that an incomplete junction must end with."""

Anchors = Mapping[str, tuple[str, str]]
"""By J gene: the residue that ends a junction, and the residues of the germline before it."""


def anchored(junction_aa: np.ndarray) -> np.ndarray:
    """Return which junctions run from C to F or W; ``bool``, shape of `junction_aa`, False where it is empty.

    Examples
    --------
    >>> anchored(np.array([b"CASF", b"ASS", b"CAW", b""])).tolist()
    [True, False, True, False]
    """
    last = np.strings.endswith(junction_aa, b"F") | np.strings.endswith(junction_aa, b"W")
    found: np.ndarray = np.strings.startswith(junction_aa, b"C") & last & (np.strings.str_len(junction_aa) > 1)
    return found


def without_anchors(junction_aa: np.ndarray) -> float:
    """Return the share of values that do not start with C: near 1 for CDR3, near 0 for junctions.

    The end tells less: the CDR3 of TRBJ1-1 ends with F too.

    Parameters
    ----------
    junction_aa
        Amino acids, bytes (``S``); empty ones are not counted.

    Returns
    -------
    In [0, 1]; 0 where all are empty.

    Examples
    --------
    >>> without_anchors(np.array([b"ASSLGETQY", b"CASSLGETQYF", b""]))
    0.5
    """
    there = junction_aa != b""
    bare = there & ~np.strings.startswith(junction_aa, b"C")
    return float(bare.sum() / max(int(there.sum()), 1))


def complete_cdr3(
    nt: np.ndarray, aa: np.ndarray, *, locus: np.ndarray, j: GeneCalls, anchors: Anchors
) -> tuple[np.ndarray, np.ndarray]:
    """Return junctions made from CDR3: C before, and F, W or the residue of the J gene behind.

    Parameters
    ----------
    nt, aa
        CDR3 in nucleotides and amino acids, bytes (``S``), empty where unknown.
    locus
        Codes of the loci; where the J gene does not tell, the last residue is W for IGH and F for all others.
    j
        J calls, repaired.
    anchors
        Last residues of the J genes, as `Germline.anchors` gives them.

    Returns
    -------
    Nucleotides and amino acids; what is empty stays empty, and added codons say with Y what is not known.

    Examples
    --------
    >>> j = GeneCalls.from_texts(["TRBJ2-3", "TRAJ33*01"])
    >>> nt, aa = np.array([b"GCC", b""]), np.array([b"A", b"AVDSNYQLI"])
    >>> complete_cdr3(nt, aa, locus=np.array([1, 0]), j=j, anchors={"TRAJ33*01": ("W", "DSNYQLI")})
    (array([b'TGYGCCTTY', b''], dtype='|S9'), array([b'CAF', b'CAVDSNYQLIW'], dtype='|S11'))
    """
    last = _last(j, anchors)
    last = np.where(last != b"", last, np.where(locus == LOCI.index("IGH"), b"W", b"F"))
    return (
        np.where(nt != b"", np.strings.add(np.strings.add(b"TGY", nt), _codon(last)), b""),
        np.where(aa != b"", np.strings.add(np.strings.add(b"C", aa), last), b""),
    )


def complete_end(
    nt: np.ndarray, aa: np.ndarray, *, j: GeneCalls, anchors: Anchors
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return junctions with their last residue, where only that is missing.

    It is added to amino acids that start with C and end with the last two residues of the J gene before its anchor; to
    the nucleotides too if they are the codons of these amino acids.

    Parameters
    ----------
    nt, aa
        Junctions in nucleotides and amino acids, bytes (``S``).
    j
        J calls, repaired.
    anchors
        Last residues of the J genes, as `Germline.anchors` gives them.

    Returns
    -------
    nt, aa
        As given, or longer by one residue.
    completed
        Which chains were changed.

    Examples
    --------
    >>> j, ends = GeneCalls.from_texts(["TRBJ2-7", "TRBJ2-7"]), {"TRBJ2-7": ("F", "SYEQY")}
    >>> complete_end(np.array([b"", b""]), np.array([b"CASSYEQY", b"CASSYEQYF"]), j=j, anchors=ends)[1:]
    (array([b'CASSYEQYF', b'CASSYEQYF'], dtype='|S9'), array([ True, False]))
    """
    before = _by_gene(j, anchors, lambda end: end[1][-_TAIL:])
    completed = np.strings.startswith(aa, b"C") & (np.strings.str_len(before) == _TAIL)
    completed &= np.strings.endswith(aa, before) & ~anchored(aa)
    last = np.where(completed, _last(j, anchors), b"")
    codon = np.where(np.strings.str_len(nt) == 3 * np.strings.str_len(aa), _codon(last), b"")
    longer = np.where(nt != b"", codon, b"")
    width = max(int((np.strings.str_len(aa) + completed).max(initial=1)), 1)
    return np.strings.add(nt, longer), np.strings.add(aa, last).astype(f"S{width}"), completed


def _codon(last: np.ndarray) -> np.ndarray:
    return np.select([last == residue for residue in _LAST_CODON], list(_LAST_CODON.values()), default=b"")


def _last(j: GeneCalls, anchors: Anchors) -> np.ndarray:
    return _by_gene(j, anchors, lambda end: end[0])


def _by_gene(j: GeneCalls, anchors: Anchors, part: Callable[[tuple[str, str]], str]) -> np.ndarray:
    """Return a part of the end of each chain, empty where its genes are unknown or differ."""
    found = []
    for name in j.names:
        known = [anchors.get(gene) or anchors.get(gene.partition("*")[0]) for gene in name.split(",")]
        several = {"" if end is None else part(end) for end in known}
        found.append(several.pop() if len(several) == 1 else "")
    ends: np.ndarray = np.array([*found, ""], dtype="S")[j.codes]
    return ends
