"""Runs computed again: bit for bit the same from the same data, and every way in which they are not."""

import json
import shutil

import anndata as ad
import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.partitions import Partitions, read_partitions, write_partitions
from rashomon.study.seal import difference
from rashomon.study.seal.origin import Origin
from rashomon.study.seal.replan import replan
from rashomon.study.seal.reread import options_of, reread
from rashomon.study.seal.rerun import rerun_runs
from rashomon.study.seal.seal import seal
from rashomon.study.seal.statement import resolved_spec
from rashomon.study.seal.verify import verify
from tests.sealed_study import PLANTED, copied, planted_in, study_in

pytestmark = pytest.mark.slow

FILE = f"{PLANTED}.h5ad"


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """The planted audit, sealed, with its data beside it."""
    study = planted_in(tmp_path_factory.mktemp("planted"))
    seal(study, origin=Origin(inputs=[study.parent / FILE]))
    return study


@pytest.fixture
def study(original, tmp_path):
    """A copy that a test may damage."""
    return copied(original, tmp_path / "copy")


def test_every_run_of_an_audit_is_planned_again(original):
    """From spec and data follow the runs of the study, under the same keys: multiverse and repeats."""
    spec, parts = resolved_spec(original), read_partitions(original / "partitions.parquet")
    planned = replan(*reread(original.parent / FILE, spec), parts, options=options_of(spec))
    runs = parts.runs
    assert set(runs["run"]) <= set(planned.units)
    keys = planned.executor.keys([planned.units[name] for name in runs["run"]])
    assert keys == runs["key"].tolist()
    assert {"none", "halves", "seed"} <= set(runs["perturbation"])


def test_runs_come_out_the_same(original, rng):
    """A random sample gives the same labels without the store, and the keys say that nothing differed."""
    found = next(check for check in verify(original, rerun=4, rng=rng).checks if check.name == "runs")
    assert (found.status, found.problems) == ("ok", ())
    assert found.said == "4 of 4 runs computed again give the same labels, bit for bit"
    assert "their keys are equal" in found.remarks[0]


def test_a_label_that_was_changed_is_found(study, rng):
    """Labels forged together with every digest, in all runs, are found by computing them."""
    path = study / "partitions.parquet"
    parts = read_partitions(path)
    labels = parts.labels.copy()
    seen = labels[0] >= 0
    labels[0, seen] = (labels[0, seen] + 1) % 3
    write_partitions(Partitions(labels, parts.obs_names, parts.runs, parts.unit), path)
    seal(study, origin=Origin(inputs=[study.parent / FILE]))
    found = verify(study, rerun=3, rng=rng)
    assert [check.status for check in found.checks] == ["ok", "ok", "not done", "not done", "ok", "failed"]
    said = found.checks[-1].problems
    assert all("labels differ" in line for line in said[:-1])
    assert said[-1].startswith("nothing that can change a number differs")


def test_another_machine_is_named(study, rng, monkeypatch):
    """Where labels differ, what differs between the environments is said."""
    now = difference.describe_machine()
    monkeypatch.setattr(difference, "describe_machine", lambda: {**now, "cpu": "6502"})
    parts = read_partitions(study / "partitions.parquet")
    labels = np.where(parts.labels >= 0, parts.labels + 1, parts.labels).astype(np.int32)
    write_partitions(Partitions(labels, parts.obs_names, parts.runs, parts.unit), study / "partitions.parquet")
    found = rerun_runs(study, n_runs=1, data=None, rng=rng)
    assert found.status == "failed"
    assert "is 6502" in found.problems[-1]


def test_another_data_file_is_refused_before_it_is_read(study, rng):
    """The digest of the file is compared first; without a seal, the names of its rows and its keys are."""
    adata = ad.read_h5ad(study.parent / FILE)
    adata.X.data[0] += 1
    adata.write_h5ad(study.parent / FILE)
    found = rerun_runs(study, n_runs=1, data=None, rng=rng)
    assert (found.status, found.said) == ("failed", "the data file is another one")
    assert FILE in found.problems[0]
    (study / "statement.json").unlink()
    found = rerun_runs(study, n_runs=1, data=None, rng=rng)
    assert "keys differ" in " ".join(found.remarks)
    adata[::-1].copy().write_h5ad(study.parent / FILE)
    assert rerun_runs(study, n_runs=1, data=None, rng=rng).said == "the data file has other rows than the study"


def test_data_elsewhere_can_be_named(study, rng, tmp_path):
    """The file may lie anywhere; where it is not found, the error says how to name it."""
    shutil.move(study.parent / FILE, tmp_path / "elsewhere.h5ad")
    with pytest.raises(UsageError, match="is not there"):
        verify(study, rerun=1, rng=rng)
    assert verify(study, rerun=1, rng=rng, data=tmp_path / "elsewhere.h5ad").ok


def test_what_cannot_be_run_is_not_done(tmp_path, rng):
    """Functions of the author, a study without runs, damaged labels: said, and only damage is a failure."""
    study = study_in(tmp_path)
    spec = resolved_spec(study)
    (study / "spec.json").write_text(json.dumps({**spec, "clusterers": [["mine", "m:f", "1"]]}))
    assert rerun_runs(study, n_runs=1, data=None, rng=rng).status == "not done"
    (study / "spec.json").write_text(json.dumps(spec))
    path = study / "partitions.parquet"
    path.write_bytes(path.read_bytes()[:-9])
    assert rerun_runs(study, n_runs=1, data=None, rng=rng).status == "failed"
    path.unlink()
    assert rerun_runs(study, n_runs=1, data=None, rng=rng).said == "the study holds no runs"
