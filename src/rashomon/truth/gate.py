"""Gates: named classes from thresholds on measurements, as in flow cytometry."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite

import numpy as np

from rashomon.core import UsageError

__all__ = ["Condition", "Gate"]

_COMPARISONS: dict[str, Callable[[np.ndarray, float], np.ndarray]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}

_CONDITION = re.compile(r"(?P<marker>[^<>=]*[^<>=\s])\s*(?P<comparison>>=|<=|>|<)\s*(?P<value>[^<>=]+)")

_GRAMMAR = "MARKER>=NUMBER [& MARKER<NUMBER ...] [as NAME]"


@dataclass(frozen=True)
class Condition:
    """One threshold: ``CD3 >= 2.5``.

    Parameters
    ----------
    marker
        Column of obs, or ``KEY:COLUMN`` for a column of ``obsm[KEY]``.
    comparison
        ``>=``, ``<=``, ``>`` or ``<``.
    value
        The threshold, in the units of the measurement.

    Raises
    ------
    UsageError
        When the comparison is unknown, or the threshold is not finite.
    """

    marker: str
    comparison: str
    value: float

    def __post_init__(self) -> None:
        if self.comparison not in _COMPARISONS or not self.marker or not isfinite(self.value):
            raise _wrong(str(self))

    def __str__(self) -> str:
        return f"{self.marker}{self.comparison}{self.value:g}"

    @classmethod
    def parse(cls, text: str) -> Condition:
        """Read ``MARKER>=NUMBER``.

        Parameters
        ----------
        text
            White space around the parts does not matter.

        Raises
        ------
        UsageError
            When it is no condition.

        Examples
        --------
        >>> Condition.parse("protein:CD3 >= 2.5")
        Condition(marker='protein:CD3', comparison='>=', value=2.5)
        """
        found = _CONDITION.fullmatch(text.strip())
        if found is None:
            raise _wrong(text)
        try:
            value = float(found["value"])
        except ValueError:
            raise _wrong(text) from None
        return cls(found["marker"].strip(), found["comparison"], value)

    def holds(self, values: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return whether each item meets the condition, given the `values` of the markers; False where unknown."""
        return np.asarray(_COMPARISONS[self.comparison](values[self.marker], self.value))


@dataclass(frozen=True)
class Gate:
    """A class: the items that meet all conditions.

    Parameters
    ----------
    name
        Name of the class.
    conditions
        One or more.

    Raises
    ------
    UsageError
        When there is no condition, or no name.
    """

    name: str
    conditions: tuple[Condition, ...]

    def __post_init__(self) -> None:
        if not self.name or not self.conditions:
            raise _wrong(self.name)

    @classmethod
    def parse(cls, text: str) -> Gate:
        """Read ``MARKER>=NUMBER & MARKER<NUMBER as NAME``; without a name the conditions are the name.

        Parameters
        ----------
        text
            The gate.

        Raises
        ------
        UsageError
            When a part is no condition.

        Examples
        --------
        >>> gate = Gate.parse("CD3>=2.5 & CD19<1 as T")
        >>> gate.name, [str(condition) for condition in gate.conditions]
        ('T', ['CD3>=2.5', 'CD19<1'])
        >>> Gate.parse("CD19 >= 1").name
        'CD19>=1'
        """
        body, named, name = text.rpartition(" as ")
        conditions = tuple(Condition.parse(part) for part in (body if named else text).split("&"))
        return cls(name.strip() if named else " & ".join(map(str, conditions)), conditions)

    def holds(self, values: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return whether each item meets all conditions, given the `values` of the markers."""
        return np.asarray(np.logical_and.reduce([condition.holds(values) for condition in self.conditions]))


def _wrong(text: str) -> UsageError:
    return UsageError(
        f"{text.strip()!r} is no gate",
        where="threshold(...)",
        expected=_GRAMMAR,
        fix="for example threshold(protein:CD3>=2.5 & protein:CD19<1 as T, protein:CD19>=1 as B)",
        code="truth.recipe",
    )
