"""The only executor: plans, records, stores, and the engines that run them."""

from __future__ import annotations

from rashomon.engine.engine import Engine, EngineName, Planned
from rashomon.engine.estimate import Costs, Estimate, estimate
from rashomon.engine.event import RunProgress
from rashomon.engine.ledger import Ledger
from rashomon.engine.ledger_store import LedgerStore
from rashomon.engine.lock import StudyLock
from rashomon.engine.note import Note
from rashomon.engine.plan import Call, Node, Plan, environment
from rashomon.engine.record import Record
from rashomon.engine.run import Outcome, run
from rashomon.engine.stop import Interrupted, Stop
from rashomon.engine.store import DirectoryStore, MemoryStore, Store
from rashomon.engine.unit_list import run_unit, unit_lines, write_units

__all__ = [
    "Call",
    "Costs",
    "DirectoryStore",
    "Engine",
    "EngineName",
    "Estimate",
    "Interrupted",
    "Ledger",
    "LedgerStore",
    "MemoryStore",
    "Node",
    "Note",
    "Outcome",
    "Plan",
    "Planned",
    "Record",
    "RunProgress",
    "Stop",
    "Store",
    "StudyLock",
    "environment",
    "estimate",
    "run",
    "run_unit",
    "unit_lines",
    "write_units",
]
