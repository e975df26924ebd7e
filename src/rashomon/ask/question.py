"""The questions as users ask them."""

from __future__ import annotations

from dataclasses import dataclass

from rashomon.core import Registry

__all__ = ["QUESTIONS", "Question"]


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
        Module with ``answer`` (and ``plan``, where units of its own are needed).
    """

    name: str
    number: int
    summary: str
    room: str


QUESTIONS: Registry[Question] = Registry(
    "question",
    [
        Question(
            "stability",
            2,
            "If I did it again (other cells, donors, settings), would this cluster come back?",
            "rashomon.ask.stability",
        ),
        Question("truths", 3, "Which of my label columns do the clusters follow?", "rashomon.ask.truths"),
        Question("choices", 4, "Which of my settings made this clustering?", "rashomon.ask.choices"),
    ],
)
