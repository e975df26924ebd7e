"""Labels that come as a text table: read as text, without guessing, and joined to cells by name."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pandas as pd

from rashomon.core import first_few
from rashomon.io.barcode import LEAST, composed_names, renaming_fix
from rashomon.io.checksum import Watch, verify
from rashomon.io.container import identify
from rashomon.io.matrix import BUDGET
from rashomon.io.rule import refuse

__all__ = ["NOTES", "align_labels", "read_labels_csv"]

NOTES = "rashomon_notes"
"""Key of ``attrs`` under which a table carries what is known of its file."""

_SEPARATORS = (",", "\t", ";")

_PER_BYTE = 12
"""Bytes of memory that a byte of a table takes as text of its own."""


def read_labels_csv(path: Path | str, *, memory_budget: int = BUDGET) -> pd.DataFrame:
    """Read a table of labels; the first column names the cells, every value stays text.

    Parameters
    ----------
    path
        ``.csv``, ``.tsv`` or ``.txt``, separated by commas, tabs or semicolons; UTF-8 with or without byte order mark,
        any line ends. Only empty fields are missing; ``NA`` and ``None`` are text. The header may lack the field above
        the cell names, as in R.
    memory_budget
        Bytes; a table that would take more is refused by its size.

    Returns
    -------
    A table of text (``None`` where empty), indexed by cell name; its ``attrs`` hold a note on the digest of the file.

    Raises
    ------
    InputError
        A ``file.`` rule, ``table.encoding``, ``table.header``, ``table.ragged``, ``table.empty`` or ``table.names``.
    """
    file = Path(path)
    if identify(file) != "table":
        raise refuse("file.format", f"{file.name} is not a text table", where=str(file), expected="a .csv or .tsv")
    if file.stat().st_size * _PER_BYTE > memory_budget:
        what = f"{file.name} has {file.stat().st_size:,} bytes, and takes {_PER_BYTE} times as many in memory"
        raise refuse("file.budget", what, where=str(file), expected=f"at most {memory_budget // _PER_BYTE:,} bytes")
    watch = Watch(file)
    lines = _lines(file)
    watch.check()
    note = verify(file, watch.digest)
    header, rows = lines[0][1], lines[1:]
    notes = [note]
    if rows and all(len(fields) == len(header) + 1 for _, fields in rows):
        # what write.table of R writes
        header = ["", *header]
        notes.append(f"{file.name}: the header has one field less than the lines; the first field names the cells")
    _check_header(header, file)
    if not rows:
        raise refuse("table.empty", f"{file.name} has a header and no rows", where=f"{file}, line {lines[0][0]}")
    for number, fields in rows:
        if len(fields) != len(header):
            raise refuse(
                "table.ragged",
                f"line {number} has {len(fields)} fields and the header {len(header)}",
                where=f"{file}, line {number}",
            )
    names = pd.Index([fields[0] for _, fields in rows])
    wrong = np.flatnonzero(names.duplicated() | (names == ""))
    if wrong.size:
        number, (name, *_) = rows[wrong[0]]
        problem = f"name {name!r} occurs again" if name else "the cell has no name"
        raise refuse(
            "table.names", f"line {number}: {problem}; {wrong.size} such lines", where=f"{file}, line {number}"
        )
    values = [[field or None for field in fields[1:]] for _, fields in rows]
    table = pd.DataFrame(values, index=names, columns=header[1:], dtype=object)
    table.attrs[NOTES] = tuple(notes)
    return table


def _lines(file: Path) -> list[tuple[int, list[str]]]:
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        what = f"byte {error.start} (0x{error.object[error.start]:02x}) is not UTF-8"
        raise refuse("table.encoding", what, where=f"{file}, byte {error.start}") from error
    first = text.lstrip("\r\n").partition("\n")[0]
    separator = max(_SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        lines = [(reader.line_num, fields) for fields in reader if fields]
    except csv.Error as error:
        where = f"{file}, line {reader.line_num}"
        raise refuse("table.ragged", f"line {reader.line_num} cannot be split: {error}", where=where) from error
    if not lines:
        raise refuse("table.empty", f"{file.name} has only empty lines", where=str(file))
    return lines


def _check_header(header: list[str], file: Path) -> None:
    repeated = sorted({name for name in header[1:] if header[1:].count(name) > 1 or not name})
    if len(header) < 2:
        raise refuse("table.header", f"the header has one column, {header[0]!r}", where=f"{file}, line 1")
    if repeated:
        what = f"columns without or with repeated names: {first_few([repr(name) for name in repeated])}"
        raise refuse("table.header", what, where=f"{file}, line 1")


def align_labels(labels: pd.DataFrame, obs_names: np.ndarray) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the rows of a table of labels in the order of the cells.

    Parameters
    ----------
    labels
        Table indexed by cell name.
    obs_names
        Names of the cells, shape ``(n_obs,)``.

    Returns
    -------
    table
        One row per cell; missing where the table does not know the cell.
    notes
        The digest of the table, how many cells have labels, and how many rows of the table belong to no cell.

    Raises
    ------
    InputError
        ``table.overlap`` when fewer than half of the cells are in the table; a renaming that would help is named, and
        never applied.
    """
    known, rows = composed_names(pd.Index(obs_names), labels.index)
    labels = labels.set_axis(rows, axis="index")
    found = int(known.isin(labels.index).sum())
    if found < LEAST * len(known) or found == 0:
        raise refuse(
            "table.overlap",
            f"{found} of {len(known)} cells ({found / max(len(known), 1):.0%}) are in the table",
            where=f"cells {first_few(obs_names, n=2)}; table {first_few(labels.index, n=2)}",
            fix=renaming_fix(known, labels.index),
        )
    extra = len(labels) - found
    notes = list(labels.attrs.get(NOTES, ()))
    if found < len(known):
        notes.append(f"labels: {found} of {len(known)} cells ({found / len(known):.0%}) are in the table")
    if extra:
        notes.append(
            f"labels: {extra} rows of the table belong to no cell ({first_few(labels.index.difference(known), n=3)})"
        )
    return labels.reindex(known).set_axis(pd.Index(obs_names), axis="index"), tuple(notes)
