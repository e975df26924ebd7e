"""A study as plain tables for DuckDB, R and pandas, with a data dictionary."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import pandas as pd

from rashomon.core import StoreError, UsageError, did_you_mean, publish, publish_text
from rashomon.engine.ledger import LEDGER, Ledger
from rashomon.study.column_meaning import LEDGER_TABLES, column_meanings

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["DICTIONARY", "Form", "export", "harmless"]

Form = Literal["parquet", "csv"]

DICTIONARY = "data_dictionary.csv"

_LABELS = {
    "obs_name": "name of the item",
    "run": "the run, as in the table runs",
    "label": "code of its cluster; -1: unassigned, -2: not observed in this run",
}
_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?(inf|nan)", re.IGNORECASE)


def export(folder: Path | str, out: Path | str, *, form: Form = "parquet") -> list[str]:
    """Write the tables of a study, one file each, and ``data_dictionary.csv``: table, column, type, meaning.

    Exported are the tables of the study, ``labels`` (one row per item and run, in place of the wide
    ``partitions.parquet``), and of the ledger ``records``, ``attempts``, ``sessions``, ``tasks`` and ``events``.

    Parameters
    ----------
    folder
        The study; it may run meanwhile, or lie on media where nothing can be written.
    out
        A folder outside of the study; made when absent, files in it are replaced.
    form
        ``parquet`` (exact, with page checksums) or ``csv`` (UTF-8; undefined is empty). In CSV a text that a
        spreadsheet would run as a formula begins with an apostrophe: one that starts with ``=``, ``+``, ``-``, ``@``,
        a tab or a carriage return, and is no number.

    Returns
    -------
    Names of the tables, in the order in which they were written.

    Raises
    ------
    UsageError
        When the form is unknown, or `out` lies in the study, whose files are sealed.
    StoreError
        When there is no study, or one of its tables is damaged.
    """
    if form not in get_args(Form):
        raise UsageError(f"unknown form {form!r}", where="form", fix=did_you_mean(form, get_args(Form)))
    home, target = Path(folder), Path(out)
    if target.resolve().is_relative_to(home.resolve()):
        raise UsageError(
            "the export would lie in the study itself",
            where=str(target),
            expected="a folder outside of it",
            fix="name another folder",
            code="store.folder",
        )
    rows: list[pd.DataFrame] = []
    for name, parts in _tables(home):
        rows.append(_write(name, parts, target, form))
    if not rows:
        raise StoreError(
            "there are no tables to export", where=str(home), expected="a study that was run", code="store.folder"
        )
    dictionary = pd.concat(rows, ignore_index=True)
    publish_text(target / DICTIONARY, _csv(dictionary, header=True))
    return list(dict.fromkeys(dictionary["table"]))


def _tables(home: Path) -> Iterator[tuple[str, Iterator[pa.Table]]]:
    """Yield the name of every table, and its parts."""
    for file in sorted((home / "tables").glob("*.parquet")):
        yield file.stem, iter([_read(file)])
    wide = home / "partitions.parquet"
    if wide.exists():
        yield "labels", _long(wide)
    if (home / LEDGER).exists():
        with Ledger(home / LEDGER, readonly=True) as ledger:
            ledger.check()
            for name, table in LEDGER_TABLES.items():
                yield name, iter([_ledger_table(ledger, table)])


def _read(file: Path) -> pa.Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.read_table(file, page_checksum_verification=True)
    except (OSError, pa.ArrowException) as error:
        raise StoreError(
            f"cannot read {file.name}: {error}",
            where=str(file),
            expected="an intact table of a study",
            fix="run the study again: finished runs are reused, and its tables are written anew",
            code="store.damaged",
        ) from error


def _long(wide: Path) -> Iterator[pa.Table]:
    """Yield one row per item and run, a table per run."""
    import pyarrow as pa

    table = _read(wide)
    names = table.column("obs_name")
    for column in table.column_names[1:]:
        run = pa.repeat(pa.scalar(column.removeprefix("run:"), pa.string()), len(table))
        yield pa.table({"obs_name": names, "run": run, "label": table.column(column)})


def _ledger_table(ledger: Ledger, name: str) -> pa.Table:
    import pyarrow as pa

    from rashomon.engine.ledger_table import TABLES

    types = {
        column: pa.int64() if kind.startswith("INTEGER") else pa.float64() if kind.startswith("REAL") else pa.string()
        for column, (kind, _) in TABLES[name].items()
    }
    return pa.Table.from_pylist(ledger.rows(name), schema=pa.schema(types))


def _write(name: str, parts: Iterator[pa.Table], target: Path, form: Form) -> pd.DataFrame:
    """Write a table part by part, so that labels of many runs are never in memory at once; return its columns."""
    import pyarrow.parquet as pq

    first = next(parts)
    plain = first.schema.remove_metadata()
    with publish(target / f"{name}.{form}") as temporary:
        if form == "parquet":
            with pq.ParquetWriter(temporary, plain, compression="zstd", write_page_checksum=True) as writer:
                for part in _chain(first, parts):
                    writer.write_table(part.cast(plain))
        else:
            with temporary.open("w", encoding="utf-8", newline="") as stream:
                for number, part in enumerate(_chain(first, parts)):
                    stream.write(_csv(part.to_pandas(), header=number == 0))
    meanings = _LABELS if name == "labels" else column_meanings(name, first.column_names)
    return pd.DataFrame(
        {
            "table": name,
            "column": first.column_names,
            "type": [str(field.type) for field in plain],
            "meaning": [meanings[column] for column in first.column_names],
        }
    )


def _chain(first: pa.Table, rest: Iterator[pa.Table]) -> Iterator[pa.Table]:
    yield first
    yield from rest


def _csv(frame: pd.DataFrame, *, header: bool) -> str:
    safe = frame.copy()
    for column in safe.select_dtypes(["object", "string", "category"]).columns:
        safe[column] = safe[column].astype(object).map(harmless, na_action="ignore")
    safe.columns = [harmless(name) for name in safe.columns]
    # all texts in quotation marks: pandas leaves them away around a carriage return, which then ends the line
    return safe.to_csv(index=False, header=header, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)


def harmless(value: object) -> object:
    """Return `value`; a text that a spreadsheet would run as a formula gets an apostrophe in front.

    Parameters
    ----------
    value
        A cell of a table.

    Examples
    --------
    >>> harmless("=1+1"), harmless("-5"), harmless(3)
    ("'=1+1", '-5', 3)
    """
    if isinstance(value, str) and _FORMULA.match(value) and not _NUMBER.fullmatch(value):
        return f"'{value}"
    return value
