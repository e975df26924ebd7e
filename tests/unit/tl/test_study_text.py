"""The study file of a call does what the call did."""

import numpy as np
import pytest

from rashomon.study.spec import audit_arguments, parse_spec, read_spec
from rashomon.tl.file import audit_file
from rashomon.tl.study_text import study_text
from rashomon.truth import TruthSpec
from tests import small_study
from tests.planted import adata

PLAIN = {
    "truths": ["cell_type", "gate=annotation:protein"],
    "labels": "leiden",
    "unassigned": ["ungated"],
    "donor_key": "donor",
    "batch_key": "run",
    "condition_key": None,
    "dag": ["donor -> run"],
    "use_rep": None,
    "layer": "counts",
    "labels_only": False,
    "receptors": False,
    "pipeline": {"n_pcs": 30},
    "within": {"cell_type": ["CD4 T", "CD8 T"]},
    "budget": "default",
    "multiverse": {"n_pcs": (30, 50), "resolution": (0.5, 1.0)},
    "clusterers": ["ward", "mine:halves"],
    "steps": ["x=mine:shift"],
    "max_pipelines": 12,
    "n_jobs": 0,
    "rng": 7,
}
"""A call as ``rashomon audit`` makes it, with every option that a file can say."""

DEFAULTS = dict.fromkeys(PLAIN) | {
    "unassigned": [],
    "labels_only": False,
    "receptors": False,
    "budget": "quick",
    "n_jobs": 0,
    "rng": 0,
}


@pytest.mark.parametrize(
    "changed",
    [
        PLAIN,
        {},
        {"sample_key": "s", "n_replicates": 4, "repeat_all": True},
        {"perturbations": ["halves", "seed"], "rng": 3},
    ],
)
def test_a_call_comes_back(tmp_path, changed):
    """The arguments that the file resolves to are those of the call."""
    arguments = {**DEFAULTS, **changed}
    spec, _ = parse_spec(study_text("a/b.h5ad", labels_from="c/d.csv", arguments=arguments).encode())
    found = audit_arguments(spec, tmp_path)
    assert (found["file"], found["labels_from"]) == (tmp_path / "b.h5ad", tmp_path / "d.csv")
    assert found["arguments"] == arguments


def test_flags_come_back(tmp_path):
    """Those of receptors, and of labels alone."""
    for flag in ("receptors", "labels_only"):
        spec, _ = parse_spec(study_text("b.h5ad", arguments={**DEFAULTS, flag: True}).encode())
        assert audit_arguments(spec, tmp_path)["arguments"] == {**DEFAULTS, flag: True}


@pytest.mark.parametrize(
    "unsayable",
    [
        {"clusterers": [len]},
        {"truths": [TruthSpec("cell_type")]},
        {"rng": np.random.default_rng(0)},
        {"budget": "huge"},
        {"multiverse": {"no_such_choice": [1]}},
    ],
)
def test_what_no_file_can_say_is_no_file(unsayable):
    """Functions, objects, and calls that will be refused in their own words."""
    assert study_text("b.h5ad", arguments={**DEFAULTS, **unsayable}) == ""


def test_words_that_yaml_takes_for_something_else_stay_words(tmp_path):
    """Names such as no, 010, 1e3 and those with a colon or a hash come back as text."""
    names = ["no", "010", "1e3", "a: b", "a # b", "~", "'", "- x"]
    arguments = {**DEFAULTS, "labels": "no", "unassigned": names, "within": {"on": names}}
    spec, _ = parse_spec(study_text("b.h5ad", arguments=arguments).encode())
    assert audit_arguments(spec, tmp_path)["arguments"] == arguments


def test_an_audit_of_a_file_holds_its_study_file(tmp_path):
    """Written by -o as well, it can be run: the same answers and tables."""
    adata().obs.to_csv(tmp_path / "labels.csv")
    arguments = {**DEFAULTS, "truths": ["type", "coin"], "labels": "mine", "rng": 2}
    audit_file(tmp_path / "labels.csv", out=tmp_path / "out", arguments={**arguments, "announce": lambda _: None})
    spec, text = read_spec(tmp_path / "out" / "study.yaml")
    assert audit_arguments(spec, tmp_path)["arguments"] == arguments
    (tmp_path / "again.yaml").write_text(text, encoding="utf-8")
    found = small_study.run_quietly(tmp_path / "again.yaml")
    assert small_study.tables(found.folder) == small_study.tables(tmp_path / "out")
    assert (found.folder / "answers.json").read_bytes() == (tmp_path / "out" / "answers.json").read_bytes()
