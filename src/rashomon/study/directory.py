"""The study directory: tables, answers, annotated data, the call that made them."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rashomon.ask import Answer
from rashomon.core import UsageError, publish, publish_text
from rashomon.dataset import WorldFacts
from rashomon.engine.ledger import LEDGER
from rashomon.engine.ledger_store import RECORDS
from rashomon.engine.lock import LOCK
from rashomon.io.world import MARK, table_mark
from rashomon.partitions import write_partitions
from rashomon.study.result import Audit

__all__ = ["ARTEFACTS", "SPEC", "STUDY_FILE", "check_directory", "json_text", "write_directory", "write_table"]

ARTEFACTS = RECORDS
SPEC = "spec.json"
STUDY_FILE = "study.yaml"
"""The study file, as it was given."""

_OURS = (SPEC, ARTEFACTS, LEDGER)
"""Of these at least one is there as soon as a study has begun."""


def check_directory(path: Path | str) -> Path:
    """Return `path` when an audit may write there: it does not exist, is empty, or holds an earlier audit.

    Raises
    ------
    UsageError
        When it is a file, or a folder with other things in it.
    """
    folder = Path(path)
    ours = any((folder / name).exists() for name in _OURS)
    if folder.exists() and not (folder.is_dir() and (ours or all(map(_is_beginning, folder.iterdir())))):
        raise UsageError(
            f"{folder.name} is not empty and not a study of ours",
            where=str(folder),
            expected="a new or empty folder, or one written by an earlier audit",
            fix="choose another folder with -o",
            code="store.folder",
        )
    return folder


def _is_beginning(file: Path) -> bool:
    """Return whether a study may begin beside a file: it is a lock, an unfinished file, or an empty folder.

    The first two are what a study that was killed in its first moments leaves; workflow managers make empty folders.
    """
    empty = file.is_dir() and not any(file.iterdir())
    return empty or file.name == LOCK or (file.name.startswith(".") and ".tmp" in file.name)


def write_directory(audit: Audit, path: Path | str) -> Path:
    """Write everything but the report and its figures to a folder, each file whole or not at all.

    Parameters
    ----------
    audit
        What was found.
    path
        The folder; see `check_directory`.

    Returns
    -------
    The folder. It holds ``spec.json``, ``answers.json``, ``tables/*.parquet`` and ``*.csv``, and
    ``partitions.parquet`` where pipelines were run.
    """
    folder = check_directory(path)
    publish_text(folder / SPEC, json_text(audit.spec))
    answers = {name: _answer(answer) for name, answer in audit.answers.items()}
    publish_text(folder / "answers.json", json_text({"answers": answers, "environment": dict(audit.environment)}))
    world, cells = audit.dataset.world, audit.cells.rename_axis("obs_name").reset_index()
    if world is not None:
        cells[MARK] = table_mark(world)
    for name, table in {**audit.tables, "cells": cells}.items():
        write_table(table, folder / "tables" / name, world=world)
    if audit.partitions is not None:
        write_partitions(audit.partitions, folder / "partitions.parquet")
    return folder


def _answer(answer: Answer) -> dict[str, Any]:
    """Return an answer without its table, which is a file of its own."""
    fields = asdict(replace(answer, table=pd.DataFrame()))
    del fields["table"]
    return fields


def json_text(value: Mapping[str, Any]) -> str:
    """Return JSON; undefined numbers become null.

    Parameters
    ----------
    value
        What to write: mappings, lists, tuples, numbers (of numpy too), text.

    Examples
    --------
    >>> json_text({"a": float("nan"), "b": (1, 2)}).split()
    ['{', '"a":', 'null,', '"b":', '[', '1,', '2', ']', '}']
    """
    return json.dumps(_plain(value), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _plain(value: Any) -> Any:
    """Return JSON types; undefined numbers become null."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value


def write_table(table: pd.DataFrame, path: Path, *, world: WorldFacts | None = None) -> None:
    """Write a table as parquet with page checksums, and as CSV.

    Parameters
    ----------
    table
        Lists in cells become text, separated by semicolons.
    path
        Without suffix.
    world
        Of simulated data: the mark goes into the parquet file.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    flat = table.copy()
    for name in flat.select_dtypes(object).columns:
        flat[name] = flat[name].map(_text, na_action="ignore")
    columns = pa.Table.from_pandas(flat, preserve_index=False)
    if world is not None:
        columns = columns.replace_schema_metadata({**(columns.schema.metadata or {}), MARK: table_mark(world)})
    with publish(path.with_suffix(".parquet")) as temporary:
        pq.write_table(columns, temporary, write_page_checksum=True)
    publish_text(path.with_suffix(".csv"), flat.to_csv(index=False, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC))


def _text(value: object) -> str:
    return ";".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
