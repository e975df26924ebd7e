"""Every answer says what it rests on, and how that stands in the data."""

import pandas as pd

from rashomon.ask import QUESTIONS, Answered, Request
from rashomon.ask.answer import Answer, Assumption
from rashomon.ask.assumption.record import ASSUMPTIONS
from rashomon.ask.assumption.status import ASSUMPTION_COLUMNS, assumptions_table, statuses, with_assumptions
from tests.planted import dataset, judged, planted_audit


def answered(name, *, status="answered", verdict="", assumptions=(), **tables):
    """What a question said."""
    return {name: Answered(Answer(name, status, verdict, "", assumptions=assumptions), tables)}


def test_all_seven_report_what_they_rest_on():
    """In an audit of cells each question reports every assumption about cells that its record names, once."""
    answers = planted_audit().answers
    assert list(answers) == list(QUESTIONS)
    for name, answer in answers.items():
        said = [each.statement for each in answer.assumptions]
        mine = {one.summary for one in ASSUMPTIONS.values() if name in one.questions and one.concerns("cell")}
        assert mine <= set(said)
        assert len(said) == len(set(said))
        assert all(each.evidence for each in answer.assumptions if each.statement in mine)


def test_the_table_of_an_audit_has_them_by_name():
    """One row per question and assumption; all fourteen about cells are named."""
    table = planted_audit().tables["assumptions"]
    assert list(table) == list(ASSUMPTION_COLUMNS)
    assert set(table["assumption"]) - {""} == {name for name, one in ASSUMPTIONS.items() if one.concerns("cell")}
    assert (table["citation"] != "").eq(table["assumption"] != "").all()
    assert len(assumptions_table({})) == 0


def test_what_a_question_says_itself_stays():
    """Its own evidence is kept, and the statement is not repeated."""
    own = Assumption("preprocessing does not matter", "violated", "range 0.31")
    found = with_assumptions(Request(dataset(), judged(), 0), answered("choices", assumptions=(own,)))
    assumptions = found["choices"].answer.assumptions
    assert assumptions[0] is own
    assert sum(each.statement == own.statement for each in assumptions) == 1
    assert len(assumptions) == 1 + 2  # variable genes, neighbours


def test_what_says_nothing_rests_on_nothing():
    """An answer that is not applicable, or a refusal, stays as it is, and nothing is looked up for it."""
    request = Request(dataset(), judged(), 0)
    for status in ("not applicable", "cannot tell"):
        given = answered("choices", status=status)
        assert with_assumptions(request, given)["choices"] is given["choices"]
        assert statuses(request, given) == {}


def test_tables_and_verdicts_of_other_questions_are_evidence():
    """That there are groups is known from question 1, that depth suffices from the repeats of question 2."""
    rungs = pd.DataFrame({"cluster": [0, 0], "rung": ["seed", "thinning"], "jaccard": [0.9, 0.3]})
    given = answered("structure", verdict="yes (groups)") | answered("stability", rungs=rungs)
    found = statuses(Request(dataset(), judged(), 0), given)
    assert found["groups_not_gradient"].status == "holds"
    assert found["depth_suffices"].status == "violated"
    assert "no_chaining" not in found
