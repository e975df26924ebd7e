"""Dataset: rows, expression, truths, roles, row log, and the world of simulated data; arrays and tables only."""

from __future__ import annotations

from rashomon.dataset.dataset import Dataset, Expression, ExpressionKind
from rashomon.dataset.graph import LEVELS, causal_order, graph_fault
from rashomon.dataset.roles import Nesting, Roles, nesting
from rashomon.dataset.truth import Origin, Truth, TruthKind
from rashomon.dataset.world import SIMULATED, Ceiling, WorldFacts

__all__ = [
    "LEVELS",
    "SIMULATED",
    "Ceiling",
    "Dataset",
    "Expression",
    "ExpressionKind",
    "Nesting",
    "Origin",
    "Roles",
    "Truth",
    "TruthKind",
    "WorldFacts",
    "causal_order",
    "graph_fault",
    "nesting",
]
