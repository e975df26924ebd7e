"""Every question is asked by a module that can answer it."""

import importlib

from rashomon.ask import QUESTIONS


def test_every_question_has_its_room():
    """The module that is named exists and has an `answer`; numbers are those of the seven, each once."""
    numbers = [question.number for question in QUESTIONS.values()]
    assert len(set(numbers)) == len(numbers)
    assert set(numbers) <= set(range(1, 8))
    for question in QUESTIONS.values():
        assert callable(importlib.import_module(question.room).answer)
        assert question.summary.endswith("?")
