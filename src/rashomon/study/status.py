"""How far a study is: read while it runs, from its ledger and its lock, without touching either."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rashomon.core import UsageError
from rashomon.engine.ledger import LEDGER, Ledger
from rashomon.engine.lock import Holder, running

__all__ = ["Status", "TaskStatus", "status"]

_N_EVENTS = 5


@dataclass(frozen=True)
class TaskStatus:
    """How far one part of a study is.

    Parameters
    ----------
    name
        The part.
    total
        Its records.
    done
        Records that are there: found when it began, or computed since; failed ones too.
    failed
        Those that failed since it began.
    reused
        Those that were there when it began.
    seconds
        Of compute since it began, over all workers.
    """

    name: str
    total: int
    done: int
    failed: int
    reused: int
    seconds: float


@dataclass(frozen=True)
class Status:
    """How far a study is.

    Parameters
    ----------
    folder
        Its name.
    holder
        Who runs it; None when nobody does.
    session
        The last row of the ledger's table of sessions; empty before the first run.
    tasks
        In the order in which they began.
    records
        Acknowledged records by status, over all sessions.
    rate
        Records per minute in this session; NaN when it cannot be known.
    left
        Seconds until all tasks that have begun are done; NaN when it cannot be known.
    events
        The last ones, oldest first: rows of the ledger's table of events.
    """

    folder: str
    holder: Holder | None
    session: Mapping[str, Any]
    tasks: tuple[TaskStatus, ...]
    records: Mapping[str, int]
    rate: float
    left: float
    events: tuple[Mapping[str, Any], ...]

    @property
    def state(self) -> str:
        """``not begun``, ``running``, how the last session ended, or ``killed`` when it did not say."""
        if self.holder is not None:
            return "running"
        if not self.session:
            return "not begun"
        return str(self.session["outcome"]) or "killed"

    def lines(self) -> list[str]:
        """Return the status for a reader: a line each for the state, every task, the pace, and the last events."""
        said = [f"{self.folder}: {self.state}"]
        if self.holder is not None:
            said[0] += f" by {self.holder}"
        elif self.state == "killed":
            said.append("the last run did not end by itself; run the same command again, and it goes on from here")
        said += [_line(task) for task in self.tasks]
        n, failed = sum(self.records.values()), self.records.get("failed", 0)
        said.append(f"in the ledger: {n} records, {failed} of them failed")
        if self.holder is not None and not math.isnan(self.rate):
            said.append(f"{self.rate:.0f} records a minute; {_duration(self.left)} left for the tasks that have begun")
        return said + [f"{event['noted'][:19]} {event['kind']}: {event['text']}" for event in self.events]

    def as_dict(self) -> dict[str, Any]:
        """Return the status in JSON types; what cannot be known is null."""
        return {
            "folder": self.folder,
            "state": self.state,
            "holder": asdict(self.holder) if self.holder else None,
            "session": dict(self.session),
            "tasks": [asdict(task) for task in self.tasks],
            "records": dict(self.records),
            "records_per_minute": _or_none(self.rate),
            "seconds_left": _or_none(self.left),
            "events": [dict(event) for event in self.events],
        }


def status(folder: Path | str) -> Status:
    """Return how far a study is; also during a run, from another process, and on media where nothing can be written.

    Parameters
    ----------
    folder
        The study.

    Raises
    ------
    UsageError
        When there is no such folder.
    StoreError
        When its ledger is damaged (code ``store.ledger``).
    """
    home = Path(folder)
    if not home.is_dir():
        raise UsageError("there is no such study", where=str(home), expected="the folder of a study")
    name, holder = home.resolve().name, running(home)
    if not (home / LEDGER).exists():
        return Status(name, holder, {}, (), {}, float("nan"), float("nan"), ())
    with Ledger(home / LEDGER, readonly=True) as ledger:
        ledger.check()
        sessions = ledger.rows("session", last=1)
        session = sessions[0] if sessions else {}
        tasks = tuple(_task(ledger, row) for row in sorted(ledger.rows("task"), key=lambda row: row["session"]))
        rate = _rate(ledger.pace(session=session["seq"])) if session else float("nan")
        remaining = sum(max(0, task.total - task.done) for task in tasks)
        left = 0.0 if not remaining else 60.0 * remaining / rate
        events = tuple(ledger.rows("event", last=_N_EVENTS))
        return Status(name, holder, session, tasks, ledger.counts(), rate, left, events)


def _task(ledger: Ledger, row: Mapping[str, Any]) -> TaskStatus:
    n, failed, seconds = ledger.tally(session=row["session"], task=row["name"])
    return TaskStatus(row["name"], row["total"], min(row["total"], row["found"] + n), failed, row["found"], seconds)


def _rate(noted: list[str]) -> float:
    """Return records per minute; NaN for fewer than two, and where a clock was set back meanwhile."""
    if len(noted) < 2:
        return float("nan")
    span = (datetime.fromisoformat(noted[-1]) - datetime.fromisoformat(noted[0])).total_seconds()
    return 60.0 * (len(noted) - 1) / span if span > 0 else float("nan")


def _line(task: TaskStatus) -> str:
    parts = [f"{task.reused} reused" if task.reused else "", f"{task.failed} failed" if task.failed else ""]
    beside = ", ".join(part for part in [*parts, f"{_duration(task.seconds)} of compute"] if part)
    return f"  {task.name}: {task.done} of {task.total} ({beside})"


def _duration(seconds: float) -> str:
    if math.isnan(seconds):
        return "an unknown time"
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.1f} min"


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else value
