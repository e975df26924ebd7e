"""The space of defensible choices, and how pipelines become one plan with shared prefixes."""

from __future__ import annotations

from rashomon.multiverse.budget import BUDGETS, Budget
from rashomon.multiverse.choice import Choice, Level, NotRun, Option
from rashomon.multiverse.excluded import EXCLUDED, refuse_excluded
from rashomon.multiverse.expression import expression_multiverse
from rashomon.multiverse.memory import dense_bytes, peak_bytes
from rashomon.multiverse.multiverse import Multiverse, Pipeline
from rashomon.multiverse.offer import Wishes
from rashomon.multiverse.percolation import largest_share
from rashomon.multiverse.receptor import receptor_multiverse
from rashomon.multiverse.unit import Executor, Unit, collect, slots_of

__all__ = [
    "BUDGETS",
    "EXCLUDED",
    "Budget",
    "Choice",
    "Executor",
    "Level",
    "Multiverse",
    "NotRun",
    "Option",
    "Pipeline",
    "Unit",
    "Wishes",
    "collect",
    "dense_bytes",
    "expression_multiverse",
    "largest_share",
    "peak_bytes",
    "receptor_multiverse",
    "refuse_excluded",
    "slots_of",
]
