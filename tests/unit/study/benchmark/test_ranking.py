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
    """Where the oracle's own labels are no better than random ones by AMI, that is said first, of every score alike.

    Also of scores that rise with the sizes of clusters, by which the labels of an oracle that knows nothing are far
    above random ones, and of those without a value.
    """
    low = (TRACKED - TRACKED.mean(axis=2, keepdims=True)) / 10
    nothing = np.tile([0.01, -0.01, 0.0], (3, 1))
    for value in (low, TRACKED, np.full((3, 3, 4), np.nan)):
        found = fixed(make_grid(value, tracked=TRACKED, attainable=0.9, ceiling=nothing))
        assert found["word"] == "nothing attainable"
        assert found["word"] not in BREAKS
        assert (found["ceiling"], found["ceiling_high"] < 0.05) == (pytest.approx(0.0), True)
    zero = fixed(make_grid(low, tracked=TRACKED, attainable=0.9, ceiling=0.0))
    assert zero["reason"].startswith("AMI of the oracle's labels with type is 0.000 (0.000 to 0.000)")


def test_a_score_that_sees_nothing_of_what_is_attainable_is_at_fault():
    """Whatever the same score says of the oracle's labels."""
    low = (TRACKED - TRACKED.mean(axis=2, keepdims=True)) / 10
    found = fixed(make_grid(low, tracked=TRACKED, attainable=0.0, ceiling=0.4))
    assert found["word"] == "at its negative control"


def test_it_is_not_at_fault_where_nobody_can_tell_what_is_attainable():
    """Few data sets, or random labels without a value, decide nothing."""
    low = (TRACKED - TRACKED.mean(axis=2, keepdims=True)) / 10
    wide = fixed(make_grid(low, tracked=TRACKED, ceiling=np.tile([0.0, 0.3, 0.6], (3, 1))))
    assert (wide["word"], wide["ceiling_low"] < 0 < wide["ceiling_high"]) == ("cannot tell", True)
    assert "AMI of the oracle's labels" in wide["reason"]
    missing = fixed(make_grid(TRACKED, tracked=TRACKED, negative=np.nan))
    assert missing["reason"] == "0 data sets with a value and random labels; 3 are needed"


def test_the_interval_of_a_rank_correlation_stays_inside():
    """Three seeds that disagree as far as possible: Student's interval would leave [-1, 1]."""
    value = TRACKED.copy()
    value[0, 1] = 1 - value[0, 1]
    found = fixed(make_grid(value, tracked=TRACKED))
    assert found["rank_correlation"] == pytest.approx(1 / 3)
    assert -1 <= found["rank_low"] < 1 / 3 < found["rank_high"] <= 1
    assert found["word"] == "cannot tell"


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
