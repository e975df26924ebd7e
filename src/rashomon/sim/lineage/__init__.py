"""Clones of B cells as trees: who descends from whom, somatic hypermutation, and the class of the antibody."""

from __future__ import annotations

from rashomon.sim.lineage.clone_tree import TOPOLOGIES, CloneTrees, clone_trees
from rashomon.sim.lineage.grow import Law, Lineage, grow, grow_light
from rashomon.sim.lineage.hotspot import Targeting, site_weights
from rashomon.sim.lineage.hypermutation import Mutated, hypermutate
from rashomon.sim.lineage.isotype import CONSTANT_GENES, switch_isotypes

__all__ = [
    "CONSTANT_GENES",
    "TOPOLOGIES",
    "CloneTrees",
    "Law",
    "Lineage",
    "Mutated",
    "Targeting",
    "clone_trees",
    "grow",
    "grow_light",
    "hypermutate",
    "site_weights",
    "switch_isotypes",
]
