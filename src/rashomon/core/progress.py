"""Progress events: the engine tells, a listener shows."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TextIO

__all__ = ["Listener", "Progress", "Teller", "lines", "say", "silent"]


@dataclass(frozen=True)
class Progress:
    """One event: `done` of `total` pieces of `task` are finished."""

    task: str
    done: int
    total: int


Listener = Callable[[Progress], None]
Teller = Callable[[str], None]


def say(text: str) -> None:
    """Write `text` as a line to standard error.

    Examples
    --------
    >>> say("3 runs")
    """
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def silent(event: Progress | str) -> None:
    """Show nothing of `event`, a progress event or a line.

    Examples
    --------
    >>> silent(Progress("runs", 1, 2))
    """
    del event


def lines(stream: TextIO | None = None, *, every: float = 2.0) -> Listener:
    """Return a listener that writes a line at most every `every` seconds, and one at the end of each task.

    On a terminal the line is written again in place; in a file or a log every line stays.

    Parameters
    ----------
    stream
        Where to write; standard error by default, so that output can be piped.
    every
        Seconds between lines.

    Examples
    --------
    >>> show = lines(sys.stdout)
    >>> show(Progress("runs", 1, 2))
    >>> show(Progress("runs", 2, 2))
    runs: 2 of 2
    """
    last: dict[str, float] = {}

    def show(event: Progress) -> None:
        now = time.monotonic()
        begun = last.setdefault(event.task, now)
        finished = event.done == event.total
        if finished or now - begun >= every:
            last[event.task] = now
            target = stream or sys.stderr
            start, end = ("\r", "\n" if finished else "") if target.isatty() else ("", "\n")
            target.write(f"{start}{event.task}: {event.done} of {event.total}{end}")
            target.flush()

    return show
