"""The questions as users ask them, and the one way in which each is planned and answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from rashomon.ask.answer import Answer
from rashomon.ask.request import Request
from rashomon.core import Registry, resolve
from rashomon.engine import Record
from rashomon.multiverse import Unit
from rashomon.partitions import Partitions

__all__ = ["QUESTIONS", "Answered", "Finished", "Question"]


class Finished(NamedTuple):
    """A unit that a question planned, what came of it, and its key in the store."""

    unit: Unit
    record: Record
    key: str


@dataclass(frozen=True, eq=False)
class Answered:
    """What a question hands on.

    Parameters
    ----------
    answer
        What is said.
    tables
        Tidy tables by name.
    cells
        Columns of shape ``(n_obs,)`` by name.
    partitions
        Labels of the runs that were made for the question.
    not_run
        What was left out, as (choice, level, because).
    """

    answer: Answer
    tables: Mapping[str, pd.DataFrame]
    cells: Mapping[str, np.ndarray] = field(default_factory=dict)
    partitions: Partitions | None = None
    not_run: tuple[tuple[str, str, str], ...] = ()

    def __repr__(self) -> str:
        """Return what a terminal shows: the answer, what to do next, and where the tables are."""
        return "\n".join([*self._said, self._more])

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the same, and the table that the verdict rests on; names are escaped."""
        said = "".join(f"<p>{escape(line)}</p>" for line in self._said)
        table = self.answer.table.to_html(index=False, max_rows=30, border=0) if len(self.answer.table) else ""
        return f"<div>{said}{table}<p>{escape(self._more)}</p></div>"

    @property
    def _said(self) -> list[str]:
        answer = self.answer
        asked = QUESTIONS[answer.question].summary if answer.question in QUESTIONS else ""
        next_step = f"Next: {answer.next_step}" if answer.next_step else ""
        return [line for line in (f"{asked} {answer.sentence}".strip(), answer.text, next_step) if line]

    @property
    def _more(self) -> str:
        return f"more: {', '.join(['.answer', *(f'.tables[{name!r}]' for name in self.tables)])}"


@dataclass(frozen=True)
class Question:
    """One question.

    Parameters
    ----------
    name
        Its key.
    number
        Its place among the seven.
    summary
        As users ask it.
    room
        Module with ``plan(request) -> units`` and ``conclude(request, finished) -> Answered``.
    own_slots
        Whether the module also has ``slots(request)``: slots that its units read beside those of the data.
    """

    name: str
    number: int
    summary: str
    room: str
    own_slots: bool = False

    def slots(self, request: Request) -> dict[str, Any]:
        """Return the slots that the units of `plan` read beside those of the data: labels, for example."""
        return dict(resolve(f"{self.room}:slots")(request)) if self.own_slots else {}

    def plan(self, request: Request) -> list[Unit]:
        """Return what has to be computed before the question can be answered, beside the multiverse."""
        units: list[Unit] = resolve(f"{self.room}:plan")(request)
        return units

    def conclude(self, request: Request, finished: Sequence[Finished]) -> Answered:
        """Return the answer from the finished units of `plan`; none where only labels are known."""
        answered: Answered = resolve(f"{self.room}:conclude")(request, finished)
        return answered


QUESTIONS: Registry[Question] = Registry(
    "question",
    [
        Question(
            "structure",
            1,
            "Are there groups at all, or would one population look the same?",
            "rashomon.ask.structure.question",
            own_slots=True,
        ),
        Question(
            "stability",
            2,
            "If I did it again (other cells, donors, settings), would this cluster come back?",
            "rashomon.ask.stability.question",
        ),
        Question("truths", 3, "Which of my label columns do the clusters follow?", "rashomon.ask.truths.question"),
        Question("choices", 4, "Which of my settings made this clustering?", "rashomon.ask.choices.question"),
        Question(
            "confounding",
            5,
            "Could it be donor, batch, depth, doublets or stress?",
            "rashomon.ask.confounding.question",
            own_slots=True,
        ),
        Question(
            "which_score",
            6,
            "Which number may I use to choose the resolution?",
            "rashomon.ask.which_score.question",
            own_slots=True,
        ),
        Question("power", 7, "Do I have enough cells, donors, depth?", "rashomon.ask.power.question", own_slots=True),
    ],
)
