"""The tables of a ledger: their columns, what these mean, and the digest that every row carries."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

__all__ = ["FORMAT", "TABLES", "Column", "create", "insert", "row_digest", "select"]

FORMAT = "1"
"""Version of the tables; a ledger of another one is refused."""


class Column(NamedTuple):
    """Type of a column in SQL, and what it holds."""

    kind: str
    meaning: str


_TEXT, _COUNT = "TEXT NOT NULL", "INTEGER NOT NULL"
_SEQUENCE = "INTEGER PRIMARY KEY AUTOINCREMENT"

_TRIED = {
    "parent": Column(_TEXT, "key of the node above it in the plan; empty: not known"),
    "task": Column(_TEXT, "part of the study that asked for it"),
    "step": Column(_TEXT, "name of its last step; empty: not known"),
    "params": Column(_TEXT, "parameters of that step, as JSON"),
    "status": Column(_TEXT, "ok or failed"),
    "reason": Column(_TEXT, "why it failed, in one line"),
    "trace": Column(_TEXT, "why it failed, the whole traceback"),
    "seconds": Column("REAL", "time of its own step, by a monotonic clock; empty: not known"),
    "attempt": Column(_COUNT, "how often it was tried; 0: found as a file, computed in another session or elsewhere"),
    "worker": Column(_TEXT, "host:process that computed it; empty: not known"),
    "session": Column(_COUNT, "session in which it was acknowledged"),
    "bytes": Column(_COUNT, "size of its file; 0: none"),
    "sha256": Column(_TEXT, "digest of its file; empty: none"),
}

TABLES: Mapping[str, Mapping[str, Column]] = {
    "meta": {
        "name": Column("TEXT PRIMARY KEY NOT NULL", "name of a fact about the ledger"),
        "value": Column(_TEXT, "the fact"),
    },
    "session": {
        "seq": Column(_SEQUENCE, "number of the session, in the order in which they began"),
        "started": Column(_TEXT, "wall time; never used for order"),
        "host": Column(_TEXT, "machine of the coordinator"),
        "pid": Column(_COUNT, "its process"),
        "versions": Column(_TEXT, "versions that can change a number, as JSON"),
        "spec_digest": Column(_TEXT, "sha256 of the resolved spec"),
        "command": Column(_TEXT, "what was run"),
        "ended": Column(_TEXT, "wall time; empty: still running, or killed"),
        "outcome": Column(_TEXT, "how it ended; empty: still running, or killed"),
        "n_reused": Column(_COUNT, "records that were found and not computed again"),
    },
    "task": {
        "name": Column("TEXT PRIMARY KEY NOT NULL", "part of the study"),
        "session": Column(_COUNT, "last session in which it began"),
        "total": Column(_COUNT, "its records"),
        "found": Column(_COUNT, "records that were there when it began"),
    },
    "record": {
        "key": Column("TEXT PRIMARY KEY NOT NULL", "name of the record: a digest of all that can change its values"),
        "seq": Column(_COUNT, "its last line in the table of attempts; order of acknowledgement"),
        **_TRIED,
    },
    "attempt": {
        "seq": Column(_SEQUENCE, "number of the line"),
        "key": Column(_TEXT, "the record"),
        **_TRIED,
        "noted": Column(_TEXT, "wall time; never used for order"),
    },
    "event": {
        "seq": Column(_SEQUENCE, "number of the event"),
        "session": Column(_COUNT, "session in which it happened; 0: between sessions"),
        "noted": Column(_TEXT, "wall time; never used for order"),
        "kind": Column(_TEXT, "what sort: damaged, missing, swept, takeover, rebuilt"),
        "key": Column(_TEXT, "record concerned; empty: none"),
        "text": Column(_TEXT, "what happened, in a sentence"),
    },
}
"""Columns by table, in their order; every table ends with the column ``digest``."""


def create(table: str) -> str:
    """Return the SQL that makes a table; a ledger whose own text differs is damaged.

    Examples
    --------
    >>> create("meta")
    'CREATE TABLE meta (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL, digest TEXT NOT NULL)'
    """
    columns = [f"{name} {column.kind}" for name, column in TABLES[table].items()]
    return f"CREATE TABLE {table} ({', '.join(columns)}, digest {_TEXT})"


def select(table: str, *, where: str = "") -> str:
    """Return the SQL that reads the columns of a table and the digest of each row, in the order of its first key.

    Examples
    --------
    >>> select("meta")
    'SELECT name, value, digest FROM meta ORDER BY name'
    """
    order = "seq" if "seq" in TABLES[table] else next(iter(TABLES[table]))
    return f"SELECT {', '.join(TABLES[table])}, digest FROM {table}{where} ORDER BY {order}"  # noqa: S608 - our own names


def insert(table: str) -> str:
    """Return the SQL that writes a row of a table in the place of one with the same key.

    Examples
    --------
    >>> insert("meta")
    'INSERT OR REPLACE INTO meta VALUES (?, ?, ?)'
    """
    return f"INSERT OR REPLACE INTO {table} VALUES ({', '.join('?' * (len(TABLES[table]) + 1))})"  # noqa: S608 - as above


def row_digest(table: str, values: Sequence[Any]) -> str:
    """Return the sha256 (hex) of the name of a table and the values of one row without its digest.

    Examples
    --------
    >>> row_digest("meta", ["format", "1"]) == row_digest("meta", ["format", "2"])
    False
    """
    # a value whose type a changed byte turned into another is written down as such, and differs
    return hashlib.sha256(json.dumps([table, *values], default=repr).encode()).hexdigest()
