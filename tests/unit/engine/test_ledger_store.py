"""The store of a study: acknowledged records survive, everything else is found out and computed again."""

import fcntl
import os
import subprocess
import sys
import time

import numpy as np
import pytest

from rashomon.core import Progress, StoreError
from rashomon.engine import DirectoryStore, Engine, Record, run
from rashomon.engine.ledger import LEDGER, Ledger
from rashomon.engine.ledger_store import LedgerStore
from rashomon.engine.lock import LOCK
from rashomon.engine.note import Note
from tests.unit.engine.toy import DATA, toy_plan

KEY = "ab" + "0" * 62
NOTE = Note(KEY, "p", "runs", "leiden", "{}", "ok", seconds=1.0, worker="here:8")
RECORD = Record({"labels": np.arange(3)}, seconds=1.0)


def opened(folder, **options):
    """The store of a study."""
    return LedgerStore.open(folder, **{"command": "run", "spec_digest": "spec"} | options)


def rows(folder, table):
    """Rows of a table of the ledger."""
    with Ledger(folder / LEDGER, readonly=True) as ledger:
        ledger.check()
        return ledger.rows(table)


@pytest.fixture
def study(tmp_path):
    """A study with one acknowledged record."""
    with opened(tmp_path / "study") as store:
        store.put(KEY, RECORD)
        store.note(NOTE)
    return tmp_path / "study"


@pytest.mark.parametrize("name", ["serial", "processes"])
def test_a_plan_is_acknowledged_record_by_record(tmp_path, name):
    """Every record of a plan has a row with size and digest; a second run reuses all and adds no attempt."""
    plan, keys = toy_plan()
    with opened(tmp_path) as store:
        first = run(plan, DATA, store=store, engine=Engine(name, n_jobs=2), task="toy")
    found = rows(tmp_path, "record")
    assert {row["key"] for row in found} == set(keys)
    assert {(row["task"], row["status"], row["attempt"]) for row in found} == {("toy", "ok", 1)}
    assert {row["bytes"] for row in found} == {(store.file(row["key"])).stat().st_size for row in found}
    with opened(tmp_path) as store:
        second = run(plan, DATA, store=store, engine=Engine(name, n_jobs=2), task="toy")
        assert store.n_reused == second.n_reused == len(plan)
    assert [row["outcome"] for row in rows(tmp_path, "session")] == ["finished"] * 2
    assert [row["n_reused"] for row in rows(tmp_path, "session")] == [0, len(plan)]
    assert len(rows(tmp_path, "attempt")) == len(plan)
    for key in keys:
        for slot, value in first[key].slots.items():
            np.testing.assert_array_equal(second[key].slots[slot], value)


def test_records_found_as_files_are_acknowledged_with_what_is_known(tmp_path):
    """A record that another process wrote gets a row in the next run: no attempt, no worker, its step and seconds."""
    plan, keys = toy_plan()
    run(plan, DATA, store=DirectoryStore(tmp_path / "artefacts"), engine=Engine("serial"))
    with opened(tmp_path) as store:
        assert not store.known(keys[0])
        assert run(plan, DATA, store=store, engine=Engine("serial")).n_reused == len(plan)
        assert store.known(keys[0])
    assert {(row["attempt"], row["worker"]) for row in rows(tmp_path, "record")} == {(0, "")}
    assert {row["step"] for row in rows(tmp_path, "record")} == {"sum", "root"}


def test_a_second_run_is_refused_and_readers_are_not(study):
    """F12: while a study runs, a second one stops with the lock's code; the ledger can be read meanwhile."""
    with opened(study):
        with pytest.raises(StoreError, match=f"run by process {os.getpid()}") as caught:
            opened(study)
        assert len(rows(study, "record")) == 1
    assert caught.value.code == "store.locked"
    opened(study).close()


