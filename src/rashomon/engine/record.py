"""A record: what is kept of one node, as arrays with facts, and its form on disk."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import scipy.sparse as sp

from rashomon.core import StoreError, digest_array, digest_json, publish

__all__ = ["Record", "read_record", "record_size", "write_record"]

_CSR_PARTS = ("data", "indices", "indptr", "shape")


@dataclass(frozen=True, eq=False)
class Record:
    """The kept slots of one node.

    Parameters
    ----------
    slots
        Arrays (or CSR matrices, or numbers as 0-d arrays) by slot name; empty when the node failed.
    seconds
        Time of the node's own step.
    status
        ``ok`` or ``failed``.
    reason
        Why it failed, in one line.
    """

    slots: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    status: Literal["ok", "failed"] = "ok"
    reason: str = ""


def _flatten(slots: Mapping[str, Any]) -> dict[str, np.ndarray]:
    arrays: dict[str, np.ndarray] = {}
    for name, value in slots.items():
        if isinstance(value, sp.csr_matrix):
            shape = np.array(value.shape, dtype=np.int64)
            parts: tuple[np.ndarray, ...] = (value.data, value.indices, value.indptr, shape)
            arrays |= {f"{name}@{part}": array for part, array in zip(_CSR_PARTS, parts, strict=True)}
        else:
            arrays[name] = np.asarray(value)
    return arrays


def _unflatten(arrays: Mapping[str, np.ndarray]) -> dict[str, Any]:
    slots: dict[str, Any] = {name: array for name, array in arrays.items() if "@" not in name}
    for name in {name.split("@")[0] for name in arrays if "@" in name}:
        data, indices, indptr, shape = (arrays[f"{name}@{part}"] for part in _CSR_PARTS)
        slots[name] = sp.csr_matrix((data, indices, indptr), shape=tuple(shape))
    return slots


def _digest(facts: str, arrays: Mapping[str, np.ndarray]) -> bytes:
    return digest_json([facts, {name: digest_array(array) for name, array in arrays.items()}]).encode()


def write_record(record: Record, path: Path) -> None:
    """Write a record as parquet: one row per array, page checksums, a digest of all values in the schema."""
    with publish(path) as temporary:
        _write(record, temporary)


def record_size(record: Record) -> int:
    """Return the bytes of the file of a record, without writing it."""
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    _write(record, sink)
    return int(sink.tell())


def _write(record: Record, to: Any) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrays = _flatten(record.slots)
    facts = json.dumps({"seconds": record.seconds, "status": record.status, "reason": record.reason})
    table = pa.table(
        {
            "slot": list(arrays),
            "dtype": [array.dtype.str for array in arrays.values()],
            "shape": pa.array([list(array.shape) for array in arrays.values()], pa.list_(pa.int64())),
            "values": pa.array([array.tobytes() for array in arrays.values()], pa.large_binary()),
        }
    ).replace_schema_metadata({b"facts": facts.encode(), b"digest": _digest(facts, arrays)})
    pq.write_table(table, to, compression="zstd", write_page_checksum=True)


def read_record(path: Path) -> Record:
    """Read a record and compare every value with its digest.

    Raises
    ------
    StoreError
        When the file is damaged.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        # small files, many of them: half the time of reading them was that of starting threads
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            table = file.read(use_threads=False)
        meta = table.schema.metadata
        arrays = {
            row["slot"]: np.frombuffer(row["values"], dtype=row["dtype"]).reshape(row["shape"])
            for row in table.to_pylist()
        }
        facts = meta[b"facts"].decode()
        intact = _digest(facts, arrays) == meta[b"digest"]
    except (OSError, pa.ArrowException, KeyError, TypeError, ValueError) as error:
        raise StoreError(f"cannot read record {path.name}: {error}", where=str(path), code="store.damaged") from error
    if not intact:
        raise StoreError("a record does not match its digest", where=str(path), code="store.damaged")
    return Record(_unflatten(arrays), **json.loads(facts))
