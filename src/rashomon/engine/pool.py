"""Worker processes: feed them units within memory and time, survive their death, stop when asked."""

from __future__ import annotations

import queue
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from rashomon.core import RashomonError
from rashomon.engine.attempt import Attempts
from rashomon.engine.engine import Engine
from rashomon.engine.feeder import Answer, Feeder
from rashomon.engine.finished import Finished, worker_name
from rashomon.engine.limit import Limits
from rashomon.engine.plan import Plan
from rashomon.engine.process import exit_word, tree_memory
from rashomon.engine.record import Record
from rashomon.engine.stop import Interrupted
from rashomon.engine.store import DirectoryStore

__all__ = ["Pool"]

_TICK = 0.5
"""Seconds between two looks at clock and memory."""

_FAREWELL = 5.0
"""Seconds to wait for a process that was killed."""

_AT_ONCE = 100
"""Answers to take before looking at clock and memory again."""

_FALSE_STARTS = 3
"""Workers that end before their first step, one after the other, until nobody expects another to live."""


@dataclass
class _Job:
    """What a worker is at."""

    missing: set[str]
    kinds: frozenset[str]
    node: str = ""
    since: float = field(default_factory=time.monotonic)
    cause: str = ""
    asked: bool = False


class Pool:
    """Runs units in worker processes.

    A worker that dies is replaced; the step at which it died is tried again, and given up with all records below it
    when workers died at it three times. A step that takes too long, or with which all workers together come near
    the memory allowed, has its worker ended, which counts as a death.

    Parameters
    ----------
    plan
        The plan that the units are cut from.
    task_folder
        Written by `rashomon.engine.transfer.write_task`.
    store
        Where workers write records.
    engine
        How many processes, who may ask to stop, and who is told what went wrong with workers.
    limits
        Memory and time; learns from the steps that end.
    on_record
        Called for each finished or failed record with the bytes that all workers take, in the thread that called `run`.
    """

    def __init__(
        self,
        plan: Plan,
        task_folder: Path,
        store: DirectoryStore,
        *,
        engine: Engine,
        limits: Limits,
        on_record: Callable[[Finished, int], None],
    ) -> None:
        self._task_folder, self._store, self._limits = task_folder, store, limits
        self._n_jobs, self._stop, self._announce = engine.n_workers, engine.stop, engine.announce
        self._on_record = on_record
        self._attempts = Attempts(plan)
        self._waiting: deque[list[str]] = deque()
        self._answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()
        self._workers: dict[Feeder, _Job | None] = {}
        self._false_starts = 0
        self._looked = 0.0
        self.memory = 0

    def run(self, units: Sequence[Sequence[str]]) -> None:
        """Run all `units` (keys of records), or those that were begun when someone asks to stop.

        Raises
        ------
        Interrupted
            When someone asks to stop at once.
        RashomonError
            When workers cannot be started (``engine.start``).
        """
        self._waiting.extend(map(list, units))
        try:
            while self._busy or (self._waiting and not self._stop.asked):
                if self._stop.at_once:
                    raise Interrupted
                self._dispatch()
                self._listen()
                self._look()
        finally:
            for worker in self._workers:
                worker.kill()
            for worker in self._workers:
                worker.join(_FAREWELL)

    @property
    def _busy(self) -> dict[Feeder, _Job]:
        return {worker: job for worker, job in self._workers.items() if job is not None}

    def _dispatch(self) -> None:
        while self._waiting and not self._stop.asked and len(self._busy) < self._n_jobs:
            unit = self._owed(self._waiting[0])
            kinds = self._limits.kinds(unit)
            reason = self._limits.refusal(kinds)
            if unit and not reason and not self._fits(kinds):
                return
            self._waiting.popleft()
            if reason:
                here = worker_name()
                self._fail(Finished(key, "failed", reason, "", self._attempts.count(key), here) for key in unit)
            elif unit:
                self._begin(unit, kinds)

    def _owed(self, unit: list[str]) -> list[str]:
        """Return the records of `unit` that can still be computed; the others fail here."""
        failures = {key: failed for key in unit if (failed := self._attempts.given_up(key)) is not None}
        self._fail(failures.values())
        unit[:] = [key for key in unit if key not in failures]
        return unit

    def _fits(self, kinds: frozenset[str]) -> bool:
        """Return whether a unit may start beside those that run; one alone always may."""
        busy = self._busy
        if not busy:
            return True
        taken = tree_memory(worker.process for worker in self._workers)
        expected = sum(max(taken[worker.process], self._limits.peak(job.kinds)) for worker, job in busy.items())
        return expected + self._limits.peak(kinds) <= self._limits.ceiling

    def _begin(self, unit: list[str], kinds: frozenset[str]) -> None:
        idle = [worker for worker, job in self._workers.items() if job is None]
        worker = idle[0] if idle else self._hire()
        self._workers[worker] = _Job(set(unit), kinds)
        worker.give(unit)

    def _hire(self) -> Feeder:
        try:
            return Feeder(self._task_folder, self._store.path, self._answers)
        except (OSError, RuntimeError) as error:
            raise RashomonError(
                f"a worker process cannot be started ({error})",
                where="engine",
                expected="room for the process, the thread and the pipes of each worker (see ulimit -u, ulimit -n)",
                fix="use fewer workers (n_jobs), or the serial engine",
                code="engine.start",
            ) from error

    def _listen(self) -> None:
        """Wait for an answer, and take all that are there."""
        with suppress(queue.Empty):
            self._take(self._answers.get(timeout=_TICK))
            for _ in range(_AT_ONCE):
                self._take(self._answers.get_nowait())

    def _take(self, answer: Answer) -> None:
        worker, (word, *rest) = answer.feeder, answer.words
        if word == "end":
            self._end(worker, rest[0])
            return
        job = self._workers.get(worker)
        if job is None:  # it was given up while it spoke
            return
        if word == "record":
            key, status, reason, trace = rest
            job.missing.discard(key)
            name = worker_name(worker.process)
            self._on_record(Finished(key, status, reason, trace, self._attempts.count(key), name), self.memory)
            return
        self._false_starts = 0
        if job.node:
            self._limits.learn(job.node, seconds=answer.at - job.since, peak=rest[-1])
        if word == "start":
            job.node, job.since = rest[0], answer.at
        elif job.missing:  # it was asked to stop, perhaps by somebody else
            self._waiting.appendleft(sorted(job.missing))
            job.missing.clear()
            worker.kill()
        else:
            self._workers[worker] = None

    def _end(self, worker: Feeder, code: int) -> None:
        job = self._workers.pop(worker)
        if job is None or not job.missing:
            return
        cause = job.cause or exit_word(code)
        if not job.node:
            self._false_start(cause)
            self._waiting.appendleft(list(job.missing))
            return
        self._announce(f"a worker ended ({cause}); its runs are tried again")
        self._attempts.blame(job.node, cause, worker=worker_name(worker.process))
        for unit in self._attempts.split(sorted(job.missing), job.node):
            self._waiting.appendleft(unit)

    def _false_start(self, cause: str) -> None:
        self._false_starts += 1
        if self._false_starts >= _FALSE_STARTS:
            raise RashomonError(
                f"worker processes end before their first step ({cause})",
                where="engine",
                expected="processes that import rashomon and read the data",
                fix="read what they wrote to standard error, or use the serial engine",
                code="engine.start",
            )

    def _fail(self, failures: Iterable[Finished]) -> None:
        for failed in failures:
            self._store.put(failed.key, Record(status="failed", reason=failed.reason))
            self._on_record(failed, self.memory)

    def _look(self) -> None:
        """Now and then, end what takes too long or too much, and pass on a request to stop."""
        now = time.monotonic()
        if now - self._looked < _TICK:
            return
        self._looked = now
        for worker, job in self._busy.items():
            if self._stop.asked and not job.asked:
                job.asked = True
                worker.ask_to_stop()
            allowed = self._limits.seconds(job.node)
            if now - job.since > allowed and not job.cause:
                self._kill(worker, job, f"longer than the time limit of {allowed:.0f} s")
        self._look_at_memory()

    def _look_at_memory(self) -> None:
        taken = tree_memory(worker.process for worker in self._workers)
        self.memory = sum(taken.values())
        if self.memory <= self._limits.ceiling or not taken:
            return
        largest = max(self._workers, key=lambda worker: taken[worker.process])
        job = self._workers[largest]
        allowed = f"{self._limits.ceiling / 2**30:.2f} GiB"
        fewer = max(1, min(self._n_jobs, len(self._workers)) // 2)
        if fewer < self._n_jobs:
            self._announce(f"the workers took more than {allowed}: {fewer} in place of {self._n_jobs} go on")
        self._n_jobs = fewer
        surplus = [worker for worker, each in self._workers.items() if each is None]
        for worker in surplus:
            worker.kill()
        if job is not None and not job.cause:
            if job.node:
                self._limits.learn(job.node, peak=taken[largest.process])
            self._kill(largest, job, f"the workers took more than {allowed} of memory")

    def _kill(self, worker: Feeder, job: _Job, cause: str) -> None:
        job.cause = cause
        worker.kill()
