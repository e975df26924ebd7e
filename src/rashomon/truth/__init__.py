"""Named label definitions: how they are declared, derived, checked, controlled, and how they relate to each other."""

from __future__ import annotations

from rashomon.truth.clonotype import clonotype_truth, gene_truths
from rashomon.truth.column import check_labels, label_column
from rashomon.truth.compare import compare, derive, gather
from rashomon.truth.control import shuffled
from rashomon.truth.deciding import deciding, deciding_groups
from rashomon.truth.declare import TruthSpec, declaration, declare, declared, specs
from rashomon.truth.derive import coarsen, cross, gated, most_likely, quantile_classes
from rashomon.truth.gate import Condition, Gate
from rashomon.truth.mapping import read_mapping
from rashomon.truth.recipe import (
    RECIPES,
    Clonotype,
    Coarsening,
    Crossing,
    Gating,
    MostLikely,
    Quantiles,
    Recipe,
    RecipeKind,
    parse_recipe,
)
from rashomon.truth.relation import RELATION_COLUMNS, RELATIONS, TAU, relate, relations
from rashomon.truth.rule import DERIVE_RULES, LABEL_RULES, Rule
from rashomon.truth.source import Source

__all__ = [
    "DERIVE_RULES",
    "LABEL_RULES",
    "RECIPES",
    "RELATIONS",
    "RELATION_COLUMNS",
    "TAU",
    "Clonotype",
    "Coarsening",
    "Condition",
    "Crossing",
    "Gate",
    "Gating",
    "MostLikely",
    "Quantiles",
    "Recipe",
    "RecipeKind",
    "Rule",
    "Source",
    "TruthSpec",
    "check_labels",
    "clonotype_truth",
    "coarsen",
    "compare",
    "cross",
    "deciding",
    "deciding_groups",
    "declaration",
    "declare",
    "declared",
    "derive",
    "gated",
    "gather",
    "gene_truths",
    "label_column",
    "most_likely",
    "parse_recipe",
    "quantile_classes",
    "read_mapping",
    "relate",
    "relations",
    "shuffled",
    "specs",
]
