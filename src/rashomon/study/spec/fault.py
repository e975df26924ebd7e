"""One thing that is wrong with a study file, and how values tell it to whoever knows their lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic_core import PydanticCustomError

__all__ = ["FAULTS", "Fault", "nearest", "refuse_all", "refuse_value", "shown"]

FAULTS = "faults"
"""Key of the context of a pydantic error under which its faults travel."""

_SHOWN = 60
_LISTED = 12


@dataclass(frozen=True)
class Fault:
    """What was found, and what would have been accepted.

    Parameters
    ----------
    found
        What stands there, in words.
    expected
        What may stand there; empty where nothing may.
    near
        The nearest valid name, or another way to mend it, in words; empty where there is none.
    path
        Keys and positions that lead to the value, from where the fault was noticed.
    of_key
        Whether the key itself is wrong, not what it holds.
    """

    found: str
    expected: str = ""
    near: str = ""
    path: tuple[str | int, ...] = ()
    of_key: bool = False

    def __str__(self) -> str:
        expected = f"expected {self.expected}" if self.expected else ""
        return ", ".join(part for part in (f"found {self.found}", expected, self.near) if part)


def refuse_value(expected: str, near: str = "") -> PydanticCustomError:
    """Return the error for a value that a field cannot hold.

    Parameters
    ----------
    expected, near
        As in `Fault`.

    Examples
    --------
    >>> refuse_value("quick or full").message()
    'expected quick or full'
    """
    return PydanticCustomError("spec", "expected {expected}", {"expected": expected, "near": near})


def refuse_all(faults: Iterable[Fault]) -> None:
    """Raise one error that carries all `faults`; nothing when there are none.

    Parameters
    ----------
    faults
        Their paths begin at the value that is checked.

    Raises
    ------
    PydanticCustomError
        With the faults in its context, under `FAULTS`.
    """
    found = tuple(faults)
    if found:
        raise PydanticCustomError("spec", "{text}", {FAULTS: found, "text": "; ".join(map(str, found))})


def nearest(name: str, known: Iterable[str]) -> tuple[str, str]:
    """Return what is expected in the place of an unknown `name`, and which of `known` is nearest, in words.

    Parameters
    ----------
    name
        What was written.
    known
        Names that exist.

    Examples
    --------
    >>> nearest("quik", ["quick", "default", "full"])
    ('quick, default or full', "did you mean 'quick'?")
    """
    names = list(known)
    near = get_close_matches(name, names, n=1)
    shown_names = near + [each for each in names if each not in near] if len(names) > _LISTED else names
    return _either(shown_names), f"did you mean {near[0]!r}?" if near else ""


def _either(names: Sequence[str]) -> str:
    if len(names) > _LISTED:
        return f"{', '.join(names[:_LISTED])} or one of {len(names) - _LISTED} more"
    if len(names) < 2:
        return "".join(names) or "no name at all"
    return f"{', '.join(names[:-1])} or {names[-1]}"


def shown(value: Any) -> str:
    """Return a value of a file in words, as the file has it.

    Parameters
    ----------
    value
        Anything YAML holds.

    Examples
    --------
    >>> [shown(value) for value in (None, True, "no", 3, [1], {}, "x" * 80)][:6]
    ['nothing', 'true', "the text 'no'", '3', 'a list', 'a mapping']
    """
    if isinstance(value, dict | list | tuple):
        return "a mapping" if isinstance(value, dict) else "a list"
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f"the text {value!r}" if len(value) <= _SHOWN else f"a text of {len(value)} characters"
    return str(value)
