"""The space of defensible choices, and how pipelines become one plan with shared prefixes."""

from __future__ import annotations

from rashomon.multiverse.choice import Choice, Level, NotRun, Option
from rashomon.multiverse.expression import Budget, dense_bytes, expression_multiverse
from rashomon.multiverse.multiverse import Multiverse, Pipeline
from rashomon.multiverse.unit import Executor, Unit, collect, slots_of

__all__ = [
    "Budget",
    "Choice",
    "Executor",
    "Level",
    "Multiverse",
    "NotRun",
    "Option",
    "Pipeline",
    "Unit",
    "collect",
    "dense_bytes",
    "expression_multiverse",
    "slots_of",
]
