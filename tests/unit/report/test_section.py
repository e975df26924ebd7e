from dataclasses import replace

import pytest

from rashomon.ask import QUESTIONS
from rashomon.report.section import sections
from tests import example_audit


@pytest.fixture(scope="module")
def found():
    """The sections of a finished audit, by question; its clusters are called 0-x, 1-x, ..."""
    return {section.key: section for section in sections(example_audit.audit(hostile="-x"))}


def test_sections_follow_the_questions(found):
    """There is one section per question that was asked, in the order of the questions."""
    assert [(one.key, one.number) for one in found.values()] == [
        (one.name, one.number) for one in QUESTIONS.values() if one.name in example_audit.audit().answers
    ]
    audit = example_audit.audit(labels_only=True)
    assert [one.key for one in sections(replace(audit, answers={"truths": audit.answers["truths"]}))] == ["truths"]


def test_figures_and_tables_stand_under_their_question(found):
    """Each section holds what its answer rests on."""
    assert [picture.name for picture in found["stability"].pictures] == ["clusters", "cells"]
    assert [table.name for table in found["stability"].tables] == ["rungs", "settings", "markers"]
    assert [table.name for table in found["truths"].tables] == ["truths", "scores"]
    assert [table.name for table in found["choices"].tables] == ["shares", "curve"]


def test_simulated_data_have_their_ceilings_under_the_truths():
    """As a table and in sentences, under no other question."""
    audit = example_audit.audit(labels_only=True, simulated=True)
    shown = {one.key: one for one in sections(audit)}
    assert [table.name for table in shown["truths"].tables] == ["truths", "ceilings", "scores"]
    assert [len(one.remarks) for one in shown.values()] == [2 * (one.key == "truths") for one in shown.values()]
    table = shown["truths"].tables[1]
    assert table.rows[0][table.headings.index("normalised")] == "0.837"


def test_clusters_are_named_not_numbered(found):
    """Tables by cluster show the names of the clusters, not their codes."""
    rungs = found["stability"].tables[0]
    assert rungs.rows[0][rungs.headings.index("cluster")] == "0-x"


def test_labels_only_has_answers_without_pictures():
    """A question that could not be asked has its answer and nothing to show."""
    found = {one.key: one for one in sections(example_audit.audit(labels_only=True))}
    assert found["stability"].pictures == found["stability"].tables == ()
    assert found["stability"].answer.verdict == "cannot tell"
    assert [picture.name for picture in found["truths"].pictures] == ["truths", "alluvial"]
