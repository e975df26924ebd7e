"""The causal graph of receptors: clones before cells, cells before what is read of them."""

from __future__ import annotations

from rashomon.sim.node import Node
from rashomon.sim.part import RECEPTORS
from rashomon.sim.repertoire import clone, donor, epitope, sequence, state

__all__ = ["CHAIN_NODES", "CLONE_NODES"]


def _node(*values: object, **options: object) -> Node:
    return Node(*values, **options, part=RECEPTORS)  # type: ignore[arg-type]


CLONE_NODES: tuple[Node, ...] = (
    _node("hla", "donor", (), "HLA alleles of a donor.", donor.hla, needs="n_epitopes"),
    _node("epitope_signal", "epitope", (), "Motifs, preferred genes and allele of an epitope.",
          epitope.epitope_signal),
    _node("responder", "donor", ("hla", "epitope_signal"), "Whether a donor responds to an epitope.", donor.responder,
          low=0, high=1, needs="n_epitopes"),
    _node("status", "donor", ("hla", "epitope_signal"), "Whether a donor is ill.", donor.status, "status",
          "disease_share"),
    _node("epitope_share", "donor", ("donor_share", "responder"), "What the clones of a donor meet.",
          clone.epitope_share, low=0, high=1, needs="binder_share"),
    _node("clone_donor", "clone", ("donor_share",), "Donor of a clone.", clone.clone_donor, "donor", "n_donors"),
    _node("clone_epitope", "clone", ("clone_donor", "epitope_share", "responder", "status"),
          "Epitope that a clone sees.", clone.clone_epitope, "epitope", "n_epitopes"),
    _node("clone_invariant", "clone", ("clone_epitope",), "Kind of invariant cells.", clone.clone_invariant,
          "invariant", "invariant_share"),
    _node("clone_lineage", "clone", ("clone_epitope", "clone_invariant", "epitope_signal"), "CD4 or CD8.",
          clone.clone_lineage, "lineage"),
    _node("clone_public", "clone", ("clone_epitope", "clone_invariant"), "Planted public receptor.",
          clone.clone_public, low=-1, needs="public_share"),
    _node("clone_motif", "clone", ("clone_epitope", "clone_invariant", "clone_public", "epitope_signal"),
          "Motif that a chain of a clone carries.", epitope.clone_motif, low=-1, needs="n_epitopes"),
    _node("clone_size", "clone", ("clone_donor", "clone_epitope", "donor_share"), "Share of a clone among the cells.",
          clone.clone_size, low=0, needs="n_clones"),
    _node("clone_label", "clone", ("clone_donor", "clone_epitope"), "Epitope that a clone is labelled with.",
          clone.clone_label, "epitope", "n_epitopes"),
    _node("vdj", "chain", ("clone_epitope", "epitope_signal", "clone_public", "clone_invariant", "clone_motif"),
          "Chain with a D gene of a clone.", sequence.vdj),
    _node("vj", "chain", ("clone_epitope", "epitope_signal", "clone_public", "clone_invariant", "clone_motif"),
          "Chain without a D gene of a clone.", sequence.vj),
    _node("clone_state", "clone", ("clone_epitope",), "State that a clone prefers, 0 to 1.", state.clone_state, low=0,
          high=1, needs="state_link"),
    _node("clone_expanded", "clone", ("clone_donor", "clone_size"), "Whether a clone is among the largest.",
          state.clone_expanded, low=0, high=1, needs="expansion_state"),
    _node("clone", "cell", ("clone_size",), "Clone of a cell.", clone.clone),
)  # fmt: skip
"""Nodes of donors, epitopes and clones, and the clone of each cell."""

CHAIN_NODES: tuple[Node, ...] = ()
"""What is read of the chains of a cell."""
