"""What all questions have to run, in one plan."""

from dataclasses import replace

import numpy as np

from rashomon.ask import QUESTIONS, Request
from rashomon.multiverse import Executor, slots_of
from rashomon.study.planned import POPULATION, Planned, plan_questions
from tests.planted import dataset, judged, judged_request, planted_audit


def asked():
    """The request of the planted audit."""
    found = planted_audit()
    return Request(
        dataset(),
        judged(),
        0,
        found.multiverse,
        found.partitions,
        found.standin,
        n_replicates=found.spec["n_replicates"],
    )


def test_every_question_has_its_place():
    """On the data those without slots of their own, after the one population; beside them the others."""
    found = plan_questions(asked())
    assert list(found.on_data) == [POPULATION, *(name for name, each in QUESTIONS.items() if not each.own_slots)]
    assert list(found.beside) == [name for name, each in QUESTIONS.items() if each.own_slots]
    assert found.first[0] is found.reference
    assert len(found.first) == 1 + sum(map(len, found.on_data.values()))
    assert len(found.second) == sum(map(len, found.beside.values())) > 0


def test_slots_of_questions_that_run_nothing_are_left_out():
    """Labels are beside the data, which stay as they are; without units there are no slots."""
    found = plan_questions(asked())
    base = Executor(slots_of(dataset()), 0)
    beside = found.executor(base)
    assert set(beside.data) - set(base.data) == set(found.slots)
    assert np.array_equal(beside.data["types"], judged().codes)
    assert beside.store is base.store
    unusable = replace(asked(), standin=replace(asked().standin, agreement=0.1))
    assert plan_questions(unusable).on_data[POPULATION] == []


def test_labels_alone_plan_nothing():
    """No unit, and no slot."""
    found = plan_questions(judged_request())
    assert (found.first, found.second, dict(found.slots)) == ([], [], {})
    assert found.reference is Planned().reference is None
