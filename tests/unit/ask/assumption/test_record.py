"""Seventeen assumptions, each with a name, a world, and a status in the user's data."""

import pytest

from rashomon.ask import Request
from rashomon.ask.assumption.record import ASSUMPTION_COLUMNS, ASSUMPTIONS, assumptions_table, status_of
from rashomon.core import UsageError, resolve
from rashomon.sim.catalogue import WORLDS
from tests.planted import dataset, judged

SEVEN = {"structure", "stability", "truths", "choices", "confounding", "which_score", "power"}


def test_all_seventeen_are_there():
    """Each is relied on by a question, has a world of the catalogue, and a probe or a reason why there is none."""
    assert len(ASSUMPTIONS) == 17
    assert len({record.summary for record in ASSUMPTIONS.values()}) == 17
    for record in ASSUMPTIONS.values():
        assert set(record.questions) <= SEVEN
        assert record.questions
        assert record.world in WORLDS
        assert bool(record.probe) != bool(record.untold)
        assert not record.probe or callable(resolve(record.probe))
    assert {question for record in ASSUMPTIONS.values() for question in record.questions} == SEVEN


def test_a_status_comes_with_what_was_looked_at():
    """Every status has evidence, and what data cannot tell says why."""
    request = Request(dataset(), judged(), 0)
    table = assumptions_table(request)
    assert list(table) == list(ASSUMPTION_COLUMNS)
    assert list(table["assumption"]) == list(ASSUMPTIONS)
    assert (table["evidence"] != "").all()
    told = table.set_index("assumption")["status"]
    assert told["groups_not_gradient"] == "untested"
    assert told["cells_exchangeable"] == "holds"
    assert status_of("groups_not_gradient", request).evidence == "question 1 puts it to the test"


def test_an_unknown_name_lists_the_known_ones():
    """The nearest is suggested."""
    with pytest.raises(UsageError, match="stable_is_true"):
        status_of("stable_is_tru", Request(dataset(), judged(), 0))
