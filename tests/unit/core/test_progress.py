import io
import time

from rashomon.core import Progress, lines, say, silent


def test_silent_says_nothing(capsys):
    """The default listener writes to neither stream."""
    silent(Progress("runs", 1, 2))
    captured = capsys.readouterr()
    assert captured.out == captured.err == ""


def test_end_of_each_task_is_always_shown():
    """A task that ends before the first interval still has its closing line."""
    stream = io.StringIO()
    show = lines(stream, every=60)
    for task in ("plan", "runs"):
        for done in range(4):
            show(Progress(task, done, 3))
    assert stream.getvalue().splitlines() == ["plan: 3 of 3", "runs: 3 of 3"]


def test_lines_are_spaced(monkeypatch):
    """Between two lines of one task lie at least `every` seconds."""
    clock = iter([0.0, 1.0, 2.0, 3.0, 4.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    stream = io.StringIO()
    show = lines(stream, every=2.0)
    for done in range(5):
        show(Progress("runs", done, 9))
    assert stream.getvalue().splitlines() == ["runs: 2 of 9", "runs: 4 of 9"]


def test_lines_go_to_standard_error_by_default(capsys):
    """Standard output stays free for results."""
    lines()(Progress("runs", 1, 1))
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "runs: 1 of 1\n"


def test_say_writes_to_standard_error(capsys):
    """What is said does not mix with what a command prints."""
    say("3 runs")
    assert capsys.readouterr() == ("", "3 runs\n")
