"""Every question is asked by a module that can answer it."""

import importlib

from rashomon.ask import QUESTIONS, Request
from tests.planted import dataset, judged


def test_every_question_has_its_room():
    """The module that is named can plan and conclude; numbers are those of the seven, each once."""
    numbers = [question.number for question in QUESTIONS.values()]
    assert len(set(numbers)) == len(numbers)
    assert set(numbers) <= set(range(1, 8))
    for question in QUESTIONS.values():
        room = importlib.import_module(question.room)
        assert callable(room.plan)
        assert callable(room.conclude)
        assert question.summary.endswith("?")


def test_labels_alone_are_concluded_without_units():
    """With labels only, every question plans nothing and still answers."""
    request = Request(dataset(expression=False), judged(), 0)
    for question in QUESTIONS.values():
        assert question.plan(request) == []
        answered = question.conclude(request, [])
        assert answered.answer.question == question.name
        assert answered.partitions is None
