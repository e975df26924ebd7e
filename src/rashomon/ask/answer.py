"""An answer: a verdict in the question's own words, with its number, its interval and what it assumes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

import pandas as pd

from rashomon.core import UsageError

__all__ = ["Answer", "Assumption", "Interval", "Status"]

Status = Literal["answered", "mixed", "cannot tell", "not applicable"]


@dataclass(frozen=True)
class Assumption:
    """Something the answer rests on, and whether it was looked at."""

    statement: str
    status: Literal["holds", "violated", "untested"]
    evidence: str = ""


@dataclass(frozen=True)
class Interval:
    """An interval and what it is over.

    Parameters
    ----------
    low, high
        Ends; NaN when there is none.
    over
        What was varied, in words: "half-samples of cells, labels fixed".
    level
        Nominal coverage.
    """

    low: float
    high: float
    over: str
    level: float = 0.95

    def __str__(self) -> str:
        # -0.001 is shown as 0.00
        low, high = (f"{value:.2f}".replace("-0.00", "0.00") for value in (self.low, self.high))
        return f"{low} to {high}"


@dataclass(frozen=True, eq=False)
class Answer:
    """What is said about one question.

    Parameters
    ----------
    question
        Key of the question.
    status
        Whether there is an answer.
    verdict
        In the question's own vocabulary.
    text
        Two plain sentences.
    evidence
        The numbers behind the verdict in a few words.
    next_step
        What to do next.
    estimate, estimate_of, interval
        The main number, what it measures, and its interval.
    table
        What the verdict rests on.
    assumptions
        Each holds, is violated, or was not tested.

    Raises
    ------
    UsageError
        When the status is unknown.
    """

    question: str
    status: Status
    verdict: str
    text: str
    evidence: str = ""
    next_step: str = ""
    estimate: float | None = None
    estimate_of: str = ""
    interval: Interval | None = None
    table: pd.DataFrame = field(default_factory=pd.DataFrame)
    assumptions: tuple[Assumption, ...] = ()

    def __post_init__(self) -> None:
        if self.status not in get_args(Status):
            raise UsageError(f"unknown status {self.status!r}", where=f"answer to {self.question!r}")

    @property
    def sentence(self) -> str:
        """The verdict with its evidence, as one plain sentence."""
        said = f"{self.verdict} ({self.evidence})" if self.evidence else self.verdict
        return f"{said[:1].upper()}{said[1:]}."

    def __str__(self) -> str:
        return f"{self.sentence} {self.text} {self.next_step}".strip()
