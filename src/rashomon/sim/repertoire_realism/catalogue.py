"""Every property of the realism table of repertoires."""

from __future__ import annotations

from rashomon.core import Registry
from rashomon.sim.repertoire_realism.record import Property

__all__ = ["PROPERTIES"]

_ROOM = "rashomon.sim.repertoire_realism"

PROPERTIES: Registry[Property] = Registry(
    "property",
    [
        Property("v", "V genes", "Use of V genes.", "receptor", f"{_ROOM}.gene:v_usage", "jensen_shannon"),
        Property("j", "J genes", "Use of J genes.", "receptor", f"{_ROOM}.gene:j_usage", "jensen_shannon"),
        Property("vj", "pairs of V and J", "V and J together.", "receptor", f"{_ROOM}.gene:vj_usage", "jensen_shannon"),
        Property(
            "length",
            "junction length (residues)",
            "Length of junctions, anchors included.",
            "receptor",
            f"{_ROOM}.residue:length",
            "wasserstein",
        ),
        Property(
            "kmer",
            "3-mers",
            "3-mers of residues between the anchors.",
            "receptor",
            f"{_ROOM}.residue:kmer_usage",
            "jensen_shannon",
        ),
        Property(
            "middle",
            "residues by position in the middle",
            "Residues at IMGT positions, three at either end left out.",
            "receptor",
            f"{_ROOM}.residue:middle_usage",
            "jensen_shannon",
        ),
        Property(
            "internal_cysteine",
            "share of receptors with internal cysteine",
            "Receptors with a cysteine beyond the anchor, which selection in the thymus removes.",
            "receptor",
            f"{_ROOM}.residue:internal_cysteine",
            "difference",
        ),
        Property(
            "pgen",
            "log10 generation probability",
            "Generation probability of a sample of receptors.",
            "receptor",
            f"{_ROOM}.generation:log10_probability",
            "ks",
        ),
        Property(
            "neighbour_share",
            "share of receptors with a neighbour",
            "Receptors with another one at Hamming distance 0 or 1, against how many there are.",
            "receptor",
            f"{_ROOM}.neighbour:neighbour_share",
            "difference",
            curve=True,
        ),
        Property(
            "neighbour_number",
            "neighbours of a receptor",
            "Mean number of others at Hamming distance 0 or 1, against how many there are.",
            "receptor",
            f"{_ROOM}.neighbour:neighbour_number",
            "difference",
            curve=True,
        ),
        Property(
            "linked_genes",
            "shares of neighbours with the same V and J",
            "How often neighbours have the same V, and the same J.",
            "receptor",
            f"{_ROOM}.neighbour:linked_genes",
            "difference",
        ),
        Property(
            "rank_abundance",
            "log10 share of reads of the clone at rank 1, 2, 4, ...",
            "Abundance of clones by rank, at equal depth.",
            "clone",
            f"{_ROOM}.clone_size:rank_abundance",
            "difference",
        ),
        Property(
            "hill",
            "log Hill numbers of orders 0, 1, 2 and infinity",
            "Diversity of clones, at equal depth.",
            "clone",
            f"{_ROOM}.clone_size:hill_numbers",
            "difference",
        ),
        Property(
            "d50",
            "share of clones with half of the reads",
            "The smallest share of clones that has half of the reads, at equal depth.",
            "clone",
            f"{_ROOM}.clone_size:d50",
            "difference",
        ),
        Property(
            "sharing",
            "share of receptors that another donor has",
            "Receptors that occur in another donor of the same kind, against how many were seen of each.",
            "donors",
            f"{_ROOM}.sharing:sharing_within",
            "difference",
            curve=True,
        ),
        Property(
            "sharing_with_real",
            "share of receptors that another real donor has",
            "Receptors that occur in another real donor, against how many were seen of each.",
            "donors",
            f"{_ROOM}.sharing:sharing_with_real",
            "difference",
            curve=True,
        ),
        Property(
            "auc",
            "AUC of a classifier",
            "How well boosted trees tell receptors apart by V, J, length and residues together.",
            "receptor",
            f"{_ROOM}.discrimination:classifier_columns",
            "auc",
            ranks=False,
        ),
    ],
)
"""The properties, in the order of tables and figures."""
