import math

import numpy as np
import pandas as pd
import pytest

from rashomon.ask import Finished, Judged, Request
from rashomon.ask.power.grid import Grid, Point, grid_of, grid_units, typical_depth
from rashomon.dataset import Dataset, Expression
from rashomon.multiverse import Executor, Wishes, expression_multiverse, slots_of
from rashomon.sim import World

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
    """Four points of three draws each, of which one is tested and asked for its ceiling."""
    points = (Point(60), Point(120), Point(120, 0.02), Point(120, 1.0, 0.5))
    grid = Grid(points, 3, 900.0, n_tested=1, n_ceilings=1)
    units = grid_units(request_, grid, request_.multiverse.default, request_.multiverse)
    executor = Executor({**slots_of(request_.dataset), "types": request_.judged.codes}, 5)
    return list(map(Finished, units, executor.run(units, task="t"), executor.keys(units)))


def test_budgets_bound_the_draws():
    """64 of at most 2,000 cells by default; the data lie in the middle, or the grid ends at what is affordable."""
    small, large = grid_of(700, 10.0, budget="default"), grid_of(50_000, 10.0, budget="default")
    assert grid_of(700, 10.0, budget="quick") is None
    assert small.n_draws == large.n_draws == 64
    assert Point(700) in small.points
    assert {point.strength for point in small.points} == {0.5, 1.0, 2.0}
    assert max(point.n_obs for point in large.points) == 2000
    full = grid_of(3000, 10.0, budget="full")
    assert len(full.points) == 25
    assert full.n_replicates == 30
    assert max(point.n_obs for point in full.points) == 8000
    # 50 components need more cells than that
    assert min(point.n_obs for point in grid_of(90, 10.0, budget="default").points) == 60


def test_the_typical_depth_is_the_geometric_mean():
    """Empty cells take no part; without any there is none."""
    assert typical_depth(np.array([1.0, 100.0, 0.0])) == pytest.approx(10.0)
    assert math.isnan(typical_depth(np.zeros(2)))


def test_the_fit_is_shared_and_runs_once(finished):
    """One unit of the fit, one per point, draw and resolution, a test and a ceiling per point, on one first step."""
    assert len(finished) == 1 + 4 * 3 * 2 + 4 * 2
    first = finished[0].unit.path[0]
    assert all(each.unit.path[0].params == first.params for each in finished)
    assert {each.record.status for each in finished} == {"ok"}
