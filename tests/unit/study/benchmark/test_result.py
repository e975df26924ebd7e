"""The result: what is valid, what failed, sentences, and the study directory."""

import json
from dataclasses import replace

import pandas as pd
import pytest

from rashomon.core import UsageError
from rashomon.study.benchmark import write_benchmark
from tests.small_benchmark import small_benchmark


@pytest.fixture(scope="module")
def found():
    """What the small benchmark found."""
    return small_benchmark()


def test_sentences_say_the_size_the_controls_and_the_breaks(found):
    """A study is invalid by name for the scores that their controls do not bracket."""
    said = found.sentences()
    assert said[0] == ("one at a time: 3 settings x 3 seeds = 9 data sets; 4 pipelines on each, 36 runs, none failed.")
    controls = found.tables["controls"]
    asked = controls[controls["status"] != "not applicable"]
    assert f"{(asked['status'] == 'valid').sum()} of {len(asked)} scores" in said[1]
    knobs = [sentence.split()[0] for sentence in said if " breaks " in sentence]
    assert knobs == ["effect_size", "depth"]


def test_a_study_is_valid_only_if_every_control_holds(found):
    """One invalid score is enough, and it is named with what passed its control."""
    controls = found.tables["controls"].assign(status="valid", side="")
    good = replace(found, tables={**found.tables, "controls": controls})
    assert good.valid
    assert good.invalid.empty
    controls = controls.copy()
    controls.loc[0, ["status", "side"]] = ["invalid", "positive"]
    bad = replace(found, tables={**found.tables, "controls": controls})
    assert not bad.valid
    assert any("invalid for ari with type: a pipeline is rated better" in sentence for sentence in bad.sentences())


def test_failed_runs_are_counted(found):
    """They are rows with reasons."""
    runs = found.tables["runs"].copy()
    runs.loc[0, ["status", "reason"]] = ["failed", "it broke"]
    broken = replace(found, tables={**found.tables, "runs": runs})
    assert broken.failed["reason"].tolist() == ["it broke"]
    assert "36 runs, 1 failed" in broken.sentences()[0]


def test_a_benchmark_is_a_study_directory(found, tmp_path):
    """Tables come back as they were; the answers say whether the study is valid; a second write replaces the first."""
    for _ in range(2):
        folder = write_benchmark(found, tmp_path / "study")
    for name, table in found.tables.items():
        pd.testing.assert_frame_equal(pd.read_parquet(folder / "tables" / f"{name}.parquet"), table, check_dtype=False)
    answers = json.loads((folder / "answers.json").read_text())["benchmark"]
    assert answers["valid"] == found.valid
    assert answers["sentences"] == found.sentences()
    assert len(answers["invalid"]) == len(found.invalid)
    assert json.loads((folder / "spec.json").read_text())["world"] == "two"


def test_a_folder_with_other_things_is_refused(found, tmp_path):
    """Nothing of the user is overwritten."""
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match="not a study"):
        write_benchmark(found, tmp_path)
