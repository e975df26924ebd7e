"""Cheap checks before a file is opened for reading: that it is there, and what it is."""

from __future__ import annotations

import re
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
_HEAD = 4096
# one slash is left of two where the address passed through a Path
_ADDRESS = re.compile(r"^(https?|ftps?|sftp|ssh|s3|gs|gcs|az|abfss?|hdfs|file)://?", re.IGNORECASE)

_UNPACK = "unpack it first, and give the path of the .h5ad inside"
_FROM_R = "in R: anndataR::write_h5ad(readRDS(path), new_path), or SeuratDisk for an older Seurat object"
_SIGNATURES: tuple[tuple[bytes, str, str, str], ...] = (
    (b"\x1f\x8b", "file.packed", "gzip-compressed data", f"unpack it first: gunzip (an .rds is one too; {_FROM_R})"),
    (b"PK\x03\x04", "file.packed", "a zip archive", _UNPACK),
    (b"BZh", "file.packed", "bzip2-compressed data", _UNPACK),
    (b"\xfd7zXZ", "file.packed", "xz-compressed data", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "file.packed", "zstd-compressed data", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "file.packed", "a 7z archive", _UNPACK),
    (b"PAR1", "file.foreign", "a parquet table", "write labels as .csv: pandas.read_parquet(path).to_csv(new_path)"),
    (b"%%MatrixMarket", "file.foreign", "a Matrix Market file", "scanpy.read_10x_mtx(folder).write_h5ad(new_path)"),
    (b"\x93NUMPY", "file.foreign", "a NumPy array", "put it into an AnnData with names and write it with write_h5ad"),
    (b"X\n\x00\x00\x00", "file.foreign", "an R object", _FROM_R),
    (b"RDX2\n", "file.foreign", "an R object", _FROM_R),
    (b"RDX3\n", "file.foreign", "an R object", _FROM_R),
    (b"version https://git-lfs", "file.format", "a Git LFS pointer, not the file itself", "fetch it: git lfs pull"),
    (b"<", "file.format", "an HTML or XML page, often a failed download", "download the file again"),
)
_TAR = (257, b"ustar")


def identify(path: Path | str) -> Container:
    """Return what stands at `path`, reading no more than its first bytes.

    Parameters
    ----------
    path
        A file, or a zarr folder.

    Raises
    ------
    InputError
        ``file.address``, ``file.missing``, ``file.not_regular``, ``file.permission``, ``file.empty``, ``file.packed``,
        ``file.foreign`` or ``file.format``.
    """
    address = _ADDRESS.match(str(path))
    if address is not None:
        raise refuse("file.address", f"{address[1]} addresses are not read", where=str(path))
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
            head = handle.read(_HEAD)
    except OSError as error:
        raise refuse("file.permission", f"cannot open {file.name}: {error.strerror}", where=str(file)) from error
    if not head:
        raise refuse("file.empty", f"{file.name} has 0 bytes", where=str(file))
    if any(head.startswith(_HDF5, start) for start in _HDF5_STARTS):
        return "hdf5"
    code, guess, fix = _guess(head)
    if file.suffix.lower() in _TABLES and guess in _TEXTS:
        return "table"
    raise refuse(
        code,
        f"{file.name} is not an HDF5 file; it looks like {guess}",
        where=f"{file} ({file.stat().st_size:,} bytes)",
        fix=fix,
    )


_SEPARATED = "labels: name it .csv or .tsv; a matrix: read it with anndata.io.read_csv and write_h5ad"
_TEXTS = ("a comma-separated table", "a tab-separated table", "plain text", "binary data of an unknown kind")


def _guess(head: bytes) -> tuple[str, str, str | None]:
    """Return the code, the kind and what to do about content that is no HDF5."""
    for magic, code, name, fix in _SIGNATURES:
        if head.startswith(magic):
            return code, name, fix
    if head.startswith(_TAR[1], _TAR[0]):
        return "file.packed", "a tar archive", _UNPACK
    try:
        # the last character may be cut
        line = head.decode("utf-8-sig", "strict" if len(head) < _HEAD else "ignore").partition("\n")[0]
    except UnicodeDecodeError:
        return "file.format", _TEXTS[3], None
    for separator, name in ((",", _TEXTS[0]), ("\t", _TEXTS[1])):
        if separator in line:
            return "file.format", name, _SEPARATED
    return "file.format", _TEXTS[2], None
