"""What an AnnData says about the file it came from; anything else found there is not believed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from rashomon.core.slots import NAMESPACE
from rashomon.io.rule import readable
from rashomon.io.world import WORLD, is_marked

__all__ = ["FILE", "namespace", "origin_notes"]

FILE = "file"
"""Key below ``uns["rashomon"]``."""


def namespace(uns: Mapping[str, Any]) -> dict[str, Any]:
    """Return `uns` with only what we write there, and only where it has the form in which we write it.

    Examples
    --------
    >>> namespace({"rashomon": 3, "neighbors": {}}), namespace({"rashomon": {"truths": {"gate": "annotation"}}})
    ({}, {'rashomon': {'truths': {'gate': 'annotation'}}})
    """
    ours = uns.get(NAMESPACE)
    if not isinstance(ours, Mapping):
        return {}
    return {NAMESPACE: {name: value for name, value in ours.items() if _FORMS.get(name, _is_anything)(value)}}


def _is_anything(_: Any) -> bool:
    return True


def _is_text_by_name(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(item, str) for item in value.values())


def _is_list_of_text(value: Any) -> bool:
    return isinstance(value, list | tuple | np.ndarray) and all(isinstance(item, str) for item in np.ravel(value))


def _is_facts_by_name(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(item, Mapping) for item in value.values())


_FORMS: dict[str, Callable[[Any], bool]] = {
    FILE: _is_text_by_name,
    "truths": _is_text_by_name,
    "columns": _is_list_of_text,
    "results": _is_facts_by_name,
    WORLD: is_marked,
}


def origin_notes(uns: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the notes that were taken when the file was read; none for an object that no file of ours made.

    Examples
    --------
    >>> origin_notes({"rashomon": {"file": {"notes_json": '["a.h5ad: sha256 ..."]'}}}), origin_notes({"rashomon": 1})
    (('a.h5ad: sha256 ...',), ())
    """
    facts = namespace(uns).get(NAMESPACE, {}).get(FILE)
    text = facts.get("notes_json") if isinstance(facts, Mapping) else None
    try:
        notes = json.loads(text) if isinstance(text, str) else []
    except ValueError:
        notes = []
    return tuple(readable(note) for note in notes if isinstance(note, str)) if isinstance(notes, list) else ()
