"""A worker process: units (lines of keys) come in, records go to the store, and lines of JSON are the answer.

Started as ``python -m rashomon.engine.worker TASK STORE``, so that a user's plain script needs no ``__main__`` guard.
The lines are ``["start", node, peak]`` before each step, ``["record", key, status, reason, trace]`` after each record
and ``["done", peak]`` after each unit; ``peak`` is the most bytes held since the line with a peak before.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from rashomon.engine.plan import Node
from rashomon.engine.process import step_peak
from rashomon.engine.record import Record
from rashomon.engine.store import DirectoryStore
from rashomon.engine.transfer import read_task
from rashomon.engine.walk import Watch, walk

__all__ = ["main"]

_ORPHAN = 10.0
"""Seconds a worker whose coordinator is gone has left to finish its step."""


def main(task_folder: str, store_folder: str) -> None:
    """Work until standard input ends, someone asks to stop (SIGTERM), or the coordinator is gone.

    Parameters
    ----------
    task_folder
        Folder written by `rashomon.engine.transfer.write_task`.
    store_folder
        Folder of the `DirectoryStore`.
    """
    # libraries may print; the protocol has the real standard output to itself
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    stop = threading.Event()
    # a batch system signals every process of a job; the run in progress is finished first
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    threading.Thread(target=_follow, args=(os.getppid(), stop), daemon=True).start()
    # needed for the first record; here its seconds are not taken for those of a step
    import pyarrow.parquet  # noqa: F401

    plan, data = read_task(Path(task_folder))
    store = DirectoryStore(store_folder)

    def say(*words: object) -> None:
        answers.write(f"{json.dumps(words)}\n")

    def begin(node: Node) -> None:
        say("start", node.key, step_peak())

    def emit(key: str, record: Record) -> None:
        store.put(key, record)
        say("record", key, record.status, record.reason, watch.traces.pop(key, ""))

    watch = Watch(begin, stop.is_set)
    with suppress(BrokenPipeError):  # nobody reads the answers any more
        for line in sys.stdin:
            walk(plan, data, line.split(), emit=emit, watch=watch)
            say("done", step_peak())
            if stop.is_set():
                break


def _follow(parent: int, stop: threading.Event) -> None:
    """End the process soon after its parent, which may have been killed without a word."""
    while os.getppid() == parent:
        time.sleep(1.0)
    stop.set()
    time.sleep(_ORPHAN)
    os._exit(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
