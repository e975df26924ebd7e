"""The status of a study is read while it runs, adds up, and changes nothing."""

import json
import math
import shutil
import subprocess
import sys

import pytest

from rashomon.core import Progress, StoreError, UsageError
from rashomon.engine.ledger import LEDGER
from rashomon.engine.ledger_store import LedgerStore
from rashomon.engine.note import Note
from rashomon.study.status import status


def opened(folder):
    """The store of a study."""
    return LedgerStore.open(folder, command="rashomon run", spec_digest="spec")


def add(store, numbers, *, task="multiverse", bad="ok"):
    """Acknowledge records."""
    for i in numbers:
        store.note(Note(f"{task}{i}", "p", task, "leiden", "{}", bad, seconds=2.0, worker="here:1"))


def test_during_a_run_done_failed_left_and_holder_are_told(tmp_path):
    """While a study runs: what is done, failed and reused per task, the pace, the time left, and who runs it."""
    with opened(tmp_path / "study") as store:
        store.on_progress(Progress("multiverse", 3, 10))
        add(store, range(4))
        add(store, [4], bad="failed")
        found = status(tmp_path / "study")
    (task,) = found.tasks
    assert (task.done, task.failed, task.reused, task.total, task.seconds) == (8, 1, 3, 10, 10.0)
    assert (found.state, found.records, found.folder) == ("running", {"failed": 1, "ok": 4}, "study")
    assert found.holder.command == "rashomon run"
    assert math.isclose(found.left, 60 * 2 / found.rate)
    lines = found.lines()
    assert lines[0].startswith("study: running by process ")
    assert lines[1:3] == [
        "  multiverse: 8 of 10 (3 reused, 1 failed, 10 s of compute)",
        "in the ledger: 5 records, 1 of them failed",
    ]
    assert "left for the tasks that have begun" in lines[3]


def test_after_a_run_it_says_how_it_ended(tmp_path):
    """A study that ended says so; nothing is left; text and JSON agree."""
    with opened(tmp_path) as store:
        store.on_progress(Progress("multiverse", 0, 2))
        add(store, range(2))
    found = status(tmp_path)
    assert (found.state, found.left, found.holder) == ("finished", 0.0, None)
    said = json.loads(json.dumps(found.as_dict(), allow_nan=False))
    assert said["tasks"] == [{"name": "multiverse", "total": 2, "done": 2, "failed": 0, "reused": 0, "seconds": 4.0}]
    assert (said["state"], said["seconds_left"], said["session"]["command"]) == ("finished", 0.0, "rashomon run")


KILLED = """
import os, sys
from rashomon.core import Progress
from rashomon.engine.ledger_store import LedgerStore
store = LedgerStore.open(sys.argv[1], command="run", spec_digest="")
store.on_progress(Progress("multiverse", 0, 2))
os._exit(9)
"""


def test_a_killed_run_is_told_from_a_running_one(tmp_path):
    """After a kill the study is not said to run; the line below says what to do."""
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    found = status(tmp_path)
    assert (found.state, found.holder, math.isnan(found.left)) == ("killed", None, True)
    assert "run the same command again" in found.lines()[1]
    assert found.as_dict()["seconds_left"] is None


def test_a_study_not_begun_has_a_status(tmp_path):
    """A folder without a ledger has not begun; no folder is an error."""
    assert status(tmp_path).lines() == [f"{tmp_path.name}: not begun", "in the ledger: 0 records, 0 of them failed"]
    with pytest.raises(UsageError, match="there is no such study"):
        status(tmp_path / "none")


def test_f28_a_moved_study_has_the_same_status(tmp_path):
    """F28: a study copied elsewhere tells the same, but for its name; reading writes nothing into it."""
    with opened(tmp_path / "a") as store:
        add(store, range(3))
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    before = sorted((file.name, file.stat().st_mtime_ns) for file in (tmp_path / "b").iterdir())
    first, second = (status(tmp_path / name).as_dict() for name in "ab")
    assert {**first, "folder": ""} == {**second, "folder": ""}
    assert sorted((file.name, file.stat().st_mtime_ns) for file in (tmp_path / "b").iterdir()) == before


def test_f20_a_clock_that_was_set_back_makes_the_pace_unknown(tmp_path, monkeypatch):
    """F20: without a sensible span between records there is no rate, and no time left is made up."""
    times = iter([f"2026-01-01T0{9 - i}:00:00+00:00" for i in range(8)])
    monkeypatch.setattr("rashomon.engine.ledger.now", lambda: next(times))
    with opened(tmp_path) as store:
        store.on_progress(Progress("multiverse", 0, 9))
        add(store, range(3))
        found = status(tmp_path)
    assert (math.isnan(found.rate), math.isnan(found.left)) == (True, True)


def test_events_are_told(tmp_path):
    """The last events stand at the end, oldest first."""
    with opened(tmp_path) as store:
        for i in range(7):
            store._tell("damaged", f"file {i}")
    assert [line.rpartition(" ")[2] for line in status(tmp_path).lines()[-5:]] == list("23456")


def test_a_damaged_ledger_is_an_error(tmp_path):
    """No status is made up from a ledger that cannot be trusted."""
    opened(tmp_path).close()
    (tmp_path / LEDGER).write_bytes(b"x" * 5000)
    with pytest.raises(StoreError, match="cannot be used"):
        status(tmp_path)
