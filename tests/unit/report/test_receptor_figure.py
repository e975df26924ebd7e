from dataclasses import replace

import pytest

from rashomon import report
from rashomon.report.receptor_figure import RECEPTOR_FIGURES, table_of
from tests import example_audit, example_receptor_audit

SAID = {
    "receptor_clusters": "8 clusters of receptors. Words:",
    "percolation": "hamming 3: retention 0.95 (background 0.68), largest component 0.92",
    "retention_curve": "epitope 0.94",
    "calibration": "is 0.95 at 0 and 0.09 at 48",
    "truth_matrix": "24 pipelines",
    "rank_conflict": "epitope and donor 61 %",
}


@pytest.fixture(scope="module")
def audit():
    """An audit of receptors with every table."""
    return example_receptor_audit.audit()


def test_every_figure_is_drawn(audit):
    """Each becomes a picture, asks its question first, and says its main numbers in words."""
    assert {figure.name: True for figure in RECEPTOR_FIGURES} == dict.fromkeys(SAID, True)
    for figure in RECEPTOR_FIGURES:
        assert figure.available(audit)
        assert figure.encode(audit, kind="svg").startswith(b"<?xml")
        assert SAID[figure.name] in figure.alt(audit)
        assert "?" in figure.summary.partition(". ")[0]


def test_same_audit_gives_the_same_bytes(audit):
    """A figure depends on nothing but its tables."""
    figure = RECEPTOR_FIGURES[0]
    assert figure.encode(audit, kind="png") == figure.encode(audit, kind="png")


def test_figures_need_receptors_and_their_table(audit):
    """For cells there are none; without its table a figure is left out."""
    assert not any(figure.available(example_audit.audit()) for figure in RECEPTOR_FIGURES)
    empty = replace(audit, tables={**audit.tables, "percolation": audit.tables["percolation"].iloc[:0]})
    assert [figure.name for figure in RECEPTOR_FIGURES if not figure.available(empty)] == ["percolation"]
    nothing = {name: table for name, table in audit.tables.items() if name != "calibration"}
    assert not table_of(replace(audit, tables=nothing), "calibration").size


def test_percolation_needs_no_background(audit):
    """Where no background was made, its columns may be missing."""
    columns = ["metric", "cutoff", "retention", "largest_share", "n_clusters"]
    table = audit.tables["percolation"][columns].assign(background_retention=float("nan"))
    bare = replace(audit, tables={**audit.tables, "percolation": table})
    (figure,) = [one for one in RECEPTOR_FIGURES if one.name == "percolation"]
    assert figure.encode(bare, kind="svg")
    assert "(background unknown)" in figure.alt(bare)


def test_figures_are_files_of_a_report(audit, tmp_path):
    """They are written with the others, under their names."""
    names = {path.stem for path in report.figures(audit, tmp_path)}
    assert set(SAID) <= names
