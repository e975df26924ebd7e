"""What a zarr store is checked for before it is opened: symbolic links, codecs, outdated metadata, missing chunks."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from rashomon.core import first_few
from rashomon.io.hdf5 import RATIO
from rashomon.io.rule import refuse, remark

__all__ = ["check_zarr", "refuse_links"]

_CODECS = frozenset(
    {
        "adler32",
        "bitround",
        "blosc",
        "bytes",
        "bz2",
        "crc32",
        "crc32c",
        "delta",
        "fletcher32",
        "gzip",
        "lz4",
        "lzma",
        "packbits",
        "sharding_indexed",
        "shuffle",
        "transpose",
        "vlen-bytes",
        "vlen-utf8",
        "zlib",
        "zstd",
    }
)
_NEEDED = frozenset({"data", "indices", "indptr", "_index", "X"})
"""Arrays that must be whole: parts of a sparse matrix, names, a dense matrix; and below, dense layers."""

_METADATA = frozenset({".zarray", ".zattrs", ".zgroup", ".zmetadata", "zarr.json"})
_WORTH_SAYING = 2**20
_LARGEST_METADATA = 2**26


@dataclass(frozen=True)
class _Array:
    """What the metadata say of one array, in either version of the format."""

    shape: tuple[int, ...]
    chunks: tuple[int, ...]
    dtype: str
    codecs: tuple[str, ...]

    @property
    def n_chunks(self) -> int:
        return math.prod(-(-n // max(chunk, 1)) for n, chunk in zip(self.shape, self.chunks, strict=True))

    @property
    def n_bytes(self) -> int:
        return math.prod(self.shape) * self.itemsize

    @property
    def itemsize(self) -> int:
        try:
            return np.dtype(self.dtype).itemsize
        except TypeError:
            return 8


def check_zarr(root: Path, *, budget: int, allow_sparse_chunks: bool = False) -> tuple[str, ...]:
    """Refuse a store that leaves its folder, runs code, contradicts itself, or is incomplete.

    Parameters
    ----------
    root
        Folder of the store.
    budget
        Memory budget in bytes.
    allow_sparse_chunks
        Accept that pieces of the matrix are absent, because whoever wrote the store left out those that hold zeros.

    Returns
    -------
    Notes on chunks that are absent where that is legitimate: writers leave out chunks that hold only the fill value;
    and on arrays that are compressed improbably well.

    Raises
    ------
    InputError
        ``file.link``, ``file.codec``, ``file.metadata``, ``file.budget`` or ``file.chunks``.
    """
    refuse_links(root)
    arrays: dict[str, _Array] = {}
    own: dict[str, str] = {}
    copies: dict[str, str] = {}
    for path in sorted(path for path in root.rglob("*") if path.name in _METADATA):
        meta, node = _json(root, path), path.parent.relative_to(root).as_posix()
        if path.name == ".zmetadata" or isinstance(meta.get("consolidated_metadata"), dict):
            copies |= dict(_consolidated(root, path, meta))
        if path.name == ".zarray" or meta.get("node_type") == "array":
            arrays[node] = _array(root, node, meta)
        if path.name != ".zmetadata":
            own[path.relative_to(root).as_posix()] = _without_copies(meta)
    _refuse_stale(root, own, copies)
    notes: list[str] = []
    for name, array in sorted(arrays.items()):
        notes += _check_chunks(root, name, array, budget, allow_sparse_chunks=allow_sparse_chunks)
    total = sum(array.n_bytes for array in arrays.values())
    if total > budget:
        raise refuse(
            "file.budget",
            f"{root.name} unpacks to {total:,} bytes together",
            where=root.name,
            expected=f"at most {budget:,} bytes",
        )
    return tuple(notes)


def refuse_links(root: Path) -> None:
    """Refuse a store in which anything but plain files and folders stands.

    Parameters
    ----------
    root
        Folder of the store.

    Raises
    ------
    InputError
        ``file.link`` or ``file.not_regular``.
    """
    for folder, folders, files in os.walk(root):
        for name in sorted((*folders, *files)):
            path = Path(folder) / name
            place = path.relative_to(root).as_posix()
            if path.is_symlink():
                raise refuse(
                    "file.link",
                    f"{place} is a symbolic link",
                    where=f"{root.name}/{place}",
                    fix="copy the store with its content: cp -RL",
                )
            if not path.is_dir() and not path.is_file():
                what = f"{place} is a pipe or a device"
                raise refuse("file.not_regular", what, where=f"{root.name}/{place}", expected="a store of plain files")


def _without_copies(meta: Any) -> str:
    """Return the content of metadata as a text that can be compared; a NaN would differ from itself."""
    own = {name: value for name, value in meta.items() if name != "consolidated_metadata"} if meta else meta
    return json.dumps(own, sort_keys=True)


def _refuse_stale(root: Path, own: Mapping[str, str], copies: Mapping[str, str]) -> None:
    """Refuse a consolidated copy from which a reader that trusts it would see another store."""
    if not copies:
        return
    # the root of version 3 holds the copy itself, and is not in it
    stale = {name for name in {*own, *copies} - {"zarr.json"} if own.get(name) != copies.get(name)}
    if stale:
        raise refuse(
            "file.metadata",
            f"the consolidated metadata contradict {len(stale)} of {len(own)} others: {first_few(sorted(stale))}",
            where=root.name,
        )


def _json(root: Path, path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _LARGEST_METADATA:
            raise ValueError(f"it has {path.stat().st_size:,} bytes")  # noqa: TRY301 - one refusal for all of them
        meta = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(meta, dict):
            return meta
        problem = f"it holds a {type(meta).__name__}"
    except (ValueError, OSError, RecursionError) as error:
        problem = str(error)
    place = path.relative_to(root).as_posix()
    raise refuse("file.metadata", f"{place} is not a JSON object: {problem}", where=f"{root.name}/{place}")


def _consolidated(root: Path, path: Path, meta: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (path of the metadata below the root, content) of what the consolidated copy lists."""
    node, version_2 = PurePosixPath(path.parent.relative_to(root).as_posix()), path.name == ".zmetadata"
    listed = (meta if version_2 else meta["consolidated_metadata"]).get("metadata")
    if not isinstance(listed, dict):
        place = path.relative_to(root).as_posix()
        raise refuse("file.metadata", f"{place} lists no metadata", where=f"{root.name}/{place}")
    for key, entry in listed.items():
        place = node / key if version_2 else node / key / "zarr.json"
        yield place.as_posix(), _without_copies(entry) if isinstance(entry, dict) else ""


