"""One question by itself, without the multiverse of an audit."""

from __future__ import annotations

from rashomon.ask import QUESTIONS, Answered, Finished, Request
from rashomon.ask.assumption.status import with_assumptions
from rashomon.multiverse import Executor, slots_of

__all__ = ["ask_alone"]


def ask_alone(name: str, request: Request, *, executor: Executor | None = None) -> Answered:
    """Return what a question says, and rests on, after running what it plans and nothing else.

    Parameters
    ----------
    name
        Key of the question.
    request
        What is asked about; a multiverse without finished runs is enough.
    executor
        Its data, store and engine are used; the data of `request`, in this process, when None.
    """
    question = QUESTIONS[name]
    units = question.plan(request)
    finished: list[Finished] = []
    if units:
        base = executor or Executor(slots_of(request.dataset), request.entropy)
        apart = Executor({**base.data, **question.slots(request)}, request.entropy, base.store, base.engine)
        finished = list(map(Finished, units, apart.run(units, task=name), apart.keys(units)))
    return with_assumptions(request, {name: question.conclude(request, finished)})[name]
