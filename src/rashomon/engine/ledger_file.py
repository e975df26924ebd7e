"""The SQLite file of a ledger: made whole, opened for writing or reading, searched for damage."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from rashomon.core import StoreError, publish
from rashomon.engine.ledger_table import FORMAT, TABLES, create, insert, row_digest, select

__all__ = ["Scratch", "connect_reader", "connect_writer", "damaged", "flaw", "now", "translated"]

Scratch = tempfile.TemporaryDirectory

_WRITER, _READER = 60.0, 5.0
"""Seconds to wait for the other's lock; both hold theirs for moments."""

_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_DISK = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}
_NO_LOCKS = {sqlite3.SQLITE_PERM, sqlite3.SQLITE_PROTOCOL}


def now() -> str:
    """Return the wall time, ISO 8601 with the offset."""
    return datetime.now(UTC).astimezone().isoformat(timespec="milliseconds")


def connect_writer(path: Path, *, locking: bool) -> sqlite3.Connection:
    """Open the ledger at `path` for the one writer; it is made when absent.

    Parameters
    ----------
    path
        The file.
    locking
        False where the file system has no byte-range locks.
    """
    if not path.exists():
        _make(path)
    with translated(path):
        return _open(path, "mode=rw" if locking else "mode=rw&nolock=1", wait=_WRITER)


def connect_reader(path: Path) -> tuple[sqlite3.Connection, Scratch[str] | None]:
    """Open the ledger at `path` for reading, where needed as a copy in a scratch folder, which is returned too.

    A copy is read when a kill left a commit half done, which cannot be undone without writing, and where the file
    system has no locks.

    Raises
    ------
    StoreError
        When there is no ledger, or it is damaged.
    """
    if not path.exists():
        raise damaged(path, "there is no ledger")
    with translated(path):
        try:
            return _open(path, "mode=ro", wait=_READER), None
        except sqlite3.DatabaseError as error:
            if _code(error) not in _BUSY | _DISK | _NO_LOCKS:
                raise
        scratch = tempfile.TemporaryDirectory(prefix="rashomon-")
        copied = Path(scratch.name) / path.name
        shutil.copyfile(path, copied)
        with suppress(FileNotFoundError):
            shutil.copyfile(f"{path}-journal", f"{copied}-journal")
        return _open(copied, "mode=rw", wait=_READER), scratch


def flaw(connection: sqlite3.Connection) -> str:
    """Return what is wrong with a ledger, in a sentence; empty: nothing.

    The text of its tables, SQLite's own check of pages and indices, the digest of every row, and that no sequence
    number is missing.
    """
    found = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall())
    if {name: found.get(name) for name in TABLES} != {name: create(name) for name in TABLES}:
        return "its tables are not those of a ledger"
    said = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if said != "ok":
        return f"SQLite says: {said}"
    last = dict(connection.execute("SELECT name, seq FROM sqlite_sequence").fetchall())
    for table, columns in TABLES.items():
        rows = connection.execute(select(table)).fetchall()
        if any(row_digest(table, values) != digest for *values, digest in rows):
            return f"a row of the table {table} does not match its digest"
        numbered = next(iter(columns)) == "seq"
        if numbered and len(rows) != last.get(table, 0):
            return f"rows of the table {table} are missing"
    return ""


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn errors of SQLite about the file at `path` into ours.

    Raises
    ------
    StoreError
        With code ``store.busy``, ``store.write`` or ``store.ledger``.
    """
    try:
        yield
    except OSError as error:
        raise _unwritable(path, error.strerror or str(error)) from error
    except sqlite3.Error as error:
        code = _code(error)
        if code in _BUSY:
            raise StoreError(
                "the ledger is busy",
                where=str(path),
                expected="nobody else who writes to it",
                fix="end programs that have the file open, and run the same command again",
                code="store.busy",
            ) from error
        if code in _DISK | _NO_LOCKS:
            raise _unwritable(path, str(error)) from error
        raise damaged(path, f"SQLite says: {error}") from error
    except UnicodeDecodeError as error:
        # SQLite quotes the damaged bytes in its own message
        raise damaged(path, "a text in it is no text") from error


def damaged(path: Path, what: str) -> StoreError:
    """Return the error for a ledger at `path` that cannot be trusted: `what` is wrong with it."""
    return StoreError(
        f"the ledger of this study cannot be used: {what}",
        where=str(path),
        expected="the file that the last run left",
        fix="rashomon doctor DIR --rebuild makes it anew from the records; no result is lost",
        code="store.ledger",
    )


def _unwritable(path: Path, what: str) -> StoreError:
    return StoreError(
        f"cannot write to the ledger: {what}",
        where=str(path),
        expected="a folder with free space that this user may write to",
        fix="free some space and run the same command again; every acknowledged record is kept",
        code="store.write",
    )


def _make(path: Path) -> None:
    with publish(path) as temporary, translated(path):
        connection = sqlite3.connect(temporary, isolation_level=None)
        try:
            connection.execute("BEGIN")
            for table in TABLES:
                connection.execute(create(table))
            for name, value in {"format": FORMAT, "created": now(), "rashomon": version("rashomon")}.items():
                connection.execute(insert("meta"), [name, value, row_digest("meta", [name, value])])
            connection.execute("COMMIT")
        finally:
            connection.close()


def _open(path: Path, options: str, *, wait: float) -> sqlite3.Connection:
    # as a URI, in which ?, # and % in names of folders mean nothing
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?{options}", uri=True, timeout=wait, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
        if options != "mode=ro":
            connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _code(error: sqlite3.Error) -> int:
    # extended codes keep the plain one in their last byte
    return int(getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)) & 0xFF
