"""Units on a dask cluster: workers write records to the shared folder, and only their names travel."""

from __future__ import annotations

import queue
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rashomon.core import RashomonError, StoreError
from rashomon.engine.attempt import MOST_ATTEMPTS
from rashomon.engine.dask_cluster import Cluster, check_sight, check_versions, connect, versions
from rashomon.engine.dask_unit import STOP, run_dask_unit
from rashomon.engine.engine import Engine
from rashomon.engine.finished import Finished
from rashomon.engine.limit import UNKNOWN_SECONDS
from rashomon.engine.plan import Plan
from rashomon.engine.record import Record
from rashomon.engine.stop import Interrupted
from rashomon.engine.store import DirectoryStore

__all__ = ["run_dask"]

_TICK = 0.5
_SILENCE = 30.0
"""Seconds without the scheduler until it is given up."""

_NO_WORKER = 120.0
"""Seconds without any worker until nobody expects one, where workers are not submitted as jobs, which may wait."""


@dataclass
class _Unit:
    keys: list[str]
    attempt: int = 1


def run_dask(
    plan: Plan,
    task_folder: Path,
    store: DirectoryStore,
    units: Sequence[Sequence[str]],
    *,
    engine: Engine,
    on_record: Callable[[Finished, int], None],
) -> None:
    """Run all `units` on the cluster of `engine`.

    A unit whose worker dies is cut into single records, which are tried again; those whose worker dies again are tried
    a third time with nothing else running, so that no record fails for another's fault.

    Parameters
    ----------
    plan
        The plan that the units are cut from.
    task_folder, store
        The task and the records, in folders that every worker sees.
    units
        Keys of the records of each unit.
    engine
        Named ``dask``.
    on_record
        Called for each finished or failed record, in this thread.

    Raises
    ------
    UsageError
        When workers have other versions or do not see the folders; see `check_versions` and `check_sight`.
    StoreError
        When the scheduler is gone (``engine.scheduler``), or no worker is left (``engine.workers``).
    """
    cluster = connect(engine)
    if engine.slurm is not None:
        cluster.client.wait_for_workers(1)
    check_versions(versions(), cluster.client.run(versions, on_error="return"))
    store.path.mkdir(parents=True, exist_ok=True)
    check_sight(cluster, store.path)
    _Run(plan, cluster, task_folder, store, engine=engine, on_record=on_record).run(units)


