"""What was measured: the files of ``benchmarks/results``, read when the pages are built."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from rashomon_docs.text import number

__all__ = ["RESULTS", "flat", "found_results", "quoted", "result"]

RESULTS = Path(__file__).resolve().parents[3] / "benchmarks" / "results"
_COUNTED = ("figures", "totals")


@cache
def result(name: str) -> Mapping[str, Any]:
    """Return the file ``statistical_<name>.json``, or ``<name>.json`` for times."""
    there = [path for path in (RESULTS / f"statistical_{name}.json", RESULTS / f"{name}.json") if path.is_file()]
    if not there:
        raise FileNotFoundError(f"no result is called {name}")
    return dict(json.loads(there[0].read_text(encoding="utf-8")))


def found_results(pattern: str) -> list[str]:
    """Return the names of the statistical results that fit `pattern`, sorted; an error when there are none."""
    names = sorted(path.stem.removeprefix("statistical_") for path in RESULTS.glob(f"statistical_{pattern}.json"))
    if not names:
        raise FileNotFoundError(f"no result fits {pattern}")
    return names


def numbers_of(name: str) -> Mapping[str, Any]:
    """Return the figures or the totals of a result."""
    found = result(name)
    return dict(next(found[key] for key in _COUNTED if key in found))


def flat(values: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, object]]:
    """Iterate over the single values of nested `values`, each with the words that lead to it."""
    for key, value in values.items():
        name = f"{above}, {key}" if above else str(key)
        if isinstance(value, Mapping):
            yield from flat(value, name)
        else:
            yield name, value


def quoted(text: str) -> str:
    """Return what ``NAME > KEY [> KEY ...] [| of KEY][| percent]`` quotes.

    ``of`` shows a count with its total and their ratio; ``percent`` shows a share in per cent.
    """
    path, *forms = (part.strip() for part in text.split("|"))
    name, *keys = (part.strip() for part in path.split(">"))
    # files of times have rows, those of claims have figures
    value: Any = result(name) if keys[0] == "rows" else numbers_of(name)
    for key in keys:
        value = _case(value, key) if isinstance(value, list) else value[key]
    for form in forms:
        if form.startswith("of "):
            total = numbers_of(name)[form.removeprefix("of ")]
            return f"{value:,} of {total:,}"
        if form == "percent":
            return f"{100 * value:.3g} %"
        if form.startswith("over "):
            return number(value / float(form.removeprefix("over ")))
        raise ValueError(f"unknown form {form!r} in {text!r}")
    return number(value)


def _case(rows: Sequence[Mapping[str, Any]], case: str) -> Mapping[str, Any]:
    """Return the row of times with this name."""
    return next(row for row in rows if row["case"] == case)
