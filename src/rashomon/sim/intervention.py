"""What an intervention may set a node to."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from rashomon.core import UsageError, did_you_mean
from rashomon.sim.mechanism import KNOBS, NODES
from rashomon.sim.node import Node
from rashomon.sim.part import EXPRESSION, Part

__all__ = ["node_value", "plain_values"]

_INERT = {"position": "path_length", "branch": "path_length", "programme": "n_programmes"}
"""Nodes that play no part while a knob is neutral: there are no genes that follow them."""


_UNSETTABLE = {
    "entry": "a value per cell and gene",
    "chain": "a sequence per chain",
    "epitope": "motifs and genes per epitope",
}

_COUNTED = {"clone": "n_clones"}
"""Nodes that are numbers from 0, below the value of a knob."""


def node_value(
    name: str,
    value: Any,
    *,
    names: Mapping[str, tuple[str, ...]],
    knobs: Mapping[str, Any],
    parts: tuple[Part, ...] = (EXPRESSION,),
) -> Any:
    """Return `value` as node `name` takes it: a class as its code, numbers as they are.

    Parameters
    ----------
    name
        A node.
    value
        A class by name or code, a number for all cells, or a number or an array for a table.
    names, knobs, parts
        Of the world: a class must exist, and the node must play a part.

    Raises
    ------
    UsageError
        ``world.do`` when there is no such node, or it cannot take the value.

    Examples
    --------
    >>> names = {"batch": ("batch_1", "batch_2")}
    >>> node_value("batch", "batch_2", names=names, knobs={})
    1
    """
    if name not in NODES:
        _refuse(f"there is no node or knob {name!r}", "do", fix=did_you_mean(name, {*NODES, *KNOBS}))
    node = NODES[name]
    if not node.of(parts):
        _refuse(f"{name} is a node of {node.part}, and this world generates {' and '.join(parts)}", "do")
    if node.level in _UNSETTABLE:
        others = [other for other in NODES if NODES[other].level not in _UNSETTABLE and NODES[other].of(parts)]
        _refuse(f"{name} cannot be set: it has {_UNSETTABLE[node.level]}", "do", fix=did_you_mean(name, others))
    knob = _INERT.get(name)
    if knob is not None and knobs[knob] == KNOBS[knob].neutral:
        _refuse(f"{name} plays no part in this world", "do", fix=f"turn {knob} first")
    if name in _COUNTED:
        _refuse_number(name, value, knobs[_COUNTED[name]])
    return _class_code(node, value, names) if node.classes else _numbers(node, value)


def _refuse_number(name: str, value: Any, n: int) -> None:
    """Refuse what is no number below `n`."""
    if type(value) is not int or not 0 <= value < n:
        expected, fix = f"an integer from 0 to {n - 1}", ""
        if not n:
            expected, fix = "", f"each cell is a {name} of its own: turn {_COUNTED[name]} first"
        _refuse(f"{value!r} is no {name} of this world", name, expected=expected, fix=fix)


def _class_code(node: Node, value: Any, names: Mapping[str, tuple[str, ...]]) -> int:
    known = names[str(node.classes)]
    if isinstance(value, str) and value in known:
        return known.index(value)
    if isinstance(value, int | np.integer) and not isinstance(value, bool) and 0 <= value < len(known):
        return int(value)
    fix = did_you_mean(str(value), known)
    return int(_refuse(f"{value!r} is no {node.classes} of this world", node.name, fix=fix))


def _numbers(node: Node, value: Any) -> Any:
    try:
        numbers = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        return _refuse(f"{value!r} is no number", node.name)
    missing = np.isnan(numbers)
    legal = (numbers >= node.low) & (numbers <= node.high) & np.isfinite(numbers)
    if not (legal | (missing & node.may_miss)).all():
        span = f"finite numbers from {node.low:g} to {node.high:g}"
        return _refuse(f"{_first_wrong(numbers, legal)} cannot be set", node.name, expected=span)
    return value


def _first_wrong(numbers: np.ndarray, legal: np.ndarray) -> float:
    return float(numbers.ravel()[np.flatnonzero(~legal.ravel())[0]])


def _refuse(what: str, where: str, *, expected: str = "", fix: str = "") -> Any:
    place = where if where == "do" else f"do({where}=...)"
    raise UsageError(what, where=place, expected=expected, fix=fix, code="world.do")


def plain_values(done: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was set as JSON types; what is missing (a cell that does not divide) is None.

    Examples
    --------
    >>> plain_values({"cycle": float("nan"), "batch": 1})
    {'cycle': None, 'batch': 1}
    """
    return {name: _plain(np.asarray(value).tolist()) for name, value in done.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and math.isnan(value) else value
