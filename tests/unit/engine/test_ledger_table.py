"""The tables of the ledger say what they hold, and every row can be checked."""

import sqlite3

from rashomon.engine.ledger_table import TABLES, create, insert, row_digest, select
from rashomon.engine.note import Note


def test_every_column_has_a_meaning():
    """No column is without words, and no words end with a full stop."""
    meanings = [column.meaning for columns in TABLES.values() for column in columns.values()]
    assert all(meaning and not meaning.endswith(".") for meaning in meanings)


def test_records_and_attempts_hold_every_field_of_a_note():
    """What the engine notes is a column of both tables, in the same order."""
    fields = [name for name in Note.__dataclass_fields__ if name != "key"]
    for table in ("record", "attempt"):
        assert [name for name in TABLES[table] if name in fields] == fields


def test_sql_makes_writes_and_reads_every_table():
    """SQLite accepts the statements, and gives back what was written, in the order of the first key."""
    connection = sqlite3.connect(":memory:")
    for table, columns in TABLES.items():
        connection.execute(create(table))
        for value in (2, 1):
            row = [value if column.kind.startswith("INTEGER") else str(value) for column in columns.values()]
            connection.execute(insert(table), [*row, row_digest(table, row)])
        found = connection.execute(select(table)).fetchall()
        assert [str(row[0]) for row in found] == ["1", "2"]
        assert len(found[0]) == len(columns) + 1
    connection.close()


def test_the_digest_covers_table_values_and_their_types():
    """Another table, value, type or order is another digest; bytes are no text."""
    digests = [
        row_digest(*row)
        for row in [
            ("a", ["x", 1]),
            ("b", ["x", 1]),
            ("a", ["x", 1.5]),
            ("a", ["x", "1"]),
            ("a", [1, "x"]),
            ("a", [b"x", 1]),
        ]
    ]
    assert len(set(digests)) == 6
