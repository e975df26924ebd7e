"""All questions in one plan: what two of them need is computed once. Then each is concluded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from rashomon.ask import QUESTIONS, Answered, Finished, Request
from rashomon.ask.structure.population import conclude_population, plan_population
from rashomon.engine import Record
from rashomon.multiverse import Executor, Unit
from rashomon.multiverse.base import reference_unit
from rashomon.study.forecast import Forecast
from rashomon.study.option import AuditOptions

__all__ = ["Runs", "run_questions"]

_POPULATION = "population"
"""What several questions look at: the pipeline on one population."""


@dataclass(frozen=True, eq=False)
class Runs:
    """What was run for the questions: their units, and the view of the pipeline that stands in.

    Parameters
    ----------
    finished
        By key of the question, and those of the one population.
    reference
        Finished unit of the view; None where nothing was run.
    """

    finished: Mapping[str, list[Finished]]
    reference: Record | None = None

    @classmethod
    def none(cls) -> Runs:
        """Return the runs of labels that cannot be made again."""
        return cls({name: [] for name in (_POPULATION, *QUESTIONS)})

    def conclude(self, request: Request) -> tuple[Request, dict[str, Answered]]:
        """Return the request with what all questions may look at, and what each of them says.

        Parameters
        ----------
        request
            What was asked about.
        """
        request = replace(request, population=conclude_population(request, self.finished[_POPULATION]))
        return request, {name: question.conclude(request, self.finished[name]) for name, question in QUESTIONS.items()}


def run_questions(request: Request, executor: Executor, options: AuditOptions, forecasted: Forecast) -> Runs:
    """Run what all questions planned.

    Parameters
    ----------
    request
        What is asked about.
    executor
        Runs units on the data.
    options
        Told what it will cost.
    forecasted
        What steps were measured to cost, and the memory they need.
    """
    if request.multiverse is None or request.standin is None:
        return Runs.none()
    planned = {_POPULATION: plan_population(request)}
    planned |= {name: question.plan(request) for name, question in QUESTIONS.items() if not question.own_slots}
    apart = {name: question.plan(request) for name, question in QUESTIONS.items() if question.own_slots}
    reference = reference_unit(request.multiverse, request.standin.pipeline)
    units = [reference, *(unit for each in planned.values() for unit in each)]
    cost = executor.estimate(units, costs=forecasted.costs, n_probes=0)
    options.announce(f"re-running {request.standin.name}: {cost.with_memory(forecasted.repeats.memory)}")
    done = map(Finished, units, executor.run(units, task="resamples"), executor.keys(units))
    first = next(done)
    finished = {name: list(islice(done, len(each))) for name, each in planned.items()}
    finished |= _run_apart(apart, request, executor)
    return Runs(finished, first.record)


def _run_apart(planned: Mapping[str, list[Unit]], request: Request, executor: Executor) -> dict[str, list[Finished]]:
    """Run what needs slots beside the data, such as labels, so that these are no part of the keys of all other runs."""
    slots = {slot: value for name, units in planned.items() if units for slot, value in _slots(name, request)}
    units = [unit for each in planned.values() for unit in each]
    if not units:
        return {name: [] for name in planned}
    beside = Executor({**executor.data, **slots}, executor.entropy, executor.store, executor.engine)
    done = map(Finished, units, beside.run(units, task="nulls and twins"), beside.keys(units))
    return {name: list(islice(done, len(each))) for name, each in planned.items()}


def _slots(name: str, request: Request) -> Iterator[tuple[str, object]]:
    yield from QUESTIONS[name].slots(request).items()
