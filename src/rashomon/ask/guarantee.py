"""What is guaranteed, under which assumptions, and how often it failed when we measured it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

import pandas as pd

from rashomon.ask.answer import Answer
from rashomon.ask.guarantee_status import Standing, standing
from rashomon.ask.request import Request
from rashomon.core import Registry
from rashomon.score.rate import exact_interval

__all__ = ["GUARANTEES", "GUARANTEE_COLUMNS", "Guarantee", "MeasuredRate", "guarantee_table", "measured"]

_MEASURED = "guarantee_measured.json"


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
        What the data must have for the statement to apply; see `rashomon.ask.guarantee_status`.
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


GUARANTEE_COLUMNS = {
    "guarantee": "its key",
    "question": "key of the question",
    "statement": "what is stated",
    "rate_of": "what was counted",
    "side": "whether the rate is meant to be at most or at least the bound",
    "bound": "the bound",
    "rate": "share of the simulated data sets in which it happened",
    "low": "lower end of its exact 95 % interval",
    "high": "upper end",
    "n": "simulated data sets",
    "kept": "whether the one-sided 95 % bound of the rate respects the bound",
    "assumptions": "what it rests on",
    "status": "whether that holds in these data: holds, violated, untested",
    "evidence": "why",
    "measured": "day of the measurement",
}
"""Columns of `guarantee_table`."""


@cache
def measured() -> Mapping[str, MeasuredRate]:
    """Return what was measured, by the name of the guarantee; the file is made from ``benchmarks/results``."""
    text = files("rashomon.ask").joinpath(_MEASURED).read_text(encoding="utf-8")
    return {name: MeasuredRate(**entry) for name, entry in json.loads(text).items()}


def guarantee_table(request: Request, answers: Mapping[str, Answer]) -> pd.DataFrame:
    """Return one row per guarantee of the questions that were answered, with the columns of `GUARANTEE_COLUMNS`.

    Parameters
    ----------
    request
        The data and the labels.
    answers
        By key of the question; what "cannot tell" needs no guarantee.
    """
    rows = [
        _row(guarantee, standing(guarantee.needs, request))
        for guarantee in GUARANTEES.values()
        if guarantee.question in answers and answers[guarantee.question].status != "not applicable"
    ]
    return pd.DataFrame(rows, columns=list(GUARANTEE_COLUMNS))


def _row(guarantee: Guarantee, stands: Standing) -> dict[str, object]:
    found = guarantee.measured
    low, high = found.interval
    return {
        "guarantee": guarantee.name,
        "question": guarantee.question,
        "statement": guarantee.summary,
        "rate_of": guarantee.rate_of,
        "side": guarantee.side,
        "bound": guarantee.bound,
        "rate": found.rate,
        "low": low,
        "high": high,
        "n": found.n,
        "kept": guarantee.kept,
        "assumptions": "; ".join(guarantee.assumptions),
        "status": stands.status,
        "evidence": stands.evidence,
        "measured": found.date[:10],
    }


GUARANTEES: Registry[Guarantee] = Registry("guarantee", [])
