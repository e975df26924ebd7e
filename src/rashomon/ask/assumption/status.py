"""The status of what every answer rests on, looked up once when all questions are answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from rashomon.ask.answer import Answer, Assumption
from rashomon.ask.assumption.conclusion import ANSWERS
from rashomon.ask.assumption.record import ASSUMPTIONS, status_of
from rashomon.ask.question import Answered
from rashomon.ask.request import Request

__all__ = ["ASSUMPTION_COLUMNS", "assumptions_table", "statuses", "with_assumptions"]

ASSUMPTION_COLUMNS = {
    "question": "key of the question whose answer rests on it",
    "assumption": "its name in the registry; empty for what only this question assumes",
    "statement": "what is assumed",
    "status": "holds, violated, or untested",
    "evidence": "what was looked at in these data, or why nothing was",
    "world": "world of the catalogue in which it fails, or holds",
    "citation": "who put it to the test",
}
"""Columns of `assumptions_table` and what they mean."""


def statuses(request: Request, answered: Mapping[str, Answered]) -> dict[str, Assumption]:
    """Return every assumption that an answer rests on and that is about such items, by name, with its status.

    Parameters
    ----------
    request
        The data and the finished multiverse.
    answered
        By key of the question; their tables are evidence.
    """
    answers = [(name, each.answer.status, each.answer.verdict) for name, each in answered.items()]
    tables = {name: table for each in answered.values() for name, table in each.tables.items()}
    tables[ANSWERS] = pd.DataFrame(answers, columns=["question", "status", "verdict"])
    asked = {name for name, each in answered.items() if _rests(each.answer)}
    return {
        name: status_of(name, request, tables=tables)
        for name, record in ASSUMPTIONS.items()
        if record.concerns(request.dataset.item) and asked & set(record.questions)
    }


def with_assumptions(request: Request, answered: Mapping[str, Answered]) -> dict[str, Answered]:
    """Return the answers with the status of each assumption that they rest on.

    What a question says of an assumption itself stays, and is not said twice. An answer that says nothing rests on
    nothing.

    Parameters
    ----------
    request, answered
        As in `statuses`.
    """
    known = statuses(request, answered)
    return {
        name: replace(
            each, answer=_with(each.answer, [known[key] for key in known if name in ASSUMPTIONS[key].questions])
        )
        if _rests(each.answer)
        else each
        for name, each in answered.items()
    }


def _rests(answer: Answer) -> bool:
    """Whether it says something, or says itself what it rests on."""
    return answer.status in {"answered", "mixed"} or bool(answer.assumptions)


def _with(answer: Answer, more: list[Assumption]) -> Answer:
    said = {each.statement for each in answer.assumptions}
    return replace(answer, assumptions=(*answer.assumptions, *(each for each in more if each.statement not in said)))


def assumptions_table(answers: Mapping[str, Answer]) -> pd.DataFrame:
    """Return what every answer rests on, with its status in the user's data.

    Parameters
    ----------
    answers
        By key of the question, from `with_assumptions`.

    Returns
    -------
    One row per question and assumption, see `ASSUMPTION_COLUMNS`.

    Examples
    --------
    >>> said = Answer("choices", "answered", "none", "", assumptions=(Assumption("labels are right", "untested"),))
    >>> assumptions_table({"choices": said})[["question", "assumption", "statement", "status"]].values.tolist()
    [['choices', '', 'labels are right', 'untested']]
    """
    named = {record.summary: record for record in ASSUMPTIONS.values()}
    rows = []
    for question, answer in answers.items():
        for each in answer.assumptions:
            record = named.get(each.statement)
            told = (record.name, record.world, record.citation) if record is not None else ("", "", "")
            rows.append((question, told[0], each.statement, each.status, each.evidence, *told[1:]))
    return pd.DataFrame(rows, columns=list(ASSUMPTION_COLUMNS))
