"""All questions in one plan: what two of them need is computed once. Then each is concluded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from rashomon.ask import QUESTIONS, Answer, Answered, Finished, Request
from rashomon.ask.assumption.status import with_assumptions
from rashomon.ask.structure.population import conclude_population
from rashomon.engine import Record
from rashomon.multiverse import Executor, Unit
from rashomon.study.forecast import Forecast
from rashomon.study.option import AuditOptions
from rashomon.study.planned import POPULATION, plan_questions

__all__ = ["Runs", "run_questions"]


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
        return cls({name: [] for name in (POPULATION, *QUESTIONS)})

    def conclude(self, request: Request) -> tuple[Request, dict[str, Answered]]:
        """Return the request with what all questions may look at, and what each of them says and rests on.

        Parameters
        ----------
        request
            What was asked about.
        """
        request = replace(request, population=conclude_population(request, self.finished[POPULATION]))
        said = {
            name: question.conclude(request, self.finished[name]) if request.asks(name) else _not_asked(name, request)
            for name, question in QUESTIONS.items()
        }
        return request, with_assumptions(request, said)


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
    planned = plan_questions(request)
    units = planned.first
    cost = executor.estimate(units, costs=forecasted.costs, n_probes=0)
    which = "every pipeline" if request.repeat_all else request.standin.name
    options.announce(f"re-running {which}: {cost.with_memory(forecasted.repeats.memory)}")
    done = _finished(units, executor, task="resamples")
    first = next(done)
    finished = {name: list(islice(done, len(each))) for name, each in planned.on_data.items()}
    units = planned.second
    done = _finished(units, planned.executor(executor), task="nulls and twins") if units else iter(())
    finished |= {name: list(islice(done, len(each))) for name, each in planned.beside.items()}
    return Runs(finished, first.record)


def _not_asked(name: str, request: Request) -> Answered:
    """Return what is known without a run, under an answer that says that nobody asked."""
    known = QUESTIONS[name].conclude(replace(request, multiverse=None, parts=None, standin=None), [])
    answer = Answer(
        name, "not applicable", "not asked", "This question was not asked.", next_step="Add it to questions."
    )
    return replace(known, answer=answer)


def _finished(units: list[Unit], executor: Executor, *, task: str) -> Iterator[Finished]:
    return map(Finished, units, executor.run(units, task=task), executor.keys(units))
