"""The file of a ledger: whole from the start, opened with the promised settings, refused when damaged."""

import os
import sqlite3

import pytest

from rashomon.core import StoreError
from rashomon.engine.ledger_file import connect_reader, connect_writer, flaw, translated


@pytest.fixture
def path(tmp_path):
    """A name with characters that mean something in a URI."""
    folder = tmp_path / "50% of? runs#1"
    folder.mkdir()
    return folder / "ledger.sqlite"


def pragma(connection, name):
    return connection.execute(f"PRAGMA {name}").fetchone()[0]


@pytest.mark.parametrize("locking", [True, False])
def test_the_writer_flushes_every_commit_and_never_uses_wal(path, locking):
    """Rollback journal and full synchronisation, also where there are no locks; only one file stays (F14)."""
    connection = connect_writer(path, locking=locking)
    assert (pragma(connection, "journal_mode"), pragma(connection, "synchronous")) == ("delete", 2)
    connection.execute("CREATE TABLE more (x)")
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    connection.close()


def test_a_new_ledger_has_no_flaw(path):
    """What was just made passes the check."""
    connection = connect_writer(path, locking=True)
    assert flaw(connection) == ""
    connection.execute("DROP TABLE event")
    assert flaw(connection) == "its tables are not those of a ledger"
    connection.close()


def test_a_ledger_in_wal_mode_is_brought_back(path):
    """A ledger that some tool switched to WAL, which fails on network file systems, is switched back."""
    connect_writer(path, locking=True).close()
    other = sqlite3.connect(path)
    assert pragma(other, "journal_mode = WAL") == "wal"
    other.close()
    connection = connect_writer(path, locking=True)
    assert pragma(connection, "journal_mode") == "delete"
    connection.close()


def test_a_reader_needs_no_scratch_copy_of_a_healthy_ledger(path):
    """A healthy ledger is read where it is."""
    connect_writer(path, locking=True).close()
    connection, scratch = connect_reader(path)
    assert scratch is None
    connection.close()


@pytest.mark.parametrize("content", [b"", b"not sqlite", b"SQLite format 3\0" + b"\0" * 84])
@pytest.mark.parametrize("how", ["read", "write"])
def test_f11_what_is_no_ledger_is_refused(path, content, how):
    """F11: an overwritten or emptied file is refused with the code and the fix, and stays as it is."""
    path.write_bytes(content)
    with pytest.raises(StoreError, match="cannot be used") as caught, translated(path):
        connection = connect_reader(path)[0] if how == "read" else connect_writer(path, locking=True)
        try:
            connection.execute("SELECT * FROM meta")
        finally:
            connection.close()
    assert caught.value.code == "store.ledger"
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (sqlite3.SQLITE_BUSY, "store.busy"),
        (sqlite3.SQLITE_FULL, "store.write"),
        (sqlite3.SQLITE_IOERR | 12 << 8, "store.write"),
        (sqlite3.SQLITE_CORRUPT, "store.ledger"),
        (sqlite3.SQLITE_NOTADB, "store.ledger"),
    ],
)
def test_errors_of_sqlite_are_told_in_our_grammar(path, number, code):
    """Busy, disk and damage have a code each, with the file as the place."""
    error = sqlite3.OperationalError("said")
    error.sqlite_errorcode = number
    with pytest.raises(StoreError) as caught, translated(path):
        raise error
    assert (caught.value.code, caught.value.where) == (code, str(path))


def test_errors_of_the_system_are_told_too(path):
    """A full disk has a code, and the sentence of the system."""
    with pytest.raises(StoreError, match="No space left") as caught, translated(path):
        raise OSError(28, os.strerror(28))
    assert caught.value.code == "store.write"
