"""The ledger in a seal: its rows count, the layout of its file does not."""

import sqlite3

from rashomon.core import digest_file
from rashomon.engine.ledger import LEDGER, Ledger
from rashomon.study.seal.ledger_fact import ledger_fact, ledger_problem, ledger_rows, sessions
from tests.sealed_study import study_in


def test_without_a_ledger_there_is_nothing(tmp_path):
    """A study from Python may have none."""
    assert ledger_fact(tmp_path) is None
    assert sessions(tmp_path) == []
    assert ledger_rows(tmp_path, "record") == []


def test_compacting_changes_the_file_and_not_the_rows(tmp_path):
    """VACUUM rewrites the file: a remark, and no problem."""
    study = study_in(tmp_path)
    before = ledger_fact(study)
    with sqlite3.connect(study / LEDGER) as connection:
        connection.execute("PRAGMA page_size = 8192")
        connection.commit()
        connection.execute("VACUUM")
    connection.close()
    assert digest_file(study / LEDGER) != before["sha256"]
    assert ledger_fact(study)["rows_sha256"] == before["rows_sha256"]
    problem, remark = ledger_problem(study, before)
    assert problem == ""
    assert "rows did not" in remark


def test_another_row_is_a_problem(tmp_path):
    """One event more is another ledger; none at all is missing."""
    study = study_in(tmp_path)
    before = ledger_fact(study)
    with Ledger(study / LEDGER) as ledger:
        ledger.tell("swept", "one more")
    assert "has other rows" in ledger_problem(study, before)[0]
    (study / LEDGER).unlink()
    assert ledger_problem(study, before)[0] == f"{LEDGER} is missing"


def test_a_damaged_ledger_is_a_problem(tmp_path):
    """A flipped byte of a value is found through the digest of its row."""
    study = study_in(tmp_path)
    before = ledger_fact(study)
    raw = (study / LEDGER).read_bytes()
    (study / LEDGER).write_bytes(raw.replace(b"rashomon audit", b"rashomon AUDIT"))
    assert ledger_problem(study, before)[0]
    assert [row["outcome"] for row in sessions(study_in(tmp_path / "again"))] == ["finished"]
