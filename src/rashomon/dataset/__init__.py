"""Dataset: rows, expression, receptors, truths, roles, row log, the world of simulated data; arrays and tables only."""

from __future__ import annotations

from rashomon.dataset.dataset import Dataset, Expression, ExpressionKind, Item
from rashomon.dataset.gene_call import GeneCalls, GeneLevel, at_level, shares
from rashomon.dataset.graph import LEVELS, causal_order, graph_fault
from rashomon.dataset.item import SLOTS, chain_order, receptor_items
from rashomon.dataset.noun import in_items
from rashomon.dataset.receptors import ARMS, LOCI, Arm, Receptors, locus_codes
from rashomon.dataset.roles import Nesting, Roles, nesting
from rashomon.dataset.truth import Origin, Truth, TruthKind
from rashomon.dataset.unique import owners, relative_copies, unique_receptors
from rashomon.dataset.world import SIMULATED, Ceiling, WorldFacts

__all__ = [
    "ARMS",
    "LEVELS",
    "LOCI",
    "SIMULATED",
    "SLOTS",
    "Arm",
    "Ceiling",
    "Dataset",
    "Expression",
    "ExpressionKind",
    "GeneCalls",
    "GeneLevel",
    "Item",
    "Nesting",
    "Origin",
    "Receptors",
    "Roles",
    "Truth",
    "TruthKind",
    "WorldFacts",
    "at_level",
    "causal_order",
    "chain_order",
    "graph_fault",
    "in_items",
    "locus_codes",
    "nesting",
    "owners",
    "receptor_items",
    "relative_copies",
    "shares",
    "unique_receptors",
]
