"""Tables as files inside a page: what a button saves, until the budget of the page is spent."""

from __future__ import annotations

import base64
import csv
import gzip
from dataclasses import dataclass
from typing import Any

import pandas as pd

from rashomon.dataset import WorldFacts
from rashomon.io.world import MARK, table_mark
from rashomon.report.escape import pathless
from rashomon.report.table import ShownTable, cell_text
from rashomon.study.export import harmless

__all__ = ["MAX_EACH", "MAX_TOTAL", "Packed", "Shelf", "csv_text"]

MAX_EACH = 300_000
"""Characters that one table may take inside a page."""

MAX_TOTAL = 2_500_000
"""Characters that all tables of a page may take; figures and what is seen share the rest of its 10 MB."""

_MOST_ROWS = 50_000
"""Rows that are tried; more would take seconds to compress and are cut anyway."""


@dataclass(frozen=True)
class Packed:
    """The file of one table, compressed.

    Parameters
    ----------
    text
        Base64 of a gzip of CSV; empty where there was no room.
    n_rows, of
        Rows in the file, and in the table.
    """

    text: str
    n_rows: int
    of: int

    @property
    def is_whole(self) -> bool:
        """Whether the file holds every row."""
        return self.n_rows == self.of


class Shelf:
    """Room for the files of one page, taken in the order of the page.

    Parameters
    ----------
    world
        Of simulated data: every file is marked in every row.
    each, total
        Characters that one file, and all together, may take.
    """

    def __init__(self, world: WorldFacts | None = None, *, each: int = MAX_EACH, total: int = MAX_TOTAL) -> None:
        self._mark = "" if world is None else table_mark(world)
        self._each, self._left = each, total

    def take(self, table: ShownTable) -> Packed:
        """Return the file of `table`, whole or as many of its first rows as there is room for.

        Parameters
        ----------
        table
            Its `frame` is packed.
        """
        n, room = min(len(table.frame), _MOST_ROWS), min(self._each, self._left)
        text = self._pack(table.frame, n)
        while len(text) > room and n:
            # rows are about equally long: a first guess, then less
            n = int(0.95 * n * room / len(text))
            text = self._pack(table.frame, n)
        if not n:
            return Packed("", 0, len(table.frame))
        self._left -= len(text)
        return Packed(text, n, len(table.frame))

    def _pack(self, frame: pd.DataFrame, n: int) -> str:
        # the time of writing is left out: the same table is the same text
        squeezed = gzip.compress(csv_text(frame.iloc[:n], mark=self._mark).encode("utf-8", "backslashreplace"), mtime=0)
        return base64.b64encode(squeezed).decode("ascii")


def csv_text(frame: pd.DataFrame, *, mark: str = "") -> str:
    r"""Return a table as CSV that no spreadsheet runs and that names no folder of this machine.

    A text that begins with ``=``, ``+``, ``-``, ``@``, a tab or a carriage return and is no number gets an apostrophe
    in front, as in `rashomon.study.export.export`. Lists become text, separated by semicolons.

    Parameters
    ----------
    frame
        The rows.
    mark
        That of simulated data, for a last column; none where empty.

    Examples
    --------
    >>> csv_text(pd.DataFrame({"name": ["=1+1", "-5"], "n": [1, 2]}))
    '"name","n"\n"\'=1+1",1\n"-5",2\n'
    """
    columns = [column.map(_plain) if column.dtype == object else column for _, column in frame.items()]
    # by position: names may repeat
    safe = pd.concat(columns, axis=1) if columns else pd.DataFrame(index=frame.index)
    safe.columns = pd.Index([_plain(str(name)) for name in frame.columns], dtype=object)
    if mark:
        safe = safe.assign(**{MARK: mark})
    # all texts in quotation marks: pandas leaves them away around a carriage return, which then ends the line
    return safe.to_csv(index=False, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return _plain(";".join(map(str, value)))
    if isinstance(value, dict):
        return _plain(cell_text(value))
    # a NUL ends the text for most readers
    return harmless(pathless(value).replace("\0", "\\u0000")) if isinstance(value, str) else value
