"""Seventeen assumptions, each with a name, a world, and a probe of the user's data."""

from dataclasses import replace

import pytest

from rashomon.ask import Request
from rashomon.ask.assumption.record import ASSUMPTIONS, status_of
from rashomon.core import UsageError, resolve
from rashomon.sim.catalogue import WORLDS
from tests.planted import dataset, judged

SEVEN = {"structure", "stability", "truths", "choices", "confounding", "which_score", "power"}


def test_all_seventeen_are_there():
    """Each is relied on by a question, has a world of the catalogue, and a probe."""
    assert len(ASSUMPTIONS) == 17
    assert len({record.summary for record in ASSUMPTIONS.values()}) == 17
    for record in ASSUMPTIONS.values():
        assert set(record.questions) <= SEVEN
        assert record.questions
        assert record.world in WORLDS
        assert callable(resolve(record.probe))
    assert {question for record in ASSUMPTIONS.values() for question in record.questions} == SEVEN


@pytest.mark.parametrize("name", ASSUMPTIONS)
def test_a_status_comes_with_what_was_looked_at(name):
    """Every probe answers from data and labels alone, and says what it looked at or why it could not."""
    found = status_of(name, Request(dataset(), judged(), 0))
    assert found.statement == ASSUMPTIONS[name].summary
    assert found.status in {"holds", "violated", "untested"}
    assert found.evidence


def test_what_is_about_other_items_is_untested():
    """Dispersions are about cells, chains of links about receptors; a row of a table of receptors is one of these."""
    request = Request(dataset(), judged(), 0)
    assert status_of("no_chaining", request).evidence == "it is about receptors"
    of_receptors = replace(request, dataset=replace(dataset(), item="row"))
    assert status_of("dispersion_trend", of_receptors).evidence == "it is about cells"
    assert ASSUMPTIONS["no_chaining"].concerns("row")
    assert ASSUMPTIONS["cells_exchangeable"].concerns("row")


def test_an_unknown_name_lists_the_known_ones():
    """The nearest is suggested."""
    with pytest.raises(UsageError, match="stable_is_true"):
        status_of("stable_is_tru", Request(dataset(), judged(), 0))