class _Run:
    """One plan on a cluster."""

    def __init__(
        self,
        plan: Plan,
        cluster: Cluster,
        task_folder: Path,
        store: DirectoryStore,
        *,
        engine: Engine,
        on_record: Callable[[Finished, int], None],
    ) -> None:
        self._plan, self._cluster, self._engine, self._on_record = plan, cluster, engine, on_record
        self._task_folder, self._store = task_folder, store
        self._waiting: deque[_Unit] = deque()
        self._alone: deque[_Unit] = deque()
        self._running: dict[Any, _Unit] = {}
        self._ended: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._answered = self._staffed = self._counted = time.monotonic()
        self._n_workers = 0

    def run(self, units: Sequence[Sequence[str]]) -> None:
        self._waiting.extend(_Unit(list(keys)) for keys in units)
        stop = self._engine.stop
        try:
            while self._running or ((self._waiting or self._alone) and not stop.asked):
                if stop.at_once:
                    raise Interrupted
                if stop.asked:
                    (self._task_folder / STOP).touch()
                else:
                    self._submit()
                self._listen()
                self._check()
        finally:
            if self._running or not self._cluster.alive:
                self._abandon()

    def _submit(self) -> None:
        self._count_workers()
        while self._waiting and len(self._running) < max(1, self._n_workers):
            self._send(self._waiting.popleft())
        if self._alone and not self._waiting and not self._running:
            self._send(self._alone.popleft())

    def _send(self, unit: _Unit) -> None:
        limit = self._engine.time_limit or UNKNOWN_SECONDS
        future = self._cluster.client.submit(
            run_dask_unit,
            str(self._task_folder.resolve()),
            str(self._store.path.resolve()),
            unit.keys,
            time_limit=limit,
            pure=False,
        )
        self._running[future] = unit
        future.add_done_callback(self._ended.put)

    def _listen(self) -> None:
        try:
            future = self._ended.get(timeout=_TICK)
        except queue.Empty:
            return
        unit = self._running.pop(future, None)
        if unit is not None:
            self._take(future, unit)

    def _take(self, future: Any, unit: _Unit) -> None:
        from distributed import KilledWorker

        if future.status in {"cancelled", "lost"}:
            self._waiting.appendleft(unit)  # the connection is gone; `_check` says so when it stays away
            return
        try:
            told = future.result(timeout=_SILENCE)
        except KilledWorker as error:
            self._again(unit, error)
        except (CancelledError, TimeoutError):
            self._waiting.appendleft(unit)
        except Exception as error:
            raise RashomonError(
                f"a dask worker cannot run a unit: {type(error).__name__}: {error}",
                where="engine",
                fix="try the engine processes, which says more",
                code="engine.unit",
            ) from error
        else:
            for key, status, reason, trace, _, worker in told:
                self._on_record(Finished(key, status, reason, trace, unit.attempt, worker), 0)
            left = [key for key in unit.keys if key not in {row[0] for row in told}]
            if left:
                self._waiting.append(_Unit(left, unit.attempt))

    def _again(self, unit: _Unit, error: Exception) -> None:
        """Try what a dead worker owes again, or give it up."""
        # some were finished before the worker died
        left = [key for key in unit.keys if not self._rescue(key, unit.attempt)]
        if unit.attempt < MOST_ATTEMPTS:
            self._engine.announce("a dask worker died; its runs are tried again")
            queued = self._waiting if unit.attempt + 1 < MOST_ATTEMPTS else self._alone
            queued.extend(_Unit([key], unit.attempt + 1) for key in left)
            return
        for key in left:
            reason = f"{self._plan.nodes[key].call.step.name}: the dask worker died in each of {MOST_ATTEMPTS} attempts"
            self._store.put(key, Record(status="failed", reason=reason))
            self._on_record(Finished(key, "failed", reason, str(error), unit.attempt, self._cluster.address), 0)

    def _rescue(self, key: str, attempt: int) -> bool:
        if self._store.get(key, self._plan.keep[key]) is None:
            return False
        self._on_record(Finished(key, attempt=attempt, worker=self._cluster.address), 0)
        return True

    def _count_workers(self) -> None:
        now = time.monotonic()
        # asking is a round trip
        if now - self._counted < _TICK and self._n_workers:
            return
        self._counted = now
        if self._cluster.alive:
            self._n_workers = self._cluster.n_workers

    def _check(self) -> None:
        """Say clearly when there is nobody left to wait for."""
        now = time.monotonic()
        where = self._cluster.address
        if self._cluster.alive:
            self._answered = now
        elif now - self._answered > _SILENCE:
            raise StoreError(
                "the dask scheduler is gone",
                where=where,
                expected=f"an answer within {_SILENCE:.0f} s",
                fix="start it again and run the same command: finished runs are kept",
                code="engine.scheduler",
            )
        self._count_workers()
        if self._n_workers or self._engine.slurm is not None:
            self._staffed = now
        elif now - self._staffed > _NO_WORKER:
            raise StoreError(
                "the dask cluster has no workers",
                where=where,
                expected=f"a worker within {_NO_WORKER:.0f} s",
                fix="start workers and run the same command: finished runs are kept",
                code="engine.workers",
            )

    def _abandon(self) -> None:
        """Leave nothing running: a cluster of ours ends, another is told to forget our units."""
        if self._cluster.alive:
            self._cluster.client.cancel(list(self._running), force=True)
        if self._cluster.ours or not self._cluster.alive:
            self._cluster.close()
