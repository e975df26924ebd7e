"""Scores on a view or a graph are steps of a plan, one per record."""

import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.score import SCORES, score
from rashomon.score.step import COLUMN_STEPS, VIEW_STEPS

LABELS = np.repeat([0, 1], 10).astype(np.int32)
VIEW = np.random.default_rng(0).normal(size=(20, 3)).astype(np.float32) + 4 * LABELS[:, None]
GRAPH = sp.csr_matrix((np.equal.outer(LABELS, LABELS) & ~np.eye(20, dtype=bool)).astype(np.float32))
STATE = {"labels": LABELS, "view": VIEW, "graph": GRAPH}


def test_one_step_per_score_that_needs_more_than_labels():
    """The list follows the catalogue; each step reads what its score needs."""
    assert set(VIEW_STEPS) == {name for name, record in SCORES.items() if record.needs != "labels"}
    for name, step in VIEW_STEPS.items():
        assert step.reads == ("labels", SCORES[name].needs)
        assert step.writes == ("value", "reason")


@pytest.mark.parametrize("name", list(VIEW_STEPS))
def test_the_step_gives_the_score(name):
    """Run as a step, the value is that of the score."""
    step = VIEW_STEPS[name]
    need = SCORES[name].needs
    found = step.run(STATE, {"name": name})
    value = float(found["value"])
    assert str(found["reason"]) == ""
    assert value == score(name, LABELS, **{need: STATE[need]}).value
    assert value > 0.3


@pytest.mark.parametrize("name", list(VIEW_STEPS))
def test_undefined_is_nan(name):
    """No labelled item: NaN with a reason, and no error."""
    one = {**STATE, "labels": np.full(20, -2, dtype=np.int32)}
    found = VIEW_STEPS[name].run(one, {"name": name})
    assert np.isnan(found["value"])
    assert str(found["reason"])


@pytest.mark.parametrize("name", list(COLUMN_STEPS))
def test_any_labeling_can_be_scored_on_one_view(name):
    """A column of a table of labels gives the score of that column on the common view."""
    table = np.asfortranarray(np.stack([np.roll(LABELS, 5), LABELS], axis=1))
    step = COLUMN_STEPS[name]
    assert SCORES[name].needs == "view"
    for column in (0, 1):
        found = step.run({"table": table, "view": VIEW}, {"name": name, "column": column})
        assert found["value"] == score(name, table[:, column], view=VIEW).value
