"""The long tables: one row per cell, and effects that are means and paired differences."""

import numpy as np
import pytest

from rashomon.study.benchmark.interval import mean_over_seeds
from rashomon.study.benchmark.table import (
    ALL_PIPELINES,
    EFFECT_COLUMNS,
    RUN_COLUMNS,
    SCORE_COLUMNS,
    SWEEP_COLUMNS,
    run_table,
    sweep_table,
)
from tests.small_benchmark import small_benchmark, small_plan


@pytest.fixture(scope="module")
def plan():
    """The plan of the small benchmark."""
    return small_plan()


@pytest.fixture(scope="module")
def found():
    """What the small benchmark found."""
    return small_benchmark()


def test_the_sweep_says_how_to_draw_every_data_set_again(plan):
    """The random seed of a row, given to the world with the knobs of that row, draws its cells."""
    table = sweep_table(plan)
    assert len(table) == 9
    assert list(table.columns) == [*SWEEP_COLUMNS, "effect_size", "depth"]
    row = table[table["point"] == "depth=300.0"].iloc[0]
    assert (row["effect_size"], row["depth"], row["knob"]) == (3.0, 300.0, "depth")
    assert row["random_seed"] == plan.draws[0].sample.seed


def test_the_seed_of_a_pipeline_and_that_of_a_data_set_are_two_columns(plan, found):
    """A choice of the pipelines is called seed, and no choice has the name of another column of the runs."""
    runs = found.tables["runs"]
    assert runs["world_seed"].tolist() == [draw.seed for draw in plan.draws for _ in plan.pipelines]
    assert set(runs["seed"]) == {0}
    assert sorted(set(runs["world_seed"])) == [0, 1, 2]
    assert runs.columns.is_unique
    assert not {choice.name for choice in plan.multiverse.choices} & set(RUN_COLUMNS)
    keys = ["point", "world_seed"]
    joined = runs.merge(found.tables["sweep"][["dataset", *keys]], on=keys, validate="many_to_one")
    assert joined["dataset"].tolist() == [place for place in range(9) for _ in range(4)]


def test_every_run_and_score_is_a_row(plan, found):
    """Settings x seeds x pipelines x columns, with the level beside the setting."""
    table = found.tables["scores"]
    assert list(table.columns) == list(SCORE_COLUMNS)
    n_columns = 4 * 2 + 3 * 2
    assert len(table) == 9 * 4 * n_columns
    assert not table.duplicated(["point", "world_seed", "pipeline", "truth", "score", "view"]).any()
    turned = table[table["point"] == "effect_size=0.0"]
    assert set(zip(turned["knob"], turned["level"], strict=True)) == {("effect_size", "0.0")}
    assert ((table["reason"] == "") == table["value"].notna()).all()


def test_effects_are_means_over_seeds_and_paired_differences(found):
    """They can be computed from the table of scores by hand."""
    scores, effects = found.tables["scores"], found.tables["effects"]
    assert list(effects.columns) == list(EFFECT_COLUMNS)
    pipeline = scores["pipeline"].iloc[0]
    mine = scores[(scores["score"] == "ari") & (scores["truth"] == "type") & (scores["pipeline"] == pipeline)]
    there, here = (mine[mine["point"] == name]["value"].to_numpy() for name in ("fixed point", "effect_size=0.0"))
    same = (effects["score"] == "ari") & (effects["truth"] == "type") & (effects["pipeline"] == pipeline)
    row = effects[same & (effects["level"] == "0.0")].iloc[0]
    assert row["mean"] == pytest.approx(here.mean())
    assert row["difference"] == pytest.approx((here - there).mean())
    assert row["difference_low"] == pytest.approx(float(mean_over_seeds(here - there).low))
    base = effects[same & (effects["knob"] == "effect_size") & (effects["steps"] == 0)].iloc[0]
    assert (base["difference"], base["difference_low"], base["n_pairs"]) == (0.0, 0.0, 3)


def test_the_mean_over_pipelines_is_beside_them(found):
    """Each pipeline counts once."""
    effects = found.tables["effects"]
    chosen = effects[(effects["score"] == "ari") & (effects["truth"] == "type") & (effects["level"] == "300.0")]
    every = chosen["pipeline"] == ALL_PIPELINES
    assert chosen[every]["mean"].iloc[0] == pytest.approx(chosen[~every]["mean"].mean())


def test_failed_runs_are_rows(plan):
    """With status, reason and no clusters."""
    from rashomon.engine import Record

    units = plan.label_units()[:2]
    fine = Record({"labels": np.array([0, 0, 1, -1]), "rows": np.arange(4)})
    failed = Record(status="failed", reason="it broke")
    table = run_table(plan, units, [fine, failed], [fine, failed], ["a", "b"])
    assert set(RUN_COLUMNS) <= set(table.columns)
    assert table["status"].tolist() == ["ok", "failed"]
    assert table["reason"].tolist() == ["", "it broke"]
    assert table["n_clusters"].tolist() == [2, 0]
    assert table["key"].tolist() == ["a", "b"]
