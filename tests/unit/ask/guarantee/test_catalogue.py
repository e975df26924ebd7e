"""Every guarantee has a figure of this code."""

import json
from pathlib import Path

import pytest

from rashomon.ask import QUESTIONS
from rashomon.ask.guarantee.catalogue import GUARANTEES
from rashomon.ask.guarantee.record import measured
from rashomon.ask.guarantee.status import NEEDS
from rashomon.core.source import source_digest

RESULTS = Path(__file__).parents[4] / "benchmarks" / "results"


@pytest.mark.parametrize("name", GUARANTEES)
def test_the_figure_is_of_this_code(name):
    """A figure is stale as soon as the code it was measured on is another: measure again by make statistical."""
    one = GUARANTEES[name]
    assert one.measured.code == source_digest(one.modules), f"{name} is stale: run make statistical"


@pytest.mark.parametrize("name", GUARANTEES)
def test_the_figure_is_that_of_the_results(name):
    """What the package states is what the file of results says."""
    one = GUARANTEES[name]
    said = json.loads((RESULTS / f"statistical_{one.result}.json").read_text(encoding="utf-8"))
    assert (one.measured.events, one.measured.n) == (said["totals"][one.event], said["totals"]["n"])
    assert one.measured.code == said["code"]


def test_every_guarantee_belongs_to_a_question_and_has_a_need():
    """Names lead somewhere, and nothing is measured that nobody states."""
    assert {one.question for one in GUARANTEES.values()} <= set(QUESTIONS)
    assert {one.needs for one in GUARANTEES.values()} <= set(NEEDS)
    assert set(measured()) == set(GUARANTEES)
