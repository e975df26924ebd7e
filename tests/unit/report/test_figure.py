from dataclasses import replace

import pytest

from rashomon import report
from rashomon.core import StoreError
from rashomon.dataset import WorldFacts
from rashomon.report import FIGURES
from rashomon.report.cluster_figure import CLUSTER_FIGURES
from rashomon.report.paired_figure import PAIRED_FIGURES
from rashomon.report.pipeline_figure import PIPELINE_FIGURES
from rashomon.report.question_figure import QUESTION_FIGURES
from rashomon.report.receptor_figure import RECEPTOR_FIGURES
from rashomon.truth import relations
from tests import example_audit

ELSEWHERE = (*PIPELINE_FIGURES, *QUESTION_FIGURES, *RECEPTOR_FIGURES, *PAIRED_FIGURES)
"""Figures that are tested with the modules that draw them."""


@pytest.fixture
def plain_audit():
    return example_audit.audit()


def test_every_figure_becomes_two_files(plain_audit, tmp_path):
    """Each figure is written as PNG and SVG under its name, and nothing else is left."""
    paths = report.figures(plain_audit, tmp_path / "figures")
    of_measured = ["clusters", "cells", "truths", "alluvial", "choices", "specification_curve"]
    others = (figure.name for figure in ELSEWHERE)
    assert list(FIGURES) == ["causal_graph", "clusters", "coclustering", "markers", *of_measured[1:], *others]
    expected = [f"{name}.{kind}" for name in of_measured for kind in ("png", "svg")]
    assert [path.name for path in paths] == expected
    assert sorted(path.name for path in (tmp_path / "figures").iterdir()) == sorted(expected)
    assert all(path.read_bytes()[:5] in (b"\x89PNG\r", b"<?xml") for path in paths)


def test_labels_only_has_the_figure_it_can_have(tmp_path):
    """Without a matrix only agreement with label columns, and between them, can be drawn."""
    paths = report.figures(example_audit.audit(labels_only=True), tmp_path)
    assert [path.name for path in paths] == ["truths.png", "truths.svg", "alluvial.png", "alluvial.svg"]


def test_simulated_data_have_their_causal_graph_as_a_figure(tmp_path):
    """Also where only labels were audited; without a graph there is nothing to draw."""
    audit = example_audit.audit(labels_only=True, simulated=True)
    paths = report.figures(audit, tmp_path)
    assert [path.name for path in paths[:2]] == ["causal_graph.png", "causal_graph.svg"]
    bare = replace(audit, dataset=replace(audit.dataset, world=WorldFacts("a world without a graph")))
    assert not FIGURES["causal_graph"].available(bare)


@pytest.mark.parametrize(
    "name",
    [name for name, figure in FIGURES.items() if figure not in (*CLUSTER_FIGURES[1:], *ELSEWHERE)],
)
def test_alternative_text_names_the_numbers(name):
    """A reader who sees no figure gets its main numbers in a sentence."""
    plain_audit = example_audit.audit(simulated=True)
    said = {
        "causal_graph": "4 variables and 4 arrows; the table below lists them. Set from outside: batch.",
        "clusters": "3 comes back",
        "cells": "lowest in the clusters 7 ",
        "truths": "cell_type 0.78",
        "alluvial": " and gate (2 classes)",
        "choices": "normalise 38 %",
        "specification_curve": "over 240 runs",
    }
    assert said[name] in FIGURES[name].alt(plain_audit)
    assert FIGURES[name].summary.partition("?")[1], "the caption begins with the question"


def test_the_relation_of_the_drawn_columns_is_said(plain_audit):
    """Where the table of relations knows them."""
    truths = plain_audit.dataset.truths
    audit = replace(plain_audit, tables={**plain_audit.tables, "relations": relations(truths)})
    assert "cell_type refines gate" in FIGURES["alluvial"].alt(audit)


def test_unknown_stability_is_said():
    """Where no cell has a number the text says so."""
    audit = example_audit.audit()
    audit = replace(audit, cells=audit.cells.assign(stability=float("nan")))
    assert "No cell's stability is known" in FIGURES["cells"].alt(audit)
    assert FIGURES["cells"].encode(audit, kind="png")


def test_failed_pipelines_are_counted_on_the_curve():
    """Runs that failed are no part of the curve, and the axis counts them; failed resamples do not count there."""
    audit = example_audit.audit(failed=7)
    runs = audit.tables["runs"].copy()
    runs.loc[:2, ["run", "status"]] = [["lost1", "failed"], ["lost2", "failed"], ["lost3", "failed"]]
    audit = replace(audit, tables={**audit.tables, "runs": runs})
    axes = FIGURES["specification_curve"].draw(audit)
    (outer,) = [one for one in axes.figure.axes if axes in one.child_axes]
    assert "3 runs failed" in outer.get_xlabel()


def test_figures_into_a_file_are_a_store_error(plain_audit, tmp_path):
    """A folder that cannot be is an error that names the file."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"cannot write clusters\.png"):
        report.figures(plain_audit, tmp_path / "file")


def test_only_the_largest_clusters_are_drawn():
    """More clusters than a screen holds stay in the table; the figure keeps their names and numbers together."""
    audit = example_audit.audit(n_clusters=70)
    axes = FIGURES["clusters"].draw(audit)
    names = {text.get_text().split(" ")[0] for text in axes.get_yticklabels()}
    largest = audit.clusters.nlargest(60, "size", keep="first")
    assert names == set(largest["cluster"])
