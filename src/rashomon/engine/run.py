"""Run a plan: reuse what the store holds, execute the rest, return every record."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from rashomon.core import Listener, Progress, UsageError, did_you_mean, require_portable, silent
from rashomon.core.thread import n_cores
from rashomon.engine.plan import Plan
from rashomon.engine.pool import run_pool
from rashomon.engine.record import Record
from rashomon.engine.store import DirectoryStore, MemoryStore, Store
from rashomon.engine.transfer import write_task
from rashomon.engine.unit import split
from rashomon.engine.walk import Emit, walk

__all__ = ["Engine", "EngineName", "Outcome", "run"]

EngineName = Literal["serial", "processes"]

UNITS_PER_WORKER = 4
"""Enough units that workers end at about the same time, few enough that the shared path above is seldom repeated."""


@dataclass(frozen=True)
class Engine:
    """How plans are executed; the tables are the same bit for bit for every choice.

    Parameters
    ----------
    name
        ``serial`` (this process) or ``processes`` (workers, one BLAS thread each).
    n_jobs
        Worker processes; 0 means one per available core.
    listener
        Receives progress events.

    Raises
    ------
    UsageError
        When the name is unknown or `n_jobs` is negative.
    """

    name: EngineName = "processes"
    n_jobs: int = 0
    listener: Listener = silent

    def __post_init__(self) -> None:
        if self.name not in get_args(EngineName):
            raise UsageError(
                f"unknown engine {self.name!r}", where="engine", fix=did_you_mean(self.name, get_args(EngineName))
            )
        if self.n_jobs < 0:
            raise UsageError(f"n_jobs is {self.n_jobs}", where="n_jobs", expected="0 (all cores) or more")

    @property
    def n_workers(self) -> int:
        """How many processes compute at once."""
        if self.name == "serial":
            return 1
        return self.n_jobs or n_cores()


@dataclass
class Outcome(Mapping[str, Record]):
    """The records of a plan by key, in the order of the plan, and how they came about."""

    records: dict[str, Record] = field(default_factory=dict)
    n_reused: int = 0

    def __getitem__(self, key: str) -> Record:
        return self.records[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.records)

    def __len__(self) -> int:
        return len(self.records)

    @property
    def failed(self) -> dict[str, str]:
        """Reasons by key of the records that failed."""
        return {key: record.reason for key, record in self.records.items() if record.status == "failed"}


def run(
    plan: Plan, data: Mapping[str, Any], *, store: Store, engine: Engine | None = None, task: str = "runs"
) -> Outcome:
    """Execute a plan.

    Parameters
    ----------
    plan
        What to run.
    data
        Slots at the root: arrays or CSR matrices.
    store
        Records found here are reused; new ones are added.
    engine
        How to run; worker processes by default.
    task
        What the records are, for progress events.

    Returns
    -------
    Every record of the plan; failed ones carry a reason.
    """
    engine = engine or Engine()
    found = {key: store.get(key, slots) for key, slots in plan.keep.items()}
    missing = [key for key, record in found.items() if record is None]
    fresh: dict[str, Record] = {}
    done = len(plan) - len(missing)
    engine.listener(Progress(task, done, len(plan)))

    def emit(key: str, record: Record) -> None:
        fresh[key] = record
        engine.listener(Progress(task, done + len(fresh), len(plan)))

    def put(key: str, record: Record) -> None:
        store.put(key, record)
        emit(key, record)

    # one record has nothing to share
    if engine.n_workers == 1 or len(missing) <= 1:
        walk(plan, data, missing, emit=put)
    else:
        _run_workers(plan, data, missing, store=store, engine=engine, emit=emit)
    return Outcome({key: found[key] or fresh[key] for key in plan}, n_reused=done)


def _run_workers(
    plan: Plan, data: Mapping[str, Any], missing: list[str], *, store: Store, engine: Engine, emit: Emit
) -> None:
    require_portable(node.call.step for node in plan.nodes.values())
    with tempfile.TemporaryDirectory(prefix="rashomon-") as scratch:
        shared = store if isinstance(store, DirectoryStore) else DirectoryStore(Path(scratch) / "records")
        units = split(plan, missing, n_units=UNITS_PER_WORKER * engine.n_workers)
        write_task(Path(scratch) / "task", plan, data)

        def on_record(key: str, status: str, reason: str) -> None:
            record = shared.get(key, plan.keep[key]) if status == "ok" else None
            record = record or Record(status="failed", reason=reason or "the record was damaged on disk")
            if isinstance(store, MemoryStore):
                store.put(key, record)
            emit(key, record)

        run_pool(Path(scratch) / "task", shared, units, n_jobs=engine.n_workers, on_record=on_record)
