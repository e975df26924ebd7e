"""A score between chance and ceiling: how much of what can be known a method has found."""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

__all__ = ["Normalised", "normalised"]

_N_ERRORS = 3.0


class Normalised(NamedTuple):
    """A normalised score; `value` is NaN, with a `reason`, where chance and ceiling cannot be told apart."""

    value: float
    reason: str = ""


def normalised(
    value: float, chance: float, ceiling: float, standard_error: float, *, direction: Literal[1, -1] = 1
) -> Normalised:
    """Return ``(value - chance) / (ceiling - chance)``: 0 at chance, 1 at the ceiling.

    Parameters
    ----------
    value
        The score of a method; one data set may exceed the ceiling, which bounds an expectation.
    chance
        The expected score of labels that say nothing.
    ceiling
        From `rashomon.sim.oracle.ceiling`.
    standard_error
        Of the ceiling, at least 0.
    direction
        +1 when larger scores are better, -1 when smaller ones are.

    Returns
    -------
    NaN with a reason where a number is missing, or the ceiling is not better than chance by three standard errors.

    Examples
    --------
    >>> normalised(0.3, 0.0, 0.6, 0.01).value
    0.5
    >>> normalised(0.02, 0.0, 0.02, 0.01).reason
    'the ceiling does not exceed chance by 3 standard errors'
    """
    for name, number in (("score", value), ("chance", chance), ("ceiling", ceiling), ("error", standard_error)):
        if not math.isfinite(number):
            return Normalised(math.nan, f"no {name}")
    if direction * (ceiling - chance) <= _N_ERRORS * standard_error:
        return Normalised(math.nan, f"the ceiling does not exceed chance by {_N_ERRORS:g} standard errors")
    return Normalised((value - chance) / (ceiling - chance))
