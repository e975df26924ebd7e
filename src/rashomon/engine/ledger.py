"""The ledger of a study: sessions, records, every attempt and every event, in one SQLite file with one writer."""

from __future__ import annotations

import json
import math
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import astuple, replace
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from rashomon.core import UsageError, did_you_mean
from rashomon.engine.ledger_file import Scratch, connect_reader, connect_writer, damaged, flaw, now, translated
from rashomon.engine.ledger_table import FORMAT, TABLES, insert, row_digest, select
from rashomon.engine.note import Note

__all__ = ["LEDGER", "Known", "Ledger", "Session"]

LEDGER = "ledger.sqlite"
"""Name of the file in the folder of the study."""


class Known(NamedTuple):
    """What the ledger knows of a record without reading its row: status, digest of its file, name of its step."""

    status: str
    sha256: str
    step: str


class Session(NamedTuple):
    """What is written down when a coordinator starts: where it runs, versions as JSON, the spec, the command."""

    host: str
    pid: int
    versions: str
    spec_digest: str
    command: str


class Ledger:
    """One SQLite file with a rollback journal, in which a transaction counts once it is flushed to disk.

    Order is by sequence number, never by wall time. Every row carries a digest of its values, so a changed byte is
    found even where SQLite cannot see it, see `check`. Only one process may write; see `rashomon.engine.lock`.

    Parameters
    ----------
    path
        The file; made when absent, unless `readonly`.
    readonly
        Only read: also while another process writes, and on media where nothing can be written.
    locking
        False where the file system has no byte-range locks.

    Raises
    ------
    StoreError
        When the file is damaged, or of another format (code ``store.ledger``), cannot be written to
        (``store.write``), or somebody else writes to it for longer than a minute (``store.busy``).

    Examples
    --------
    >>> import tempfile
    >>> with Ledger(Path(tempfile.mkdtemp()) / LEDGER) as ledger:
    ...     session = ledger.begin(Session("here", 7, "{}", "", "run"))
    ...     ledger.add(Note("k", "", "runs", "leiden", "{}", "ok"), session=session)
    ...     [(row["seq"], row["key"]) for row in ledger.rows("record")]
    [(1, 'k')]
    """

    def __init__(self, path: Path | str, *, readonly: bool = False, locking: bool = True) -> None:
        self.path = Path(path)
        self._guard = threading.RLock()
        self._scratch: Scratch[str] | None = None
        if readonly:
            self._connection, self._scratch = connect_reader(self.path)
        else:
            self._connection = connect_writer(self.path, locking=locking)
        try:
            self._check_format()
        except BaseException:
            self.close()
            raise

    def begin(self, session: Session) -> int:
        """Write down that a coordinator starts a `session`; return its number."""
        with self._transaction():
            return self._insert("session", [now(), *session, "", "", 0])

    def end(self, session: int, *, outcome: str, n_reused: int) -> None:
        """Write down the `outcome` of a `session`, and how many records it reused (`n_reused`)."""
        with self._transaction():
            *values, _ = self._connection.execute(select("session", where=" WHERE seq = ?"), [session]).fetchone()
            row = dict(zip(TABLES["session"], values, strict=True))
            self._replace("session", [*(row | {"ended": now(), "outcome": outcome, "n_reused": n_reused}).values()])

    def add(self, note: Note, *, session: int, size: int = 0, sha256: str = "") -> None:
        """Acknowledge a record: when this returns, it survives a kill and a loss of power.

        Parameters
        ----------
        note
            How it came about.
        session
            Number from `begin`.
        size, sha256
            Of its file; 0 and empty when there is none.
        """
        self.add_all([(note, size, sha256)], session=session)

    def add_all(self, notes: Iterable[tuple[Note, int, str]], *, session: int) -> None:
        """Acknowledge many records at once, all or none.

        Parameters
        ----------
        notes
            Note, size and sha256 of the file of each, see `add`.
        session
            Number from `begin`.
        """
        with self._transaction():
            for note, size, sha256 in notes:
                # adding 0.0 makes a float of a whole number, and 0.0 of -0.0, as SQLite does
                key, *fields = astuple(replace(note, seconds=note.seconds + 0.0))
                tried = [*fields, session, size, sha256]
                seq = self._insert("attempt", [key, *tried, now()])
                self._replace("record", [key, seq, *tried])

    def tell(self, kind: str, text: str, *, session: int = 0, key: str = "") -> None:
        """Write down an event of a `kind`: what happened (`text`, a sentence), in which `session`, to which `key`."""
        with self._transaction():
            self._insert("event", [session, now(), kind, key, text])

    def expect(self, task: str, *, session: int, total: int, found: int) -> None:
        """Write down that a `task` has `total` records, of which `found` were there when it began in this `session`."""
        with self._transaction():
            self._replace("task", [task, session, total, found])

    def known(self) -> dict[str, Known]:
        """Return status, digest of the file and step of every record by its key."""
        return {key: Known(*rest) for key, *rest in self._all("SELECT key, status, sha256, step FROM record")}

    def workers(self) -> list[str]:
        """Return the names of all workers that finished a record, in order of their names."""
        return [name for (name,) in self._all("SELECT DISTINCT worker FROM attempt ORDER BY worker")]

    def counts(self) -> dict[str, int]:
        """Return how many records there are by status."""
        return dict(self._all("SELECT status, count(*) FROM record GROUP BY status ORDER BY status"))

    def tally(self, *, session: int, task: str) -> tuple[int, int, float]:
        """Return how many records of a `task` were computed in a `session`, how many of them failed, and seconds."""
        text = """
            SELECT count(DISTINCT key), count(DISTINCT CASE WHEN status = 'failed' THEN key END), total(seconds)
            FROM attempt WHERE session = ? AND task = ? AND attempt > 0
        """
        ((n, failed, seconds),) = self._all(text, session, task)
        return int(n), int(failed), float(seconds)

    def pace(self, *, session: int, last: int = 200) -> list[str]:
        """Return the wall times of the `last` records that were computed in a `session`."""
        text = "SELECT noted FROM attempt WHERE session = ? AND attempt > 0 ORDER BY seq DESC LIMIT ?"
        return [noted for (noted,) in self._all(text, session, last)][::-1]

    def rows(self, table: str, *, last: int | None = None) -> list[dict[str, Any]]:
        """Return the rows of a table by sequence number; records in the order in which they were acknowledged.

        Parameters
        ----------
        table
            One of `rashomon.engine.ledger_table.TABLES`.
        last
            Only so many at the end; all by default.

        Raises
        ------
        UsageError
            When there is no such table.
        """
        if table not in TABLES:
            raise UsageError(f"no table {table!r} in a ledger", where="table", fix=did_you_mean(table, TABLES))
        descending = f"{select(table)} DESC LIMIT ?"
        found = self._all(descending, -1 if last is None else last)
        return [dict(zip(TABLES[table], row, strict=False)) for row in reversed(found)]

    def dump(self) -> Iterator[str]:
        """Yield every row as a line of JSON: the same lines for equal content, however the file is laid out."""
        for table in TABLES:
            for row in self.rows(table):
                yield json.dumps([table, *row.values()])

    def check(self) -> None:
        """Compare every row with its digest, and the file with its own indices.

        Raises
        ------
        StoreError
            When something differs (code ``store.ledger``).
        """
        with self._guard, translated(self.path):
            # one transaction, so that a writer changes nothing meanwhile
            self._connection.execute("BEGIN")
            try:
                wrong = flaw(self._connection)
            finally:
                self._connection.execute("ROLLBACK")
        if wrong:
            raise damaged(self.path, wrong)

    def close(self) -> None:
        """Close the file."""
        with self._guard:
            self._connection.close()
            if self._scratch is not None:
                self._scratch.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _check_format(self) -> None:
        with translated(self.path):
            found = dict(self._connection.execute("SELECT name, value FROM meta").fetchall()).get("format", "unknown")
        if found != FORMAT:
            raise damaged(self.path, f"its format is {found}, this version reads {FORMAT}")

    def _all(self, text: str, *values: object) -> list[Any]:
        with self._guard, translated(self.path):
            return self._connection.execute(text, values).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._guard, translated(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    with suppress(sqlite3.Error):
                        self._connection.execute("ROLLBACK")

    def _insert(self, table: str, values: Sequence[Any]) -> int:
        """Add a row under the next sequence number, which is returned."""
        newest = self._connection.execute(f"{select(table)} DESC LIMIT 1").fetchone()
        seq = int(newest[0]) + 1 if newest else 1
        self._replace(table, [seq, *values])
        return seq

    def _replace(self, table: str, values: Sequence[Any]) -> None:
        plain = [_plain(value) for value in values]
        self._connection.execute(insert(table), [*plain, row_digest(table, plain)])


def _plain(value: Any) -> Any:
    """Return text that can be encoded, and numbers as SQLite gives them back."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, float) and math.isnan(value):
        return None  # SQLite has no NaN
    return value
