"""What a column means is written once, beside the code that makes it."""

from rashomon.engine.ledger_table import TABLES
from rashomon.study.column_meaning import LEDGER_TABLES, NO_MEANING, column_meanings
from rashomon.truth.relation import RELATION_COLUMNS


def test_the_tables_of_the_ledger_are_described_in_full():
    """Every column of the ledger has its meaning."""
    for name, table in LEDGER_TABLES.items():
        assert column_meanings(name, TABLES[table]) == {
            column: found.meaning for column, found in TABLES[table].items()
        }


def test_a_mapping_describes_the_table_that_has_its_columns():
    """A table with the columns of a mapping gets its meanings, and others are listed as not described."""
    found = column_meanings("relations", [*RELATION_COLUMNS, "colour of the sky"])
    assert found == {**RELATION_COLUMNS, "colour of the sky": NO_MEANING}


def test_a_name_with_several_meanings_is_not_guessed():
    """A column that tables use differently, in a table that none describes, has no meaning."""
    assert column_meanings("new", ["cluster", "reason"]) == {"cluster": NO_MEANING, "reason": NO_MEANING}
