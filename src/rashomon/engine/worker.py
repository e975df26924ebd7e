"""A worker process: units (lines of keys) come in, records go to the store, and their keys are the answer.

Started as ``python -m rashomon.engine.worker TASK STORE``, so that a user's plain script needs no ``__main__`` guard.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from rashomon.engine.record import Record
from rashomon.engine.store import DirectoryStore
from rashomon.engine.transfer import read_task
from rashomon.engine.walk import walk

__all__ = ["main"]


def main(task_folder: str, store_folder: str) -> None:
    """Work until standard input ends.

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
    plan, data = read_task(Path(task_folder))
    store = DirectoryStore(store_folder)

    def emit(key: str, record: Record) -> None:
        store.put(key, record)
        answers.write(f"record {key} {record.status} {record.reason}\n")

    for line in sys.stdin:
        walk(plan, data, line.split(), emit=emit)
        answers.write("done\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