def test_the_session_before_tells_whether_the_spec_was_edited(study):
    """Who opens a study sees the digest of the spec of the last session, and how many records there are."""
    with opened(study, spec_digest="other") as store:
        assert (store.previous["spec_digest"], store.session, store.n_known) == ("spec", 2, 1)


@pytest.mark.parametrize(
    ("error", "outcome"), [(KeyboardInterrupt(), "interrupted"), (ValueError("bad"), "ValueError: bad")]
)
def test_the_session_says_what_ended_it(study, error, outcome):
    """A session that an error ended names it, and gives the lock back."""
    with pytest.raises(type(error)), opened(study):
        raise error
    assert rows(study, "session")[-1]["outcome"] == outcome
    assert not (study / LOCK).exists()


def flipped(file, position=-30):
    """Change one byte of a file."""
    content = bytearray(file.read_bytes())
    content[position] ^= 1
    file.write_bytes(content)


@pytest.mark.parametrize("position", [-30, 4, 60])
def test_f09_a_damaged_artefact_is_set_aside_and_computed_again(study, position):
    """F09: one changed byte: the record counts as absent, the file is kept aside, an event says so."""
    with opened(study) as store:
        flipped(store.file(KEY), position)
        assert store.get(KEY, ["labels"]) is None
        assert store.damaged == [f"{KEY}.parquet"]
        assert store.file(KEY).with_suffix(".damaged").exists()
        store.put(KEY, RECORD)
        assert store.get(KEY, ["labels"]) is not None
        store.note(NOTE)
        assert store.get(KEY, ["labels"]).slots["labels"].tolist() == [0, 1, 2]
    (event,) = rows(study, "event")
    assert (event["kind"], event["key"], event["session"]) == ("damaged", KEY, 2)
    assert len(rows(study, "attempt")) == 2


def test_a_file_in_the_place_of_the_acknowledged_one_is_found(study):
    """A whole record with other values, put in the place of an acknowledged one, does not count as it."""
    with opened(study) as store:
        DirectoryStore(store.path).put(KEY, Record({"labels": np.arange(3) + 1}, seconds=1.0))
        assert store.get(KEY, ["labels"]) is None
        assert store.damaged == [f"{KEY}.parquet"]


def test_f10_a_deleted_artefact_is_computed_again(study):
    """F10: a file that the user removed counts as absent, and the ledger says that it is gone."""
    with opened(study) as store:
        store.file(KEY).unlink()
        assert store.get(KEY, ["labels"]) is None
    assert [row["kind"] for row in rows(study, "event")] == ["missing"]


def test_a_record_that_an_estimate_extended_is_acknowledged_by_the_next_run(study):
    """A probe wrote it again with more arrays: it is written down, and is no damage in the next session."""
    more = Record({"labels": np.arange(3), "view": np.ones(3)}, seconds=1.0)
    with opened(study) as store:
        assert store.known(KEY)
        assert store.get(KEY, ["labels", "view"]) is None
        store.put(KEY, more)
        assert store.get(KEY, ["labels"]) is not None
        assert not store.known(KEY)
        store.note(NOTE)
        assert store.known(KEY)
    with opened(study) as store:
        assert store.get(KEY, ["labels", "view"]) is not None
    assert "damaged" not in {row["kind"] for row in rows(study, "event")}


def test_failures_are_acknowledged_and_tried_again(tmp_path):
    """A failed record has a row with reason and trace, and counts as absent in the next run."""
    with opened(tmp_path) as store:
        store.put(KEY, Record(status="failed", reason="no"))
        store.note(Note(KEY, "p", "runs", "leiden", "{}", "failed", "no", "Traceback ...", worker="here:8"))
    with opened(tmp_path) as store:
        assert store.get(KEY, []) is None
        store.put(KEY, RECORD)
        store.note(NOTE)
    assert [(row["status"], row["trace"]) for row in rows(tmp_path, "attempt")] == [
        ("failed", "Traceback ..."),
        ("ok", ""),
    ]
    assert rows(tmp_path, "event") == []


