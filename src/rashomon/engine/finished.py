"""What an engine tells about one finished record, and the note that is kept of it."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import dataclass
from typing import Literal

from rashomon.engine.note import Note
from rashomon.engine.plan import Plan
from rashomon.engine.record import Record

__all__ = ["Finished", "Status", "note_of", "worker_name"]

Status = Literal["ok", "failed"]


@dataclass(frozen=True)
class Finished:
    """One record that is in the store, or failed.

    Parameters
    ----------
    key
        Of the record.
    status, reason, trace
        As in `Note`.
    attempt
        How often it was tried.
    worker
        ``host:process`` that computed it, or tried to; the address of the scheduler where only that is known; empty
        for a record that was found.
    """

    key: str
    status: Status = "ok"
    reason: str = ""
    trace: str = ""
    attempt: int = 1
    worker: str = ""


def worker_name(process: int | None = None) -> str:
    """Return the name of `process` of this machine, this process by default, as notes hold it.

    Examples
    --------
    >>> worker_name(17).rpartition(":")[2]
    '17'
    """
    return f"{platform.node()}:{os.getpid() if process is None else process}"


def note_of(plan: Plan, finished: Finished, record: Record, *, task: str) -> Note:
    """Return the note of a finished record.

    Parameters
    ----------
    plan
        Knows the step and its parameters.
    finished
        What the engine told.
    record
        What is kept.
    task
        Which part of the study asked for it.
    """
    node = plan.nodes[finished.key]
    return Note(
        key=node.key,
        parent=node.parent,
        task=task,
        step=node.call.step.name,
        params=json.dumps(dict(node.call.params), sort_keys=True),
        status=record.status,
        reason=record.reason,
        trace=finished.trace,
        seconds=record.seconds,
        attempt=finished.attempt,
        worker=finished.worker,
    )
