"""Stores give back what was put, and set damaged files aside."""

from __future__ import annotations

import numpy as np
import pytest

from rashomon.engine import DirectoryStore, MemoryStore, Record
from rashomon.engine.note import Note

KEY = "ab" + "0" * 62


@pytest.fixture(params=["memory", "directory"])
def store(request, tmp_path):
    """Each kind of store."""
    return MemoryStore() if request.param == "memory" else DirectoryStore(tmp_path / "records")


def test_absent_is_none(store):
    """A key that was never put is None."""
    assert store.get(KEY, ["labels"]) is None


def test_put_then_get(store):
    """What was put comes back."""
    store.put(KEY, Record({"labels": np.arange(3)}))
    assert store.get(KEY, ["labels"]).slots["labels"].tolist() == [0, 1, 2]


def test_a_record_without_the_slot_does_not_count(store):
    """A record that lacks a slot is as good as none."""
    store.put(KEY, Record({"labels": np.arange(3)}))
    assert store.get(KEY, ["labels", "view"]) is None


def test_failures_do_not_count(store):
    """A failed record is as good as none."""
    store.put(KEY, Record(status="failed", reason="no"))
    assert store.get(KEY, []) is None


def test_damaged_files_are_set_aside(tmp_path):
    """A damaged record is None, and its file is kept under another name."""
    store = DirectoryStore(tmp_path)
    store.put(KEY, Record({"labels": np.arange(3)}))
    store.file(KEY).write_bytes(b"not parquet")
    assert store.get(KEY, ["labels"]) is None
    assert store.damaged == [f"{KEY}.parquet"]
    assert store.file(KEY).with_suffix(".damaged").exists()


def test_without_a_ledger_nothing_is_missing(store):
    """Stores without a ledger take notes without effect, and ask for none."""
    store.put(KEY, Record({"labels": np.arange(3)}))
    assert store.note(Note(KEY, "", "runs", "leiden", "{}", "ok")) is None
    assert store.known(KEY)
    assert store.known("another")
    assert store.get(KEY, ["labels"]).slots["labels"].tolist() == [0, 1, 2]
