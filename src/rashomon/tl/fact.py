"""What a tool found, as facts that survive in ``uns``: answers and tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from rashomon.ask import Answer
from rashomon.io.fact_table import MOST_ROWS, table_fact
from rashomon.io.kept import ANSWERS, LEFT_OUT, TABLE, TOOL

__all__ = ["answer_table", "facts_of"]

_COLUMNS = (
    "question", "status", "verdict", "evidence", "text", "next_step", "estimate", "estimate_of", "low", "high", "over",
    "sentence",
)  # fmt: skip


def facts_of(
    tool: str,
    labels: str | None,
    *,
    answers: Mapping[str, Answer] | None = None,
    tables: Mapping[str, pd.DataFrame] | None = None,
) -> dict[str, Any]:
    """Return the facts of a call in JSON types, for `rashomon.tl.slot.write_results`.

    Parameters
    ----------
    tool
        Name of the function.
    labels
        Column that was judged; None where there is none.
    answers
        By question.
    tables
        By name; those of more than `rashomon.io.fact_table.MOST_ROWS` rows are left out, and their lengths kept.
    """
    kept = {ANSWERS: answer_table(answers or {}), **(tables or {})}
    long = {name: len(table) for name, table in kept.items() if len(table) > MOST_ROWS}
    facts = {f"{TABLE}{name}": table_fact(table) for name, table in kept.items() if name not in long}
    return {TOOL: tool, "labels": labels, LEFT_OUT: long, **facts}


def answer_table(answers: Mapping[str, Answer]) -> pd.DataFrame:
    """Return one row per answer: its words, its number and its interval.

    Parameters
    ----------
    answers
        By question.

    Examples
    --------
    >>> said = Answer("power", "answered", "enough", "Nothing is missing.", estimate=0.5)
    >>> answer_table({"power": said})[["question", "verdict", "estimate"]].to_numpy().tolist()
    [['power', 'enough', 0.5]]
    """
    rows = [
        {
            **{name: getattr(answer, name, "") for name in _COLUMNS},
            "question": name,
            "estimate": answer.estimate,
            "low": None if answer.interval is None else answer.interval.low,
            "high": None if answer.interval is None else answer.interval.high,
            "over": "" if answer.interval is None else answer.interval.over,
        }
        for name, answer in answers.items()
    ]
    return pd.DataFrame(rows, columns=list(_COLUMNS)).astype(dict.fromkeys(("estimate", "low", "high"), "float64"))
