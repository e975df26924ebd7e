"""A feeder: one thread that owns one worker process, gives it units and reads its answers."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rashomon.core.thread import THREADS
from rashomon.engine.process import kill_tree

__all__ = ["Answer", "Feeder", "worker_environment"]

_THREADS = (THREADS, "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def worker_environment() -> dict[str, str]:
    """Return the environment of worker processes: one thread each, and modules found where this process finds them.

    Examples
    --------
    >>> worker_environment()["OMP_NUM_THREADS"]
    '1'
    """
    # in the order of this process: also the modules of a user, in a notebook's folder
    found_in = os.pathsep.join(folder or str(Path.cwd()) for folder in sys.path)
    return os.environ | dict.fromkeys(_THREADS, "1") | {"PYTHONPATH": found_in}


@dataclass(frozen=True)
class Answer:
    """What a worker said.

    Parameters
    ----------
    feeder
        Whose worker.
    words
        ``start``, ``record`` or ``done`` with what follows, see `rashomon.engine.worker`; or ``end`` with the return
        code of the process.
    at
        When, by the monotonic clock.
    """

    feeder: Feeder
    words: Sequence[Any]
    at: float = field(default_factory=time.monotonic)


class Feeder(threading.Thread):
    """One worker process from its start to its end.

    Parameters
    ----------
    task_folder, store_folder
        Given to the worker.
    answers
        Where its answers go.
    """

    def __init__(self, task_folder: Path, store_folder: Path, answers: queue.SimpleQueue[Answer]) -> None:
        super().__init__(daemon=True)
        self._units: queue.SimpleQueue[Sequence[str] | None] = queue.SimpleQueue()
        self._answers = answers
        # a session of its own: Ctrl-C reaches the coordinator only, which then ends its workers
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-P", "-m", "rashomon.engine.worker", str(task_folder), str(store_folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=worker_environment(),
            bufsize=1,
            start_new_session=True,
        )
        try:
            self.start()
        except RuntimeError:  # no thread can be started either
            self._process.kill()
            self._close()
            raise

    @property
    def process(self) -> int:
        """Identifier of the worker process."""
        return self._process.pid

    def give(self, unit: Sequence[str]) -> None:
        """Hand over a unit; the worker must be idle."""
        self._units.put(unit)

    def ask_to_stop(self) -> None:
        """Let the worker finish the run it is at, and end."""
        with suppress(OSError):
            self._process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the worker and every process it started, now."""
        if self._process.returncode is None:  # afterwards the number may be another process's
            kill_tree(self._process.pid)
        self._units.put(None)

    def run(self) -> None:
        """Feed the worker until it ends."""
        code = 0
        try:
            for unit in iter(self._units.get, None):
                if not self._work(unit):
                    break
        finally:
            code = self._close()
            self._answers.put(Answer(self, ("end", code)))

    def _work(self, unit: Sequence[str]) -> bool:
        """Return whether the worker is there for another unit."""
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:  # pragma: no cover - Popen was given pipes
            return False
        with suppress(BrokenPipeError):
            stdin.write(" ".join(unit) + "\n")
            stdin.flush()
        for line in stdout:
            if not line.endswith("\n"):
                return False  # killed within a line
            words = json.loads(line)
            self._answers.put(Answer(self, words))
            if words[0] == "done":
                return True
        return False

    def _close(self) -> int:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()
        return self._process.wait()
