"""The guarantees that apply to an audit, with the rates at which they failed and their standing in these data."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from rashomon.ask.answer import Answer
from rashomon.ask.guarantee.catalogue import GUARANTEES
from rashomon.ask.guarantee.record import Guarantee
from rashomon.ask.guarantee.status import Standing, standing
from rashomon.ask.request import Request

__all__ = ["GUARANTEE_COLUMNS", "guarantee_table"]

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
