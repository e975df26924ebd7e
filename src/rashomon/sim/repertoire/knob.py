"""The knobs of a world of receptors, in the order of its mechanisms."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rashomon.sim.knob import Knob
from rashomon.sim.part import RECEPTORS
from rashomon.sim.repertoire.state import LINKS

__all__ = ["LOCI_OF", "RECEPTOR_KNOBS"]

LOCI_OF = {
    "TRB": ("TRB", ""),
    "TRA": ("", "TRA"),
    "TRA+TRB": ("TRB", "TRA"),
    "IGH": ("IGH", ""),
    "IGH+IGK": ("IGH", "IGK"),
    "IGH+IGL": ("IGH", "IGL"),
}
"""Loci of the two arms (VDJ, VJ) by the word of the knob; empty where there is no chain."""

_PRESET = "-1: that of the preset"


def _knob(name: str, *values: Any, **options: Any) -> Knob:
    return replace(Knob(name, *values, **options), part=RECEPTORS)


RECEPTOR_KNOBS: tuple[Knob, ...] = (
    # generation
    _knob("species", "word", "human", None, "species", "Whose genes are recombined.",
          ("epitope_signal", "vdj", "vj"),
          words=("human", "mouse")),
    _knob("loci", "word", "TRB", None, "loci", "Chains of a receptor.", ("epitope_signal", "vdj", "vj"),
          words=tuple(LOCI_OF)),
    _knob(
        "selection", "word", "learned", "none", "model", "Whether receptors passed selection as learned from blood, "
        "where it was learned for the locus, or are as recombined.", ("vdj", "vj"), words=("learned", "none"),
    ),
    # clones
    _knob("n_clones", "count", 0, 0, "clones", "Clones of all donors; 0: every cell is a clone of its own.",
          ("clone_size", "clone"), 0, 10_000_000),
    _knob(
        "clone_exponent", "number", 0.0, 0.0, "1 / exponent of the tail", "Spread of the sizes of clones: a clone is "
        "larger than x with a chance of x ** (-1 / this).", ("clone_size",), 0, 3,
    ),
    _knob("expansion", "number", 0.0, 0.0, "ln", "How much larger clones are that see an epitope.", ("clone_size",),
          -10, 10),
    _knob("cd4_share", "share", 0.6, None, "share of clones", "CD4 among the clones that see no epitope.",
          ("clone_lineage",)),
    _knob("public_share", "share", 0.0, 0.0, "share of clones", "Clones whose receptor is one of a list that all "
          "donors share, beyond those that are generated twice.", ("clone_public",)),
    _knob("n_public", "count", 50, None, "receptors", "Length of that list.", ("clone_public",), 1, 1_000_000),
    _knob("invariant_share", "share", 0.0, 0.0, "share of clones", "Clones with the alpha chain of MAIT or iNKT "
          "cells.", ("clone_invariant",)),
    _knob("inkt_share", "share", 0.1, None, "share of invariant clones", "iNKT among them; the others are MAIT.",
          ("clone_invariant",)),
    # signal
    _knob("n_epitopes", "count", 0, 0, "epitopes", "Epitopes that receptors may see.", ("epitope_signal",), 0, 5000),
    _knob(
        "epitope_preset", "word", "focused", None, "preset", "What the receptors of an epitope share; see "
        "rashomon list epitope_presets.", ("epitope_signal",),
        words=("focused", "public motif", "alpha-driven", "pair only", "diffuse"),
    ),
    _knob("binder_share", "share", 0.0, 0.0, "share of clones", "Clones that see an epitope, where their donor carries "
          "its allele.", ("clone_epitope",)),
    _knob("cross_reactive", "share", 0.0, 0.0, "share of binders", "Binders that see a second epitope as well; a cell "
          "shows one of the two.", ("clone_second_epitope",)),
    _knob(
        "planting", "word", "implanted", None, "rule", "Motifs are put into chains, of up to ten the first that has "
        "room, or chains are picked that have one by themselves, as far as 50,000 hold any; the others stay orphans.",
        ("vdj", "vj"),
        words=("implanted", "picked"),
    ),
    _knob("epitope_imbalance", "number", 1.0, 1.0, "ratio", "Binders of the commonest epitope per binder of the "
          "rarest; those between decline geometrically.", ("epitope_share",), 1, 1e6),
    _knob("orphan_share", "number", -1.0, None, f"share of binders; {_PRESET}", "Binders without a motif, 0.5 to "
          "0.99.", ("epitope_signal",), -1, 0.99),
    _knob("n_motifs", "count", 0, None, "motifs; 0: those of the preset", "Motifs of an epitope, in each chain that "
          "has any; of pairs, one or more for each epitope.", ("epitope_signal",), 0, 200),
    _knob("beta_motifs", "texts", [], None, "motifs", "Motifs of beta in place of random ones, dealt to epitopes in "
          "turn: SYGT; SY/GT with a gap; S.[ST]T; a matrix, pwm:S[A.5G.5]Y; with genes, TRBV19 SYGT; with options, "
          "SY/GT gap=1,3 weights=1,1,0,1 window=4,4 (window: residues spared at both ends).", ("epitope_signal",)),
    _knob("alpha_motifs", "texts", [], None, "motifs", "The same of alpha.", ("epitope_signal",)),
    _knob("motif_mismatches", "shares", [], None, "share of carriers; empty: as the preset", "Carriers with 0, 1, 2 "
          "... mismatches in a seed.", ("epitope_signal",)),
    _knob("v_bias", "number", -1.0, None, f"share of binders; {_PRESET}", "How strongly binders prefer the V gene of "
          "their epitope.", ("epitope_signal",), -1, 1),
    _knob("j_bias", "number", -1.0, None, f"share of binders; {_PRESET}", "The same of the J gene, where their V gene "
          "recombines with it.", ("epitope_signal",), -1, 1),
    _knob(
        "entanglement", "share", 0.0, 0.0, "share", "How strongly epitope, V gene, HLA allele and donor say the same: "
        "0 independent, 1 as far as their shares allow.", ("epitope_signal", "epitope_share"),
    ),
    _knob("hla_restriction", "share", 1.0, 0.0, "share of donors without the allele", "How many of them do not "
          "respond to an epitope.", ("responder",)),
    # twins
    _knob("label_strength", "number", 1.0, 1.0, "factor", "Multiplies how many labelled receptors are alike, as "
          "fitted; at 0 labels say nothing of the sequence beyond V, J and length.", ("clone_family",), 0, 2,
          scope="fitted"),
    _knob("family_strength", "number", 1.0, 1.0, "factor", "Multiplies how many receptors without a label are alike, "
          "as fitted; at 0 none beyond those that generation makes alike.", ("clone_family",), 0, 2, scope="fitted"),
    # disease
    _knob("disease_share", "share", 0.0, 0.0, "share of donors", "Donors who are ill.",
          ("status", "epitope_share")),
    _knob("witness_rate", "share", 0.0, 0.0, "share of clones", "Clones of an ill donor that see the last epitope, "
          "which healthy donors do not meet.", ("clone_epitope",)),
    _knob("disease_hla", "share", 0.0, 0.0, "share of donors", "Donors whose status is decided by whether they carry "
          "the allele of the last epitope.", ("status",)),
    _knob("disease_batch", "share", 0.0, 0.0, "share of cells", "Cells whose batch is decided by the status of their "
          "donor; at 1 the two cannot be told apart.", ("batch_share",)),
    # state
    _knob(
        "state_link", "word", "independent", "independent", "rule", "What a clone says about the type (or place on the "
        "continuum) of its cells: nothing; one of its own; a range; or clones of one epitope are dealt over all.",
        ("clone_state", "type", "position"), words=LINKS,
    ),
    _knob("link_strength", "share", 1.0, 0.0, "share of cells", "Cells that follow their clone.", ("type", "position")),
    _knob("linked_to", "word", "clone", None, "unit", "Whether clones have states of their own, or all those of an "
          "epitope the same.", ("clone_state",), words=("clone", "epitope")),
    _knob("expansion_state", "share", 0.0, 0.0, "share of cells", "Cells of expanded clones that are of the last type, "
          "as effectors are.", ("type",)),
    _knob("receptor_gene_depth", "number", 0.0, 0.0, "molecules", "Molecules of the V gene of each chain that a cell "
          "has in the expression.", ("receptor_gene",), 0, 1e4),
    # labels
    _knob("unlabelled", "share", 0.0, 0.0, "share of binders", "Binders whose label is missing, as most are in public "
          "tables.", ("clone_label",)),
    _knob("false_label", "share", 0.0, 0.0, "share of labels", "Labels of receptors that do not see the epitope.",
          ("clone_label",)),
    _knob("false_label_clustering", "share", 0.0, 0.0, "share of false labels", "False labels that come from one donor "
          "and name one epitope.", ("clone_label",)),
)  # fmt: skip
"""Knobs of clones, epitopes, sequences and labels."""
