"""Alleles that the reference does not hold: called as the nearest ones that it does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numba
import numpy as np

from rashomon.core import UsageError, first_few
from rashomon.sim.limit.domain import checked
from rashomon.sim.readout.chain_table import ChainTable
from rashomon.sim.readout.unresolved_v import recalled
from rashomon.sim.stream import stream_key, uniforms

__all__ = ["draw_missing", "missing_allele", "nearest_alleles"]

_LOCUS = 4
"""Letters of the locus and the segment in the name of a gene: TRBV."""


def missing_allele(chains: ChainTable, *, calls: Mapping[str, str]) -> ChainTable:
    """Replace V calls of alleles that the reference lacks.

    Parameters
    ----------
    chains
        Chains; their V calls change, their sequences do not.
    calls
        What each missing allele is called, from `nearest_alleles` (neutral: empty). A call of several genes loses those
        that are missing; where none is left, it becomes what they are called.

    Returns
    -------
    The chains, in their order.

    Examples
    --------
    >>> from rashomon.dataset import GeneCalls
    >>> from rashomon.sim.readout import own_chains
    >>> v = GeneCalls.from_texts(["IGHV1-2*07", "IGHV1-2*02,IGHV1-2*07", "IGHV3-23*01"])
    >>> chains = own_chains(np.arange(3), np.zeros(3, int), np.array([b"TGTTGG"] * 3), v=v, j=v)
    >>> missing_allele(chains, calls={"IGHV1-2*07": "IGHV1-2*04"}).v.texts.tolist()
    ['IGHV1-2*04', 'IGHV1-2*02', 'IGHV3-23*01']
    """
    texts = {}
    for name in chains.v.names:
        genes = name.split(",")
        left = [gene for gene in genes if gene not in calls]
        near = [other for gene in genes if gene in calls for other in calls[gene].split(",")]
        texts[name] = ",".join(dict.fromkeys(left or near))
    return replace(chains, v=recalled(chains.v, texts, np.ones(chains.n_chains, dtype=bool)))


def draw_missing(names: Iterable[str], key: np.uint64, *, share: float) -> tuple[str, ...]:
    """Return which alleles the reference lacks, each with probability `share`, by its name and `key` alone.

    Raises
    ------
    UsageError
        When the share is outside [0, 1].

    Examples
    --------
    >>> draw_missing(["IGHV1-2*02", "IGHV1-2*04"], np.uint64(1), share=0.0)
    ()
    """
    each = float(checked(share, "share", where="draw_missing", high=1.0))
    one = np.zeros(1, dtype=np.int64)
    return tuple(name for name in names if uniforms(stream_key(int(key), "missing", name), one)[0, 0] < each)


def nearest_alleles(germlines: Mapping[str, bytes], missing: Iterable[str]) -> dict[str, str]:
    """Return what each missing allele is called: the alleles of the reference of least edit distance.

    Parameters
    ----------
    germlines
        Germlines of all alleles, bytes, by name.
    missing
        Names of those that the reference lacks.

    Returns
    -------
    A text for each missing allele; alleles at the same distance are all in it, in the order of `germlines`. Only
    alleles of the same segment of the same locus are compared.

    Raises
    ------
    UsageError
        When a missing allele has no germline, or no allele of its segment is left.

    Notes
    -----
    Time grows with the product of the lengths, for each pair of a missing and a present allele.

    Examples
    --------
    >>> germlines = {"IGHV1-2*02": b"CAGGTGCAG", "IGHV1-2*04": b"CAGGTCCAG", "IGHV3-23*01": b"GAGGTGCTG"}
    >>> nearest_alleles(germlines, ["IGHV1-2*04"])
    {'IGHV1-2*04': 'IGHV1-2*02'}
    """
    absent = dict.fromkeys(missing)
    unknown = [name for name in absent if name not in germlines]
    if unknown:
        raise UsageError("missing alleles have no germline", where=f"nearest_alleles: {first_few(unknown)}")
    found = {}
    for name in absent:
        there = [other for other in germlines if other not in absent and other[:_LOCUS] == name[:_LOCUS]]
        if not there:
            raise UsageError(
                f"no allele is left that {name} could be called",
                where="nearest_alleles",
                expected=f"one {name[:_LOCUS]} in the reference",
            )
        own = np.frombuffer(germlines[name], dtype=np.uint8)
        distance = np.array([_edits(own, np.frombuffer(germlines[other], dtype=np.uint8)) for other in there])
        found[name] = ",".join(there[place] for place in np.flatnonzero(distance == distance.min()))
    return found


@numba.njit(cache=True, nogil=True)
def _edits(a: Any, b: Any) -> Any:
    """Return the edit distance (insertions, deletions, substitutions)."""
    row = np.arange(b.size + 1)
    for i in range(a.size):
        diagonal, row[0] = row[0], i + 1
        for k in range(b.size):
            best = min(row[k + 1], row[k]) + 1
            best = min(best, diagonal + (a[i] != b[k]))
            diagonal, row[k + 1] = row[k + 1], best
    return row[b.size]
