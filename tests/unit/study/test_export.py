"""A study leaves as plain tables that others read, each column explained."""

import json

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from rashomon.core import StoreError, UsageError
from rashomon.engine.ledger import LEDGER
from rashomon.engine.ledger_store import LedgerStore
from rashomon.engine.note import Note
from rashomon.partitions import Partitions, write_partitions
from rashomon.study.column_meaning import NO_MEANING
from rashomon.study.export import DICTIONARY, export
from rashomon.truth.relation import RELATION_COLUMNS

HOSTILE = ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\tx", "\rx", "-1.5", "+3e2", "plain", "a=b", None]
LABELS = np.array([[0, 1], [0, -1], [1, -2]], dtype=np.int32)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """A study with a table, labels of two runs, and two records."""
    folder = tmp_path_factory.mktemp("export") / "study"
    with LedgerStore.open(folder, command="run", spec_digest="spec") as store:
        store.note(Note("k1", "p", "runs", "leiden", json.dumps({"resolution": 1.0}), "ok", seconds=1.5))
        store.note(Note("k2", "p", "runs", "leiden", "{}", "failed", "=BAD()", "Traceback", worker="h:1"))
    (folder / "tables").mkdir()
    number = np.linspace(-1, 1, len(HOSTILE))
    number[0] = np.nan
    pd.DataFrame({"text": HOSTILE, "number": number}).to_parquet(folder / "tables" / "odd.parquet")
    empty = pd.DataFrame({name: pd.Series([], dtype=float) for name in RELATION_COLUMNS})
    empty.to_parquet(folder / "tables" / "relations.parquet")
    runs = pd.DataFrame({"run": ["a", "b"], "status": ["ok", "ok"]})
    write_partitions(
        Partitions(LABELS, np.array(["c1", "c2", "c3"], object), runs, "cell"), folder / "partitions.parquet"
    )
    return folder


ALL = ["odd", "relations", "labels", "records", "attempts", "sessions", "tasks", "events"]


def test_parquet_is_exact(study, tmp_path):
    """Tables leave as they are, labels as one row per item and run, and the rows of the ledger."""
    assert export(study, tmp_path / "out") == ALL
    odd = pd.read_parquet(tmp_path / "out" / "odd.parquet")
    pd.testing.assert_frame_equal(odd, pd.read_parquet(study / "tables" / "odd.parquet"))
    labels = pd.read_parquet(tmp_path / "out" / "labels.parquet")
    assert labels.pivot_table(index="obs_name", columns="run", values="label").to_numpy().tolist() == LABELS.tolist()
    records = pd.read_parquet(tmp_path / "out" / "records.parquet")
    assert records[["seq", "key", "status", "reason", "seconds"]].to_numpy().tolist() == [
        [1, "k1", "ok", "", 1.5],
        [2, "k2", "failed", "=BAD()", 0.0],
    ]
    assert pq.read_table(tmp_path / "out" / "records.parquet", page_checksum_verification=True).num_rows == 2


def test_csv_starts_no_formula_and_keeps_numbers(study, tmp_path):
    """A text that a spreadsheet would run gets an apostrophe; numbers, also as text, and everything else stay."""
    export(study, tmp_path / "out", form="csv")
    odd = pd.read_csv(tmp_path / "out" / "odd.csv", keep_default_na=False, dtype=str)
    expected = ["'=1+1", "'+cmd", "'-2+3", "'@SUM(A1)", "'\tx", "'\rx", "-1.5", "+3e2", "plain", "a=b", ""]
    assert odd["text"].tolist() == expected
    assert odd["number"].tolist()[:2] == ["", "-0.8"]
    records = pd.read_csv(tmp_path / "out" / "records.csv", keep_default_na=False)
    assert records["reason"].tolist() == ["", "'=BAD()"]
    assert len(pd.read_csv(tmp_path / "out" / "labels.csv")) == LABELS.size
    assert not (tmp_path / "out" / "odd.parquet").exists()


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_the_dictionary_names_every_column_of_every_table(study, tmp_path, form):
    """One line per column, with type and meaning; a column that nobody describes is listed as such."""
    export(study, tmp_path, form=form)
    read = pd.read_parquet if form == "parquet" else pd.read_csv
    said = pd.read_csv(tmp_path / DICTIONARY)
    for table, rows in said.groupby("table", sort=False):
        assert rows["column"].tolist() == read(tmp_path / f"{table}.{form}").columns.tolist()
    meaning = said.set_index(["table", "column"])["meaning"]
    assert meaning["relations"].to_dict() == RELATION_COLUMNS
    assert meaning["odd"].tolist() == [NO_MEANING] * 2
    assert not (meaning.drop("odd", level="table") == NO_MEANING).any()
    assert said.set_index(["table", "column"])["type"]["records", "seconds"] == "double"


def test_duckdb_reads_the_tables(study, tmp_path):
    """SQL over the exported files gives the rows of the ledger and the labels."""
    duckdb = pytest.importorskip("duckdb")
    export(study, tmp_path)
    export(study, tmp_path / "csv", form="csv")
    peak = "SELECT run, max(label) FROM read_parquet(?) GROUP BY run ORDER BY run"
    assert duckdb.execute(peak, [str(tmp_path / "labels.parquet")]).fetchall() == [("a", 1), ("b", 1)]
    count = "SELECT status, count(*) FROM read_csv(?) GROUP BY status ORDER BY status"
    assert duckdb.execute(count, [str(tmp_path / "csv" / "records.csv")]).fetchall() == [("failed", 1), ("ok", 1)]


def test_a_study_without_tables_and_bad_calls_are_refused(study, tmp_path):
    """Nothing to export, an unknown form, and a folder inside the study are errors that name the place."""
    with pytest.raises(StoreError, match="no tables to export"):
        export(tmp_path, tmp_path.parent / "elsewhere")
    with pytest.raises(UsageError, match="unknown form 'xls'"):
        export(study, tmp_path, form="xls")
    with pytest.raises(UsageError, match="would lie in the study itself"):
        export(study, study / "export")
    assert not (study / "export").exists()


def test_damaged_tables_are_not_exported(study, tmp_path):
    """A changed byte in a table of the study stops the export with its name."""
    (tmp_path / "study" / "tables").mkdir(parents=True)
    content = bytearray((study / "tables" / "odd.parquet").read_bytes())
    content[-20] ^= 255
    (tmp_path / "study" / "tables" / "odd.parquet").write_bytes(content[:-30])
    with pytest.raises(StoreError, match=r"cannot read odd\.parquet") as caught:
        export(tmp_path / "study", tmp_path / "out")
    assert caught.value.code == "store.damaged"
    assert not (tmp_path / "out" / DICTIONARY).exists()


def test_a_study_needs_no_ledger_to_be_exported(study, tmp_path):
    """Tables of an audit that was written before there were ledgers are exported alone."""
    (tmp_path / "study" / "tables").mkdir(parents=True)
    (tmp_path / "study" / "tables" / "odd.parquet").write_bytes((study / "tables" / "odd.parquet").read_bytes())
    assert not (tmp_path / "study" / LEDGER).exists()
    assert export(tmp_path / "study", tmp_path / "out") == ["odd"]
