"""All questions in one plan."""

from rashomon.ask import QUESTIONS
from rashomon.study.question import Runs
from tests.planted import judged_request, planted_audit


def test_nothing_was_run_for_labels_alone():
    """Every question has a place, and none has units."""
    runs = Runs.none()
    assert set(QUESTIONS) < set(runs.finished)
    assert not any(runs.finished.values())
    assert runs.reference is None


def test_every_question_concludes_from_nothing():
    """Without units each question still says what it needs, and the population says why there is none."""
    request, answered = Runs.none().conclude(judged_request())
    assert list(answered) == list(QUESTIONS)
    assert request.population.reason == "the labels alone cannot be re-made"


def test_questions_are_answered_in_their_order():
    """One to seven."""
    assert [QUESTIONS[name].number for name in planted_audit().answers] == [1, 2, 3, 4, 5, 6, 7]
