"""The study directory: ours or new, whole files, the same tables in two forms, JSON that any program reads."""

import json

import numpy as np
import pandas as pd
import pytest

from rashomon.core import UsageError
from rashomon.partitions import read_partitions
from rashomon.study import ARTEFACTS, audit, check_directory, write_directory
from tests.planted import dataset, judged, options, planted_audit, shuffled_audit


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The planted audit on disk."""
    return write_directory(planted_audit(), tmp_path_factory.mktemp("study") / "new" / "deep")


def test_new_and_empty_folders_are_accepted(tmp_path):
    """What does not exist is not made by the check; an empty folder will do."""
    assert check_directory(tmp_path / "new") == tmp_path / "new"
    assert not (tmp_path / "new").exists()
    assert check_directory(str(tmp_path)) == tmp_path


@pytest.mark.parametrize("name", ["spec.json", ARTEFACTS])
def test_our_own_folder_is_accepted(tmp_path, name):
    """An earlier audit, finished or interrupted, may be continued."""
    (tmp_path / name).mkdir() if name == ARTEFACTS else (tmp_path / name).write_text("{}")
    (tmp_path / "notes.txt").write_text("mine")
    assert check_directory(tmp_path) == tmp_path


def test_what_was_killed_at_once_is_ours(tmp_path):
    """A lock and an unfinished file are all that a study leaves in its first moments; with other things it is not."""
    (tmp_path / "lock").write_text("{}")
    (tmp_path / ".ledger.1-00000000.tmp.sqlite").touch()
    assert check_directory(tmp_path) == tmp_path
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(UsageError, match="not a study of ours"):
        check_directory(tmp_path)


def test_other_folders_and_files_are_refused(tmp_path):
    """A folder with other things, or a file: refused with a fix, nothing written."""
    (tmp_path / "thesis.tex").write_text("mine")
    for path in (tmp_path, tmp_path / "thesis.tex"):
        with pytest.raises(UsageError, match="is not empty and not a study of ours") as caught:
            check_directory(path)
        assert caught.value.code == "store.folder"
        assert "-o" in caught.value.fix
    with pytest.raises(UsageError, match="not a study of ours"):
        write_directory(planted_audit(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_everything_is_there_and_nothing_half(folder):
    """Spec, answers, partitions, and each table as parquet and CSV; no temporary file is left."""
    tables = {*planted_audit().tables, "cells"}
    names = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    expected = {f"tables/{name}.{form}" for name in tables for form in ("parquet", "csv")}
    assert names == expected | {"spec.json", "answers.json", "partitions.parquet"}


@pytest.mark.parametrize("name", ["clusters", "truths", "curve", "scores", "cells"])
def test_both_forms_of_a_table_agree(folder, name):
    """Parquet and CSV hold the same rows and columns, and the numbers of the audit."""
    binary = pd.read_parquet(folder / "tables" / f"{name}.parquet")
    text = pd.read_csv(folder / "tables" / f"{name}.csv", keep_default_na=False, na_values=[""])
    assert list(binary) == list(text)
    assert len(binary) == len(text)
    numbers = binary.select_dtypes("number").columns
    for column in numbers:
        np.testing.assert_allclose(text[column].to_numpy(dtype=float), binary[column].to_numpy(dtype=float))
    if name != "cells":
        original = planted_audit().tables[name]
        for column in original.select_dtypes("number").columns:
            np.testing.assert_array_equal(binary[column], original[column])


def test_partitions_come_back(folder):
    """Labels and runs are read back as they were."""
    again, before = read_partitions(folder / "partitions.parquet"), planted_audit().partitions
    assert np.array_equal(again.labels, before.labels)
    assert again.runs["run"].tolist() == before.runs["run"].tolist()


def test_answers_are_json(folder):
    """Every answer with its text, number, interval and assumptions; undefined numbers are null."""
    stored = json.loads((folder / "answers.json").read_text(encoding="utf-8"))
    assert set(stored) == {"answers", "environment"}
    for name, said in planted_audit().answers.items():
        found = stored["answers"][name]
        assert found["verdict"] == said.verdict
        assert found["estimate"] == (None if said.estimate is None else pytest.approx(said.estimate, nan_ok=True))
        assert (found["interval"] or {}).get("over") == (said.interval.over if said.interval else None)
        assert len(found["assumptions"]) == len(said.assumptions)
    assert json.loads((folder / "spec.json").read_text(encoding="utf-8")) == dict(planted_audit().spec)


def test_writing_twice_gives_the_same_bytes(folder, tmp_path):
    """Another write of the same audit has the same text files."""
    again = write_directory(planted_audit(), tmp_path / "again")
    for path in [*folder.glob("*.json"), *(folder / "tables").glob("*.csv")]:
        assert (again / path.relative_to(folder)).read_bytes() == path.read_bytes()


def test_an_audit_without_numbers_is_written(tmp_path):
    """Answers without an estimate, tables without rows: null and empty, never NaN in JSON."""
    for found in (shuffled_audit(), audit(dataset(expression=False), judged(), options=options())):
        where = write_directory(found, tmp_path)
        text = (where / "answers.json").read_text(encoding="utf-8")
        assert "NaN" not in text
        assert json.loads(text)["answers"]["stability"]["estimate"] is None


def test_a_study_may_begin_beside_empty_folders(tmp_path):
    """Workflow managers make the folders of what will be written; a file in one of them is somebody's."""
    (tmp_path / "units").mkdir()
    assert check_directory(tmp_path) == tmp_path
    (tmp_path / "units" / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="not a study of ours"):
        check_directory(tmp_path)
