"""The keys of a world file, and what each may hold."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rashomon.core import did_you_mean
from rashomon.sim.check import Problem
from rashomon.sim.mechanism import KNOBS
from rashomon.sim.spec.document import Document

__all__ = ["KEYS", "key_problems"]

KEYS = {
    "world": "the name of the world, a text",
    "extends": "the name of a world of the catalogue",
    "summary": "one line of text",
    "n_obs": "a number of cells, an integer of at least 1",
    "parts": "a list of parts, of expression and receptors",
    "knobs": "a mapping from knobs to values",
    "do": "a mapping from knobs or nodes to values",
    "fitted": "the name of a parquet file beside this one",
    "fitted_sha256": "the sha256 of that file, 64 hexadecimal digits",
}
"""Key of the file, and what it holds, in words."""

_TEXTS = ("world", "extends", "summary")
_MAPPINGS = ("knobs", "do")


def key_problems(document: Document) -> Iterator[Problem]:
    """Yield what is wrong with the keys of a world file, and with the type of what they hold.

    Parameters
    ----------
    document
        The file as it was read.

    Examples
    --------
    >>> from rashomon.sim.spec.document import parse_document
    >>> [problem.what for problem in key_problems(parse_document("world: mine" + chr(10) + "n_obs: '50'"))]
    ["n_obs is '50'"]
    """
    given, places = document.value, document.places
    if not document.complete:
        return
    if not isinstance(given, dict):
        yield Problem("1:1", "it is no mapping", "begin with a line such as world: my world")
        return
    for key, value in given.items():
        place = places[(key,)]
        if key not in KEYS:
            yield Problem(place, f"there is no key {key!r}", did_you_mean(key, KEYS))
        elif not _LEGAL[key](value):
            yield Problem(place, f"{key} is {_said(value)}", f"expected {KEYS[key]}")
    if "world" not in given:
        yield Problem("1:1", "there is no key 'world'", "give the world a name: world: my world")
    if ("fitted" in given) != ("fitted_sha256" in given):
        yield Problem(places.get(("fitted",), "1:1"), "fitted and fitted_sha256 belong together", "write both")
    yield from _of_values(given, places)


def _of_values(given: Mapping[str, Any], places: Mapping[tuple[str, ...], str]) -> Iterator[Problem]:
    """Yield interventions and names of types that no world could take; knobs are checked by their own rules."""
    tree = given["knobs"].get("hierarchy") if isinstance(given.get("knobs"), dict) else None
    for node, children in tree.items() if isinstance(tree, dict) else ():
        wrong = [child for child in children if not isinstance(child, str)] if isinstance(children, list) else []
        if wrong:
            place = places["knobs", "hierarchy", node]
            yield Problem(place, f"a child of {node} is {_said(wrong[0])}", "names are text: put them in quotes")
    for name, value in given["do"].items() if isinstance(given.get("do"), dict) else ():
        if name not in KNOBS and not _is_settable(value):
            fix = "expected a number, a name, true or false, or a list of numbers"
            yield Problem(places["do", name], f"{name} is {_said(value)}", fix)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value.strip()) > 0 and len(value) <= 500


def _is_file_name(value: Any) -> bool:
    # a plain name: nothing outside the folder of the YAML file can be named
    plain = isinstance(value, str) and value == Path(value).name and not set(value) & set("/\\:")
    return plain and value.endswith(".parquet")


def _is_digest(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 64 and set(value) <= set("0123456789abcdef")


_LEGAL = {
    **dict.fromkeys(_TEXTS, _is_text),
    **dict.fromkeys(_MAPPINGS, lambda value: isinstance(value, dict)),
    "parts": lambda value: isinstance(value, list) and all(isinstance(item, str) for item in value),
    "n_obs": lambda value: type(value) is int and value >= 1,
    "fitted": _is_file_name,
    "fitted_sha256": _is_digest,
}


def _is_settable(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(_is_settable(item) and not isinstance(item, str | bool) for item in value)
    return isinstance(value, str | bool | int) or (isinstance(value, float) and math.isfinite(value))


def _said(value: Any) -> str:
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    return "empty" if value is None else str(value).lower() if isinstance(value, bool) else repr(value)
