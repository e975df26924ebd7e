"""The fitted tables of a twin as one parquet file with page checksums, beside the file of its world."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from rashomon.core import StoreError, UsageError, digest_file, publish

__all__ = ["read_sidecar", "write_sidecar"]

_LABELS = b"rashomon.world.labels"
_COLUMNS = ("name", "shape", "dtype", "values")
_MOST_DIMENSIONS = 3


def write_sidecar(path: Path | str, *, tables: Mapping[str, np.ndarray], labels: Mapping[str, tuple[str, ...]]) -> str:
    """Write tables and names; pandas, R and DuckDB read one row per table: ``name``, ``shape``, ``dtype``, ``values``.

    Parameters
    ----------
    path
        The file; one that is not ours is not replaced.
    tables
        Numbers by name, 1 to 3 dimensions; they come back in the same type, to the last bit.
    labels
        Names of genes, types, donors and batches, by kind; as JSON in the metadata of the file.

    Returns
    -------
    The sha256 (hex) of the file.

    Raises
    ------
    StoreError
        ``world.tables`` when another file stands there.
    UsageError
        ``world.tables`` when a table holds no numbers, or such that a double cannot hold.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "twin.parquet"
    >>> digest = write_sidecar(file, tables={"gene_mean": np.log([0.25, 0.75])}, labels={"gene": ("A", "B")})
    >>> tables, labels = read_sidecar(file, sha256=digest)
    >>> np.exp(tables["gene_mean"]).round(2).tolist(), labels
    ([0.25, 0.75], {'gene': ('A', 'B')})
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    target = Path(path)
    if target.exists() and not _is_ours(target):
        raise StoreError(
            f"{target.name} is another file",
            where=str(target),
            expected="a path where nothing stands, or tables of an earlier world",
            fix="choose another name for the world file",
            code="world.tables",
        )
    arrays = {name: _number_array(name, table) for name, table in tables.items()}
    rows = [
        {"name": name, "shape": list(array.shape), "dtype": array.dtype.str, "values": array.ravel().astype(np.float64)}
        for name, array in arrays.items()
    ]
    types = (pa.string(), pa.list_(pa.int64()), pa.string(), pa.list_(pa.float64()))
    schema = pa.schema(
        list(zip(_COLUMNS, types, strict=True)),
        metadata={_LABELS: json.dumps({kind: list(names) for kind, names in labels.items()}).encode()},
    )
    table = pa.Table.from_pylist(rows, schema=schema)
    with publish(target) as temporary:
        # a dictionary of distinct doubles would only add to the file
        pq.write_table(table, temporary, compression="zstd", write_page_checksum=True, use_dictionary=False)
    return digest_file(target)


def read_sidecar(path: Path | str, *, sha256: str) -> tuple[dict[str, np.ndarray], dict[str, tuple[str, ...]]]:
    """Read what `write_sidecar` wrote.

    Parameters
    ----------
    path
        The file.
    sha256
        Digest that the file must have.

    Returns
    -------
    tables
        Numbers by name.
    labels
        Names by kind.

    Raises
    ------
    StoreError
        ``world.tables`` when the file is missing, has another digest, or was not written by `write_sidecar`.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = Path(path)
    if not file.is_file():
        raise _damaged(file, f"there is no file {file.name}")
    try:
        if digest_file(file) != sha256:
            raise _damaged(file, f"{file.name} has another sha256 than the world file says")
        read = pq.read_table(file, page_checksum_verification=True)
        if tuple(read.column_names) != _COLUMNS or _LABELS not in (read.schema.metadata or {}):
            raise _damaged(file, f"{file.name} holds no tables of a world")
        tables = {row: _array(read, j) for j, row in enumerate(read.column("name").to_pylist())}
        labels = _labels(read.schema.metadata[_LABELS])
    except (OSError, ValueError, TypeError, pa.ArrowException) as error:
        raise _damaged(file, f"cannot read {file.name}: {error}") from error
    return tables, labels


def _number_array(name: str, table: Any) -> np.ndarray:
    array = np.asarray(table)
    fits = array.dtype.kind in "fiu" and 1 <= array.ndim <= _MOST_DIMENSIONS
    if not (fits and np.array_equal(array.astype(np.float64).astype(array.dtype), array, equal_nan=True)):
        raise UsageError(
            f"the table {name} is {array.dtype}, {array.ndim} dimensions",
            where=name,
            expected=f"numbers that a double holds exactly, 1 to {_MOST_DIMENSIONS} dimensions",
            code="world.tables",
        )
    return array


def _array(read: Any, j: int) -> np.ndarray:
    shape, dtype = read.column("shape")[j].as_py(), np.dtype(read.column("dtype")[j].as_py())
    if dtype.kind not in "fiu" or len(shape) > _MOST_DIMENSIONS:
        raise ValueError(f"a table of {dtype}, shape {shape}")
    # a copy: what arrow hands out cannot be written to
    return np.array(read.column("values")[j].values.to_numpy(), dtype=dtype).reshape(shape)


def _labels(text: bytes) -> dict[str, tuple[str, ...]]:
    found = json.loads(text)
    if not isinstance(found, dict) or not all(isinstance(names, list) for names in found.values()):
        raise TypeError("the names are no lists")
    return {kind: tuple(map(str, names)) for kind, names in found.items()}


def _is_ours(path: Path) -> bool:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return _LABELS in (pq.read_schema(path).metadata or {})
    except (OSError, pa.ArrowException):
        return False


def _damaged(path: Path, what: str) -> StoreError:
    return StoreError(
        what,
        where=str(path),
        expected="the file that was written with the world",
        fix="copy both files of the world again, or fit the twin again",
        code="world.tables",
    )
