"""What the columns of the tables mean, collected from the mappings beside the code that makes them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from rashomon.engine.ledger_table import TABLES

__all__ = ["LEDGER_TABLES", "NO_MEANING", "column_meanings"]

LEDGER_TABLES = {"records": "record", "attempts": "attempt", "sessions": "session", "tasks": "task", "events": "event"}
"""Tables of the ledger by the name under which they are exported."""

NO_MEANING = "not described in the code"

_ROOMS = ("partitions", "score", "structure", "truth", "sim", "ask", "study")
_ENDING = "COLUMNS"
_FITS = 0.8
"""A mapping describes a table that has at least this share of its columns."""


def column_meanings(table: str, columns: Iterable[str]) -> dict[str, str]:
    """Return what each of `columns` of a `table` means, or that nothing in the code says so.

    A mapping from names of columns to meanings (``..._COLUMNS``) belongs to the tables that have its columns; where
    several do, the one with the most columns goes first. A column that is in none of these, but has the same meaning
    in all others that name it, gets that one.

    Examples
    --------
    >>> column_meanings("attempts", ["seq", "colour"])
    {'seq': 'number of the line', 'colour': 'not described in the code'}
    """
    names = list(columns)
    if table in LEDGER_TABLES:
        described = TABLES[LEDGER_TABLES[table]]
        return {name: described[name].meaning if name in described else NO_MEANING for name in names}
    fitting = [each for each in _mappings() if len(set(names) & set(each)) >= _FITS * len(each)]
    fitting.sort(key=lambda each: len(set(names) & set(each)), reverse=True)
    return {name: _meaning(name, fitting) for name in names}


def _meaning(name: str, fitting: list[Mapping[str, str]]) -> str:
    for each in fitting:
        if name in each:
            return each[name]
    elsewhere = {each[name] for each in _mappings() if name in each}
    return elsewhere.pop() if len(elsewhere) == 1 else NO_MEANING


@cache
def _mappings() -> list[Mapping[str, str]]:
    """Return all mappings, in the order of the modules that hold them, each once."""
    found: dict[str, Mapping[str, str]] = {}
    for module in _modules():
        for name, value in vars(importlib.import_module(module)).items():
            if name.endswith(_ENDING) and isinstance(value, Mapping) and _is_meanings(value):
                found.setdefault(repr(sorted(value.items())), value)
    return list(found.values())


def _is_meanings(value: Mapping[object, object]) -> bool:
    return bool(value) and all(isinstance(item, str) for pair in value.items() for item in pair)


def _modules() -> Iterator[str]:
    for room in _ROOMS:
        package = importlib.import_module(f"rashomon.{room}")
        for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            yield info.name
