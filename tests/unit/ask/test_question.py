"""Every question is asked by a module that can answer it."""

import importlib

import numpy as np
import pandas as pd

from rashomon.ask import QUESTIONS, Answer, Answered, Request
from tests.planted import dataset, judged

MORE = "more: .answer, .tables['clusters']"


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


def test_what_a_question_hands_on_is_read_as_words():
    """A terminal and a notebook show the answer and where the tables are, and no array; names stay text."""
    table = pd.DataFrame({"cluster": ["<b>B</b>"], "verdict": ["holds"]})
    answer = Answer("stability", "answered", "1 of 1 clusters come back", "It does.", next_step="Name it.", table=table)
    found = Answered(answer, {"clusters": table}, {"verdict": np.repeat("holds", 5000)})
    summary = QUESTIONS["stability"].summary
    lines = repr(found).splitlines()
    assert lines == [f"{summary} 1 of 1 clusters come back.", "It does.", "Next: Name it.", MORE]
    page = found._repr_html_()
    assert "&lt;b&gt;B&lt;/b&gt;" in page
    assert "<b>" not in page
    assert page.count("holds") == 1
