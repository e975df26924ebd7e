"""The text of a file: plain or packed with gzip, never more of it than memory may hold, with its digest on record."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rashomon.core import InputError
from rashomon.io.checksum import Watch, verify
from rashomon.io.container import identify
from rashomon.io.matrix import BUDGET
from rashomon.io.rule import refuse

__all__ = ["first_text", "text_of"]

_PER_BYTE = 12
"""Bytes of memory that a byte of a table takes, from the text to the receptors; 10 were measured for a bulk table."""

_GZIP = b"\x1f\x8b"
_PIECE = 2**22
_SUFFIXES = (".tab", ".json")
"""Suffixes of text that the rest of the door does not know: Change-O, and contigs of 10x."""

_HEAD = 2**18
_MARK = b"\xef\xbb\xbf"
"""Byte order mark of UTF-8."""


def text_of(file: Path, *, memory_budget: int = BUDGET) -> tuple[bytes, str]:
    """Return the bytes of a text file, unpacked where it is packed with gzip, and the note on its digest.

    Parameters
    ----------
    file
        Path.
    memory_budget
        Bytes; twelve times the unpacked text must fit.

    Returns
    -------
    The bytes without byte order mark, and the note.

    Raises
    ------
    InputError
        A ``file.`` rule.
    """
    _refuse_others(file)
    watch = Watch(file)
    limit = memory_budget // _PER_BYTE
    pieces, size = [], 0
    try:
        with _opened(file) as handle:
            while piece := handle.read(_PIECE):
                pieces.append(piece)
                size += len(piece)
                if size > limit:
                    what = f"{file.name} holds more than {limit:,} bytes, and takes {_PER_BYTE} times as many in memory"
                    raise refuse("file.budget", what, where=str(file), expected=f"at most {limit:,} bytes of text")
    except EOFError as error:
        raise refuse("file.truncated", f"{file.name} ends in the middle: {error}", where=str(file)) from error
    except (OSError, zlib.error) as error:
        raise refuse("file.unreadable", f"{file.name} cannot be unpacked: {error}", where=str(file)) from error
    watch.check()
    data = b"".join(pieces).removeprefix(_MARK)
    return data, verify(file, watch.digest)


def first_text(file: Path) -> bytes:
    """Return the first lines of a text file, unpacked; nothing where there is no such file, or it is not text.

    Parameters
    ----------
    file
        Path.
    """
    if not file.is_file():
        return b""
    try:
        with _opened(file) as handle:
            piece = handle.read(_HEAD)
    except (OSError, EOFError, zlib.error):
        return b""
    # the last line may be cut, and so may its last character
    lines = piece.removeprefix(_MARK)
    return b"" if b"\0" in lines else lines


def _refuse_others(file: Path) -> None:
    try:
        kind = identify(file)
    except InputError as error:
        suffix = file.suffix.lower()
        packed = error.code == "file.packed" and suffix == ".gz"
        if not packed and not (error.code == "file.format" and suffix in _SUFFIXES):
            raise
    else:
        if kind != "table":
            raise refuse("file.format", f"{file.name} is not a text table", where=str(file), expected="a .csv or .tsv")


@contextmanager
def _opened(file: Path) -> Iterator[io.BufferedIOBase]:
    with file.open("rb") as handle:
        if handle.peek(2)[:2] == _GZIP:
            with gzip.GzipFile(fileobj=handle) as unpacked:
                yield unpacked
        else:
            yield handle
