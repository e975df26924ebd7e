"""The result: what is valid, what failed, sentences, and the study directory."""

import json
from dataclasses import replace

import numpy as np
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
    knobs = [sentence.split()[0] for sentence in said if " breaks none of " in sentence]
    assert knobs == ["effect_size", "depth"]


def with_rows(found, rows, *, invalid=()):
    """Return the benchmark with break points (score, knob, status, level) in place of its own."""
    columns = ["score", "knob", "status", "level"]
    table = pd.DataFrame(rows, columns=columns).assign(truth="type", view="", judged_by="type", steps=1.0, order=np.nan)
    table["word"] = np.where(table["status"] == "breaks", "ranks otherwise", "")
    table.loc[table["status"] == "breaks", "order"] = 1.0
    controls = found.tables["controls"]
    controls = controls.assign(
        status=["invalid" if score in invalid else "valid" for score in controls["score"]],
        side=["positive" if score in invalid else "" for score in controls["score"]],
    )
    return replace(found, tables={**found.tables, "break_points": table, "controls": controls}).sentences()


def test_what_cannot_be_told_is_not_said_to_hold(found):
    """A knob of which nothing is known breaks none of nothing: the number of seeds is said instead."""
    said = with_rows(found, [(score, "depth", "cannot tell", "") for score in ("ari", "ami")])
    assert "depth: cannot tell with 3 seeds whether it breaks any of 2 scores." in said
    assert not any("breaks none" in sentence for sentence in said)
    said = with_rows(found, [("ari", "depth", "cannot tell", ""), ("ami", "depth", "holds", "")])
    assert "depth breaks none of 1 score; of 1 more cannot tell with 3 seeds." in said
    said = with_rows(found, [("ari", "depth", "breaks", "300.0"), ("ami", "depth", "cannot tell", "")])
    assert "depth breaks at 300.0 ari (ranks otherwise); of 1 more cannot tell with 3 seeds." in said
    said = with_rows(found, [("ari", "depth", "holds", ""), ("ami", "depth", "ends", "300.0")])
    assert "depth breaks none of 2 scores; from 300.0 on nothing is attainable." in said
    said = with_rows(found, [("ari", "depth", "broken at the fixed point", "")])
    assert "depth: every score is broken before it is turned." in said


def test_invalid_scores_are_left_out_and_counted(found):
    """What a score says that its controls do not bracket is no finding about a knob."""
    rows = [("ari", "depth", "breaks", "300.0"), ("ami", "depth", "breaks", "300.0")]
    assert "First to break a score, and how many of 2: depth (2)." in with_rows(found, rows)
    said = with_rows(found, rows, invalid=["ami"])
    assert "Left out of what follows, because invalid: 1 score (ami)." in said
    assert "depth breaks at 300.0 ari (ranks otherwise)." in said
    assert "First to break a score, and how many of 1: depth (1)." in said


def test_the_reference_of_the_ranking_is_named(found):
    """AMI, with the oracle's labels where there is an oracle: by it other scores are judged."""
    (said,) = [sentence for sentence in found.sentences() if sentence.startswith("Pipelines are ranked by")]
    assert "agreement (AMI) with the oracle's labels of type. AMI as a score therefore holds nearly by" in said
    ranking = found.tables["ranking"].assign(ceiling=np.nan)
    (said,) = [each for each in replace(found, tables={**found.tables, "ranking": ranking}).sentences()
               if each.startswith("Pipelines are ranked by")]  # fmt: skip
    assert "with type, for which there is no oracle. AMI as a score therefore holds by construction" in said


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
