"""The choice of a clusterer: ours by name, users' as steps, each with the parameters its function takes."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from functools import cache

from rashomon.cluster import CLUSTERERS, GRAPH_STEPS
from rashomon.core import Step, UsageError, did_you_mean, refusal, resolve
from rashomon.multiverse.choice import Choice, NotRun, Option

__all__ = ["clusterer_choice", "clusterers_with", "graph_step", "parameters", "reads_graph"]

_GRAPH = "graph"

_ONE_QUANTITY = "resolution"
"""Clusterers of ours with this parameter maximise one quantity, modularity; the others define a cluster otherwise."""


def parameters(step: Step) -> tuple[str, ...]:
    """Return the names of the keyword parameters that the function of a clusterer takes.

    Examples
    --------
    >>> "resolution" in parameters(CLUSTERERS["leiden"])
    True
    """
    return _parameters(step.target) if step.target is not None else _named_parameters(step.function)


@cache
def _named_parameters(path: str) -> tuple[str, ...]:
    return _parameters(resolve(path))


def _parameters(function: object) -> tuple[str, ...]:
    if not callable(function):
        return ()
    found = inspect.signature(function).parameters.values()
    return tuple(parameter.name for parameter in found if parameter.kind is parameter.KEYWORD_ONLY)


def graph_step(step: Step) -> Step | None:
    """Return the step that puts the neighbour graph into the form that a clusterer reads; None when it needs none."""
    made = {slot: each for each in GRAPH_STEPS.values() for slot in each.writes}
    return next((made[slot] for slot in step.reads if slot in made), None)


def reads_graph(step: Step) -> bool:
    """Whether a clusterer works on the neighbour graph, in any form."""
    return _GRAPH in step.reads or graph_step(step) is not None


def clusterer_choice(
    names: Sequence[str], steps: Sequence[Step], *, n_obs: int, not_run: list[NotRun]
) -> tuple[Choice, dict[str, Step]]:
    """Return the choice of a clusterer, and the step behind each of its levels.

    Parameters
    ----------
    names
        Clusterers of the registry; the first is the default.
    steps
        Clusterers of the user, each an exploratory alternative.
    n_obs
        Number of cells; clusterers that are refused above fewer are left out.
    not_run
        Receives those that are left out, with the reason.

    Raises
    ------
    UsageError
        When a name is unknown, two clusterers share one, or none is left.
    """
    known = {name: CLUSTERERS[name] for name in dict.fromkeys(names)}
    for step in steps:
        if step.name in known or step.name in CLUSTERERS:
            raise UsageError(
                f"there is a clusterer {step.name!r} already",
                where="clusterers",
                expected="a name of its own",
                fix=f"give the function another name ({did_you_mean(step.name, CLUSTERERS)})",
            )
        known[step.name] = step
    reasons = {name: refusal(step, n_obs) for name, step in known.items()}
    not_run += [NotRun("clusterer", name, reason) for name, reason in reasons.items() if reason]
    usable = {name: step for name, step in known.items() if not reasons[name]}
    if not usable:
        raise UsageError(
            "no clusterer is left",
            where="clusterers",
            expected="one that accepts so many cells",
            fix=next(iter(reasons.values())),
        )
    return Choice("clusterer", tuple(_option(step) for step in usable.values())), usable


def clusterers_with(steps: dict[str, Step], parameter: str) -> dict[str, tuple[str, ...]]:
    """Return the condition under which a parameter applies; empty when every clusterer takes it."""
    taking = tuple(name for name, step in steps.items() if parameter in parameters(step))
    return {} if len(taking) == len(steps) else {"clusterer": taking}


def _option(step: Step) -> Option:
    rationale = f"{step.summary} Cost: {step.cost}." if step.cost else step.summary
    same = step.name in CLUSTERERS and _ONE_QUANTITY in parameters(step)
    return Option(step.name, rationale, step.citation, "equivalent" if same else "exploratory")
