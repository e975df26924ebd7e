"""Worker processes: start them, feed them units, survive their death."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from rashomon.core.thread import THREADS
from rashomon.engine.record import Record
from rashomon.engine.store import DirectoryStore

__all__ = ["run_pool"]

_ATTEMPTS = 2
_THREADS = (THREADS, "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


@dataclass
class _Unit:
    keys: list[str]
    attempts: int = 0


def run_pool(
    task_folder: Path,
    store: DirectoryStore,
    units: list[list[str]],
    *,
    n_jobs: int,
    on_record: Callable[[str, str, str], None],
) -> None:
    """Run all units in `n_jobs` worker processes.

    A worker that dies is replaced, and the records that its unit still owes are tried one by one, so that one deadly
    record takes no other with it; a record on which a worker dies twice fails with the reason.

    Parameters
    ----------
    task_folder
        Written by `rashomon.engine.transfer.write_task`.
    store
        Where workers write records.
    units
        Keys of the records of each unit.
    n_jobs
        Number of processes.
    on_record
        Called with (key, status, reason) for each record, one call at a time.
    """
    waiting: queue.SimpleQueue[_Unit] = queue.SimpleQueue()
    for keys in units:
        waiting.put(_Unit(list(keys)))
    feeders = [_Feeder(task_folder, store, waiting, on_record) for _ in range(min(n_jobs, len(units)))]
    lock = threading.Lock()
    for feeder in feeders:
        feeder.lock = lock
        feeder.start()
    try:
        for feeder in feeders:
            feeder.join()
    except BaseException:
        for feeder in feeders:
            feeder.stop()
        raise
    for feeder in feeders:
        if feeder.error is not None:
            raise feeder.error


class _Feeder(threading.Thread):
    """One thread that owns one worker process at a time."""

    def __init__(
        self,
        task_folder: Path,
        store: DirectoryStore,
        waiting: queue.SimpleQueue[_Unit],
        on_record: Callable[[str, str, str], None],
    ) -> None:
        super().__init__(daemon=True)
        self.lock = threading.Lock()
        self.error: BaseException | None = None
        self._command = [sys.executable, "-P", "-m", "rashomon.engine.worker", str(task_folder), str(store.path)]
        self._store, self._waiting, self._on_record = store, waiting, on_record
        self._process: subprocess.Popen[str] | None = None
        self._stopped = False

    def run(self) -> None:
        try:
            while not self._stopped:
                try:
                    unit = self._waiting.get_nowait()
                except queue.Empty:
                    break
                self._work(unit)
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits for this one
            self.error = error
        finally:
            self.stop()

    def stop(self) -> None:
        """End the worker."""
        self._stopped = True
        if self._process is not None:
            self._process.terminate()
            _close(self._process)

    def _work(self, unit: _Unit) -> None:
        unit.attempts += 1
        process = self._process or self._start()
        missing = set(unit.keys)
        try:
            _send(process, " ".join(unit.keys) + "\n")
            for line in _lines(process):
                if line == "done\n":
                    return
                _, key, status, said = line.rstrip("\n").split(" ", 3)
                missing.discard(key)
                self._tell(key, status, said)
        except BrokenPipeError:
            pass  # the worker is dead; handled below
        if self._stopped:
            return
        code = _close(process)
        self._process = None
        if len(unit.keys) > 1 or unit.attempts < _ATTEMPTS:
            for key in sorted(missing):
                self._waiting.put(_Unit([key], unit.attempts if len(unit.keys) == 1 else 0))
            return
        reason = f"a worker process died twice on this run (exit code {code})"
        for key in missing:
            self._store.put(key, Record(status="failed", reason=reason))
            self._tell(key, "failed", reason)

    def _tell(self, key: str, status: str, reason: str) -> None:
        with self.lock:
            self._on_record(key, status, reason)

    def _start(self) -> subprocess.Popen[str]:
        # modules are found where this process finds them, in its order: also those of a user, in a notebook's folder
        found_in = os.pathsep.join(folder or str(Path.cwd()) for folder in sys.path)
        env = os.environ | dict.fromkeys(_THREADS, "1") | {"PYTHONPATH": found_in}
        # a session of its own: Ctrl-C reaches the coordinator only, which then ends its workers
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=env,
            bufsize=1,
            start_new_session=True,
        )
        return self._process


def _send(process: subprocess.Popen[str], text: str) -> None:
    if process.stdin is None:  # pragma: no cover - Popen was given a pipe
        raise BrokenPipeError
    process.stdin.write(text)
    process.stdin.flush()


def _close(process: subprocess.Popen[str]) -> int:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(BrokenPipeError):
                pipe.close()
    return process.wait()


def _lines(process: subprocess.Popen[str]) -> Iterable[str]:
    return process.stdout or ()
