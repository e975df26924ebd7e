"""Which clusters came back in draws of the twin, whether a gap lies beside them, and what any method could find."""

import numpy as np
import pandas as pd
import pytest

from rashomon.ask import Finished
from rashomon.ask.power.grid import AXES, ENOUGH_RATE
from rashomon.ask.power.outcome import DETECTABILITY_COLUMNS, draw_table, point_table
from rashomon.engine import Record
from rashomon.multiverse import Unit
from rashomon.sim.detect import recovery
from rashomon.structure.step import unpack_tree
from tests.unit.ask.power.test_grid import NAMES, finished, request_

__all__ = ["finished", "request_"]


def test_clusters_that_are_clear_come_back(finished):
    """Both planted clusters are found at the depth of the data and not at a fiftieth of it; codes are the data's."""
    draws = draw_table(finished)
    assert sorted(draws["cluster"].unique()) == [1, 2]
    assert len(draws) == 2 * 12
    rate = draws[draws["strength"] == 1.0].groupby(["cluster", "n_obs", "depth"])["recovered"].mean()
    assert rate[1, 120, 900.0] == rate[2, 120, 900.0] == 1.0
    assert rate[1, 120, 18.0] == 0.0
    rare = draws[(draws["cluster"] == 1) & (draws["n_obs"] == 120)]
    assert rare["prevalence"].mean() == pytest.approx(0.25, abs=0.1)


def test_a_row_is_what_recovery_says_of_the_best_resolution(finished):
    """Each draw again, resolution by resolution."""
    draws = draw_table(finished)
    row = draws[(draws["cluster"] == 1) & (draws["n_obs"] == 60)].iloc[0]
    best = []
    for each in finished:
        facts = each.unit.facts
        if facts["perturbation"] == "twin" and (facts["n_obs"], facts["replicate"]) == (60, row["replicate"]):
            labels = np.full(60, -2, dtype=np.int32)
            labels[each.record.slots["rows"]] = each.record.slots["labels"]
            best.append(recovery(labels, each.record.slots["planted"] == 1, level=0.975))
    assert row["f1"] == max(each.f1 for each in best)
    assert row["recovered"] == any(each.recovered for each in best)


def test_the_table_of_points_counts_the_draws(finished):
    """A row per cluster and point, rates with intervals, and the smooth surface rises with cells."""
    points = point_table(draw_table(finished), NAMES)
    assert list(points.columns) == list(DETECTABILITY_COLUMNS)
    assert len(points) == 8
    assert (points["n_replicates"] == 3).all()
    assert points["name"].tolist() == ["rare"] * 4 + ["common"] * 4
    assert (points["low"] <= points["rate"]).all()
    assert (points["rate"] <= points["high"]).all()
    assert points["smooth"][0] <= points["smooth"][1]


def test_failures_are_rows_with_the_reason():
    """A fit that fails leaves no draws; draws that cannot be clustered count neither way."""
    fit = Unit((), (), {"perturbation": "fit"})
    assert draw_table([Finished(fit, Record(status="failed", reason="no"), "k")]).empty
    assert draw_table([]).empty
    assert point_table(draw_table([]), NAMES).columns.tolist() == list(DETECTABILITY_COLUMNS)


def test_a_draw_that_cannot_be_clustered_is_failed(finished):
    """Every resolution of it failed: the reason is told, and there is no rate."""
    broken = [
        each if each.unit.facts.get("n_obs") != 60 else each._replace(record=Record(status="failed", reason="why"))
        for each in finished
    ]
    points = point_table(draw_table(broken), NAMES)
    row = points[points["n_obs"] == 60].iloc[0]
    assert (row["status"], row["reason"], row["n_failed"]) == ("failed", "why", 3)
    assert np.isnan(row["rate"])
    assert np.isnan(row["smooth"])


def test_gaps_and_ceilings_are_beside_the_draws_that_were_asked(finished):
    """Of every point one draw; the node is that of question 1; with less depth the oracle finds no more."""
    draws = draw_table(finished)
    asked = draws[draws["replicate"] == 0]
    assert draws["detected"].notna().sum() == draws["ceiling_f1"].notna().sum() == len(asked)
    assert (draws["ceiling_kind"] == "not asked for").sum() == len(draws) - len(asked)
    for each in finished:
        if each.unit.facts["perturbation"] == "node":
            here = asked[np.logical_and.reduce([asked[name] == each.unit.facts[name] for name in AXES])]
            (node,) = unpack_tree(each.record.slots["tree"]).nodes or (None,)
            separated = node is not None and node.verdict == "separated"
            assert here["detected"].tolist() == [float(separated)] * 2
    clear = asked[(asked["n_obs"] == 120) & (asked["depth"] == 900.0) & (asked["strength"] == 1.0)]
    assert clear["ceiling_recovered"].tolist() == [1.0, 1.0]
    poor = asked[asked["depth"] == 18.0]
    assert (poor["ceiling_f1"].to_numpy() <= clear["ceiling_f1"].to_numpy()).all()
    points = point_table(draws, NAMES)
    assert (points["n_tested"] == 1).all()
    assert (points["n_ceilings"] == 1).all()


def test_no_cluster_comes_back_more_often_than_the_ceiling_by_more_than_chance(finished):
    """The oracle knows the parameters: summed over points, draws recover no more than it does, within three errors."""
    points = point_table(draw_table(finished), NAMES)
    error = np.sqrt((points["rate"] * (1 - points["rate"]) / points["n_replicates"]).sum() + 0.25)
    assert points["rate"].sum() <= points["ceiling"].sum() + 3 * error


def test_found_is_what_the_interval_allows():
    """Eight of eight: yes; none of eight: no; six of eight: open."""
    rows = [
        {"cluster": 0, "n_obs": n, "depth": 1.0, "strength": 1.0, "replicate": r, "prevalence": 0.3, "n_clusters": 2,
         "f1": 0.9, "recovered": r < k, "status": "ok", "reason": "", "detected": np.nan, "ceiling_f1": np.nan,
         "ceiling_recovered": np.nan, "ceiling_kind": "not asked for"}
        for n, k in ((100, 0), (200, 6), (400, 8)) for r in range(8)
    ]  # fmt: skip
    points = point_table(pd.DataFrame(rows), NAMES)
    assert points["found"].tolist() == ["no", "open", "yes"]
    assert points["rate"].iloc[1] < ENOUGH_RATE
    assert points["ceiling_kind"].tolist() == ["not asked for"] * 3
