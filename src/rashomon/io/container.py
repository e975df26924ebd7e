"""Cheap checks before a file is opened for reading: that it is there, and what it is."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Literal

from rashomon.core import did_you_mean
from rashomon.io.rule import refuse

__all__ = ["Container", "identify"]

Container = Literal["hdf5", "zarr", "table"]

_HDF5 = b"\x89HDF\r\n\x1a\n"
_HDF5_STARTS = (0, 512, 1024, 2048)  # MuData writes a text of 512 bytes first
_TABLES = (".csv", ".tsv", ".txt")

_UNPACK = "unpack it first, and give the path of the .h5ad inside"
_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (
        b"\x1f\x8b",
        "gzip-compressed data",
        "unpack it first: gunzip (an .rds from R: convert it to .h5ad with anndataR)",
    ),
    (b"PK\x03\x04", "a zip archive", _UNPACK),
    (b"BZh", "bzip2-compressed data", _UNPACK),
    (b"\xfd7zXZ", "xz-compressed data", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "zstd-compressed data", _UNPACK),
    (b"PAR1", "a parquet table", "write the labels as .csv: pandas.read_parquet(path).to_csv(new_path)"),
    (b"%%MatrixMarket", "a Matrix Market file", "read it with scanpy.read_10x_mtx and write it with write_h5ad"),
    (b"\x93NUMPY", "a NumPy array", "put it into an AnnData with cell and gene names and write it with write_h5ad"),
    (b"version https://git-lfs", "a Git LFS pointer, not the file itself", "fetch the file: git lfs pull"),
    (b"<", "an HTML or XML page, often a failed download", "download the file again"),
)


def identify(path: Path | str) -> Container:
    """Return what stands at `path`, reading no more than its first bytes.

    Parameters
    ----------
    path
        A file, or a zarr folder.

    Raises
    ------
    InputError
        ``file.missing``, ``file.not_regular``, ``file.permission``, ``file.empty`` or ``file.format``.
    """
    if "://" in str(path):
        raise refuse(
            "file.format",
            f"{str(path).partition('://')[0]} addresses are not read",
            where=str(path),
            fix="download the file, check its digest, and give its path",
        )
    file = Path(path)
    mode = _mode(file)
    if stat.S_ISDIR(mode):
        if any((file / name).exists() for name in ("zarr.json", ".zgroup", ".zmetadata")):
            return "zarr"
        raise refuse("file.not_regular", f"{file.name} is a folder, and not a zarr store", where=str(path))
    if not stat.S_ISREG(mode):
        raise refuse("file.not_regular", f"{file.name} is not a regular file", where=str(path))
    return _content(file)


def _mode(file: Path) -> int:
    try:
        return file.stat().st_mode
    except FileNotFoundError:
        siblings = [other.name for other in file.parent.iterdir()] if file.parent.is_dir() else []
        near = did_you_mean(file.name, siblings)
        fix = near.partition("?")[0] + "?" if near.startswith("did you mean") else None
        raise refuse("file.missing", f"there is no file {file.name}", where=str(file), fix=fix) from None
    except (OSError, ValueError) as error:
        raise refuse("file.permission", f"cannot look at {file.name}: {error}", where=str(file)) from error


def _content(file: Path) -> Container:
    try:
        with file.open("rb") as handle:
            head = handle.read(4096)
    except OSError as error:
        raise refuse("file.permission", f"cannot open {file.name}: {error.strerror}", where=str(file)) from error
    if not head:
        raise refuse("file.empty", f"{file.name} has 0 bytes", where=str(file))
    if any(head.startswith(_HDF5, start) for start in _HDF5_STARTS):
        return "hdf5"
    if file.suffix.lower() in _TABLES and not head.startswith(tuple(magic for magic, _, _ in _SIGNATURES[:8])):
        return "table"
    guess, fix = _guess(head)
    raise refuse(
        "file.format",
        f"{file.name} is not an HDF5 file; it looks like {guess}",
        where=f"{file} ({file.stat().st_size:,} bytes)",
        fix=fix,
    )


def _guess(head: bytes) -> tuple[str, str | None]:
    for magic, name, fix in _SIGNATURES:
        if head.startswith(magic):
            return name, fix
    try:
        line = head.decode("utf-8-sig").partition("\n")[0]
    except UnicodeDecodeError:
        return "binary data of an unknown kind", None
    for separator, name in ((",", "a comma-separated table"), ("\t", "a tab-separated table")):
        if separator in line:
            return name, "labels: name it .csv or .tsv; a matrix: read it with anndata.io.read_csv and write_h5ad"
    return "plain text", None
