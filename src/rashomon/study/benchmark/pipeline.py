"""Which pipelines a benchmark runs on every data set: one multiverse, fitted to the first sample of the fixed point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from rashomon.cluster import user_clusterer
from rashomon.core import Step, UsageError
from rashomon.dataset import Dataset
from rashomon.encode import user_transform
from rashomon.multiverse import Budget, Level, Multiverse, Pipeline, Wishes, expression_multiverse, receptor_multiverse

__all__ = ["Methods", "named_pipelines", "plan_methods"]


@dataclass(frozen=True)
class Methods:
    """What is benchmarked.

    Parameters
    ----------
    budget
        Size of the multiverse.
    multiverse
        Levels by choice in place of those of the budget.
    pipelines
        Settings of the pipelines to run, completed by defaults; all of the multiverse when empty.
    clusterers
        More clusterers: names, or functions of the user as ``module:function``.
    steps
        Transforms of the user: ``module:function``, ``x=module:function`` for one of the matrix.
    max_pipelines
        Most pipelines, resolutions and seeds not counted.
    """

    budget: Budget = "quick"
    multiverse: Mapping[str, Sequence[Level]] = field(default_factory=dict)
    pipelines: Sequence[Mapping[str, Level]] = ()
    clusterers: Sequence[str] = ()
    steps: Sequence[str] = ()
    max_pipelines: int | None = None


def plan_methods(methods: Methods, dataset: Dataset, *, rng: np.random.Generator) -> tuple[Multiverse, list[Pipeline]]:
    """Return the multiverse of a benchmark, and the pipelines of it that are run.

    Parameters
    ----------
    methods
        What is asked for.
    dataset
        The first sample of the fixed point; its levels that are offered are those that it allows.
    rng
        Draws a fraction where there are too many.

    Raises
    ------
    UsageError
        When a choice, level or function is unknown, or pipelines are given beside levels.
    """
    levels = _levels(methods)
    wishes = Wishes(levels, [_clusterer(each) for each in methods.clusterers], [_step(each) for each in methods.steps],
                    methods.max_pipelines)  # fmt: skip
    if dataset.item == "receptor":
        made = receptor_multiverse(dataset, budget=methods.budget, wishes=wishes, rng=rng)
    else:
        made = expression_multiverse(dataset, budget=methods.budget, wishes=wishes, rng=rng)
    return made, [made.complete(given) for given in methods.pipelines] or list(made)


def named_pipelines(multiverse: Multiverse, pipelines: Sequence[Pipeline]) -> dict[str, Pipeline]:
    """Return the pipelines by a name that says only what differs among them, in the order of the choices.

    Parameters
    ----------
    multiverse
        Where they come from.
    pipelines
        Those that are run; repeated ones count once.

    Examples
    --------
    >>> from rashomon.multiverse import Choice, Option
    >>> pair = Multiverse((Choice("k", (Option(2, ""), Option(3, ""))), Choice("seed", (Option(0, ""),))))
    >>> list(named_pipelines(pair, list(pair)))
    ['k=2', 'k=3']
    """
    varied = [
        choice.name
        for choice in multiverse.choices
        if len({each.get(choice.name) for each in pipelines if choice.name in each}) > 1
    ]
    # what tells them apart; the clusterer says more than any number
    found: dict[str, Pipeline] = {}
    for each in pipelines:
        name = " | ".join(f"{choice}={each[choice]}" for choice in varied if choice in each)
        name = name or f"clusterer={each.get('clusterer', 'default')}"
        if found.setdefault(name, each) != each:
            name = " | ".join(f"{choice}={level}" for choice, level in each.items())
            found[name] = each
    return found


def _levels(methods: Methods) -> Mapping[str, Sequence[Level]]:
    if not methods.pipelines:
        return methods.multiverse
    if methods.multiverse:
        raise UsageError("pipelines are given beside levels of the multiverse", where="pipelines",
                         expected="one of them", fix="leave multiverse out")  # fmt: skip
    found: dict[str, dict[Level, None]] = {}
    for setting in methods.pipelines:
        for choice, level in setting.items():
            if choice != "clusterer" or level not in {step.rpartition(":")[2] for step in methods.clusterers}:
                found.setdefault(choice, {})[level] = None
    return {choice: list(levels) for choice, levels in found.items()}


def _clusterer(given: str) -> str | Step:
    return user_clusterer(given) if ":" in given else given


def _step(given: str) -> Step:
    on, _, target = given.rpartition("=")
    return user_transform(target, on="x") if on == "x" else user_transform(target)
