"""Named label definitions: how they are declared, checked, controlled, and how they relate to each other."""

from __future__ import annotations

from rashomon.truth.column import check_labels, label_column
from rashomon.truth.control import shuffled
from rashomon.truth.declare import TruthSpec, declaration, declare, declared, specs
from rashomon.truth.relation import RELATION_COLUMNS, deciding, relate, relations
from rashomon.truth.rule import LABEL_RULES, Rule

__all__ = [
    "LABEL_RULES",
    "RELATION_COLUMNS",
    "Rule",
    "TruthSpec",
    "check_labels",
    "deciding",
    "declaration",
    "declare",
    "declared",
    "label_column",
    "relate",
    "relations",
    "shuffled",
    "specs",
]
