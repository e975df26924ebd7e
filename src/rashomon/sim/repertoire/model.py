"""The causal graph of receptors: clones before cells, cells before what is read of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rashomon.sim.node import Node
from rashomon.sim.part import RECEPTORS
from rashomon.sim.repertoire import clone, donor, epitope, family, sequence, state

__all__ = ["CLONE_NODES"]


def _node(*values: Any, **options: Any) -> Node:
    return replace(Node(*values, **options), part=RECEPTORS)


_OF_CHAINS = (
    "clone", "clone_donor", "clone_epitope", "epitope_signal", "clone_public", "clone_invariant", "clone_motif",
    "clone_family",
)  # fmt: skip
"""Parents of sequences; donors matter in twins, whose donors have habits of their own."""

CLONE_NODES: tuple[Node, ...] = (
    _node("hla", "donor", (), "HLA alleles of a donor.", donor.hla, needs="n_epitopes"),
    _node("epitope_signal", "epitope", (), "Motifs, preferred genes and allele of an epitope.",
          epitope.epitope_signal, needs="n_epitopes"),
    _node("responder", "donor", ("hla", "epitope_signal"), "Whether a donor responds to an epitope.", donor.responder,
          low=0, high=1, needs="n_epitopes"),
    _node("status", "donor", ("hla", "epitope_signal"), "Whether a donor is ill.", donor.status, "status",
          "disease_share"),
    _node("epitope_share", "donor", ("donor_share", "responder"), "What the clones of a donor meet.",
          clone.epitope_share, low=0, high=1, needs="binder_share"),
    _node("clone_donor", "clone", ("donor_share",), "Donor of a clone.", clone.clone_donor, "donor", "n_donors"),
    _node("clone_epitope", "clone", ("clone_donor", "epitope_share", "responder", "status"),
          "Epitope that a clone sees.", clone.clone_epitope, "epitope", "n_epitopes"),
    _node("clone_second_epitope", "clone", ("clone_donor", "clone_epitope", "responder"),
          "Second epitope that a clone sees.", clone.clone_second_epitope, low=-1, high=-1, needs="cross_reactive"),
    _node("clone_invariant", "clone", ("clone_epitope",), "Kind of invariant cells.", clone.clone_invariant,
          "invariant", "invariant_share"),
    _node("clone_lineage", "clone", ("clone_epitope", "clone_invariant", "epitope_signal"), "CD4 or CD8.",
          clone.clone_lineage, "lineage"),
    _node("clone_public", "clone", ("clone_epitope", "clone_invariant"), "Planted public receptor.",
          clone.clone_public, low=-1, needs="public_share"),
    _node("clone_motif", "clone", ("clone_epitope", "clone_invariant", "clone_public", "epitope_signal"),
          "Motif that a chain of a clone carries.", epitope.clone_motif, low=-1, high=-1,
          needs="n_epitopes"),
    _node("clone_family", "clone", ("clone_epitope", "clone_invariant", "clone_public"),
          "Family of alike receptors that a chain of a clone of a twin is of.", family.clone_family, low=-1,
          needs="label_strength"),
    _node("clone_size", "clone", ("clone_donor", "clone_epitope", "donor_share"), "Share of a clone among the cells.",
          clone.clone_size, low=1e-12, needs="n_clones"),
    _node("clone_label", "clone", ("clone_donor", "clone_epitope"), "Epitope that a clone is labelled with.",
          clone.clone_label, "epitope", "n_epitopes"),
    _node("clone_state", "clone", ("clone_epitope",), "State that a clone prefers, 0 to 1.", state.clone_state, low=0,
          high=1, needs="state_link"),
    _node("clone_expanded", "clone", ("clone_donor", "clone_size"), "Whether a clone is among the largest.",
          state.clone_expanded, low=0, high=1, needs="expansion_state"),
    _node("clone", "cell", ("clone_size",), "Clone of a cell.", clone.clone, low=0),
    _node("vdj", "chain", _OF_CHAINS, "Chain with a D gene of a clone.", sequence.vdj),
    _node("vj", "chain", _OF_CHAINS, "Chain without a D gene of a clone.", sequence.vj),
    _node("receptor_gene", "entry", ("vdj", "vj"), "Molecules of the V genes of a cell in its expression.",
          needs="receptor_gene_depth"),
)  # fmt: skip
"""Nodes of donors, epitopes and clones, the clone of each cell, and its chains."""
