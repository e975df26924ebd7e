"""The domain of a formula, checked before it is evaluated."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from rashomon.core import UsageError, first_few

__all__ = ["checked", "checked_count", "checked_profile"]


def checked(
    values: ArrayLike, name: str, *, where: str, low: float = 0.0, high: float = np.inf, open_at: str = ""
) -> np.ndarray:
    """Return `values` as ``float64`` if all of them are numbers in the domain.

    Parameters
    ----------
    values
        A number or an array of any shape.
    name
        What the values are, for the message.
    where
        The function that asks.
    low, high
        Ends of the domain; infinity itself is never in it.
    open_at
        Ends that do not belong to it: ``"low"``, ``"high"``, ``"both"`` or nothing.

    Raises
    ------
    UsageError
        When a value is no number, NaN, infinite or outside.

    Examples
    --------
    >>> checked([0, 2], "strength", where="example")
    array([0., 2.])
    """
    left = "(" if open_at in {"low", "both"} else "["
    right = ")" if open_at in {"high", "both"} or np.isinf(high) else "]"
    expected = f"numbers in {left}{low:g}, {high:g}{right}"
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise UsageError(f"{name} is not numeric", where=where, expected=expected) from error
    above = array > low if left == "(" else array >= low
    below = array < high if right == ")" else array <= high
    bad = ~(above & below)
    if bad.any():
        said = first_few((f"{value:g}" for value in np.atleast_1d(array)[np.atleast_1d(bad)]), n=3)
        raise UsageError(f"{name} holds {said}", where=where, expected=expected)
    return array


def checked_count(n: object, name: str, *, where: str, least: int) -> int:
    """Return `n`, called `name` in the message, if it is an integer of at least `least`; `where` is who asks.

    Raises
    ------
    UsageError
        When it is no integer, or smaller.

    Examples
    --------
    >>> checked_count(3, "n_groups", where="example", least=2)
    3
    """
    if not isinstance(n, int | np.integer) or n is True or n < least:
        raise UsageError(f"{name} is {n!r}", where=where, expected=f"an integer of at least {least}")
    return int(n)


def checked_profile(profile: ArrayLike, name: str, *, where: str) -> np.ndarray:
    """Return an expression `profile`, called `name` in the message, divided by its sum; `where` is who asks.

    Raises
    ------
    UsageError
        When it is not one row of numbers of at least 0, or its sum is 0.

    Examples
    --------
    >>> checked_profile([1, 3], "profile_a", where="example")
    array([0.25, 0.75])
    """
    array = checked(profile, name, where=where)
    if array.ndim != 1 or not array.sum() > 0:
        raise UsageError(
            f"{name} has shape {array.shape} and sum {array.sum():g}",
            where=where,
            expected="one number per gene, with a positive sum",
        )
    return np.asarray(array / array.sum())
