"""A change of a world as it is typed on the command line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rashomon.core import UsageError, did_you_mean
from rashomon.sim.mechanism import KNOBS, NODES
from rashomon.sim.spec.document import parse_document

__all__ = ["parse_change", "parse_changes"]


def parse_change(text: str) -> tuple[str, Any]:
    """Return name and value of a change as typed on the command line, ``NAME=VALUE``; values as in a file.

    Parameters
    ----------
    text
        ``effect_size=1.5``, ``topology=line``, ``proportions=0.2,0.8``, ``hierarchy=[2, 3]``, ``batch=batch_1``.

    Raises
    ------
    UsageError
        When it is no change, or the value is no YAML.

    Examples
    --------
    >>> parse_change("effect_size=1.5"), parse_change("proportions=0.2,0.8")
    (('effect_size', 1.5), ('proportions', [0.2, 0.8]))
    """
    name, equals, written = text.partition("=")
    name, written = name.strip(), written.strip()
    if not (name and equals and written):
        raise UsageError(f"{text!r} is no change", where=text, expected="NAME=VALUE", code="world.change")
    listed = name in KNOBS and KNOBS[name].kind in {"numbers", "shares", "texts", "tree"}
    document = parse_document(f"[{written}]" if listed and written[0] not in "[{" else written)
    if document.problems:
        problem = document.problems[0]
        raise UsageError(
            f"the value of {name} cannot be read: {problem.what}", where=text, fix=problem.fix, code="world.change"
        )
    if name not in {*KNOBS, *NODES}:
        # all names would fill a screen
        near = did_you_mean(name, {*KNOBS, *NODES}).partition(" known:")[0]
        fix = f"{near} rashomon list knobs, rashomon list nodes" if near.endswith("?") else "see rashomon list knobs"
        raise UsageError(f"there is no knob or node {name!r}", where=text, fix=fix, code="world.change")
    return name, document.value


def parse_changes(texts: Iterable[str]) -> dict[str, Any]:
    """Return the changes in `texts` by name; see `parse_change`.

    Raises
    ------
    UsageError
        When a name is changed twice.

    Examples
    --------
    >>> parse_changes(["n_groups=3", "topology=line"])
    {'n_groups': 3, 'topology': 'line'}
    """
    changes: dict[str, Any] = {}
    for text in texts:
        name, value = parse_change(text)
        if name in changes:
            raise UsageError(f"{name} is changed twice", where=text, fix="keep one of them", code="world.change")
        changes[name] = value
    return changes
