"""The loops that a V gene brings to a T-cell receptor, and how far apart those of two calls are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal, get_args

import numpy as np

from rashomon.core import UsageError, did_you_mean, first_few
from rashomon.dataset import at_level
from rashomon.encode.tcrdist_table import DEFINITIONS, PAD, RESIDUES, residue_costs

__all__ = ["SPECIES", "Species", "germline_loops", "loop_distances", "species_of", "unknown_loops"]

Species = Literal["auto", "human", "mouse"]
SPECIES = get_args(Species)

_GAPS = {".": PAD - 2, "*": PAD - 1}
"""Codes of a gap and of a stop."""


@cache
def germline_loops(species: str) -> Mapping[str, str]:
    """Return CDR1, CDR2 and CDR2.5 of every V allele of a species, aligned and joined.

    Parameters
    ----------
    species
        ``human`` or ``mouse``.

    Returns
    -------
    Allele to residues, ``.`` being a gap and ``*`` a stop; 28 places, 29 for mouse TRA and TRD.

    Raises
    ------
    UsageError
        When there is no table of the species.

    Notes
    -----
    The table is that of tcrdist3 0.3 (MIT License, copyright 2020 Koshlan Mayer-Blackwell). Some alleles are known in
    part only, and have gaps where nothing is known.

    Examples
    --------
    >>> germline_loops("human")["TRBV19*01"]
    'LNH.......DASQI....VNDE.KKES'
    """
    if species not in SPECIES[1:]:
        raise UsageError(
            f"no loops of V genes are known for {species!r}", where="species", fix=did_you_mean(species, SPECIES[1:])
        )
    text = files("rashomon.encode").joinpath("germline_loops.tsv").read_text(encoding="utf-8")
    lines = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return MappingProxyType({gene: "".join(loops) for organism, gene, *loops in lines if organism == species})


def species_of(v_names: Sequence[str]) -> str:
    """Return the species whose V genes the calls are: the one that knows more of the genes.

    Parameters
    ----------
    v_names
        Calls, genes separated by commas.

    Raises
    ------
    UsageError
        When both know equally many: human and mouse share many names.

    Examples
    --------
    >>> species_of(["TRBV20-1*01", "TRBV7-9*01"]), species_of(["TRBV13-2*01", "TRBV1*01"])
    ('human', 'mouse')
    """
    genes = {at_level(gene, "gene") for name in v_names for gene in name.split(",")}
    known = {species: len(genes & _genes(species)) for species in SPECIES[1:]}
    if not genes:
        return "human"
    if len(set(known.values())) == 1:
        raise UsageError(
            f"the V genes are as much those of {' as of '.join(known)}: {first_few(sorted(genes), n=5)}",
            where="V genes",
            expected="T-cell receptors of one species",
            fix="give species='human' or species='mouse'",
        )
    return str(max(known, key=lambda species: known[species]))


@cache
def _genes(species: str) -> frozenset[str]:
    return frozenset(at_level(allele, "gene") for allele in germline_loops(species))


def unknown_loops(v_names: Sequence[str], *, species: Species = "auto") -> tuple[str, ...]:
    """Return the calls whose loops are not known, none of their genes being in the table.

    Receptors with such a call, or without one, have no TCRdist and are not linked.

    Parameters
    ----------
    v_names
        Calls, genes separated by commas.
    species
        ``auto``: see `species_of`.

    Examples
    --------
    >>> unknown_loops(["TRBV19*01", "TRBV19", "TRBV99*01,TRBV19*01", "TRBV99*01"], species="human")
    ('TRBV99*01',)
    """
    table = germline_loops(species_of(v_names) if species == "auto" else species)
    return tuple(name for name in v_names if not _alleles(name, table))


def _alleles(name: str, table: Mapping[str, str]) -> list[str]:
    """Return the alleles of a call that have loops; a gene without allele stands for its first."""
    alleles = (gene if "*" in gene else f"{gene}*01" for gene in name.split(","))
    return [allele for allele in dict.fromkeys(alleles) if allele in table]


def loop_distances(v_names: Sequence[str], *, definition: str = "tcrdist3", species: Species = "auto") -> np.ndarray:
    """Return the part of TCRdist that the loops CDR1, CDR2 and CDR2.5 contribute, for every two V calls.

    The loops are aligned position by position, and each position costs ``min(4, 4 - BLOSUM62)``; what a gap or a stop
    costs depends on the definition. Of an ambiguous call the nearest gene counts, as in tcr-dist; tcrdist3 itself takes
    one gene per call. A gene without allele has the loops of its allele 01.

    Parameters
    ----------
    v_names
        Calls, genes separated by commas.
    definition
        ``tcrdist3`` or ``classic``.
    species
        ``human``, ``mouse`` or ``auto``: see `species_of`.

    Returns
    -------
    ``float32``, shape ``(n_names, n_names)``, symmetric; from 0 to 116, 0 is nearest. NaN where a call has no known
    loops, or two calls are of different loci (alpha and delta share V genes and count as one).

    Raises
    ------
    UsageError
        When definition or species is unknown.

    Examples
    --------
    >>> loop_distances(["TRBV19*01", "TRBV28*01", "TRBV28,TRBV19"]).tolist()
    [[0.0, 31.0, 0.0], [31.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    """
    chosen = DEFINITIONS[definition]
    table = germline_loops(species_of(v_names) if species == "auto" else species)
    per_name = [_alleles(name, table) for name in v_names]
    alleles = list(dict.fromkeys(allele for each in per_name for allele in each))
    place = {allele: row for row, allele in enumerate(alleles)}
    between = _allele_distances([(_group(allele), table[allele]) for allele in alleles], chosen.loop_gap)
    members = [[place[allele] for allele in each] for each in per_name]
    found = np.full((len(v_names), len(v_names)), np.nan, dtype=np.float32)
    # a call's nearest allele to every allele, then that to every call: n_names rows at a time
    nearest = np.array([between[each].min(axis=0) if each else np.full(len(alleles), np.inf) for each in members])
    for column, each in enumerate(members):
        if each:
            found[:, column] = nearest[:, each].min(axis=1)
    found[~np.isfinite(found)] = np.nan
    return found


def _group(allele: str) -> str:
    return "TRA" if allele.startswith(("TRA", "TRD")) else allele[:3]


def _allele_distances(loops: list[tuple[str, str]], gap: int) -> np.ndarray:
    costs = residue_costs().astype(np.float64)
    costs[list(_GAPS.values()), :] = costs[:, list(_GAPS.values())] = gap
    np.fill_diagonal(costs, 0.0)
    code = {letter: place for place, letter in enumerate(RESIDUES)} | _GAPS
    found = np.full((len(loops), len(loops)), np.inf)
    for group in {group for group, _ in loops}:
        rows = [row for row, (of, _) in enumerate(loops) if of == group]
        codes = np.array([[code[letter] for letter in loops[row][1]] for row in rows])
        block = sum(costs[np.ix_(codes[:, k], codes[:, k])] for k in range(codes.shape[1]))
        found[np.ix_(rows, rows)] = block
    return found
