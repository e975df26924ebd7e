"""The ledger keeps what was acknowledged, in order, and tells when a byte of it changed."""

import math
import sqlite3
import subprocess
import sys
import threading
from dataclasses import asdict

import pytest

from rashomon.core import StoreError, UsageError
from rashomon.engine.ledger import LEDGER, Known, Ledger, Session
from rashomon.engine.note import Note

HERE = Session("here", 7, '{"numpy": "2"}', "spec", "run")
NOTE = Note("k1", "p", "runs", "leiden", '{"resolution": 1.0}', "ok", seconds=1.5, worker="here:8")


@pytest.fixture
def path(tmp_path):
    """Where a ledger goes."""
    return tmp_path / LEDGER


@pytest.fixture
def ledger(path):
    """A new ledger."""
    with Ledger(path) as found:
        yield found


def test_what_was_acknowledged_comes_back(ledger, path):
    """A row holds every field of the note, and the file's size and digest; a reader sees it at once."""
    session = ledger.begin(HERE)
    ledger.add(NOTE, session=session, size=12, sha256="abc")
    with Ledger(path, readonly=True) as reader:
        (row,) = reader.rows("record")
        assert {name: row[name] for name in asdict(NOTE)} == asdict(NOTE)
        assert (row["seq"], row["session"], row["bytes"], row["sha256"]) == (1, 1, 12, "abc")
        assert reader.known() == {"k1": Known("ok", "abc", "leiden")}


def test_every_attempt_is_kept_and_the_record_is_the_last_one(ledger):
    """A record that failed and then succeeded has two attempts and one row, the second."""
    session = ledger.begin(HERE)
    failed = Note("k1", "p", "runs", "leiden", "{}", "failed", "no", "Traceback", attempt=1)
    for note in (failed, Note("k2", "p", "runs", "leiden", "{}", "ok"), NOTE):
        ledger.add(note, session=session)
    assert [(row["key"], row["status"]) for row in ledger.rows("attempt")] == [
        ("k1", "failed"),
        ("k2", "ok"),
        ("k1", "ok"),
    ]
    assert [(row["seq"], row["key"]) for row in ledger.rows("record")] == [(2, "k2"), (3, "k1")]
    assert ledger.counts() == {"ok": 2}
    assert ledger.tally(session=session, task="runs") == (2, 1, 1.5)


def test_f20_order_is_by_sequence_number_whatever_the_clock_says(ledger, monkeypatch):
    """F20: rows come in the order in which they were written, also when the clock is set back between them."""
    times = iter(["2026-01-02T00:00:00+00:00", "1999-01-01T00:00:00+00:00", "2026-01-01T00:00:00+02:00"])
    monkeypatch.setattr("rashomon.engine.ledger.now", lambda: next(times))
    for text in "abc":
        ledger.tell("note", text)
    assert [row["text"] for row in ledger.rows("event")] == ["a", "b", "c"]
    assert [row["text"] for row in ledger.rows("event", last=2)] == ["b", "c"]


def test_a_session_says_when_and_how_it_ended(ledger):
    """A session that has not ended has no outcome; one that has keeps what it began with."""
    first, second = ledger.begin(HERE), ledger.begin(HERE)
    ledger.end(first, outcome="finished", n_reused=3)
    rows = ledger.rows("session")
    assert [row["outcome"] for row in rows] == ["finished", ""]
    assert (first, second, rows[0]["n_reused"], rows[0]["pid"], rows[0]["spec_digest"]) == (1, 2, 3, 7, "spec")
    ledger.check()


def test_odd_values_are_kept_or_written_down_as_absent(ledger):
    """Text that cannot be encoded, whole, negative zero and undefined seconds pass the check; NaN is absent."""
    session = ledger.begin(HERE)
    for key, seconds in {"a": 2, "b": -0.0, "c": math.nan, "d": math.inf}.items():
        ledger.add(
            Note(key, "", "t", "s", "{}", "failed", "lone \udcff, nul \0, 'quote'", seconds=seconds), session=session
        )
    ledger.check()
    assert [row["seconds"] for row in ledger.rows("record")] == [2.0, 0.0, None, math.inf]
    assert ledger.rows("record")[0]["reason"] == "lone \\udcff, nul \0, 'quote'"


def test_all_or_none_of_many(ledger):
    """When one of many records cannot be written down, none is."""
    session = ledger.begin(HERE)

    def some():
        yield NOTE, 1, "a"
        raise KeyError

    with pytest.raises(KeyError):
        ledger.add_all(some(), session=session)
    assert ledger.rows("record") == []
    ledger.add(NOTE, session=session)
    assert len(ledger.rows("record")) == 1


