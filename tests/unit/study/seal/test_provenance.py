"""The table of provenance: a row for every run and record, from which it can be computed again."""

import json

import pandas as pd
import pytest

from rashomon.core import digest_file
from rashomon.study.seal.machine import describe_machine
from rashomon.study.seal.provenance import PROVENANCE_COLUMNS, provenance_rows, write_provenance
from tests.sealed_study import KEYS, N_RUNS, SPEC, partitions, study_in

MACHINE = {
    "versions": {"numpy": "2.0"},
    "python": "CPython 3.11",
    "cpu": "6502",
    "platform": "",
    "blas": ["a 1", "b 2"],
}


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """A study with its table of provenance."""
    folder = study_in(tmp_path_factory.mktemp("provenance"))
    write_provenance(folder)
    return folder


@pytest.fixture(scope="module")
def table(study):
    """The table as it stands in the study."""
    return pd.read_parquet(study / "tables" / "provenance.parquet")


def test_every_run_and_record_has_a_row(table):
    """Runs in their order, failed ones too; then what the ledger knows beside them. Keys are unique."""
    assert table.columns.tolist() == list(PROVENANCE_COLUMNS)
    assert table["key"].tolist() == list(KEYS)
    assert table["run"].tolist() == [*partitions().runs["run"], ""]
    assert table["status"].tolist() == [*partitions().runs["status"], "ok"]


def test_rows_say_what_is_needed(table, study):
    """Data, spec, seed, resolved settings, versions, processor and threads; of each run those of its own."""
    now = describe_machine()
    assert set(table["data_digest"]) == {SPEC["data_digest"]}
    assert set(table["spec_digest"]) == {digest_file(study / "spec.json")}
    assert set(table["seed"]) == {"0"}
    assert [json.loads(text) for text in table["params"][:3]] == [
        {"n_pcs": 20, "resolution": 1.0},
        {"n_pcs": 30, "resolution": 1.0},
        {"n_pcs": 20},
    ]
    assert json.loads(table["params"].iloc[N_RUNS]) == {"k": 1}
    assert json.loads(table["versions"].iloc[0]) == now["versions"]
    assert set(table["cpu"]) == {now["cpu"]}
    assert set(table["threads"]) == {1}
    assert set(table["seconds"]) == {0.5}
    assert set(table["attempt"]) == {1}


def test_other_tables_find_their_row(table):
    """Each run of the study joins exactly one row, by run and by key."""
    runs = partitions().runs
    for name in ("run", "key"):
        joined = runs.merge(table, on=name, validate="one_to_one", how="left")
        assert joined["data_digest"].notna().all()


def test_both_forms_agree(table, study):
    """CSV and parquet hold the same."""
    text = pd.read_csv(study / "tables" / "provenance.csv", keep_default_na=False, dtype=str)
    assert text["key"].tolist() == table["key"].tolist()
    assert text["params"].tolist() == table["params"].tolist()


def test_the_environment_is_that_of_the_session():
    """A record of another session has the environment of that one; unknown parts of other versions are empty."""
    runs = partitions().runs
    sessions = [
        {"seq": 1, "versions": json.dumps({"versions": {"numpy": "1.0"}, "cpu": "Z80", "blas": []})},
        {"seq": 2, "versions": json.dumps({"numpy": "2.0"})},
        {"seq": 3, "versions": json.dumps({"numpy": "1.5"})},
    ]
    records = [{"key": key, "session": 1 + place % 3} for place, key in enumerate(KEYS[:3])]
    found = provenance_rows(runs, records=records, sessions=sessions, spec={}, machine=MACHINE)
    assert found["cpu"].tolist()[:3] == ["Z80", "6502", ""]
    assert [json.loads(text)["numpy"] for text in found["versions"][:3]] == ["1.0", "2.0", "1.5"]
    assert found["blas"].tolist()[:2] == ["", "a 1; b 2"]


def test_without_a_ledger_the_rest_is_there():
    """Runs from Python have no times and attempts, and say so by being empty; the types stay."""
    found = provenance_rows(partitions().runs, records=[], sessions=[], spec=SPEC, machine=MACHINE)
    empty = provenance_rows(pd.DataFrame(), records=[], sessions=[], spec=SPEC, machine=MACHINE)
    assert found["seconds"].isna().all()
    assert found["attempt"].isna().all()
    assert set(found["seed"]) == {"0"}
    assert (found.dtypes == empty.dtypes).all()
    assert len(empty) == 0
