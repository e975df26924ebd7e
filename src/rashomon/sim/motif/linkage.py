"""One knob for how strongly epitope, V gene, HLA allele and donor go together, as conditional tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rashomon.dataset import at_level
from rashomon.sim.motif.entangle import conditional, entangle
from rashomon.sim.motif.epitope import Epitope
from rashomon.sim.stream import uniforms

__all__ = ["Linkage", "link"]


@dataclass(frozen=True, eq=False)
class Linkage:
    """What one label says about another; rows are what is given and sum to 1.

    Parameters
    ----------
    v_given_epitope
        By chain, probability of each V gene given the epitope, shape ``(n_epitopes, n_genes)``.
    epitope_given_hla
        Probability of each epitope given the allele, shape ``(n_alleles, n_epitopes)``.
    epitope_given_donor
        Probability of each epitope given the donor, shape ``(n_donors, n_epitopes)``.
    """

    v_given_epitope: Mapping[str, np.ndarray]
    epitope_given_hla: np.ndarray
    epitope_given_donor: np.ndarray


def link(
    strength: float,
    epitopes: Sequence[Epitope],
    *,
    epitope_shares: np.ndarray,
    v_usage: Mapping[str, Mapping[str, float]],
    allele_shares: Mapping[str, float],
    donor_shares: np.ndarray,
    key: np.uint64,
) -> Linkage:
    """Return what epitope, V gene, HLA allele and donor say about each other at one strength of entanglement.

    Each table is that of `entangle`: independent at 0, and at 1 as determined as the margins allow, which are kept at
    every strength. An epitope goes first with its preferred V genes and with its own allele, then with others in a
    random order; donors go with epitopes in a random order. That only carriers respond is not said here: the table of
    alleles describes how an assay or a cohort mixes them.

    Parameters
    ----------
    strength
        0 to 1.
    epitopes
        With their alleles and preferred V genes.
    epitope_shares
        Share of each epitope among the binders; sums to 1.
    v_usage
        By chain (``alpha``, ``beta``), share of each V gene or allele; sums to 1.
    allele_shares
        Share of each HLA allele; sums to 1.
    donor_shares
        Share of each donor; sums to 1.
    key
        From `rashomon.sim.stream.stream_key`; orders what nothing else orders.

    Raises
    ------
    UsageError
        As `entangle` does.

    Examples
    --------
    >>> from rashomon.sim.motif.motif import Motif
    >>> from rashomon.sim.stream import stream_key
    >>> motifs = (Motif("m", "SYG"),)
    >>> two = [Epitope("E", "A*02:01", "beta", beta=motifs), Epitope("F", "B*07:02", "beta", beta=motifs)]
    >>> told = link(
    ...     1.0, two, epitope_shares=np.array([0.5, 0.5]), v_usage={"beta": {"TRBV9": 0.5, "TRBV2": 0.5}},
    ...     allele_shares={"B*07:02": 0.5, "A*02:01": 0.5}, donor_shares=np.ones(1), key=stream_key(1, "link"),
    ... )
    >>> told.epitope_given_hla.tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    shares = np.asarray(epitope_shares, dtype=np.float64)
    by_chain = {}
    for place, (chain, usage) in enumerate(v_usage.items()):
        wanted = [{at_level(gene, "gene") for gene in getattr(each, f"v_{chain}").genes} for each in epitopes]
        liked = np.array([[at_level(gene, "gene") in each for gene in usage] for each in wanted])
        by_chain[chain] = conditional(_tied(strength, shares, np.array([*usage.values()]), liked, key, 2 + place))
    own = np.array([[each.hla == allele for each in epitopes] for allele in allele_shares])
    of_hla = _tied(strength, np.array([*allele_shares.values()]), shares, own, key, 0)
    any_donor = np.zeros((len(donor_shares), shares.size), dtype=bool)
    of_donor = _tied(strength, donor_shares, shares, any_donor, key, 1)
    return Linkage(by_chain, conditional(of_hla), conditional(of_donor))


def _tied(
    strength: float, rows: np.ndarray, columns: np.ndarray, first: np.ndarray, key: np.uint64, table: int
) -> np.ndarray:
    """Return the joint table in which the cells of `first` are filled first, all others in a random order."""
    # each table has row numbers of its own, below 2**32 each
    units = np.arange(len(first), dtype=np.int64) + (table << 32)
    return entangle(strength, rows, columns, affinity=first + uniforms(key, units, first.shape[1]))
