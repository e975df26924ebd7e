from pathlib import Path

import pytest
from typer.testing import CliRunner

from rashomon import cli, tl
from rashomon.core.thread import n_cores
from rashomon.study.spec import audit_arguments, parse_spec

LINE = (
    "--labels leiden --truth cell_type --truth gate=annotation:protein --unassigned ungated --donor subject"
    " --batch lane --condition disease --arrow 'donor -> batch' --use-rep X_scVI --layer counts --pipeline n_pcs=30"
    " --pipeline scale=none --within 'type=CD4 T' --within type=NK --within cluster=3 --budget default"
    " --vary n_pcs=30,50 --vary resolution=0.5 --clusterer ward --step my:f --max-pipelines 12 --jobs 1 --seed 7"
    " --labels-from more.csv"
)
SPEC = """
rashomon: 1
title: the same as the line
data:
  file: a.h5ad
  layer: counts
  use_rep: X_scVI
  within: {type: [CD4 T, NK], cluster: 3}
  labels_from: more.csv
labels: leiden
unassigned: [ungated]
truths: [cell_type, "gate=annotation:protein"]
roles: {donor: subject, batch: lane, condition: disease}
dag: ["donor -> batch"]
pipeline: {n_pcs: 30, scale: none}
multiverse: {n_pcs: [30, 50], resolution: 0.5}
clusterers: [ward]
steps: ["my:f"]
max_pipelines: 12
budget: default
engine: {name: processes, n_jobs: 1}
seed: 7
"""


class _CalledError(Exception):
    pass


@pytest.fixture
def called(monkeypatch):
    """Run the command line up to the call that it makes, and return that call."""

    def run(line, folder):
        found = {}

        def audit_file(file, **arguments):
            found.update(arguments, file=file)
            raise _CalledError

        monkeypatch.setattr(tl, "audit_file", audit_file)
        monkeypatch.setattr(cli, "_find_own_modules", lambda *named: None)
        import shlex

        words = [str(folder / word) if word == "more.csv" else word for word in shlex.split(line)]
        done = CliRunner().invoke(cli.app, ["audit", str(folder / "a.h5ad"), "-o", str(folder / "out"), *words])
        assert isinstance(done.exception, _CalledError), done.output
        assert found.pop("out") == folder / "out"
        return found

    return run


def arguments(text, folder):
    return audit_arguments(parse_spec(text.encode())[0], folder)


def test_a_study_makes_the_call_of_the_command_line(called, tmp_path):
    """Each option of `rashomon audit` has its key; both pass the same arguments on."""
    assert arguments(SPEC, tmp_path) == called(LINE, tmp_path)


def test_the_least_study_makes_the_least_call(called, tmp_path):
    """Defaults are the same."""
    assert arguments("rashomon: 1\ndata: {file: a.h5ad}\n", tmp_path) == called("", tmp_path)


def test_flags_are_passed_on(called, tmp_path):
    """Labels only, and receptors."""
    data = "rashomon: 1\ndata: {file: a.h5ad, %s: true}\n"
    assert arguments(data % "labels_only", tmp_path) == called("--labels-only", tmp_path)
    assert arguments(data % "receptors", tmp_path) == called("--receptors", tmp_path)


def test_what_only_a_study_can_say_is_added():
    """Repeats, samples, some questions and scores, and an engine beyond its workers."""
    text = """
rashomon: 1
data: {file: sub/a.h5ad}
roles: {sample: s}
perturbations: [halves, seed, seed]
n_replicates: 5
repeat_all: true
questions: [truths, stability]
scores: [ari, ari]
engine: {time_limit: 60, memory: 2 GiB}
"""
    found = arguments(text, Path("folder"))
    assert found["file"] == Path("folder/sub/a.h5ad")
    more = {"sample_key": "s", "n_replicates": 5, "questions": ["truths", "stability"], "scores": ["ari"]}
    more |= {"perturbations": ["halves", "seed"], "repeat_all": True}
    assert more.items() <= found["arguments"].items()
    assert found["arguments"]["engine"] == {"name": "processes", "time_limit": 60, "memory": "2 GiB"}


def test_workers_are_as_many_as_cores_at_most():
    """A serial engine is one process; what is listed twice is passed once."""
    text = "rashomon: 1\ndata: {file: a}\nengine: {name: %s, n_jobs: %d}\nmultiverse: {n_pcs: [30, 30]}\n"
    assert arguments(text % ("processes", 10_000), ".")["arguments"]["n_jobs"] == n_cores()
    found = arguments(text % ("serial", 0), ".")["arguments"]
    assert (found["n_jobs"], found["multiverse"]) == (1, {"n_pcs": (30,)})
