"""The one error grammar: what is wrong, where, what was expected, and one fix."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = ["FAILED_RUNS", "InputError", "RashomonError", "StoreError", "UsageError", "did_you_mean", "first_few"]

FAILED_RUNS = 4
"""Exit code of a command that finished although some runs failed; those of errors stand on their classes."""


class RashomonError(Exception):
    """An error a user can act on.

    Parameters
    ----------
    what
        What is wrong, in one sentence without a full stop.
    where
        The place: file, slot, column, first few positions.
    expected
        What would have been accepted.
    fix
        One thing to do next.
    code
        Dotted name of the rule that was broken; ``rashomon explain CODE`` says more.

    Examples
    --------
    >>> print(UsageError("unknown budget 'huge'", where="budget", expected="quick or default", fix="use 'quick'"))
    unknown budget 'huge'
      where:    budget
      expected: quick or default
      fix:      use 'quick'
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", expected: str = "", fix: str = "", code: str = "") -> None:
        self.what, self.where, self.expected, self.fix, self.code = what, where, expected, fix, code
        super().__init__(what)

    def __str__(self) -> str:
        parts = [("where", self.where), ("expected", self.expected), ("fix", self.fix), ("code", self.code)]
        return "\n".join([self.what, *(f"  {name + ':':<9} {text}" for name, text in parts if text)])


class UsageError(RashomonError):
    """The call itself is wrong: an unknown name, a bad value, arguments that exclude each other (exit code 2)."""

    exit_code = 2


class InputError(RashomonError):
    """A file or object that enters is wrong (exit code 3)."""

    exit_code = 3


class StoreError(RashomonError):
    """A result on disk is missing, damaged, or cannot be written (exit code 5)."""

    exit_code = 5


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return the fix line for an unknown `name`: the nearest one of `known`, and the list of all.

    Examples
    --------
    >>> did_you_mean("laiden", ["leiden", "kmeans"])
    "did you mean 'leiden'? known: kmeans, leiden"
    """
    names = sorted(known)
    near = get_close_matches(name, names, n=1)
    listing = f"known: {', '.join(names) or 'none'}"
    return f"did you mean {near[0]!r}? {listing}" if near else listing


def first_few(items: Iterable[object], *, n: int = 5) -> str:
    """Return the first `n` of `items` and how many more there are.

    Examples
    --------
    >>> first_few(range(8), n=3)
    '0, 1, 2 and 5 more'
    """
    values = list(items)
    shown = ", ".join(str(value) for value in values[:n])
    return shown if len(values) <= n else f"{shown} and {len(values) - n} more"
