"""Figures of questions 6 and 7."""

from dataclasses import replace

from rashomon.report.question_figure import QUESTION_FIGURES
from tests import example_audit
from tests.planted import planted_audit
from tests.unit.pl.test_power import tables
from tests.unit.pl.test_score_track import table


def test_nothing_is_drawn_where_nothing_was_simulated():
    """At budget quick there are no twins, and no figure is offered."""
    found = planted_audit()
    assert [figure.name for figure in QUESTION_FIGURES if figure.available(found)] == []


def test_each_belongs_to_its_question():
    """A figure stands under the question it answers."""
    assert [(figure.name, figure.question) for figure in QUESTION_FIGURES] == [
        ("score_track", "which_score"),
        ("power", "power"),
    ]


def test_both_are_drawn_and_described_from_their_tables():
    """The hardest cluster is the one that draws recover least; a score that nothing speaks for is not believed."""
    found = example_audit.audit()
    track = table().assign(verdict="do not believe")
    points = tables()
    points["detectability"].loc[points["detectability"]["name"] == "b", "rate"] = 0.2
    audit = replace(found, tables={**found.tables, **points, "score_track": track})
    said = {figure.name: figure.alt(audit) for figure in QUESTION_FIGURES if figure.available(audit)}
    assert "none is believed" in said["score_track"]
    assert "cluster b, the hardest one" in said["power"]
    assert all(figure.encode(audit, kind="png") for figure in QUESTION_FIGURES)
