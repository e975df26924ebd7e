"""Figures of questions 6 and 7."""

from rashomon.report.question_figure import QUESTION_FIGURES
from tests.planted import planted_audit


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