def test_f11_a_damaged_ledger_is_refused_before_anything_runs(study):
    """F11: the study does not open for writing, the lock is given back, and the error names the way out."""
    flipped(study / LEDGER, (study / LEDGER).read_bytes().index(b"leiden"))
    with pytest.raises(StoreError, match="cannot be used") as caught:
        opened(study)
    assert (caught.value.code, caught.value.exit_code) == ("store.ledger", 5)
    assert "rashomon doctor DIR --rebuild" in caught.value.fix
    assert not (study / LOCK).exists()


def test_f26_what_a_killed_process_left_is_swept_at_the_next_start(study):
    """F26: temporary files of dead processes go at once or after a minute; the user's own files stay."""
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    old, young = (study / "artefacts" / "ab" / f".{name}.{done.pid}-0123abcd.tmp.parquet" for name in ("old", "young"))
    for file in (old, young, study / ".notes.tmp"):
        file.write_text("x")
    os.utime(old, (time.time() - 100,) * 2)
    said = []
    opened(study, announce=said.append).close()
    assert said == ["removed 1 temporary files that killed processes left"]
    assert (old.exists(), young.exists(), (study / ".notes.tmp").exists()) == (False, True, True)
    with opened(study) as store:
        store.note(Note(KEY, "p", "runs", "leiden", "{}", "ok", worker=f"{os.uname().nodename}:{done.pid}"))
    opened(study).close()
    assert not young.exists()


def test_f13_a_takeover_is_said_and_written_down(study):
    """F13: who takes over a dead lock announces it, and the ledger keeps it."""
    (study / LOCK).write_text("signed by nobody")
    said = []
    opened(study, announce=said.append).close()
    assert said == ["took over the lock of a process that left no name, which is dead"]
    assert [row["text"] for row in rows(study, "event")] == said


def test_a_store_that_lost_its_lock_acknowledges_nothing(study):
    """After another process took over, no record is acknowledged, and its lock stays."""
    store = opened(study)
    (study / LOCK).unlink()
    (study / LOCK).write_text("another")
    with pytest.raises(StoreError, match="took over the lock"):
        store.note(NOTE)
    with pytest.raises(StoreError, match="took over the lock"):
        store.close()
    assert (study / LOCK).read_text() == "another"
    assert len(rows(study, "attempt")) == 1


def test_progress_tells_how_many_records_a_task_has(study):
    """The total of a task is written once when it begins, and again when it changes."""
    with opened(study) as store:
        for done in (2, 3, 4):
            store.on_progress(Progress("runs", done, 9))
        store.on_progress(Progress("nulls", 0, 5))
    assert [(row["name"], row["total"], row["found"]) for row in rows(study, "task")] == [
        ("nulls", 5, 0),
        ("runs", 9, 2),
    ]


def test_f14_without_byte_range_locks_the_study_still_runs(tmp_path, monkeypatch):
    """F14: where the file system has no byte-range locks, the ledger is opened without them, under our lock."""

    def refuse(*_):
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "lockf", refuse)
    used = []
    plain = Ledger.__init__
    monkeypatch.setattr(
        Ledger, "__init__", lambda self, *a, **k: (used.append(k.get("locking")), plain(self, *a, **k))[1]
    )
    with opened(tmp_path) as store:
        store.put(KEY, RECORD)
        store.note(NOTE)
    assert used == [False]
    assert len(rows(tmp_path, "record")) == 1


def test_acknowledging_takes_a_few_milliseconds(tmp_path):
    """Writing down a record costs far less than the 20 ms per run that are promised; the fastest of many counts."""
    with opened(tmp_path) as store:
        store.put(KEY, RECORD)
        taken = []
        for i in range(30):
            begun = time.perf_counter()
            store.note(Note(f"{i:064d}", "p", "runs", "leiden", "{}", "ok", worker="here:8"))
            taken.append(time.perf_counter() - begun)
    assert min(taken) < 0.02
