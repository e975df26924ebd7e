"""What a dask worker does: one unit of a plan, with records written to the shared folder."""

from __future__ import annotations

import os
import threading
import time
from functools import lru_cache
from pathlib import Path
from typing import Any

from rashomon.core.thread import THREADS
from rashomon.engine.finished import worker_name
from rashomon.engine.plan import Node, Plan
from rashomon.engine.record import Record
from rashomon.engine.store import DirectoryStore
from rashomon.engine.transfer import read_task
from rashomon.engine.walk import Watch, walk

__all__ = ["STOP", "run_dask_unit"]

STOP = "stop"
"""Name of the file in the task folder that asks workers to finish the run they are at."""

TIME_OUT = 124
"""Exit code of a worker that ended itself because its step took too long."""


@lru_cache(maxsize=1)
def _task(folder: str) -> tuple[Plan, dict[str, Any]]:
    return read_task(Path(folder))


def run_dask_unit(
    task_folder: str, store_folder: str, keys: list[str], *, time_limit: float | None = None
) -> list[tuple[str, str, str, str, float, str]]:
    """Run the records `keys` and write them to the store.

    Parameters
    ----------
    task_folder
        Written by `rashomon.engine.transfer.write_task`, seen by every worker; it is read once per process.
    store_folder
        Folder of the `DirectoryStore`, shared as well.
    keys
        Of records.
    time_limit
        Seconds that any one step may take; the process ends itself when one takes longer.

    Returns
    -------
    (key, status, reason, trace, seconds, worker) of each record that was finished; fewer than `keys` when someone
    asked to stop.
    """
    os.environ.setdefault(THREADS, "1")
    plan, data = _task(task_folder)
    store = DirectoryStore(store_folder)
    told: list[tuple[str, str, str, str, float, str]] = []
    name = worker_name()
    clock = _Clock(time_limit)
    folder = Path(task_folder)

    def emit(key: str, record: Record) -> None:
        store.put(key, record)
        told.append((key, record.status, record.reason, watch.traces.pop(key, ""), record.seconds, name))

    # the folder of a coordinator that gave up is gone
    watch = Watch(clock.begin, lambda: (folder / STOP).exists() or not folder.exists())
    try:
        walk(plan, data, keys, emit=emit, watch=watch)
    finally:
        clock.end()
    return told


class _Clock:
    """Ends the process when a step takes longer than the limit."""

    def __init__(self, limit: float | None) -> None:
        self._limit, self._since, self._over = limit, time.monotonic(), threading.Event()
        if limit is not None:
            threading.Thread(target=self._follow, args=(limit,), daemon=True).start()

    def begin(self, node: Node) -> None:
        """Start counting anew."""
        del node
        self._since = time.monotonic()

    def end(self) -> None:
        """Count no more."""
        self._over.set()

    def _follow(self, limit: float) -> None:
        while not self._over.wait(min(1.0, limit / 4)):
            if time.monotonic() - self._since > limit:
                os._exit(TIME_OUT)
