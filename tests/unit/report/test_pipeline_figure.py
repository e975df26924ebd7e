"""Figures of pipelines."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from rashomon.report import pipeline_figure
from rashomon.report.pipeline_figure import PIPELINE_FIGURES, compared
from tests import example_audit
from tests.sampled_levels import audit_with_levels

FIGURES = {figure.name: figure for figure in PIPELINE_FIGURES}


@pytest.fixture
def audit():
    return audit_with_levels()


def failing(audit, *, reason="cannot allocate /home/ada/secret/run.npy"):
    """The same audit, in which the runs of one normalisation failed."""
    runs = audit.tables["runs"].copy()
    runs.loc[runs["norm"] == "residuals", ["status", "reason"]] = ["failed", reason]
    return replace(audit, tables={**audit.tables, "runs": runs})


def test_each_belongs_to_its_question():
    """A figure stands under the question it answers, and its caption begins with that question."""
    assert [(figure.name, figure.question) for figure in PIPELINE_FIGURES] == [
        ("cluster_tree", "stability"),
        ("resolution_range", "stability"),
        ("pipeline_repeats", "stability"),
        ("agreement", "choices"),
        ("failures", "run"),
    ]
    assert all(figure.summary.partition("?")[1] for figure in PIPELINE_FIGURES)


def test_what_is_missing_is_not_drawn(audit):
    """Labels only: nothing; no failed run: no figure of failures."""
    bare = example_audit.audit(labels_only=True)
    assert [figure.name for figure in PIPELINE_FIGURES if figure.available(bare)] == []
    assert [name for name, figure in FIGURES.items() if figure.available(audit)] == list(FIGURES)[:4]
    assert FIGURES["failures"].available(failing(audit))


@pytest.mark.parametrize("name", list(FIGURES))
def test_the_same_audit_gives_the_same_bytes(audit, name):
    """As a picture for the page."""
    audit = failing(audit)
    first, again = (FIGURES[name].encode(audit, kind="svg") for _ in range(2))
    assert first == again


def test_alternative_text_names_the_numbers(audit):
    """A reader who sees no figure gets its main numbers in a sentence; folders are left out."""
    audit = failing(audit)
    said = {name: figure.alt(audit) for name, figure in FIGURES.items()}
    assert "2 levels of resolution: 2 at 0.5, 3 at 1. 0 of 3 clusters below" in said["cluster_tree"]
    assert "resolution: most exist at 1 (3 of 3)" in said["resolution_range"]
    assert "Lines of 2 pipelines" in said["pipeline_repeats"]
    assert said["pipeline_repeats"].endswith(
        "Mean over granularities 0.65 to 0.85; the one re-run for the labels 0.85."
    )
    assert "The setting that sets them apart most is resolution (" in said["agreement"]
    assert "runs failed: cannot allocate …/run.npy (" in said["failures"]
    assert "secret" not in said["failures"]


def test_agreement_is_of_all_pipelines_and_of_no_resample(audit):
    """The smallest and the largest value are scikit-learn's; the pipeline that was re-run is pointed out."""
    parts = compared(audit)
    assert parts.n_runs == (audit.partitions.runs["perturbation"] == "none").sum()
    pairs = [
        adjusted_rand_score(parts.labels[:, a], parts.labels[:, b])
        for a in range(parts.n_runs)
        for b in range(a + 1, parts.n_runs)
    ]
    panel = FIGURES["agreement"].draw(audit)
    values = panel.images[0].get_array()
    np.testing.assert_allclose(np.sort(values[np.triu_indices(parts.n_runs, k=1)]), np.sort(pairs), atol=1e-12)
    assert f"from {min(pairs):.2f} to {max(pairs):.2f}" in FIGURES["agreement"].alt(audit)
    outer = panel.figure.axes[0]
    assert [text.get_text() for text in outer.child_axes[1].texts][-1] == "re-run"


def test_more_than_can_be_compared_is_drawn_in_part_and_said(audit, monkeypatch):
    """One seed each first, then evenly over the plan; the number of all stands above."""
    everything = compared(audit).n_runs
    monkeypatch.setattr(pipeline_figure, "_MOST_RUNS", everything - 1)
    assert set(compared(audit).runs["seed"]) == {0}
    monkeypatch.setattr(pipeline_figure, "_MOST_RUNS", 4)
    parts = compared(audit)
    assert parts.n_runs == 4
    panel = FIGURES["agreement"].draw(audit)
    titles = [child.get_title() for child in panel.figure.axes[0].child_axes]
    assert f"4 of {everything} runs, spread evenly over the plan" in titles


def test_failed_runs_are_not_compared(audit):
    """They have no labels."""
    runs = audit.partitions.runs.assign(status=["failed", *audit.partitions.runs["status"][1:]])
    parts = replace(audit.partitions, runs=runs)
    assert compared(replace(audit, partitions=parts)).n_runs == compared(audit).n_runs - 1


def test_hostile_audits_are_drawn():
    """Texts of users and of failures may hold anything."""
    audit = example_audit.audit(hostile="$\\frac{1 <b>\u202e_", failed=7)
    shown = [figure for figure in PIPELINE_FIGURES if figure.available(audit)]
    assert [figure.name for figure in shown] == ["failures"]
    assert shown[0].encode(audit, kind="svg")