def test_threads_take_turns(ledger):
    """Notes of several threads are all there, numbered without gaps."""
    session = ledger.begin(HERE)

    def write(name):
        for i in range(10):
            ledger.add(Note(f"{name}{i}", "", "t", "s", "{}", "ok"), session=session)

    threads = [threading.Thread(target=write, args=[name]) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [row["seq"] for row in ledger.rows("attempt")] == list(range(1, 31))
    ledger.check()


def test_equal_content_has_an_equal_dump(ledger, path):
    """The dump does not depend on the layout of the file."""
    session = ledger.begin(HERE)
    for i in range(20):
        ledger.add(Note(f"k{i}", "", "t", "s", "{}", "failed", "no", "x" * 500), session=session)
    before = list(ledger.dump())
    with sqlite3.connect(path, isolation_level=None) as connection:
        connection.execute("VACUUM")
    connection.close()
    assert list(ledger.dump()) == before
    assert len(before) == 3 + 1 + 20 + 20


def test_a_reader_does_not_write(ledger, path):
    """A reader cannot add; a missing ledger is not made by reading."""
    with Ledger(path, readonly=True) as reader, pytest.raises(StoreError, match="cannot write to the ledger") as caught:
        reader.tell("note", "x")
    assert caught.value.code == "store.write"
    with pytest.raises(StoreError, match="there is no ledger"):
        Ledger(path.with_name("none.sqlite"), readonly=True)
    assert not path.with_name("none.sqlite").exists()


def test_unknown_tables_are_refused(ledger):
    """The nearest table is named."""
    with pytest.raises(UsageError, match="no table 'records'") as caught:
        ledger.rows("records")
    assert "did you mean 'record'?" in caught.value.fix


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE record SET seconds = 9.0", "row of the table record does not match"),
        ("UPDATE attempt SET reason = 'fine'", "row of the table attempt does not match"),
        ("UPDATE meta SET value = 'x' WHERE name = 'created'", "row of the table meta does not match"),
        ("DELETE FROM attempt WHERE seq = 2", "rows of the table attempt are missing"),
        ("ALTER TABLE event RENAME COLUMN kind TO sort", "tables are not those of a ledger"),
    ],
)
def test_f11_changed_rows_are_found(ledger, path, change, said):
    """F11: values changed past us, rows taken out, or other tables: the check says which."""
    session = ledger.begin(HERE)
    for key in ("a", "b"):
        ledger.add(Note(key, "", "t", "s", "{}", "ok"), session=session)
    ledger.check()
    with sqlite3.connect(path) as connection:
        connection.execute(change)
    connection.close()
    with pytest.raises(StoreError, match=said) as caught:
        ledger.check()
    assert caught.value.code == "store.ledger"
    assert "rebuild" in caught.value.fix


def test_another_format_is_refused_with_both_versions(ledger, path):
    """A ledger of a newer version says which format it has and which one we read."""
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE meta SET value = '2' WHERE name = 'format'")
    connection.close()
    with pytest.raises(StoreError, match="its format is 2, this version reads 1"):
        Ledger(path)


KILL = """
import os, sqlite3, sys
from rashomon.engine.ledger import Ledger, Session
from rashomon.engine.note import Note
ledger = Ledger(sys.argv[1])
session = ledger.begin(Session("h", 1, "{}", "", "run"))
ledger.add(Note("a", "", "t", "s", "{}", "ok"), session=session)
ledger._connection.execute("PRAGMA cache_size = 1")
ledger._connection.execute("BEGIN IMMEDIATE")
for i in range(200):
    ledger._replace("event", [i + 1, session, "now", "kind", "", "x" * 2000])
os._exit(9)
"""


def test_f11_an_older_journal_is_rolled_back_or_read_around(path):
    """F11: a commit that a kill left half done exists neither for a reader nor for the next writer."""
    subprocess.run([sys.executable, "-c", KILL, str(path)], check=False)
    journal = path.with_name(f"{LEDGER}-journal")
    assert journal.stat().st_size > 0
    with Ledger(path, readonly=True) as reader:
        reader.check()
        assert (len(reader.rows("record")), reader.rows("event")) == (1, [])
    assert journal.exists()
    with Ledger(path) as ledger:
        ledger.check()
        assert (len(ledger.rows("record")), ledger.rows("event")) == (1, [])
    assert not journal.exists()
