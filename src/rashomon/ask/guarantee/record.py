"""What is guaranteed, under which assumptions, and how often it failed when we measured it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

from rashomon.score.rate import exact_interval

__all__ = ["Guarantee", "MeasuredRate", "measured"]

_MEASURED = "measured.json"


class MeasuredRate(NamedTuple):
    """How often something happened in simulations whose truth was known.

    Parameters
    ----------
    events, n
        How often, and in how many data sets.
    code
        Digest of the code that was measured, see `rashomon.core.source.source_digest`.
    date
        When.
    """

    events: int
    n: int
    code: str
    date: str

    @property
    def rate(self) -> float:
        """Share of the data sets."""
        return self.events / self.n

    @property
    def interval(self) -> tuple[float, float]:
        """Its exact 95 % interval (Clopper and Pearson)."""
        low, high = exact_interval(self.events, self.n)
        return float(low), float(high)


@dataclass(frozen=True)
class Guarantee:
    """One statement with the rate at which it fails.

    Parameters
    ----------
    name
        Its key.
    question
        Key of the question it belongs to.
    summary
        The statement, with the data it was measured on.
    rate_of
        What was counted.
    bound, side
        The rate is meant to be at most or at least this.
    assumptions
        What it rests on.
    result, event
        Name of the file of results, and which of its counts.
    modules
        The code that the figure belongs to: when it changes, the figure is stale and a test fails.
    needs
        What the data must have for the statement to apply; see `rashomon.ask.guarantee.status`.
    """

    name: str
    question: str
    summary: str
    rate_of: str
    bound: float
    side: Literal["at most", "at least"]
    assumptions: tuple[str, ...]
    result: str
    event: str
    modules: tuple[str, ...]
    needs: str

    @property
    def measured(self) -> MeasuredRate:
        """What was measured."""
        return measured()[self.name]

    @property
    def kept(self) -> bool:
        """Whether the measured rate is on the right side of the bound, beyond what chance allows (one-sided 95 %)."""
        low, high = exact_interval(self.measured.events, self.measured.n, level=0.9)
        return bool(high <= self.bound if self.side == "at most" else low >= self.bound)


@cache
def measured() -> Mapping[str, MeasuredRate]:
    """Return what was measured, by the name of the guarantee; the file is made from ``benchmarks/results``."""
    text = files(__package__).joinpath(_MEASURED).read_text(encoding="utf-8")
    return {name: MeasuredRate(**entry) for name, entry in json.loads(text).items()}
