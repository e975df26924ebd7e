"""Runs of a benchmark computed again: the same labels from the study file alone, or what stands against it."""

import numpy as np
import pandas as pd
import pytest

from rashomon.engine import DirectoryStore
from rashomon.engine.record import read_record, write_record
from rashomon.study.directory import ARTEFACTS, STUDY_FILE
from rashomon.study.seal import verify
from rashomon.study.seal.rerun_benchmark import rerun_benchmark
from tests.small_study import BENCHMARK, copied, finished


def rewritten(folder, old, new):
    """The study file with other words."""
    (folder / STUDY_FILE).write_text(BENCHMARK.replace(old, new), encoding="utf-8")
    return folder


def test_worlds_and_labels_come_out_the_same(rng):
    """Every run gives the same labels without the store, under the same keys; a larger sample than there are is all."""
    found = next(check for check in verify(finished(), rerun=9, rng=rng).checks if check.name == "runs")
    assert (found.status, found.problems) == ("ok", ())
    assert found.said == "4 of 4 runs computed again give the same labels, bit for bit"
    assert "their keys are equal" in found.remarks[0]


def test_forged_labels_are_found(tmp_path, rng):
    """A record with other labels and a right digest of its own is found by computing it; a missing one, too."""
    folder = copied(tmp_path)
    keys = pd.read_parquet(folder / "tables" / "runs.parquet")["key"]
    store = DirectoryStore(folder / ARTEFACTS)
    record = read_record(store.file(keys[0]))
    labels = np.roll(record.slots["labels"], 1)
    write_record(type(record)({**record.slots, "labels": labels}), store.file(keys[0]))
    store.file(keys[1]).unlink()
    found = rerun_benchmark(folder, n_runs=4, rng=rng)
    assert (found.status, found.said) == ("failed", "2 of 4 runs computed again give other labels")
    assert found.problems[0].endswith("the labels differ")
    assert found.problems[1].endswith("its record is missing or damaged")
    assert found.problems[2].startswith("nothing that can change a number differs")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("engine:", "clusterers: [mine:cluster]\nengine:", "functions of the user made them"),
        ("world: ideal", "world: mine.yaml", "their world stands in mine.yaml, which the study does not hold"),
    ],
)
def test_what_cannot_be_computed_from_the_study_is_said(tmp_path, rng, old, new, said):
    """Nothing of the user is executed, and nothing outside the study is sought."""
    found = rerun_benchmark(rewritten(copied(tmp_path), old, new), n_runs=1, rng=rng)
    assert found.status == "not done"
    assert found.said.startswith(said)


def test_another_study_file_is_found(tmp_path, rng):
    """Other runs than those of the table, a file that cannot be read, and none at all."""
    folder = rewritten(copied(tmp_path), "resolution: [0.5, 1.0]", "resolution: [0.5]")
    found = rerun_benchmark(folder, n_runs=1, rng=rng)
    assert found.problems == ("the study file asks for 2 runs, and the table holds 4",)
    (folder / STUDY_FILE).write_text("rashomon: [", encoding="utf-8")
    assert rerun_benchmark(folder, n_runs=1, rng=rng).status == "failed"
    (folder / STUDY_FILE).unlink()
    assert rerun_benchmark(folder, n_runs=1, rng=rng).status == "not done"
