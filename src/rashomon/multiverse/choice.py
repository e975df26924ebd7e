"""Choices: what an analyst must decide, the defensible alternatives, and why each is one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from rashomon.core import UsageError

__all__ = ["Choice", "Equivalence", "Level", "NotRun", "Option"]

Level = str | int | float
"""The value of a choice in one pipeline."""

Equivalence = Literal["equivalent", "another question", "exploratory"]


@dataclass(frozen=True)
class Option:
    """One alternative of a choice.

    Parameters
    ----------
    level
        Its value, as shown in tables.
    rationale
        Why an expert would defend it.
    citation
        Where it comes from.
    equivalence
        Whether it answers the same question as the other alternatives (Del Giudice & Gangestad 2021).
    """

    level: Level
    rationale: str
    citation: str = ""
    equivalence: Equivalence = "equivalent"


@dataclass(frozen=True)
class NotRun:
    """An alternative that this data set does not allow, and why."""

    choice: str
    level: Level
    because: str


@dataclass(frozen=True)
class Choice:
    """One decision of an analysis.

    Parameters
    ----------
    name
        Column of the table of runs.
    options
        Alternatives; the first is the default.
    within
        The choice applies only where these other choices have one of the given levels; elsewhere its value is missing.
    granularity
        Whether it sets how fine the clusters are. Such choices are not counted as disagreement between pipelines.
    replicate
        Whether it is a random seed: repeats of one pipeline rather than another pipeline.

    Raises
    ------
    UsageError
        When there are no options or two share a level.
    """

    name: str
    options: tuple[Option, ...]
    within: Mapping[str, tuple[Level, ...]] = field(default_factory=dict)
    granularity: bool = False
    replicate: bool = False

    def __post_init__(self) -> None:
        if not self.options or len(set(self.levels)) != len(self.options):
            raise UsageError(
                f"choice {self.name!r} needs options with distinct levels", where="multiverse", expected="one or more"
            )

    @property
    def levels(self) -> tuple[Level, ...]:
        """Values of the options, default first."""
        return tuple(option.level for option in self.options)

    @property
    def default(self) -> Level:
        """Value of the default option."""
        return self.options[0].level

    def applies(self, pipeline: Mapping[str, Level]) -> bool:
        """Whether the choice has to be made in a pipeline whose earlier choices are given."""
        return all(pipeline.get(name) in levels for name, levels in self.within.items())
