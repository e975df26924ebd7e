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
from rashomon.io.rule import refuse

__all__ = ["check_zarr"]

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
_MATRIX_PARTS = frozenset({"data", "indices", "indptr"})


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
    def itemsize(self) -> int:
        try:
            return np.dtype(self.dtype).itemsize
        except TypeError:
            return 8


def check_zarr(root: Path, *, budget: int) -> tuple[str, ...]:
    """Refuse a store that leaves its folder, runs code, contradicts itself, or is incomplete.

    Parameters
    ----------
    root
        Folder of the store.
    budget
        Memory budget in bytes.

    Returns
    -------
    Notes on chunks that are absent where that is legitimate: writers leave out chunks that hold only the fill value.

    Raises
    ------
    InputError
        ``file.link``, ``file.codec``, ``file.metadata``, ``file.budget`` or ``file.chunks``.
    """
    _refuse_symlinks(root)
    arrays: dict[str, _Array] = {}
    copies: dict[str, _Array] = {}
    for path in sorted([*root.rglob(".zarray"), *root.rglob("zarr.json"), *root.rglob(".zmetadata")]):
        meta, node = _json(root, path), path.parent.relative_to(root).as_posix()
        if path.name == ".zmetadata" or isinstance(meta.get("consolidated_metadata"), dict):
            copies |= dict(_consolidated(root, path, meta))
        if path.name == ".zarray" or meta.get("node_type") == "array":
            arrays[node] = _array(root, node, meta)
    stale = [name for name, entry in copies.items() if arrays.get(name) != entry]
    if stale:
        raise refuse(
            "file.metadata",
            f"the consolidated metadata contradict {len(stale)} arrays: {first_few(sorted(stale))}",
            where=f"{root.name}",
        )
    notes = [_check_chunks(root, name, array, budget) for name, array in sorted(arrays.items())]
    return tuple(note for note in notes if note)


def _refuse_symlinks(root: Path) -> None:
    for folder, folders, files in os.walk(root):
        for name in sorted((*folders, *files)):
            path = Path(folder) / name
            if path.is_symlink():
                place = path.relative_to(root).as_posix()
                raise refuse(
                    "file.link",
                    f"{place} is a symbolic link",
                    where=f"{root.name}/{place}",
                    fix="copy the store with its content: cp -RL",
                )


def _json(root: Path, path: Path) -> dict[str, Any]:
    try:
        meta = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(meta, dict):
            return meta
        problem = f"it holds a {type(meta).__name__}"
    except (ValueError, OSError, RecursionError) as error:
        problem = str(error)
    place = path.relative_to(root).as_posix()
    raise refuse("file.metadata", f"{place} is not a JSON object: {problem}", where=f"{root.name}/{place}")


def _consolidated(root: Path, path: Path, meta: Mapping[str, Any]) -> Iterator[tuple[str, _Array]]:
    node, version_2 = PurePosixPath(path.parent.relative_to(root).as_posix()), path.name == ".zmetadata"
    listed = (meta if version_2 else meta["consolidated_metadata"]).get("metadata")
    if not isinstance(listed, dict):
        place = path.relative_to(root).as_posix()
        raise refuse("file.metadata", f"{place} lists no metadata", where=f"{root.name}/{place}")
    for key, entry in listed.items():
        array = key.endswith(".zarray") if version_2 else isinstance(entry, dict) and entry.get("node_type") == "array"
        if array:
            name = (node / key.removesuffix(".zarray")).as_posix()
            yield name, _array(root, name, entry)


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


def _check_chunks(root: Path, name: str, array: _Array, budget: int) -> str:
    files = [path for path in (root / name).rglob("*") if path.is_file() and not _is_metadata(path)]
    declared, stored = math.prod(array.shape) * array.itemsize, sum(path.stat().st_size for path in files)
    if declared > budget and declared > RATIO * stored:
        raise refuse(
            "file.budget",
            f"{name} declares {declared:,} bytes (shape {array.shape}) and has {stored:,} in the store",
            where=f"{root.name}/{name}",
            expected=f"arrays below {budget:,} bytes",
            fix="ask whoever made the store: these metadata are damaged or hostile",
        )
    missing = array.n_chunks - len(files)
    if missing <= 0 or not array.shape:
        return ""
    text = f"{missing} of {array.n_chunks} chunks of {name} are absent"
    if PurePosixPath(name).name in _MATRIX_PARTS | {"_index"}:
        raise refuse("file.chunks", text, where=f"{root.name}/{name}", expected=f"{array.n_chunks} chunk files")
    return f"{text} and read as zero or empty text"


def _is_metadata(path: Path) -> bool:
    return path.name == "zarr.json" or path.name.startswith(".z")
