"""The long table of scores: every run against every truth, views named, undefined values with a reason."""

import numpy as np
import pytest

from rashomon.score import check_score_table, score
from rashomon.score.step import COLUMN_STEPS, VIEW_STEPS
from rashomon.study.scores import REFERENCE
from tests.planted import groups, planted_audit, shuffled_audit


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
    assert set(common["score"]) == set(COLUMN_STEPS)
    assert "mine" in set(common["run"])
    assert len(common) == (60 + 1) * len(COLUMN_STEPS)


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
