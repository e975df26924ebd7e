"""Truths that receptors carry themselves: clonotypes, genes and lengths."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from rashomon.cluster.clonotype import ClonotypeDual, define_clonotypes
from rashomon.cluster.clonotype_definition import ClonotypeDefinition, parse_definition
from rashomon.cluster.component import numbered
from rashomon.core.labels import MISSING, UNASSIGNED
from rashomon.dataset import GeneCalls, GeneLevel, Receptors, Truth, receptor_items

__all__ = ["GENE_TRUTHS", "clonotype_truth", "gene_truths"]

_LEVELS: dict[str, GeneLevel] = {"v_gene": "gene", "v_family": "family", "j_gene": "gene"}
_LENGTH = "cdr3_length"

GENE_TRUTHS = (*_LEVELS, _LENGTH)
"""Names of the truths that receptors have by themselves; those of the chain without D have ``vj`` before them."""


def clonotype_truth(
    receptors: Receptors,
    n_obs: int,
    definition: str | ClonotypeDefinition,
    *,
    donor: np.ndarray,
    name: str,
    dual: ClonotypeDual = "primary",
) -> tuple[Truth, tuple[str, ...]]:
    """Return the clonotypes of two rows and more as a truth.

    It is made from the sequences, so it is circular where clusters of sequences are judged by it. Of clusters of
    expression it asks whether cells of a clone share a state, which they need not.

    Parameters
    ----------
    receptors, n_obs, definition, donor, dual
        See `rashomon.cluster.clonotype.define_clonotypes`.
    name
        Of the truth.

    Returns
    -------
    truth
        Classes ``clone 1``, ``clone 2``, ... in the order of their first row. A row that is a clonotype of its own has
        no class; one without donor, or without the chains and calls that the definition needs, is missing.
    notes
        How many rows are in how many clonotypes, alone, and without.

    Raises
    ------
    UsageError
        When the definition cannot be used, see `rashomon.cluster.clonotype.define_clonotypes`.
    """
    rule = parse_definition(definition) if isinstance(definition, str) else definition
    found = define_clonotypes(receptors, n_obs, rule, donor=donor, dual=dual)
    size = np.bincount(found[found >= 0], minlength=1)
    shared = (found >= 0) & (size[np.maximum(found, 0)] > 1)
    codes = np.where(found >= 0, UNASSIGNED, MISSING).astype(np.int32)
    codes[shared] = numbered(found[shared])
    n_clones = int(codes.max(initial=-1)) + 1
    alone, without = int((codes == UNASSIGNED).sum()), int((codes == MISSING).sum())
    note = (
        f"{name!r}: {int(shared.sum())} of {n_obs} rows are in {n_clones} clonotypes ({rule.name}) of two rows or "
        f"more; {alone} are alone and have no class, {without} lack a chain, a call or the donor"
    )
    categories = tuple(f"clone {place + 1}" for place in range(n_clones))
    return Truth(name, "receptor", codes, categories, "sequence"), (note,)


def gene_truths(receptors: Receptors, n_obs: int) -> dict[str, Truth]:
    """Return the V gene, its family, the J gene and the length of the junction as truths.

    They compete with every other label, because clusters of receptors follow them often better than the target. Not
    all are news: the junction contains residues of J, and most of its length, so that agreement with J and length is
    nearly guaranteed when close sequences are clustered; agreement with V is the signal.

    Parameters
    ----------
    receptors
        Chains. Of each row the primary chain of an arm counts.
    n_obs
        Number of rows of the data set.

    Returns
    -------
    Truths by name: ``v_gene``, ``v_family``, ``j_gene`` and ``cdr3_length`` (residues, anchors included) of the chain
    with D; ``vj v_gene`` and so on of the other; only arms with a chain, and only truths with a class. An unresolved
    call carries all its genes (`Truth.sets`). Rows without the chain or the call are missing.
    """
    items = receptor_items(receptors, n_obs)
    found: list[Truth] = []
    for arm, before in (("vdj", ""), ("vj", "vj ")):
        if not (items[f"n_{arm}"] > 0).any():
            continue
        for name, level in _LEVELS.items():
            calls = receptors.v if name[0] == "v" else receptors.j
            found.append(_genes(f"{before}{name}", calls, items[arm][name[0]], level))
        found.append(_lengths(f"{before}{_LENGTH}", items[arm]["aa"]))
    return {truth.name: truth for truth in found if truth.categories}


def _genes(name: str, calls: GeneCalls, codes: np.ndarray, level: GeneLevel) -> Truth:
    """Return the calls of one chain per row; one with several genes carries several classes."""
    at = GeneCalls(codes, calls.names).at(level)
    sets = [call.split(",") for call in at.names]
    present = np.unique(at.codes[at.codes >= 0])
    genes = sorted({gene for call in present for gene in sets[call]})
    place = {gene: code for code, gene in enumerate(genes)}
    class_of = np.full(len(sets) + 1, MISSING, dtype=np.int32)
    member = np.zeros((len(sets) + 1, len(genes)), dtype=bool)
    for call in present:
        member[call, [place[gene] for gene in sets[call]]] = True
        class_of[call] = place[sets[call][0]] if len(set(sets[call])) == 1 else UNASSIGNED
    labels = class_of[at.codes]
    several = (labels == UNASSIGNED).any()
    return Truth(name, "receptor", labels, tuple(genes), sets=sp.csr_matrix(member)[at.codes] if several else None)


def _lengths(name: str, junction: np.ndarray) -> Truth:
    length = np.strings.str_len(junction)
    present = np.unique(length[length > 0])
    codes = np.where(length > 0, np.searchsorted(present, length), MISSING).astype(np.int32)
    return Truth(name, "receptor", codes, tuple(str(each) for each in present))