def _array(root: Path, name: str, meta: Mapping[str, Any]) -> _Array:
    where = f"{root.name}/{name}"
    try:
        if "chunk_grid" in meta:
            chunks, dtype = meta["chunk_grid"]["configuration"]["chunk_shape"], meta["data_type"]
            codecs = tuple(_names(meta["codecs"]))
        else:
            chunks, dtype = meta["chunks"], meta["dtype"]
            listed = [*(meta.get("filters") or []), *([meta["compressor"]] if meta.get("compressor") else [])]
            codecs = tuple(str(codec["id"]) for codec in listed)
        shape = tuple(int(n) for n in meta["shape"])
        array = _Array(shape, tuple(int(n) for n in chunks), str(dtype), codecs)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise refuse("file.metadata", f"{name} is not described as an array: {error!r}", where=where) from error
    if min((*shape, *array.chunks), default=0) < 0 or len(shape) != len(array.chunks):
        raise refuse("file.metadata", f"{name} has shape {shape} and chunks {array.chunks}", where=where)
    unknown = [codec for codec in codecs if codec.removeprefix("numcodecs.") not in _CODECS]
    if unknown:
        raise refuse(
            "file.codec",
            f"{name} uses the filter {unknown[0]!r}",
            where=where,
            expected=f"filters among {', '.join(sorted(_CODECS))}",
        )
    return array


def _names(codecs: Any) -> Iterator[str]:
    for codec in codecs:
        if isinstance(codec, str):
            yield codec
            continue
        yield str(codec["name"])
        inner = codec.get("configuration") or {}
        yield from _names(inner.get("codecs", []))
        yield from _names(inner.get("index_codecs", []))


def _check_chunks(root: Path, name: str, array: _Array, budget: int, *, allow_sparse_chunks: bool) -> Iterator[str]:
    files = [path for path in (root / name).rglob("*") if path.is_file() and not _is_metadata(path)]
    declared, stored = array.n_bytes, sum(path.stat().st_size for path in files)
    chunk = math.prod(array.chunks) * array.itemsize
    if declared > budget or (chunk > budget and files):
        said = f"shape {array.shape}" if declared > budget else f"chunks of {chunk:,} bytes"
        raise refuse(
            "file.budget",
            f"{name} declares {declared:,} bytes ({said}) and has {stored:,} in the store",
            where=f"{root.name}/{name}",
            expected=f"arrays below {budget:,} bytes",
        )
    if declared > max(RATIO * stored, _WORTH_SAYING):
        what = f"{stored:,} bytes of the store unpack to {declared:,}"
        yield remark("file.ratio", what, where=f"{root.name}/{name}")
    missing = array.n_chunks - len(files)
    if missing <= 0 or not array.shape:
        return
    text, place = f"{missing} of {array.n_chunks} chunks of {name} are absent", PurePosixPath(name)
    if not allow_sparse_chunks and (place.name in _NEEDED or place.parent.name == "layers"):
        fix = "copy the whole store again; if the writer left out zeros, pass allow_sparse_chunks=True"
        expected = f"{array.n_chunks} chunk files"
        raise refuse("file.chunks", text, where=f"{root.name}/{name}", expected=expected, fix=fix)
    yield remark("file.absent_chunks", f"{text} and read as zero or empty text", where=root.name)


def _is_metadata(path: Path) -> bool:
    return path.name in _METADATA
