"""Tables of an audit as a page shows them: chosen columns, readable headings, numbers of readable length."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

import pandas as pd

from rashomon.report.escape import pathless
from rashomon.score import SCORES

__all__ = ["ShownTable", "cell_text", "show_table"]

_LIMIT = 200
"""Rows on the page; the files hold them all."""


@dataclass(frozen=True)
class ShownTable:
    """A table as text.

    Parameters
    ----------
    name
        Name of its files.
    caption
        What a row is.
    headings, numeric
        One per column; whether it holds numbers.
    rows
        Texts.
    n_rows
        Rows of the whole table.
    """

    name: str
    caption: str
    headings: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]
    n_rows: int

    @property
    def left_out(self) -> int:
        """Rows that are only in the files."""
        return self.n_rows - len(self.rows)


def show_table(table: pd.DataFrame, *, name: str, caption: str, without: tuple[str, ...] = ()) -> ShownTable:
    """Return the first 200 rows of `table` as text, without the columns `without`."""
    shown = table.head(_LIMIT)
    # by position: names may repeat
    columns = [j for j, column in enumerate(shown.columns) if column not in without]
    numeric = tuple(pd.api.types.is_numeric_dtype(shown.dtypes.iloc[j]) for j in columns)
    rows = tuple(tuple(cell_text(shown.iat[i, j]) for j in columns) for i in range(len(shown)))
    return ShownTable(name, caption, tuple(_heading(shown.columns[j]) for j in columns), numeric, rows, len(table))


def _heading(column: object) -> str:
    name = str(column)
    return SCORES[name].display if name in SCORES else name.replace("_", " ")


def cell_text(value: Any) -> str:
    """Return a value as short text; what is undefined is a dash.

    Examples
    --------
    >>> cell_text(0.12345), cell_text(12345), cell_text(float("nan")), cell_text(True), cell_text((1, 2))
    ('0.123', '12,345', '–', 'yes', '1, 2')
    """
    if value is None or value is pd.NA:
        return "–"
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {cell_text(item)}" for key, item in value.items()) or "–"
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(map(cell_text, value)) or "–"
    if isinstance(value, bool) or type(value).__name__ in ("bool_", "bool"):
        return "yes" if value else "no"
    if isinstance(value, Integral):
        return f"{int(value):,}"
    if isinstance(value, Real):
        return _number(float(value))
    return pathless(value) or "–"


def _number(value: float) -> str:
    if math.isnan(value):
        return "–"
    if value.is_integer() and abs(value) < 1e15:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) < 1 else f"{value:,.2f}"
