"""A table of receptors as text: read fast, in one piece, without guessing; every value stays as it was written."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from rashomon.core import first_few
from rashomon.io.matrix import BUDGET
from rashomon.io.receptor.text import text_of
from rashomon.io.rule import refuse

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["RawTable", "header_of", "read_text_table", "table_of_frame"]

_SEPARATORS = (",", "\t", ";")
_PIECE = 2**22
_SOME = 2**14
_UNNAMED = "row_name"
"""What a first column without a name is called: pandas and R write row names there."""


@dataclass(frozen=True, eq=False)
class RawTable(Mapping[str, np.ndarray]):
    """Columns of text by name, in the order of the file; a column is made into objects when it is asked for.

    Parameters
    ----------
    data
        One column each: an Arrow array of strings, or objects (str) of shape ``(n_rows,)``. Empty text is missing.
    n_rows
        Number of rows.
    where
        Name of the file, for messages.
    notes
        The digest of the file, and what was repaired.

    Examples
    --------
    >>> table = table_of_frame(pd.DataFrame({"v_call": ["TRBV9*01", None]}))
    >>> table["v_call"].tolist(), table.n_rows
    (['TRBV9*01', ''], 2)
    """

    data: Mapping[str, pa.ChunkedArray | np.ndarray]
    n_rows: int
    where: str
    notes: tuple[str, ...] = ()
    _made: dict[str, np.ndarray] = field(default_factory=dict, init=False, repr=False)

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in self._made:
            column = self.data[name]
            self._made[name] = column if isinstance(column, np.ndarray) else _objects(column)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.data)

    def __len__(self) -> int:
        return len(self.data)

    def take(self, kept: np.ndarray, *, note: str) -> RawTable:
        """Return some rows.

        Parameters
        ----------
        kept
            Which, ``bool``, shape ``(n_rows,)``.
        note
            What is said about it.
        """
        data = {
            name: column[kept] if isinstance(column, np.ndarray) else column.filter(kept)
            for name, column in self.data.items()
        }
        return RawTable(data, int(kept.sum()), self.where, (*self.notes, note))


def read_text_table(path: Path | str, *, memory_budget: int = BUDGET) -> RawTable:
    """Read a table whose first line (after lines that begin with ``#``) names its columns.

    Parameters
    ----------
    path
        UTF-8 text, with or without byte order mark, any line ends, separated by commas, tabs or semicolons; plain or
        packed with gzip. Only empty fields are missing; ``NA`` and ``None`` are text.
    memory_budget
        Bytes; a table that would take more, unpacked, is refused.

    Returns
    -------
    The table; a first column without a name is called ``row_name``.

    Raises
    ------
    InputError
        A ``file.`` rule, or ``table.encoding``, ``table.header``, ``table.ragged``, ``table.empty``.
    """
    file = Path(path)
    data, note = text_of(file, memory_budget=memory_budget)
    header, separator, start = header_of(data, where=str(file))
    repeated = sorted({name for name in header if header.count(name) > 1 or not name})
    if len(header) < 2:
        raise refuse("table.header", f"the header has one column, {header[0]!r}", where=str(file))
    if repeated:
        what = f"columns without or with repeated names: {first_few([repr(name) for name in repeated])}"
        raise refuse("table.header", what, where=str(file))
    table = _parsed(data, start, header, separator, str(file))
    if table.num_rows == 0:
        what = f"0 rearrangements: {file.name} has a header and no rows"
        raise refuse("table.empty", what, where=str(file))
    return RawTable(dict(zip(header, table.columns, strict=True)), table.num_rows, file.name, (note,))


def table_of_frame(frame: pd.DataFrame, *, source: str = "table") -> RawTable:
    """Return a data frame as text; missing values become empty, booleans ``T`` and ``F``, whole numbers lose ``.0``.

    Parameters
    ----------
    frame
        One row per chain or per receptor, with a header as a file would have it. The index is not read.
    source
        Name for messages.

    Raises
    ------
    InputError
        ``table.header`` where names of columns repeat, ``table.empty`` where there is no row.
    """
    names = [str(name) for name in frame.columns]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise refuse("table.header", f"columns with repeated names: {first_few(repeated)}", where=source)
    if frame.empty:
        raise refuse("table.empty", "0 rearrangements: the table has no rows", where=source)
    data = {name: _as_text(frame.iloc[:, place]) for place, name in enumerate(names)}
    return RawTable(data, len(frame), source)


def header_of(data: bytes, *, where: str) -> tuple[list[str], str, int]:
    """Return the names of the columns, their separator, and where the rows begin.

    Parameters
    ----------
    data
        Text, or its first lines. Empty lines and lines that begin with ``#`` before the header are skipped.
    where
        The file, for messages.

    Raises
    ------
    InputError
        ``table.encoding`` or ``table.empty``.
    """
    stream = io.BytesIO(data)
    for line in stream:
        if line.strip() and not line.startswith(b"#"):
            try:
                text = line.decode("utf-8").rstrip("\r\n")
            except UnicodeDecodeError as error:
                what = f"the header is not UTF-8: byte 0x{line[error.start]:02x}"
                raise refuse("table.encoding", what, where=where) from error
            text, start = _first_line(text, stream.tell(), len(line))
            separator = max(_SEPARATORS, key=text.count)
            names = next(csv.reader([text], delimiter=separator))
            return [names[0] or _UNNAMED, *names[1:]], separator, start
    raise refuse("table.empty", "0 rearrangements: the file has no header", where=where)


def _first_line(text: str, end: int, length: int) -> tuple[str, int]:
    """Cut at a lone carriage return, the line end of old spreadsheets."""
    line, mark, _ = text.partition("\r")
    return (line, end - length + len(line.encode()) + 1) if mark else (text, end)


def _parsed(data: bytes, start: int, header: list[str], separator: str, where: str) -> pa.Table:
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    n_quotes = data.count(b'"')
    if n_quotes % 2 or b"\0" in data:
        # Arrow would take all that follows an open quote for one value
        _refuse_fault(data, start, header, separator, where)
    try:
        return arrow_csv.read_csv(
            pa.BufferReader(pa.py_buffer(data).slice(start)),
            read_options=arrow_csv.ReadOptions(column_names=header, block_size=_PIECE),
            parse_options=arrow_csv.ParseOptions(delimiter=separator, newlines_in_values=n_quotes > 0),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=False, null_values=[]
            ),
        )
    except pa.ArrowInvalid as error:
        if "Empty CSV" in str(error):
            return pa.table({name: pa.array([], pa.string()) for name in header})
        _refuse_fault(data, start, header, separator, where)
        raise refuse("table.ragged", f"the table cannot be split: {error}", where=where) from error


def _refuse_fault(data: bytes, start: int, header: list[str], separator: str, where: str) -> None:
    """Refuse the first line that cannot be split, with the number that an editor shows; slow, and rarely needed."""
    raw = data[start:]
    before = data.count(b"\n", 0, start)
    zero = raw.find(b"\0")
    if zero >= 0:
        raise refuse("table.encoding", f"line {before + 1 + raw.count(10, 0, zero)} holds NUL", where=where)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = before + 1 + raw.count(10, 0, error.start)
        raise refuse(
            "table.encoding", f"line {line} is not UTF-8: byte 0x{raw[error.start]:02x}", where=where
        ) from error
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for fields in reader:
            if fields and len(fields) != len(header):
                line = before + reader.line_num
                what = f"line {line} has {len(fields)} fields and the header {len(header)}"
                raise refuse("table.ragged", what, where=f"{where}, line {line}")
    except csv.Error as error:
        line = before + reader.line_num
        what = f"line {line} cannot be split: {error}"
        raise refuse("table.ragged", what, where=f"{where}, line {line}") from error


def _objects(column: pa.ChunkedArray) -> np.ndarray:
    # equal texts become one object: a column of genes takes 8 bytes a row; looking for them is slow where all differ
    several = len(column.slice(0, _SOME).unique()) < 0.5 * min(len(column), _SOME)
    return np.asarray(column.to_pandas(deduplicate_objects=several), dtype=object)


def _as_text(column: pd.Series[str]) -> np.ndarray:
    values = column.astype(object)
    missing = values.isna()
    text = values.where(~missing, "").map(_one)
    return text.to_numpy(dtype=object)


def _one(value: object) -> str:
    if isinstance(value, bool | np.bool_):
        return "T" if value else "F"
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)
