"""What is guaranteed, how often it failed when it was measured, and what the questions rest on."""

from __future__ import annotations

from collections.abc import Sequence

from rashomon.ask import QUESTIONS
from rashomon.ask.assumption.record import ASSUMPTIONS
from rashomon.ask.guarantee.catalogue import GUARANTEES
from rashomon_docs.result import flat, found_results, numbers_of, result
from rashomon_docs.text import day, in_code, number, plain, table

__all__ = ["assumptions", "claims", "guarantees"]

_MOST = 8
"""Numbers of one result that a table shows."""


def guarantees(question: str = "") -> str:
    """Return the guarantees of one question, or of all, with the rate that was measured for each."""
    rows = []
    for record in GUARANTEES.values():
        if question in {"", record.question}:
            found = record.measured
            low, high = found.interval
            rows.append([
                plain(record.summary),
                f"{plain(record.rate_of)}: {found.events:,} of {found.n:,} ({100 * low:.1f} to {100 * high:.1f} %)",
                f"{record.side} {100 * record.bound:.0f} %; {'kept' if record.kept else '**not shown yet**'}",
                plain("; ".join(record.assumptions)),
                day(found.date),
            ])  # fmt: skip
    titles = ["stated", "measured, with its exact 95 % interval", "meant to be", "rests on", "day"]
    return table(titles, rows)


def assumptions(question: str = "") -> str:
    """Return the assumptions that one question, or any, rests on, each with the world on which it fails or holds."""
    rows = [
        [
            plain(record.summary),
            f"[{record.world}](/generated/worlds/{record.world}.md)",
            ", ".join(f"[{QUESTIONS[name].number}](/questions/{name}.md)" for name in record.questions),
            plain(record.citation),
        ]
        for record in ASSUMPTIONS.values()
        if not question or question in record.questions
    ]
    return table(["it is assumed that", "put to the test on the world", "questions", "source"], rows)


def claims(*patterns: str) -> str:
    """Return claims and figures of the results whose names fit `patterns`."""
    names = [name for pattern in patterns for name in found_results(pattern)]
    rows = [
        [f"{plain(result(name)['claim'])}<br>{in_code(name)}", _figures(name), day(result(name)["date"])]
        for name in names
    ]
    return table(["what was checked, and its file of results", "figures", "day"], rows)


def _figures(name: str) -> str:
    values = [(key, value) for key, value in flat(numbers_of(name)) if not _long(value)]
    shown = [f"{plain(key)}: {_shown(value)}" for key, value in values[:_MOST]]
    more = len(values) - len(shown)
    return "; ".join(shown) + (f"; {more} more" if more else "")


def _long(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str) and len(value) > 6


def _shown(value: object) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(plain(number(each)) for each in value)
    return plain(number(value))
