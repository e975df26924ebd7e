"""The only executor: plans, records, stores, and the engines that run them."""

from __future__ import annotations

from rashomon.engine.estimate import Costs, Estimate, estimate
from rashomon.engine.plan import Call, Node, Plan, environment
from rashomon.engine.record import Record
from rashomon.engine.run import Engine, EngineName, Outcome, run
from rashomon.engine.store import DirectoryStore, MemoryStore, Store

__all__ = [
    "Call",
    "Costs",
    "DirectoryStore",
    "Engine",
    "EngineName",
    "Estimate",
    "MemoryStore",
    "Node",
    "Outcome",
    "Plan",
    "Record",
    "Store",
    "environment",
    "estimate",
    "run",
]
