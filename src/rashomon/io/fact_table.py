"""Tables of results as JSON beside the user's data, and back: exact numbers, columns in their order."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from rashomon.core import StoreError

__all__ = ["MOST_ROWS", "fact_table", "table_fact"]

MOST_ROWS = 2000
"""Longer tables (scores and runs of large studies) stay in the audit and its folder: ``uns`` is read as a whole."""

_TYPES = ("bool", "boolean", "int32", "int64", "float32", "float64", "object")


def table_fact(table: pd.DataFrame) -> dict[str, Any]:
    """Return a table in JSON types.

    Parameters
    ----------
    table
        Numbers, truth values, text, and lists of these; its index is left out.

    Returns
    -------
    ``columns``: name and type of each; ``data``: one list per column, NaN and None as null, infinities as text.

    Examples
    --------
    >>> table_fact(pd.DataFrame({"cluster": ["0", "1"], "value": [0.5, float("nan")]}))["data"]
    [['0', '1'], [0.5, None]]
    """
    columns = [[str(name), _type(table[name])] for name in table]
    return {"columns": columns, "data": [[_plain(value) for value in table[name]] for name in table]}


def fact_table(fact: Any, *, where: str = "uns") -> pd.DataFrame:
    """Return the table that `table_fact` made JSON of.

    Parameters
    ----------
    fact
        The mapping, or its text.
    where
        The place, for messages.

    Raises
    ------
    StoreError
        ``store.damaged`` when it is something else.

    Examples
    --------
    >>> table = pd.DataFrame({"n": [3, 4], "p": [0.1, float("inf")], "name": ["B", None]})
    >>> fact_table(table_fact(table)).equals(table)
    True
    """
    try:
        said: Mapping[str, Any] = json.loads(fact) if isinstance(fact, str) else fact
        names = [name for name, _ in said["columns"]]
        series = [
            pd.Series([_value(item, kind) for item in values], dtype=_known(kind))
            for (_, kind), values in zip(said["columns"], said["data"], strict=True)
        ]
        table = pd.concat(series, axis="columns", keys=names) if series else pd.DataFrame()
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise StoreError(
            f"a kept table cannot be read: {error}",
            where=where,
            expected="a table as it was written",
            fix="ask the question again: its results are written anew",
            code="store.damaged",
        ) from error
    return table


def _type(column: pd.Series[Any]) -> str:
    name = str(column.dtype)
    return name if name in _TYPES else "object"


def _known(kind: str) -> Any:
    if kind not in _TYPES:
        raise ValueError(f"unknown type {kind!r}")
    return kind


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, list | tuple | np.ndarray):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, float) and math.isinf(value):
        return str(value)
    return value if isinstance(value, str | bool | int | float) else str(value)


def _value(item: Any, kind: str) -> Any:
    if kind.startswith("float"):
        return math.nan if item is None else float(item)
    return pd.NA if item is None and kind == "boolean" else item
