"""The live table says what an event said; without a terminal there are plain lines."""

from __future__ import annotations

import io
import sys

import pytest
from rich.console import Console

from rashomon.core import Progress
from rashomon.engine.event import RunProgress
from rashomon.study.progress import Board, show_progress


class Clock:
    """Seconds that pass when told to."""

    now = 0.0

    def __call__(self):
        return self.now


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        return True


def drawn(board, *, width=120):
    """Rows of the table as text."""
    console = Console(file=io.StringIO(), width=width, record=True, force_terminal=True)
    console.print(board.table(width))
    return [line.rstrip() for line in console.export_text().splitlines()]


@pytest.fixture
def board():
    """A board with a finished task and one under way, 60 s after its start."""
    clock = Clock()
    found = Board(clock)
    found(RunProgress("multiverse", 0, 96))
    clock.now = 100.0
    found(RunProgress("multiverse", 96, 96, failed=2))
    found(RunProgress("resamples", 700, 1440, reused=700))
    clock.now = 160.0
    found(RunProgress("resamples", 900, 1440, failed=1, reused=700, memory=3 * 2**30))
    return found


def test_a_row_holds_counts_rate_time_and_memory(board):
    """200 fresh runs in a minute: 3.3 a second, and 540 more need 162 s; reused runs are no part of the rate."""
    head, done, under_way = drawn(board)
    assert head.split() == ["task", "done", "failed", "reused", "rate", "time", "memory"]
    assert done.split()[-9:] == ["96", "/", "96", "2", "57.6", "/min", "took", "2", "min"]
    words = " ".join(under_way.replace("━", "").replace("╸", "").split())
    assert words == "resamples 900 / 1,440 1 700 3.3 /s 3 min left 3.0 GiB"


def test_a_narrow_terminal_gets_no_bars(board):
    """At 80 characters every number is there and nothing is cut."""
    lines = drawn(board, width=80)
    assert all(len(line) <= 80 and "…" not in line and "━" not in line for line in lines)
    assert "3 min left" in lines[2]


def test_names_are_shown_as_they_are():
    """What looks like markup is text, and a long name is cut."""
    board = Board()
    board(Progress("[red]a[/red]" + "b" * 40, 1, 2))
    assert drawn(board)[1].startswith("[red]a[/red]bbbbbbbbbbb…")


def test_a_task_that_begins_again_starts_its_row_anew():
    """A second plan of the same name has a clock of its own."""
    clock = Clock()
    board = Board(clock)
    board(Progress("runs", 9, 9))
    clock.now = 50.0
    board(Progress("runs", 0, 5))
    clock.now = 54.0
    board(Progress("runs", 4, 5))
    assert "1.0 /s" in drawn(board)[1]
    assert "1 s left" in drawn(board)[1]


def test_a_terminal_gets_the_table_in_place(monkeypatch):
    """On a terminal the table is drawn with control codes, the last state last."""
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    with show_progress(stream) as listener:
        listener(RunProgress("runs", 5, 5, failed=1))
    assert "\x1b[" in stream.getvalue()
    assert "5 / 5" in stream.getvalue()


@pytest.mark.parametrize("term", ["dumb", None])
def test_a_dumb_terminal_gets_lines(monkeypatch, term):
    """Without a terminal that can move its cursor there is no control code."""
    monkeypatch.setenv("TERM", term) if term else monkeypatch.delenv("TERM", raising=False)
    stream = Terminal()
    with show_progress(stream) as listener:
        listener(RunProgress("runs", 5, 5))
    assert stream.getvalue() == "\rruns: 5 of 5\n"


def test_a_file_gets_lines(capsys):
    """Standard error that is no terminal gets plain lines; it is the default."""
    with show_progress() as listener:
        listener(Progress("runs", 1, 1))
    assert capsys.readouterr().err == "runs: 1 of 1\n"
    assert not sys.stderr.isatty()
