"""Scores on a view, a graph or neighbours are steps of a plan, for one labeling or for many at once."""

import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.score import SCORES, score
from rashomon.score.silhouette import silhouettes
from rashomon.score.step import TABLE_STEPS, VIEW_STEPS

LABELS = np.repeat([0, 1], 10).astype(np.int32)
VIEW = np.random.default_rng(0).normal(size=(20, 3)).astype(np.float32) + 4 * LABELS[:, None]
GRAPH = sp.csr_matrix((np.equal.outer(LABELS, LABELS) & ~np.eye(20, dtype=bool)).astype(np.float32))
NEAREST = (np.arange(20) // 2 * 2)[:, None] + np.stack([np.arange(20) % 2, 1 - np.arange(20) % 2], axis=1)
BATCH = np.arange(20, dtype=np.int32) % 2
TABLE = np.stack([np.roll(LABELS, 5), LABELS, np.full(20, -2, dtype=np.int32)], axis=1)
STATE = {
    "labels": LABELS,
    "table": TABLE,
    "view": VIEW,
    "graph": GRAPH,
    "knn_indices": NEAREST.astype(np.int32),
    "batch": BATCH,
}


def run(step, state=STATE):
    return step.run(state, {"name": step.name}, np.random.default_rng(0))


def direct(name, labels):
    """What the score says of the labels."""
    record = SCORES[name]
    needs = {"view": {"view": VIEW}, "graph": {"graph": GRAPH}, "neighbours": {"neighbours": NEAREST}}[record.needs]
    return score(name, labels, BATCH if record.against else None, **needs)


def test_one_step_per_score_that_needs_more_than_labels():
    """The lists follow the catalogue: all on a common view, the cheap ones on a run's own view too."""
    needy = {name: record for name, record in SCORES.items() if record.needs != "labels"}
    assert set(TABLE_STEPS) == set(needy)
    assert set(VIEW_STEPS) == {name for name, each in needy.items() if each.against is None and each.max_obs is None}
    for steps, labels in ((VIEW_STEPS, "labels"), (TABLE_STEPS, "table")):
        for name, step in steps.items():
            needed = {"neighbours": "knn_indices"}.get(needy[name].needs, needy[name].needs)
            assert step.reads[:2] == (labels, needed)
            assert step.reads[2:] == ((needy[name].against,) if needy[name].against else ())
            assert step.writes == ("value", "low", "high", "reason")
            assert step.stochastic == bool(needy[name].together)


@pytest.mark.parametrize("name", list(VIEW_STEPS))
def test_the_step_gives_the_score(name):
    """Run as a step, the value is that of the score; it is exact, so there is no interval."""
    found = run(VIEW_STEPS[name])
    assert float(found["value"]) == direct(name, LABELS).value
    assert str(found["reason"]) == ""
    assert np.isnan([found["low"], found["high"]]).all()


@pytest.mark.parametrize("name", list(VIEW_STEPS))
def test_undefined_is_nan(name):
    """No labelled item: NaN with a reason, and no error."""
    found = run(VIEW_STEPS[name], {**STATE, "labels": np.full(20, -2, dtype=np.int32)})
    assert np.isnan(found["value"])
    assert str(found["reason"]).startswith("no item")


@pytest.mark.parametrize("name", list(TABLE_STEPS))
def test_a_table_is_scored_column_by_column(name):
    """Each entry is the score of its column on the common view; an undefined one has the reason of the score."""
    found = run(TABLE_STEPS[name])
    for column in range(3):
        expected = direct(name, TABLE[:, column])
        assert found["value"][column] == pytest.approx(expected.value, abs=1e-12, nan_ok=True)
        assert found["reason"][column] == expected.reason
    assert np.isnan([found["low"], found["high"]]).all()


def test_sampled_scores_have_an_interval(monkeypatch):
    """Above its size the silhouette is sampled, by the stream of the step, and says how far it may be off."""
    monkeypatch.setattr("rashomon.score.silhouette.MAX_EXACT", 19)
    monkeypatch.setattr("rashomon.score.silhouette.N_ANCHORS", 8)
    found = run(TABLE_STEPS["silhouette"])
    expected = silhouettes(VIEW, TABLE, n_anchors=8, rng=np.random.default_rng(0))
    assert np.array_equal(found["value"], expected.value, equal_nan=True)
    assert (found["low"][:2] < found["value"][:2]).all()
    assert np.isnan(found["low"][2])
    assert run(VIEW_STEPS["silhouette"])["value"] == pytest.approx(expected.value[1])


def test_a_labeling_that_the_sample_missed_says_so(monkeypatch):
    """Two anchors, and a labeling of other items: NaN with a reason."""
    monkeypatch.setattr("rashomon.score.silhouette.MAX_EXACT", 19)
    monkeypatch.setattr("rashomon.score.silhouette.N_ANCHORS", 2)
    anchors = np.random.default_rng(0).choice(20, 2, replace=False)
    labels = LABELS.copy()
    labels[anchors] = -2
    found = run(VIEW_STEPS["silhouette"], {**STATE, "labels": labels})
    assert np.isnan(found["value"])
    assert found["reason"] == "no item that takes part was sampled"


def test_quadratic_scores_are_not_computed_above_their_size():
    """One item more than the limit: NaN, and both numbers in the reason; at the limit there is a value."""
    limit = SCORES["dbcv"].max_obs
    assert limit is not None
    for n, why in ((limit + 1, "not computable: 5,000 items or fewer, and there are 5,001"), (limit, "")):
        table = (np.arange(n, dtype=np.int32) % 2)[:, None]
        found = run(TABLE_STEPS["dbcv"], {"table": table, "view": table.astype(np.float32)})
        assert found["reason"].tolist() == [why]
        assert np.isnan(found["value"][0]) == bool(why)
