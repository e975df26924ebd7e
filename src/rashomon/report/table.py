"""Tables of an audit as a page shows them: chosen columns, readable headings, numbers of readable length."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from numbers import Integral, Real
from types import MappingProxyType
from typing import Any

import numpy as np
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
    frame
        What is saved: all rows, and at least the columns that are shown.
    columns
        Names of columns and what they mean; empty where headings say it.
    """

    name: str
    caption: str
    headings: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]
    n_rows: int
    frame: pd.DataFrame = field(compare=False, repr=False)
    columns: tuple[tuple[str, str], ...] = ()

    @property
    def left_out(self) -> int:
        """Rows that are only in the files."""
        return self.n_rows - len(self.rows)


def show_table(
    table: pd.DataFrame,
    *,
    name: str,
    caption: str,
    without: tuple[str, ...] = (),
    whole: pd.DataFrame | None = None,
    columns: Mapping[str, str] = MappingProxyType({}),
) -> ShownTable:
    """Return the first 200 rows of a table as text.

    Parameters
    ----------
    table
        What is shown.
    name, caption
        Name of its files, and what a row is.
    without
        Columns that are neither shown nor saved.
    whole
        What is saved, where it is more than `table`.
    columns
        What columns mean, by name; those that are shown are explained.
    """
    # by position: names may repeat
    kept = table.iloc[:, [j for j, column in enumerate(table.columns) if column not in without]]
    shown = [kept.iloc[:_LIMIT, j] for j in range(kept.shape[1])]
    numeric = tuple(pd.api.types.is_numeric_dtype(column.dtype) and column.dtype != bool for column in shown)
    names = [str(column.name) for column in shown]
    headings = tuple(SCORES[name].display if name in SCORES else name for name in names)
    rows = tuple(zip(*map(_texts, shown), strict=True))
    meanings = tuple((key, meaning) for key, meaning in columns.items() if key in names)
    return ShownTable(name, caption, headings, numeric, rows, len(table), kept if whole is None else whole, meanings)


def _texts(column: pd.Series) -> list[str]:
    if not pd.api.types.is_float_dtype(column.dtype):
        return [cell_text(value) for value in column]
    known = column.dropna().to_numpy(dtype=float)
    small = known.size > 0 and 0 < np.abs(known).max() < 0.01
    exact = (n for n in range(4) if np.allclose(np.round(known, n), known, rtol=0, atol=1e-9))
    decimals = 5 if small else next(exact, 3)
    return ["–" if math.isnan(value) else f"{value:,.{decimals}f}" for value in column]


def cell_text(value: Any) -> str:
    """Return a value as short text; what is undefined is a dash.

    Examples
    --------
    >>> cell_text(0.125), cell_text(12345), cell_text(float("nan")), cell_text(True), cell_text((1, 2))
    ('0.125', '12,345', '–', 'yes', '1, 2')
    """
    if isinstance(value, Mapping):
        text = "; ".join(f"{key}: {cell_text(item)}" for key, item in value.items())
    elif isinstance(value, list | tuple | set | frozenset):
        text = ", ".join(map(cell_text, value))
    elif value is None or value is pd.NA or value != value:  # noqa: PLR0124 - only NaN differs from itself
        text = ""
    elif isinstance(value, bool | np.bool_):
        text = "yes" if value else "no"
    elif isinstance(value, Integral):
        text = f"{int(value):,}"
    else:
        text = f"{float(value):.4g}" if isinstance(value, Real) else str(value)
    return pathless(text) or "–"
