"""A knob: one number of a world, with its unit, its meaning and the value at which it does nothing."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from rashomon.sim.part import EXPRESSION, Part

__all__ = ["Knob", "Scope"]

Kind = Literal["count", "number", "share", "word", "numbers", "shares", "texts", "tree"]

Scope = Literal["any", "generated", "fitted"]
"""Worlds in which a knob is legal: ``fitted`` ones have tables estimated from real data, ``generated`` ones do not."""


@dataclass(frozen=True)
class Knob:
    """One parameter of the mechanisms of a world.

    Parameters
    ----------
    name
        The name users type, unique in the registry.
    kind
        ``count`` (integer), ``number``, ``share`` (in [0, 1]), ``word`` (one of `words`), ``numbers`` (list),
        ``shares`` (list that sums to 1), ``texts`` (list) or ``tree`` (see `rashomon.sim.tree.Tree`).
    default
        Value where nothing is said.
    neutral
        Value at which the knob changes nothing; None where there is none (the number of genes).
    unit
        What the number counts or measures.
    summary
        Meaning, in one line.
    nodes
        Nodes of the causal graph whose mechanism uses it.
    low, high
        Closed range of legal values.
    words
        Legal words.
    scope
        See `Scope`.
    part
        The part of a world whose mechanisms it turns; None where every world has it.
    """

    name: str
    kind: Kind
    default: Any
    neutral: Any
    unit: str
    summary: str
    nodes: tuple[str, ...]
    low: float = -math.inf
    high: float = math.inf
    words: tuple[str, ...] = ()
    scope: Scope = "any"
    part: Part | None = EXPRESSION

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise ValueError(f"unknown kind {self.kind!r} of knob {self.name!r}")

    def of(self, parts: tuple[Part, ...]) -> bool:
        """Return whether worlds that generate `parts` have this knob."""
        return self.part is None or self.part in parts

    @property
    def expected(self) -> str:
        """What would have been accepted, in words."""
        if self.words:
            return " or ".join(self.words)
        low, high = (0, 1) if self.kind in {"share", "shares"} else (self.low, self.high)
        span = "".join([f" >= {low:g}" if low > -math.inf else "", f" and <= {high:g}" if high < math.inf else ""])
        return f"{_KINDS[self.kind]}{span.removeprefix(' and')}"

    def wrong(self, value: Any) -> str | None:
        """Return what is wrong with `value`, or None.

        Examples
        --------
        >>> knob = Knob("rate", "share", 0.0, 0.0, "share of cells", "Doublets.", ("doublet",))
        >>> knob.wrong(0.5), knob.wrong(1.5), knob.wrong("a lot")
        (None, 'it is 1.5', "it is 'a lot'")
        """
        return None if _CHECKS[self.kind](self, value) else f"it is {value!r}"


_KINDS: Mapping[str, str] = {
    "count": "an integer",
    "number": "a number",
    "share": "a number",
    "numbers": "a list of numbers",
    "shares": "a list of numbers that sum to 1, each",
    "texts": "a list of texts",
    "tree": "a list of integers, children at each level, or a mapping from each node to the list of its children",
}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _in_range(knob: Knob, value: Any) -> bool:
    return _is_number(value) and knob.low <= value <= knob.high


def _is_tree(_: Knob, value: Any) -> bool:
    # what a tree must obey beyond its form is checked where it is read
    if isinstance(value, Mapping):
        children = [
            child for below in value.values() for child in (below if isinstance(below, list | tuple) else [None])
        ]
        return all(isinstance(name, str) and name for name in (*value, *children))
    return isinstance(value, list | tuple) and all(type(item) is int and item >= 1 for item in value)


def _is_list(knob: Knob, value: Any) -> bool:
    return isinstance(value, list | tuple) and all(_in_range(knob, item) for item in value)


def _is_shares(_: Knob, value: Any) -> bool:
    listed = isinstance(value, list | tuple) and all(_is_number(item) and 0 <= item <= 1 for item in value)
    return listed and (not value or abs(sum(value) - 1) < 1e-6)


_CHECKS: Mapping[str, Callable[[Knob, Any], bool]] = {
    "count": lambda knob, value: type(value) is int and knob.low <= value <= knob.high,
    "number": _in_range,
    "share": lambda _, value: _is_number(value) and 0 <= value <= 1,
    "word": lambda knob, value: value in knob.words,
    "numbers": _is_list,
    "shares": _is_shares,
    "texts": lambda _, value: (
        isinstance(value, list | tuple) and all(isinstance(item, str) and item.strip() for item in value)
    ),
    "tree": _is_tree,
}
