"""The knobs of what is read of chains: hypermutation of B cells, and the machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rashomon.sim.knob import Knob
from rashomon.sim.lineage import TOPOLOGIES
from rashomon.sim.part import RECEPTORS

__all__ = ["CHAIN_KNOBS", "LINEAGE_KNOBS", "READ_KNOBS", "matures", "turned"]


def _knob(name: str, *values: object, **options: object) -> Knob:
    return Knob(name, *values, **options, part=RECEPTORS)  # type: ignore[arg-type, misc]


LINEAGE_KNOBS: tuple[Knob, ...] = (
    _knob("hypermutation", "number", 0.0, 0.0, "hits per base and unit of branch length", "Somatic hypermutation of B "
          "cells, along the tree of their clone.", ("somatic_chain",), 0, 0.5),
    _knob(
        "tree_topology", "word", "birth", None, "law", "Which cell of a clone descends from which: any earlier one; "
        "all from one; or as lines meet at random, looking back.", ("lineage_tree",), words=TOPOLOGIES,
    ),
    _knob("tree_trunk", "number", 1.0, None, "branch length", "From the unmutated ancestor to the first cell of a "
          "clone.", ("lineage_tree",), 0, 100),
    _knob("hot_spot", "number", 4.0, 1.0, "ratio", "Hits of C in WRCY and G in RGYW per hit of a base outside the "
          "motifs.", ("somatic_chain",), 0.01, 100),
    _knob("warm_spot", "number", 2.0, 1.0, "ratio", "The same of A in WA and T in TW.", ("somatic_chain",), 0.01, 100),
    _knob("cold_spot", "number", 0.3, 1.0, "ratio", "The same of C in SYC and G in GRS.", ("somatic_chain",), 0.01,
          100),
    _knob("transition_share", "share", 0.6, None, "share of hits", "Hits that exchange A and G, or C and T.",
          ("somatic_chain",)),
    _knob("class_switching", "number", 0.0, 0.0, "switches per unit of branch length", "Class switches of B cells, "
          "downstream only.", ("isotype",), 0, 10),
)  # fmt: skip
"""Knobs of the lineages of B cells."""

READ_KNOBS: tuple[Knob, ...] = (
    _knob("vdj_umis", "number", 0.0, 0.0, "molecules; 0: one of each chain", "Expected molecules of a chain with a D "
          "gene in its droplet.", ("chain_umis",), 0, 1e4),
    _knob("vj_umis", "number", 0.0, 0.0, "molecules; 0: one of each chain", "The same of a chain without one.",
          ("chain_umis",), 0, 1e4),
    _knob("umi_dispersion", "number", 0.0, 0.0, "1", "NB dispersion of those molecules: variance = mean + this x "
          "mean ** 2.", ("chain_umis",), 0, 100),
    _knob("primer_bias", "number", 0.0, 0.0, "ln", "How unevenly primers catch V genes, other ones in each batch.",
          ("chain_umis",), 0, 10),
    _knob("vdj_dropout", "share", 0.0, 0.0, "share of chains", "Chains with a D gene that are lost altogether.",
          ("chain_umis",)),
    _knob("vj_dropout", "share", 0.0, 0.0, "share of chains", "Chains without one that are lost altogether.",
          ("chain_umis",)),
    _knob("ambient_molecules", "number", 0.0, 0.0, "molecules per cell", "Free molecules of other cells of the batch "
          "in a droplet.", ("ambient_chain",), 0, 100),
    _knob("index_hopping", "share", 0.0, 0.0, "share of molecules", "Molecules that also turn up in another sample (a "
          "donor in a batch) of their batch.", ("hopped_chain",)),
    _knob("pcr_copies", "number", 1.0, 1.0, "reads per molecule", "How often a molecule is read.", ("chain_reads",), 1,
          1e4),
    _knob("pcr_dispersion", "number", 0.0, 0.0, "1", "NB dispersion of the further reads of a chain.",
          ("chain_reads",), 0, 100),
    _knob("base_error", "share", 0.0, 0.0, "share of bases", "Bases of a junction that are read wrong.",
          ("chain_call",)),
    _knob("indel_error", "share", 0.0, 0.0, "share of bases", "Bases of a junction that are left out, or have another "
          "behind them.", ("chain_call",)),
    _knob("missing_alleles", "number", 0.0, 0.0, "share of V alleles", "Alleles that the reference lacks; they are "
          "called as the nearest ones.", ("chain_call",), 0, 0.5),
    _knob("short_reads", "share", 0.0, 0.0, "share of chains", "Chains whose V gene is called from a short read: as "
          "all genes that fit.", ("chain_call",)),
    _knob("short_read_length", "count", 60, None, "bases", "Bases of V in such a read, from its 3' end on.",
          ("chain_call",), 1, 400),
)  # fmt: skip
"""Knobs of the machine, in the order in which it spoils chains."""

CHAIN_KNOBS: tuple[Knob, ...] = (*LINEAGE_KNOBS, *READ_KNOBS)
"""Knobs of what is read of the chains of a cell."""


def turned(knobs: Mapping[str, Any]) -> tuple[Knob, ...]:
    """Return the knobs of the machine that are not neutral.

    Parameters
    ----------
    knobs
        Value of every knob of a world of receptors.

    Examples
    --------
    >>> knobs = {knob.name: knob.default for knob in CHAIN_KNOBS}
    >>> [knob.name for knob in turned({**knobs, "vj_dropout": 0.2})]
    ['vj_dropout']
    """
    return tuple(knob for knob in READ_KNOBS if knob.neutral is not None and knobs[knob.name] != knob.neutral)


def matures(knobs: Mapping[str, Any]) -> bool:
    """Return whether cells differ from the first cell of their clone: B cells that mutate or switch their class.

    Parameters
    ----------
    knobs
        Value of every knob of a world of receptors.

    Examples
    --------
    >>> matures({"hypermutation": 0.0, "class_switching": 0.1})
    True
    """
    return bool(knobs["hypermutation"] or knobs["class_switching"])
