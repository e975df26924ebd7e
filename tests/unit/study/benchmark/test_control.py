"""Controls: a score is invalid where a pipeline is significantly outside them, and not where chance explains it."""

import numpy as np
import pytest

from rashomon.study.benchmark.control import ALPHA, CONTROL_COLUMNS, control_table
from tests.small_benchmark import make_grid, small_plan


@pytest.fixture(scope="module")
def plan():
    """The plan of the small benchmark."""
    return small_plan()


RNG = np.random.default_rng(0)
NOISE = RNG.normal(0, 0.01, (3, 3, 4))


def row(grid):
    """Return the row of the only column of a grid."""
    (found,) = control_table(grid).to_dict("records")
    assert list(found) == list(CONTROL_COLUMNS)
    return found


def test_values_between_the_controls_are_valid():
    """Every setting and pipeline was compared."""
    found = row(make_grid(0.5 + NOISE))
    assert (found["status"], found["n_outside"], found["n_compared"]) == ("valid", 0, 12)
    assert found["positive"] == 1.0
    assert found["found"] == pytest.approx(0.5, abs=0.01)


def test_a_pipeline_that_beats_the_truth_makes_the_score_invalid(plan):
    """It is named, with the setting and by how much."""
    value = 0.5 + NOISE
    value[1, :, 2] = [1.2, 1.21, 1.19]
    found = row(make_grid(value))
    assert (found["status"], found["side"], found["n_outside"]) == ("invalid", "positive", 1)
    assert found["point"] == plan.design.points[1].name
    assert found["pipeline"] == list(plan.pipelines)[2]
    assert found["margin"] == pytest.approx(0.2)
    assert "better than the truth itself" in found["reason"]


def test_a_pipeline_below_random_labels_makes_the_score_invalid():
    """Of scores that are better when small, too."""
    value = 0.5 + NOISE
    value[0, :, 0] = [-0.3, -0.31, -0.29]
    assert row(make_grid(value))["side"] == "negative"
    flipped = row(make_grid(-value, positive=-1.0, direction=-1))
    assert (flipped["status"], flipped["side"], flipped["margin"]) == ("invalid", "negative", pytest.approx(0.3))


def test_what_simulation_error_explains_is_valid():
    """A mean outside whose interval reaches inside says nothing."""
    value = 0.5 + NOISE
    value[0, :, 0] = [0.2, -0.3, 0.0]
    assert row(make_grid(value))["status"] == "valid"


def test_a_true_null_is_seldom_called_invalid():
    """Random labels as pipelines: over 200 studies, no more are invalid than `ALPHA` says, with room for chance."""
    rng = np.random.default_rng(1)
    invalid = [row(make_grid(rng.normal(0, 1, (3, 3, 4)), positive=9.0))["status"] == "invalid" for _ in range(200)]
    assert np.mean(invalid) <= ALPHA + 2 * np.sqrt(ALPHA * (1 - ALPHA) / 200)


def test_too_few_values_and_scores_without_controls_say_so():
    """NaN are not taken for agreement, and descriptions are not judged."""
    value = np.full((3, 3, 4), np.nan)
    value[:, :2] = 0.5
    assert row(make_grid(value))["status"] == "cannot tell"
    assert row(make_grid(0.5 + NOISE, direction=0, controlled=False))["status"] == "not applicable"
    assert "no truth need be best" in row(make_grid(0.5 + NOISE, controlled=False))["reason"]


def test_equal_values_at_a_control_are_inside():
    """The truth found by every pipeline is no better than itself."""
    assert row(make_grid(1.0))["status"] == "valid"
    assert row(make_grid(0.0))["status"] == "valid"
