"""Dataset: rows, expression, truths, roles and row log; arrays and tables only."""

from __future__ import annotations

from rashomon.dataset.dataset import Dataset, Expression, ExpressionKind
from rashomon.dataset.roles import Nesting, Roles, nesting
from rashomon.dataset.truth import Origin, Truth, TruthKind

__all__ = [
    "Dataset",
    "Expression",
    "ExpressionKind",
    "Nesting",
    "Origin",
    "Roles",
    "Truth",
    "TruthKind",
    "nesting",
]
