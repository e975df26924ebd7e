"""Progress as a person wants to see it: a live table on a terminal, plain lines everywhere else."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from rashomon.core import Listener, Progress, lines
from rashomon.engine.event import RunProgress

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table

__all__ = ["Board", "show_progress"]

_REFRESH = 4.0
"""Times a second that the table is drawn."""

_ENOUGH = 3
"""Fresh records after which a rate says something."""


_COLUMNS = ("task", "", "done", "failed", "reused", "rate", "time", "memory")
_LONGEST = (16, 24)
"""Characters of the name of a task, on a narrow and on a wide terminal."""

_WIDE = 100
"""Characters of a terminal that has room for bars."""


@dataclass
class _Row:
    """One task: its last event, and when its first and last ones came."""

    event: Progress
    begun: float
    last: float
    before: int

    @property
    def failed(self) -> int:
        return self.event.failed if isinstance(self.event, RunProgress) else 0

    @property
    def reused(self) -> int:
        return self.event.reused if isinstance(self.event, RunProgress) else 0

    @property
    def memory(self) -> int:
        return self.event.memory if isinstance(self.event, RunProgress) else 0

    @property
    def finished(self) -> bool:
        return self.event.done >= self.event.total

    @property
    def fresh(self) -> int:
        """How many were finished since the first event; what was there before costs no time."""
        return self.event.done - self.before

    def seconds_left(self, now: float) -> float | None:
        """Return the seconds that the rest takes at the rate so far; None while there is none."""
        if self.fresh < _ENOUGH:
            return None
        # since the last record some of the next one is done, and it cannot be sooner than now
        each = (self.last - self.begun) / self.fresh
        return max(0.0, (self.event.total - self.event.done) * each - (now - self.last))


class Board:
    """A listener that keeps the last event of every task, and shows them as a table.

    Parameters
    ----------
    clock
        Monotonic seconds.

    Examples
    --------
    >>> board = Board()
    >>> board(Progress("runs", 1, 2))
    >>> board.table().row_count
    1
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._rows: dict[str, _Row] = {}

    def __call__(self, event: Progress) -> None:
        """Take `event`."""
        now = self._clock()
        row = self._rows.get(event.task)
        # a task of the same name that begins again, as questions with several plans do
        if row is None or event.done < row.event.done:
            self._rows[event.task] = _Row(event, now, now, event.done)
        else:
            row.event, row.last = event, now

    def table(self, width: int = 120) -> Table:
        """Return the table: one row per task in the order in which they began, and no column that would be empty.

        Parameters
        ----------
        width
            Of the terminal in characters; a narrow one gets no bars.
        """
        from rich.table import Table

        now = self._clock()
        rows = list(self._rows.values())
        wide = width >= _WIDE
        cells = [self._cells(row, now, bar=wide) for row in rows]
        table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2 if wide else 1, 0, 0))
        shown = [j for j in range(len(_COLUMNS)) if j < 1 or any(row[j] != "" for row in cells)]
        for name in (_COLUMNS[j] for j in shown):
            table.add_column(
                name,
                justify="left" if name in {"task", ""} else "right",
                no_wrap=True,
                max_width=_LONGEST[wide] if name == "task" else None,
                overflow="ellipsis",
            )
        for row in cells:
            table.add_row(*(row[j] for j in shown))
        return table

    def _cells(self, row: _Row, now: float, *, bar: bool) -> tuple[RenderableType, ...]:
        from rich.progress_bar import ProgressBar
        from rich.text import Text

        event = row.event
        elapsed = (row.last if row.finished else now) - row.begun
        left = row.seconds_left(now)
        took = "" if row.fresh == 0 else f"took {_clock(elapsed)}"
        # text, because the name of a task may hold what rich takes for markup
        return (
            Text(event.task, style="dim" if row.finished else "bold"),
            ProgressBar(total=max(1, event.total), completed=event.done, width=12) if bar else "",
            f"{event.done:,} / {event.total:,}",
            Text(f"{row.failed:,}", style="bold red") if row.failed else "",
            f"{row.reused:,}" if row.reused else "",
            _rate(row.fresh, row.last - row.begun),
            took if row.finished else "" if left is None else f"{_clock(left)} left",
            f"{row.memory / 2**30:.1f} GiB" if row.memory and not row.finished else "",
        )


def _rate(fresh: int, seconds: float) -> str:
    if fresh < _ENOUGH or seconds <= 0:
        return ""
    each = seconds / fresh
    return f"{1 / each:,.1f} /s" if each <= 1 else f"{60 / each:,.1f} /min" if each <= 60 else f"{3600 / each:,.1f} /h"


def _clock(seconds: float) -> str:
    whole = round(seconds)
    if whole < 90:
        return f"{whole} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min"


@contextmanager
def show_progress(stream: TextIO | None = None) -> Iterator[Listener]:
    """Yield a listener that shows progress until the block ends.

    On a terminal it is a table that is drawn again in place, with what failed, what was reused, the rate, the time left
    and the memory of the workers; other lines written to standard error meanwhile appear above it. In a file, a log or
    a terminal that cannot move its cursor (``TERM=dumb``) it is the plain lines of `rashomon.core.lines`.

    Parameters
    ----------
    stream
        Where to write; standard error by default, so that output can be piped.

    Examples
    --------
    >>> with show_progress(sys.stdout) as listener:
    ...     listener(RunProgress("runs", 2, 2, reused=1))
    runs: 2 of 2
    """
    target = stream or sys.stderr
    console = _console(target)
    if console is None:
        yield lines(target)
        return
    from rich.live import Live

    board = Board()
    with Live(get_renderable=lambda: board.table(console.width), console=console, refresh_per_second=_REFRESH):
        yield board


def _console(stream: TextIO) -> Console | None:
    """Return a console where a table can be drawn in place; None elsewhere."""
    if not stream.isatty() or os.environ.get("TERM", "dumb") in {"dumb", "unknown"}:
        return None
    from rich.console import Console

    console = Console(file=stream, highlight=False)
    return console if console.is_terminal and not console.is_dumb_terminal else None
