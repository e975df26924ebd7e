"""The multiverse: every defensible pipeline, in order, and what could not be run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import prod

from rashomon.core import UsageError, did_you_mean
from rashomon.multiverse.choice import Choice, Level, NotRun

__all__ = ["Multiverse", "Pipeline"]

Pipeline = dict[str, Level]
"""One level per choice that applies, in the order of the choices."""


@dataclass(frozen=True)
class Multiverse:
    """All combinations of the options of some choices.

    Parameters
    ----------
    choices
        In the order of the analysis; a choice may refer to earlier ones in ``within``.
    not_run
        Alternatives this data set does not allow.

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

    def __iter__(self) -> Iterator[Pipeline]:
        """Iterate over all pipelines, depth first, so that neighbours share a prefix."""
        yield from self._extend({}, self.choices)

    def _extend(self, start: Pipeline, choices: tuple[Choice, ...]) -> Iterator[Pipeline]:
        if not choices:
            yield start
            return
        first, *rest = choices
        if not first.applies(start):
            yield from self._extend(start, tuple(rest))
            return
        for level in first.levels:
            yield from self._extend({**start, first.name: level}, tuple(rest))

    def __len__(self) -> int:
        """Return the number of pipelines, counting resolutions and seeds."""
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
                expected=f"settings that apply {_condition(self[useless[0]])}",
                fix=f"leave {useless[0]} out",
            )
        return pipeline

    def name(self, pipeline: Mapping[str, Level]) -> str:
        """Return the name of a pipeline without granularity and seed, as shown to users."""
        parts = [
            f"{choice.name}={pipeline[choice.name]}"
            for choice in self.choices
            if choice.name in pipeline and not choice.granularity and not choice.replicate
        ]
        return " | ".join(parts)

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
        shown = [
            f"{choice.name}: {', '.join(map(str, choice.levels))}"
            + (f"   (only with {_condition(choice)})" if choice.within else "")
            for choice in self.choices
        ]
        skipped = [f"not run: {entry.choice} = {entry.level}, because {entry.because}" for entry in self.not_run]
        free = prod(len(choice.levels) for choice in self.choices if not choice.within)
        return [*shown, *skipped, f"{len(self)} pipelines ({free} combinations of the unconditional choices)"]


def _condition(choice: Choice) -> str:
    return " and ".join(f"{name} in {', '.join(map(str, levels))}" for name, levels in choice.within.items())
