"""Partitions as one parquet file with page checksums: a column of codes per run, the table of runs in the schema."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rashomon.core import StoreError, digest_array, digest_text, publish
from rashomon.partitions.partitions import Partitions

__all__ = ["read_partitions", "write_partitions"]

_FACTS, _DIGEST = b"rashomon.partitions", b"rashomon.partitions.sha256"


def write_partitions(parts: Partitions, path: Path | str) -> None:
    """Write `parts` to `path`; pandas, R and DuckDB read a plain table: ``obs_name``, then a column of codes per run.

    Parameters
    ----------
    parts
        The columns of its `runs` hold text, numbers, booleans, None, or lists of these; all come back as they were.
    path
        The file; see `rashomon.core.publish`.

    Raises
    ------
    TypeError
        When a column of `runs` holds anything else.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    facts = json.dumps({"unit": parts.unit, "runs": _describe(parts.runs)}, allow_nan=False)
    columns = {"obs_name": pa.array(parts.obs_names.tolist(), pa.string())}
    columns |= {f"run:{name}": pa.array(parts.labels[:, j]) for j, name in enumerate(parts.runs["run"])}
    meta = {_FACTS: facts.encode(), _DIGEST: _digest(facts, parts.obs_names, parts.labels).encode()}
    table = pa.table(columns).replace_schema_metadata(meta)
    with publish(path) as temporary:
        pq.write_table(table, temporary, compression="zstd", write_page_checksum=True)


def read_partitions(path: Path | str) -> Partitions:
    """Read partitions written by `write_partitions` from `path`.

    Raises
    ------
    StoreError
        When the file is damaged or was not written by `write_partitions`.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path, page_checksum_verification=True)
        names, *columns = [column.to_numpy() for column in table.columns] or [np.empty(0, object)]
    except (OSError, ValueError, pa.ArrowException) as error:
        raise _damaged(path, f"cannot read {Path(path).name}: {error}") from error
    labels = np.stack(columns, axis=1) if columns else np.empty((names.size, 0), np.int32)
    meta = table.schema.metadata or {}
    text = meta.get(_FACTS, b"").decode(errors="replace")
    # page checksums do not cover the footer, which says where the pages are and what they hold
    if _digest(text, names, labels).encode() != meta.get(_DIGEST):
        raise _damaged(path, "the content does not match its digest, or there is none")
    facts = json.loads(text)
    return Partitions(labels, names.astype(str), _restore(facts["runs"]), facts["unit"])


def _digest(facts: str, names: np.ndarray, labels: np.ndarray) -> str:
    return digest_text(facts, digest_array(names.astype(object)), digest_array(labels))


def _damaged(path: Path | str, what: str) -> StoreError:
    return StoreError(
        what,
        where=str(path),
        expected="an intact file written by write_partitions",
        fix="run the study again; finished runs are reused",
        code="store.damaged",
    )


def _describe(runs: pd.DataFrame) -> list[dict[str, Any]]:
    # not DataFrame.to_json: it rounds floats, and reads infinite ones back as missing
    return [
        {"name": name, "dtype": str(runs[name].dtype), "values": [_plain(value) for value in runs[name]]}
        for name in runs.columns
    ]


def _restore(columns: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            column["name"]: pd.Series([_value(value) for value in column["values"]], dtype=column["dtype"])
            for column in columns
        }
    )


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple | np.ndarray):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": str(value)}
    return None if value is pd.NA else value


def _value(value: Any) -> Any:
    if isinstance(value, list):
        return [_value(item) for item in value]
    return float(value["float"]) if isinstance(value, dict) else value
