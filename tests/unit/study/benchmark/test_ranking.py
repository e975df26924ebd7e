"""Ranking: a score holds where it orders pipelines as the truth does, and the words say why not elsewhere."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from rashomon.study.benchmark.level import levels_of
from rashomon.study.benchmark.ranking import BREAKS, RANKING_COLUMNS, ranking_table
from tests.small_benchmark import make_grid

RNG = np.random.default_rng(0)
TRACKED = np.array([0.9, 0.7, 0.5, 0.2]) + RNG.normal(0, 0.01, (3, 3, 4))


def rows(grid):
    """Return the rows of a grid with one column, by level."""
    table = ranking_table(grid, levels_of(grid.plan.design))
    assert list(table.columns) == list(RANKING_COLUMNS)
    return {(row["knob"], row["level"]): row for row in table.to_dict("records")}


def fixed(grid):
    """Return the row of the fixed point."""
    return rows(grid)["effect_size", "3.0"]


def test_a_score_that_follows_the_truth_holds():
    """Its rank correlation is Spearman's, and its pick loses nothing."""
    found = fixed(make_grid(TRACKED - 0.1, tracked=TRACKED))
    assert found["word"] == "holds"
    assert found["rank_correlation"] == pytest.approx(spearmanr(TRACKED[0, 0], TRACKED[0, 0] - 0.1).statistic)
    assert found["loss"] == 0.0
    assert found["agreement_range"] == pytest.approx(np.ptp(TRACKED[0], axis=1).mean())


def test_a_score_that_is_better_when_small_is_turned_around():
    """Its values rise as agreement falls."""
    found = fixed(make_grid(1 - TRACKED, tracked=TRACKED, positive=0.0, negative=1.0, direction=-1))
    assert (found["word"], found["rank_correlation"]) == ("holds", 1.0)


def test_a_score_that_ranks_the_other_way_round_is_broken():
    """Its pick is the worst pipeline, and the loss is what that costs."""
    found = fixed(make_grid(1 - TRACKED, tracked=TRACKED))
    assert found["word"] == "ranks otherwise"
    assert found["word"] in BREAKS
    assert found["loss"] == pytest.approx((TRACKED[0].max(axis=1) - TRACKED[0].min(axis=1)).mean())


def test_a_pick_among_equals_is_worth_their_mean():
    """A score that is the same for all pipelines picks at random."""
    found = fixed(make_grid(0.5, tracked=TRACKED))
    assert found["loss"] == pytest.approx((TRACKED[0].max(axis=1) - TRACKED[0].mean(axis=1)).mean())
    assert found["word"] == "cannot tell"


def test_a_score_at_its_negative_control_is_broken():
    """However well it ranks."""
    low = (TRACKED - TRACKED.mean(axis=2, keepdims=True)) / 10
    assert fixed(make_grid(low, tracked=TRACKED))["word"] == "at its negative control"


def test_what_nobody_could_attain_is_no_fault_of_the_score():
    """Where the oracle's own labels are at the negative control, that is said first."""
    low = (TRACKED - TRACKED.mean(axis=2, keepdims=True)) / 10
    found = fixed(
        make_grid(low, tracked=TRACKED, attainable=np.array([0.1, -0.1, 0.0])[None, :, None] * np.ones((3, 3, 4)))
    )
    assert found["word"] == "nothing attainable"
    assert found["word"] not in BREAKS


def test_equal_pipelines_leave_nothing_to_rank():
    """A range of agreement below 0.05 decides nothing."""
    near = 0.9 + (TRACKED - TRACKED.mean()) / 100
    assert fixed(make_grid(1 - TRACKED / 2, tracked=near))["word"] == "nothing to rank"


def test_missing_values_are_said():
    """A score without values for most pipelines is broken; one that only describes is not judged."""
    value = np.full((3, 3, 4), np.nan)
    value[..., 0] = 0.5
    assert fixed(make_grid(value, tracked=TRACKED, reason="one cluster"))["word"] == "no value"
    assert fixed(make_grid(TRACKED, tracked=TRACKED, direction=0))["word"] == "describes"


def test_every_level_has_its_own_settings():
    """A score that is turned around at one level is broken there only."""
    value = TRACKED.copy()
    value[2] = 1 - value[2]
    found = rows(make_grid(value, tracked=TRACKED))
    words = {key: row["word"] for key, row in found.items()}
    assert words == {
        ("effect_size", "0.0"): "holds",
        ("effect_size", "3.0"): "holds",
        ("depth", "300.0"): "ranks otherwise",
        ("depth", "2000.0"): "holds",
    }
