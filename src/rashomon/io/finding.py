"""A finding of `rashomon doctor`: something that is in order, worth a look, or wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from rashomon.core import RashomonError
from rashomon.io.rule import REMARKS, code_of

__all__ = ["Finding", "Level", "collected", "from_note"]

Level = Literal["ok", "warning", "error"]


@dataclass(frozen=True)
class Finding:
    """One line of the table.

    Parameters
    ----------
    level
        ``ok``, ``warning`` or ``error``.
    where
        Part of the installation or place in the file.
    what
        What was found.
    code
        Name of the rule, where there is one.
    fix
        One thing to do.
    """

    level: Level
    where: str
    what: str
    code: str = ""
    fix: str = ""


@contextmanager
def collected(findings: list[Finding]) -> Iterator[None]:
    """Turn the refusal of the block, if there is one, into a finding, so that the next check can be made.

    Examples
    --------
    >>> from rashomon.io.rule import refuse
    >>> found = []
    >>> with collected(found):
    ...     raise refuse("matrix.nan", "3 values are NaN", where="X")
    >>> found[0].level, found[0].code
    ('error', 'matrix.nan')
    """
    try:
        yield
    except RashomonError as error:
        finding = Finding("error", error.where, error.what, error.code, error.fix)
        if finding not in findings:
            findings.append(finding)


def from_note(note: str) -> Finding:
    """Return a note of the row log as a finding: a warning where it carries a code.

    Examples
    --------
    >>> from_note("X: 3 cells have no counts and are kept [matrix.empty_cells]").level
    'warning'
    """
    code = code_of(note)
    where, colon, what = note.removesuffix(f" [{code}]").partition(": ")
    where, what = (where, what) if colon else ("", note)
    return Finding("warning", where, what, code, REMARKS[code].fix) if code else Finding("ok", where, what)
