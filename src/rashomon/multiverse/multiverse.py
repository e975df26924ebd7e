"""The multiverse: every defensible pipeline, in order, and what could not be run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from rashomon.core import Step, UsageError, did_you_mean
from rashomon.multiverse.choice import Choice, Level, NotRun
from rashomon.multiverse.tree import condition, tree_lines
from rashomon.perturb import Domain

__all__ = ["Multiverse", "Pipeline"]

Pipeline = dict[str, Level]
"""One level per choice that applies, in the order of the choices."""


@dataclass(frozen=True)
class Multiverse:
    """All combinations of the options of some choices, or those that were drawn from them.

    Parameters
    ----------
    choices
        In the order of the analysis; a choice may refer to earlier ones in ``within``.
    not_run
        Alternatives this data set does not allow.
    drawn
        Settings of the pipelines (without granularity and seeds) that are run; None for all combinations.
    n_whole
        Pipelines, granularity and seeds not counted, among which `drawn` was drawn; None when nothing was drawn.
    notes
        What is to be said about the draw: which effects it mixes up.
    clusterers
        The step behind each level of the choice ``clusterer``; those of the registry where it is empty.
    steps
        The step behind each level of the choices ``matrix_step`` and ``view_step``, which only users bring.
    without
        Perturbations that are left out, with the reason.
    domain
        What is clustered.

    Examples
    --------
    >>> from rashomon.multiverse.choice import Option
    >>> clusterer = Choice("clusterer", (Option("leiden", ""), Option("kmeans", "")))
    >>> resolution = Choice("resolution", (Option(1.0, ""), Option(0.5, "")), within={"clusterer": ("leiden",)})
    >>> for pipeline in Multiverse((clusterer, resolution)):
    ...     print(pipeline)
    {'clusterer': 'leiden', 'resolution': 1.0}
    {'clusterer': 'leiden', 'resolution': 0.5}
    {'clusterer': 'kmeans'}
    """

    choices: tuple[Choice, ...]
    not_run: tuple[NotRun, ...] = ()
    drawn: tuple[Pipeline, ...] | None = None
    n_whole: int | None = None
    notes: tuple[str, ...] = ()
    clusterers: Mapping[str, Step] = field(default_factory=dict)
    steps: Mapping[str, Step] = field(default_factory=dict)
    without: Mapping[str, str] = field(default_factory=dict)
    domain: Domain = "expression"

    def __iter__(self) -> Iterator[Pipeline]:
        """Iterate over all pipelines, depth first, so that neighbours share a prefix."""
        if self.drawn is None:
            yield from _extend({}, self.choices, {})
            return
        for settings in self.drawn:
            yield from _extend({}, self.choices, settings)

    def __len__(self) -> int:
        """Return the number of runs: pipelines, each at every resolution and seed."""
        return sum(1 for _ in self)

    def __getitem__(self, name: str) -> Choice:
        """Return a choice by name."""
        for choice in self.choices:
            if choice.name == name:
                return choice
        raise UsageError(
            f"unknown choice {name!r}",
            where="multiverse",
            fix=did_you_mean(name, [choice.name for choice in self.choices]),
        )

    def settings(self) -> tuple[Pipeline, ...]:
        """Return the pipelines without granularity and seeds, depth first, each once."""
        if self.drawn is not None:
            return self.drawn
        return tuple(_extend({}, tuple(c for c in self.choices if not c.granularity and not c.replicate), {}))

    @property
    def is_fraction(self) -> bool:
        """Whether only some of the combinations are run."""
        return self.n_whole is not None and self.n_whole > len(self.settings())

    @property
    def default(self) -> Pipeline:
        """The pipeline of all defaults."""
        return self.complete({})

    def complete(self, given: Mapping[str, Level]) -> Pipeline:
        """Return the pipeline with the levels `given` and defaults for the rest.

        Raises
        ------
        UsageError
            When a choice or a level is unknown, or a choice does not apply in the pipeline.
        """
        for name, level in given.items():
            if level not in self[name].levels:
                raise UsageError(
                    f"{name} = {level!r} is not in the multiverse",
                    where="pipeline",
                    expected=f"one of {', '.join(map(str, self[name].levels))}",
                )
        pipeline: Pipeline = {}
        for choice in self.choices:
            if choice.applies(pipeline):
                level = given.get(choice.name, choice.default)
                # the multiverse's own object: 15.0 read from a table must give the same key as 15
                pipeline[choice.name] = choice.levels[choice.levels.index(level)]
        useless = [name for name in given if name not in pipeline]
        if useless:
            raise UsageError(
                f"{useless[0]} = {given[useless[0]]!r} has no effect in this pipeline",
                where="pipeline",
                expected=f"settings that apply {condition(self[useless[0]])}",
                fix=f"leave {useless[0]} out",
            )
        return pipeline

    def setting(self, pipeline: Mapping[str, Level]) -> Pipeline:
        """Return a pipeline without granularity and seed."""
        free = {choice.name for choice in self.choices if choice.granularity or choice.replicate}
        return {name: level for name, level in pipeline.items() if name not in free}

    def name(self, pipeline: Mapping[str, Level]) -> str:
        """Return the name of a pipeline without granularity and seed, as shown to users."""
        setting = self.setting(pipeline)
        return " | ".join(f"{choice.name}={setting[choice.name]}" for choice in self.choices if choice.name in setting)

    def branch(self, pipeline: Mapping[str, Level]) -> str:
        """Return the branch of a pipeline: empty for equivalent choices only, else the levels that are not equivalent.

        Branches answer other questions, or are exploratory; they are shown beside the others and never averaged in.
        """
        return ", ".join(
            f"{choice.name}={option.level}"
            for choice in self.choices
            for option in choice.options
            if option.equivalence != "equivalent" and pipeline.get(choice.name) == option.level
        )

    def siblings(self, pipeline: Mapping[str, Level], *, vary: Iterable[str]) -> Iterator[Pipeline]:
        """Iterate over the pipelines that differ from `pipeline` at most in the choices `vary`."""
        free = set(vary)
        fixed = {name: level for name, level in pipeline.items() if name not in free}
        for other in self:
            if all(other.get(name) == level for name, level in fixed.items()) and set(other) == set(pipeline):
                yield other

    def lines(self) -> list[str]:
        """Return the multiverse as a readable tree of choices, with the number of pipelines."""
        return tree_lines(self)


def _extend(start: Pipeline, choices: tuple[Choice, ...], fixed: Mapping[str, Level]) -> Iterator[Pipeline]:
    """Iterate over the pipelines that begin with `start`; choices in `fixed` keep their level."""
    if not choices:
        yield start
        return
    first, rest = choices[0], choices[1:]
    if not first.applies(start):
        yield from _extend(start, rest, fixed)
        return
    for level in (fixed[first.name],) if first.name in fixed else first.levels:
        yield from _extend({**start, first.name: level}, rest, fixed)
