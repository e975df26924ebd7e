"""The long table of scores: every run against every truth, views named, undefined values with a reason."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from rashomon.ask import Request
from rashomon.dataset import Roles
from rashomon.engine import Record
from rashomon.multiverse import Choice, Executor, Multiverse, Option, Unit
from rashomon.score import check_score_table, score
from rashomon.score.step import TABLE_STEPS, VIEW_STEPS
from rashomon.study.scores import REFERENCE, all_scores, reference_scores
from tests.planted import (
    N_OBS,
    dataset,
    donor_role,
    groups,
    judged,
    noise,
    planted_audit,
    shuffled_audit,
    toy_parts,
)


def test_the_table_is_a_score_table():
    """It has the form that every score table has."""
    check_score_table(planted_audit().scores)


def test_every_run_meets_every_truth():
    """The judged labels and all pipelines, six scores each, against the truth and the donor."""
    found = planted_audit()
    against = found.scores[found.scores["truth"] != ""]
    assert len(against) == (len(found.multiverse) + 1) * 6 * 2
    assert not against.duplicated(["run", "truth", "score"]).any()


def test_values_are_those_of_the_scores():
    """A row holds what the score gives for the labels of its run."""
    found = planted_audit()
    run = str(found.partitions.runs["run"].iloc[17])
    row = found.scores.query("run == @run and truth == 'type' and score == 'ari'").iloc[0]
    assert row["value"] == pytest.approx(score("ari", found.partitions.column(run), groups()).value)


def test_scores_on_views_name_their_view():
    """A run's own view has a name of its own; the common view is one for all, and holds the judged labels too."""
    table = planted_audit().scores
    on_view = table[table["truth"] == ""]
    own, common = on_view[on_view["view"] != REFERENCE], on_view[on_view["view"] == REFERENCE]
    assert set(own["score"]) == set(VIEW_STEPS)
    assert own["view"].nunique() == 10
    # batches are not declared, and no graph is kept with the common view
    steps = {name for name, step in TABLE_STEPS.items() if not {"batch", "graph"} & set(step.reads)}
    assert set(common["score"]) == steps
    runs = set(planted_audit().partitions.runs.query("perturbation == 'none' and not seed > 0")["run"]) | {"mine"}
    assert set(common["run"]) == runs
    assert len(common) == len(runs) * len(steps)


def test_groups_score_better_than_chance_on_the_common_view():
    """On one view, the planted labels lie above the same labels on other cells."""

    def silhouette(found):
        rows = found.scores.query("run == 'mine' and view == @REFERENCE and score == 'silhouette'")
        return rows["value"].item()

    assert silhouette(planted_audit()) > 0.1 > silhouette(shuffled_audit())


def test_undefined_values_have_a_reason():
    """NaN comes with a status and a reason, a number with neither."""
    table = planted_audit().scores
    undefined = table["value"].isna()
    assert (table.loc[undefined, "status"] == "undefined").all()
    assert (table.loc[undefined, "reason"] != "").all()
    assert (table.loc[~undefined, "status"] == "ok").all()
    assert np.isfinite(table.loc[~undefined, "value"]).all()


def reference(n_dims=3):
    """A common view, as the questions leave it: rows, coordinates and neighbours."""
    view = np.random.default_rng(0).normal(size=(N_OBS, n_dims)).astype(np.float32) + 3 * groups()[:, None]
    nearest = np.argsort(cdist(view, view), axis=1)[:, :6].astype(np.int32)
    return Record({"rows": np.arange(N_OBS), "view": view, "knn_indices": nearest})


def test_batches_are_scored_where_they_are_declared():
    """With a batch column BRAS joins the scores on the common view; the value is that of the score."""
    request = Request(dataset(roles=Roles(batch=donor_role())), judged(), 0)
    common = reference()
    units, records = reference_scores(request, common, Executor({}, 0))
    assert {unit.facts["score"] for unit in units} == set(TABLE_STEPS) - {"modularity"}
    table = all_scores(request, list(zip(units, records, strict=True))).query("view == @REFERENCE")
    expected = score("bras", groups(), donor_role().codes, view=common.slots["view"])
    assert table.query("score == 'bras'")["value"].item() == pytest.approx(expected.value)
    assert (table["run"] == "mine").all()


def test_all_runs_are_scored_in_one_step_each():
    """Each unit holds one entry per run, in order: as many units as scores, however many runs there are."""
    request = Request(dataset(), judged(), 0, parts=toy_parts(lambda pipeline: noise(groups(), 0.3, seed=1)))
    units, records = reference_scores(request, reference(), Executor({}, 0))
    assert len(units) == len(TABLE_STEPS) - 2
    runs = units[0].facts["runs"]
    assert len(runs) == len(set(runs)) == len(request.parts.runs.query("seed == 0")) + 1
    assert all(np.size(record.slots[slot]) == len(runs) for record in records for slot in ("value", "low", "reason"))


def test_intervals_and_failures_reach_the_table():
    """Ends of an interval stand beside their value; a failed step leaves a row with its reason for every run."""
    request = Request(dataset(), judged(), 0)
    facts = {"runs": ("mine",), "score": "silhouette", "view": REFERENCE}
    unit = Unit((), (), facts)
    slots = {"value": np.array([0.5]), "low": np.array([0.4]), "high": np.array([0.6]), "reason": np.array([""])}
    row = all_scores(request, [(unit, Record(slots))]).query("view == @REFERENCE").iloc[0]
    assert (row["value"], row["low"], row["high"], row["status"]) == (0.5, 0.4, 0.6, "ok")
    row = all_scores(request, [(unit, Record(status="failed", reason="no memory"))]).query("view == @REFERENCE").iloc[0]
    assert (row["status"], row["reason"]) == ("undefined", "no memory")


def test_clusterers_without_a_seed_are_scored():
    """Where no clusterer draws at random there is no column of seeds: every pipeline is scored, beside the labels."""
    multiverse = Multiverse((Choice("clusterer", (Option("component", ""), Option("linkage", ""))),))
    parts = toy_parts(lambda _: groups(), multiverse=multiverse)
    assert "seed" not in parts.runs
    request = Request(dataset(roles=Roles()), judged(), 0, multiverse, parts)
    view = np.random.default_rng(0).normal(size=(N_OBS, 3)) + groups()[:, None]
    reference = Record({"rows": np.arange(N_OBS), "view": view})
    units, records = reference_scores(request, reference, Executor({"view": view}, 0))
    assert {record.status for record in records} == {"ok"}
    assert {unit.facts["runs"] for unit in units} == {("mine", *parts.runs["run"])}
