"""Mappings of classes to coarser classes, from a text file of two columns."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from rashomon.core import InputError
from rashomon.truth.rule import DERIVE_RULES

__all__ = ["read_mapping"]

_RULES = {rule.name: rule for rule in DERIVE_RULES}

_MAX_BYTES = 2**22
"""A mapping has one short line per class; a larger file is not one."""


def read_mapping(path: Path | str) -> dict[str, str]:
    r"""Read a mapping of classes from a text file.

    Parameters
    ----------
    path
        Two columns, separated by commas, tabs or semicolons; UTF-8. A relative path must stay below the working
        folder.

    Returns
    -------
    Class to coarser class. A header becomes an entry for a class that does not occur, and has no effect.

    Raises
    ------
    InputError
        ``derive.mapping`` when the file is absent, no text, too large, or lists a class with two targets.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "lineage.csv"
    >>> _ = file.write_text("cell type,lineage\nCD4 T,T\nCD8 T,T\nB,B\n", encoding="utf-8")
    >>> read_mapping(file)["CD8 T"]
    'T'
    """
    file = Path(path)
    mapping: dict[str, str] = {}
    for number, fields in _lines(file, _text(file)):
        if len(fields) != 2 or not all(fields):
            raise _unreadable(file, f"line {number} does not have two filled fields")
        if mapping.setdefault(fields[0], fields[1]) != fields[1]:
            raise _unreadable(file, f"{fields[0]!r} becomes both {mapping[fields[0]]!r} and {fields[1]!r}")
    if not mapping:
        raise _unreadable(file, "it has no line")
    return mapping


def _text(file: Path) -> str:
    if not file.is_absolute() and not file.resolve().is_relative_to(Path.cwd().resolve()):
        raise _unreadable(file, "a relative path leaves the working folder", fix="give the whole path")
    try:
        # a device or a pipe could be read for ever
        if not file.is_file() or file.stat().st_size > _MAX_BYTES:
            raise _unreadable(file, f"there is no such file of at most {_MAX_BYTES // 2**20} MiB")
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _unreadable(file, "it is not UTF-8 text") from None
    except OSError as error:
        raise _unreadable(file, error.strerror or str(error)) from None


def _lines(file: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield number and fields of the lines that are not empty."""
    separator = max((",", "\t", ";"), key=text.partition("\n")[0].count)
    reader = csv.reader(text.splitlines(), delimiter=separator, strict=True)
    try:
        for row in reader:
            fields = [field.strip() for field in row]
            if any(fields):
                yield reader.line_num, fields
    except csv.Error as error:
        raise _unreadable(file, f"line {reader.line_num} cannot be split: {error}") from None


def _unreadable(file: Path, why: str, *, fix: str | None = None) -> InputError:
    return _RULES["derive.mapping"].broken(f"{file.name} cannot be used: {why}", where=str(file), fix=fix)
