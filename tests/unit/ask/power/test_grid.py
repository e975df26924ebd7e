import math

import numpy as np
import pandas as pd
import pytest

from rashomon.ask import Finished, Judged, Request
from rashomon.ask.power.grid import (
    DETECTABILITY_COLUMNS,
    Grid,
    draw_table,
    grid_of,
    grid_units,
    point_table,
    typical_depth,
)
from rashomon.dataset import Dataset, Expression
from rashomon.engine import Record
from rashomon.multiverse import Executor, Unit, Wishes, expression_multiverse, slots_of
from rashomon.sim import World
from rashomon.sim.detect import recovery

NAMES = ("none", "rare", "common")


@pytest.fixture(scope="module")
def request_():
    """Clear groups of 30 and 90 cells whose codes are 1 and 2; three cells of a cluster of its own."""
    knobs = {"n_groups": 2, "n_genes": 150, "n_markers": 20, "effect_size": 4.0, "depth": 900.0, "rare_share": 0.25}
    drawn = World("two", knobs).sample(120, rng=3)
    codes = np.where(drawn.obs["type"] == "type_2", 1, 2).astype(np.int32)
    codes[:3] = 0
    names = np.array([f"g{j}" for j in range(150)], dtype=object)
    obs = pd.DataFrame(index=[f"c{i}" for i in range(120)])
    data = Dataset(obs, Expression(drawn.counts.astype(np.float32).tocsr(), names, "counts"))
    multiverse = expression_multiverse(data, wishes=Wishes({"resolution": [1.0, 0.3]}))
    return Request(data, Judged("mine", codes, NAMES, own=True), 5, multiverse, budget="default")


@pytest.fixture(scope="module")
def finished(request_):
    """Two points of three draws each."""
    grid = Grid(((60, 1.0), (120, 1.0), (120, 0.02)), 3, 900.0)
    units = grid_units(request_, grid, request_.multiverse.default, request_.multiverse)
    executor = Executor({**slots_of(request_.dataset), "types": request_.judged.codes}, 5)
    return list(map(Finished, units, executor.run(units, task="t"), executor.keys(units)))


def test_budgets_bound_the_draws():
    """48 of at most 2,000 cells by default; the data lie in the middle, or the grid ends at what is affordable."""
    small, large = grid_of(700, 10.0, budget="default"), grid_of(50_000, 10.0, budget="default")
    assert grid_of(700, 10.0, budget="quick") is None
    assert small.n_draws == large.n_draws == 48
    assert (700, 1.0) in small.points
    assert max(n for n, _ in large.points) == 2000
    full = grid_of(3000, 10.0, budget="full")
    assert len(full.points) == 15
    assert full.n_replicates == 30
    assert max(n for n, _ in full.points) == 8000
    # 50 components need more cells than that
    assert min(n for n, _ in grid_of(90, 10.0, budget="default").points) == 60


def test_the_typical_depth_is_the_geometric_mean():
    """Empty cells take no part; without any there is none."""
    assert typical_depth(np.array([1.0, 100.0, 0.0])) == pytest.approx(10.0)
    assert math.isnan(typical_depth(np.zeros(2)))


def test_the_fit_is_shared_and_runs_once(finished):
    """One unit of the fit, and one per point, draw and resolution, all on the same first step."""
    assert len(finished) == 1 + 3 * 3 * 2
    first = finished[0].unit.path[0]
    assert all(each.unit.path[0].params == first.params for each in finished)
    assert {each.record.status for each in finished} == {"ok"}


def test_clusters_that_are_clear_come_back(finished):
    """Both planted clusters are found at the depth of the data and not at a fiftieth of it; codes are the data's."""
    draws = draw_table(finished)
    assert sorted(draws["cluster"].unique()) == [1, 2]
    assert len(draws) == 2 * 9
    rate = draws.groupby(["cluster", "n_obs", "depth"])["recovered"].mean()
    assert rate[1, 120, 900.0] == rate[2, 120, 900.0] == 1.0
    assert rate[1, 120, 18.0] == 0.0
    rare = draws[(draws["cluster"] == 1) & (draws["n_obs"] == 120)]
    assert rare["prevalence"].mean() == pytest.approx(0.25, abs=0.1)


def test_a_row_is_what_recovery_says_of_the_best_resolution(finished):
    """Each draw again, resolution by resolution."""
    draws = draw_table(finished)
    row = draws[(draws["cluster"] == 1) & (draws["n_obs"] == 60)].iloc[0]
    best = []
    for each in finished[1:]:
        facts = each.unit.facts
        if (facts["n_obs"], facts["replicate"]) == (60, row["replicate"]):
            labels = np.full(60, -2, dtype=np.int32)
            labels[each.record.slots["rows"]] = each.record.slots["labels"]
            best.append(recovery(labels, each.record.slots["planted"] == 1, level=0.975))
    assert row["f1"] == max(each.f1 for each in best)
    assert row["recovered"] == any(each.recovered for each in best)


def test_the_table_of_points_counts_the_draws(finished):
    """A row per cluster and point, rates with intervals, and the smooth surface rises with cells."""
    points = point_table(draw_table(finished), NAMES)
    assert list(points.columns) == list(DETECTABILITY_COLUMNS)
    assert len(points) == 6
    assert (points["n_replicates"] == 3).all()
    assert points["name"].tolist() == ["rare"] * 3 + ["common"] * 3
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
