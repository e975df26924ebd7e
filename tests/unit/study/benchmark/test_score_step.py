"""Scores of a run: each as its function gives it, with the truth and random labels beside."""

import numpy as np
import pytest

from rashomon.encode import STEPS
from rashomon.score import score
from rashomon.study.benchmark.score_step import (
    compare_all,
    random_labelings,
    reference_call,
    score_reference,
    score_run,
    score_truths,
    scores_call,
)

RNG = np.random.default_rng(0)
TRUTH = np.repeat([0, 1, 2], 20).astype(np.int32)
VIEW = (RNG.normal(size=(60, 4)) + 4 * np.eye(4)[TRUTH]).astype(np.float32)
LABELS = np.where(np.arange(60) % 7 == 0, 1, TRUTH).astype(np.int32)
BATCH = np.tile([0, 1], 30).astype(np.int32)
TRUTHS = np.stack([TRUTH, np.full(60, -2, np.int32)])


def run(against=("ari", "nmi"), on_view=("silhouette", "davies_bouldin"), *, rows=None, seed=0, n_negative=3):
    """Score the labels on all rows, or on some."""
    rows = np.arange(60) if rows is None else rows
    return score_run(LABELS[rows], rows, TRUTHS, BATCH, VIEW[rows], against=list(against), on_view=list(on_view),
                     needed=["view"], n_negative=n_negative, rng=np.random.default_rng(seed))  # fmt: skip


def test_values_are_those_of_the_scores_themselves():
    """Against the truth and on the view, of the found labels and of the truth."""
    against, _, alone, _ = run()
    assert against[0, 0, 0] == pytest.approx(score("ari", LABELS, TRUTH).value)
    assert alone[0, 1] == pytest.approx(score("davies_bouldin", LABELS, view=VIEW).value)
    assert alone[1, 1] == pytest.approx(score("davies_bouldin", TRUTH, view=VIEW).value)


def test_rows_that_a_pipeline_dropped_take_no_part():
    """Truths are cut to the rows that have a label."""
    rows = np.arange(10, 60)
    assert run(rows=rows)[0][0, 0, 0] == pytest.approx(score("ari", LABELS[rows], TRUTH[rows]).value)


def test_random_labels_have_the_found_sizes_and_score_near_chance():
    """Sizes are equal; the adjusted Rand index of fifty of them averages to zero."""
    drawn = random_labelings(LABELS, 50, rng=np.random.default_rng(1))
    assert all(np.array_equal(np.bincount(each), np.bincount(LABELS)) for each in drawn)
    assert abs(np.mean(run(n_negative=50)[0][1:, 0, 0])) < 0.02


def test_a_truth_that_a_world_lacks_gives_no_value_with_the_reason():
    """The other truths have theirs."""
    against, reasons, *_ = run()
    assert np.isnan(against[:, 1]).all()
    assert "no such truth" in reasons[1, 0]
    assert reasons[0, 0] == ""


def test_which_scores_are_asked_for_changes_none():
    """Each has a random stream of its own."""
    whole, part = run(), run(("nmi",), ("davies_bouldin",))
    assert np.array_equal(whole[0][..., 1:], part[0][..., :], equal_nan=True)
    assert np.array_equal(whole[2][:, 1:], part[2], equal_nan=True)


def test_scores_without_their_input_are_left_out_of_the_step():
    """A pipeline that makes no graph has no modularity, and the step reads none."""
    call = scores_call(against=["ari"], on_view=["silhouette", "modularity"], available=["view"], n_negative=2)
    assert call.params["on_view"] == ["silhouette"]
    assert "graph" not in call.step.reads
    assert STEPS["fuzzy_graph"].writes == ("graph",)


def test_the_truth_itself_is_the_best_and_the_oracle_beside_it():
    """One for scores with that maximum, zero for distances; NaN where there is no oracle."""
    bayes = np.stack([LABELS, TRUTHS[1]])
    positive, attainable = score_truths(TRUTHS, bayes, against=["ari", "variation_of_information"])
    assert positive[0].tolist() == [1.0, 0.0]
    assert attainable[0, 0] == pytest.approx(score("ari", LABELS, TRUTH).value)
    assert np.isnan(positive[1]).all()
    assert np.isnan(attainable[1]).all()
    assert np.isnan(score_truths(TRUTHS, against=["ari"])[1]).all()


def test_all_runs_of_a_data_set_are_scored_on_one_view():
    """A run of the common table has the value that it has alone on that view."""
    labelings = np.stack([np.stack([TRUTH, LABELS], axis=1)] * 2)
    call = reference_call(["davies_bouldin"], dataset=1, n_negative=2)
    values, reasons = score_reference(labelings, np.arange(60), TRUTHS, BATCH, VIEW, **call.params,
                                      rng=np.random.default_rng(0))  # fmt: skip
    assert values.shape == (2, 1 + 2 + 2, 1)
    assert values[1, 0, 0] == pytest.approx(score("davies_bouldin", LABELS, view=VIEW).value)
    assert values[1, 1, 0] == pytest.approx(values[0, 0, 0])
    assert reasons.tolist() == [[""], [""]]


def test_no_score_at_all_is_an_empty_table():
    """Shapes are kept where no score compares with a truth."""
    values, reasons = compare_all([LABELS], [TRUTH], [])
    assert values.shape == (1, 1, 0)
    assert reasons.shape == (1, 0)
