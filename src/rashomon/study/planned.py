"""What all questions have to run: units on the data, and units that also read labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rashomon.ask import QUESTIONS, Request
from rashomon.ask.structure.population import plan_population
from rashomon.multiverse import Executor, Unit
from rashomon.multiverse.base import reference_unit

__all__ = ["POPULATION", "Planned", "plan_questions"]

POPULATION = "population"
"""What several questions look at: the pipeline on one population."""


@dataclass(frozen=True, eq=False)
class Planned:
    """Units by key of the question.

    Parameters
    ----------
    reference
        The view of the pipeline that stands in; None where nothing can be run.
    on_data
        Units that read the slots of the data: those of the one population, and of questions.
    beside
        Units that read more slots.
    slots
        These slots: labels, for example. They are apart so that they are no part of the keys of all other runs.
    """

    reference: Unit | None = None
    on_data: Mapping[str, list[Unit]] = field(default_factory=dict)
    beside: Mapping[str, list[Unit]] = field(default_factory=dict)
    slots: Mapping[str, Any] = field(default_factory=dict)

    @property
    def first(self) -> list[Unit]:
        """The reference and all units on the data, in the order in which they are run."""
        return (
            []
            if self.reference is None
            else [self.reference, *(unit for each in self.on_data.values() for unit in each)]
        )

    @property
    def second(self) -> list[Unit]:
        """All units beside, in their order."""
        return [unit for each in self.beside.values() for unit in each]

    def executor(self, base: Executor) -> Executor:
        """Return an executor that also has the slots.

        Parameters
        ----------
        base
            Has the data, the store and the engine.
        """
        return Executor({**base.data, **self.slots}, base.entropy, base.store, base.engine)


def plan_questions(request: Request) -> Planned:
    """Return what all questions have to run; nothing where labels cannot be made again.

    Parameters
    ----------
    request
        What is asked about.
    """
    if request.multiverse is None or request.standin is None:
        return Planned()
    on_data = {POPULATION: plan_population(request)}
    asked = {name: question.plan(request) if request.asks(name) else [] for name, question in QUESTIONS.items()}
    on_data |= {name: units for name, units in asked.items() if not QUESTIONS[name].own_slots}
    beside = {name: units for name, units in asked.items() if QUESTIONS[name].own_slots}
    slots = {
        slot: value for name, units in beside.items() if units for slot, value in QUESTIONS[name].slots(request).items()
    }
    return Planned(reference_unit(request.multiverse, request.standin.pipeline), on_data, beside, slots)
