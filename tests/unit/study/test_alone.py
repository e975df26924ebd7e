"""One question by itself."""

import pytest

from rashomon.ask import QUESTIONS, Request
from rashomon.study.alone import ask_alone
from tests.planted import dataset, judged, judged_request


@pytest.mark.parametrize("name", QUESTIONS)
def test_labels_alone_are_enough_to_be_answered(name):
    """Where nothing can be planned, the question says what it needs."""
    assert ask_alone(name, judged_request()).answer.question == name


def test_what_is_planned_is_run():
    """Question 1 needs no multiverse: three planted groups stay three."""
    found = ask_alone("structure", Request(dataset(), judged(), entropy=1))
    assert found.answer.verdict == "yes (groups)"
    assert len(found.tables["labellings"]) == 3
