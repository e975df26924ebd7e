"""Run a plan: reuse what the store holds, execute the rest, return every record."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rashomon.core import require_portable
from rashomon.engine.engine import Engine, EngineName, Planned
from rashomon.engine.event import RunProgress
from rashomon.engine.finished import Finished, note_of, worker_name
from rashomon.engine.limit import Limits, data_size
from rashomon.engine.plan import Plan
from rashomon.engine.pool import Pool
from rashomon.engine.record import Record
from rashomon.engine.scratch import scratch
from rashomon.engine.store import DirectoryStore, MemoryStore, Store
from rashomon.engine.transfer import write_task
from rashomon.engine.unit import split
from rashomon.engine.walk import Watch, walk

__all__ = ["UNITS_PER_WORKER", "Engine", "EngineName", "Outcome", "run"]

UNITS_PER_WORKER = 4
"""Enough units that workers end at about the same time, few enough that the shared path above is seldom repeated."""


_NOT_RUN = Record(status="failed", reason="not run: stopped on request")


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
        Records found here are reused; new ones are added, and a note of each that has none.
    engine
        How to run; worker processes by default.
    task
        What the records are, for progress events and notes.

    Returns
    -------
    Every record of the plan; failed ones carry a reason.

    Raises
    ------
    Interrupted
        When someone asked `Engine.stop` to stop and wants no partial result; what was finished is in the store.
    Planned
        When something is missing and `Engine.ahead` takes plans.
    """
    engine = engine or Engine()
    found = {key: store.get(key, slots) for key, slots in plan.keep.items()}
    missing = [key for key, record in found.items() if record is None]
    desk = _Desk(plan, store, engine, task, n_reused=len(plan) - len(missing))
    for key, record in found.items():
        if record is not None and not store.known(key):
            # written by a unit of an array job, or just before this coordinator was killed
            store.note(note_of(plan, Finished(key), record, task=task))
    desk.tell()
    if missing and engine.ahead is not None:
        engine.ahead(plan, data)
        raise Planned(len(missing))
    if missing:
        engine.stop.check(done=desk.n_reused, total=len(plan))
    if missing and not engine.stop.asked:
        # one record has nothing to share
        if engine.name != "dask" and (engine.n_workers == 1 or len(missing) == 1):
            _run_here(plan, data, missing, engine=engine, desk=desk)
        else:
            _run_elsewhere(plan, data, missing, engine=engine, desk=desk)
    if desk.n_reused + len(desk.fresh) < len(plan):
        engine.stop.check(done=desk.n_reused + len(desk.fresh), total=len(plan))
    return Outcome({key: found[key] or desk.fresh.get(key, _NOT_RUN) for key in plan}, n_reused=desk.n_reused)


class _Desk:
    """Where finished records come in: counted, noted and told, one after the other in this thread."""

    def __init__(self, plan: Plan, store: Store, engine: Engine, task: str, *, n_reused: int) -> None:
        self.plan, self.store, self.engine, self.task, self.n_reused = plan, store, engine, task, n_reused
        self.fresh: dict[str, Record] = {}
        self.n_failed = 0

    def take(self, finished: Finished, record: Record) -> None:
        """Take a record that is in the store."""
        self.fresh[finished.key] = record
        self.n_failed += record.status == "failed"
        self.store.note(note_of(self.plan, finished, record, task=self.task))

    def tell(self, memory: int = 0) -> None:
        """Tell the listener how far the plan is."""
        done = self.n_reused + len(self.fresh)
        self.engine.listener(
            RunProgress(self.task, done, len(self.plan), failed=self.n_failed, reused=self.n_reused, memory=memory)
        )


def _run_here(plan: Plan, data: Mapping[str, Any], missing: list[str], *, engine: Engine, desk: _Desk) -> None:
    watch = Watch(stopped=lambda: engine.stop.asked)

    def emit(key: str, record: Record) -> None:
        desk.store.put(key, record)
        trace = watch.traces.pop(key, "")
        desk.take(Finished(key, record.status, record.reason, trace, worker=worker_name()), record)
        desk.tell()

    walk(plan, data, missing, emit=emit, watch=watch)


def _run_elsewhere(plan: Plan, data: Mapping[str, Any], missing: list[str], *, engine: Engine, desk: _Desk) -> None:
    """Run in other processes, which read the plan and the data from a folder and write records to another."""
    require_portable(node.call.step for node in plan.nodes.values())
    store = desk.store
    units = split(plan, missing, n_units=UNITS_PER_WORKER * engine.n_workers)
    # workers on other machines see the folder of the study, not the temporary folder of this machine
    near = store.path.parent if isinstance(store, DirectoryStore) and engine.name == "dask" else None
    with scratch(near or Path(tempfile.gettempdir())) as folder:
        shared = store if isinstance(store, DirectoryStore) else DirectoryStore(folder / "records")
        write_task(folder / "task", plan, data)

        def on_record(finished: Finished, memory: int) -> None:
            record = _fetch(shared, plan, finished)
            if isinstance(store, MemoryStore):
                store.put(finished.key, record)
            desk.take(finished, record)
            desk.tell(memory)

        if engine.name == "dask":
            from rashomon.engine.dask_pool import run_dask

            run_dask(plan, folder / "task", shared, units, engine=engine, on_record=on_record)
            return
        limits = Limits(plan, memory=engine.memory, time_limit=engine.time_limit, size=data_size(data))
        Pool(plan, folder / "task", shared, engine=engine, limits=limits, on_record=on_record).run(units)


def _fetch(shared: DirectoryStore, plan: Plan, finished: Finished) -> Record:
    """Return a record that a worker wrote."""
    if finished.status == "failed":
        return Record(status="failed", reason=finished.reason)
    record = shared.get(finished.key, plan.keep[finished.key])
    return record or Record(status="failed", reason="the record was damaged on disk")
