"""What a file says about the world that its data were drawn from; the mark survives where the rest cannot be read."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from rashomon.core.slots import NAMESPACE
from rashomon.dataset import SIMULATED, Ceiling, WorldFacts, graph_fault
from rashomon.io.rule import readable

__all__ = ["MARK", "WORLD", "is_marked", "marked_table", "table_mark", "world_facts", "world_notes"]

WORLD = "world"
"""Key below ``uns["rashomon"]``."""

MARK = "simulated_world"
"""Column of simulated tables, which have no other place for the mark: the same JSON in every row."""

_MOST_JSON = 2**24
"""Characters of one part; a graph of 30 nodes has some thousands, a table that was set by hand a million."""

_MOST_TEXT = 500
_MOST_ENTRIES = 1000
_MOST_MARK = 10_000
"""Characters of a mark; six for each of a name that is not ASCII."""

_SEVERAL = "several worlds"
_DIGEST = re.compile(r"[0-9a-f]{16,128}")


def is_marked(value: Any) -> bool:
    """Whether `value`, found under our name, is a mapping that carries the mark of simulated data."""
    return isinstance(value, Mapping) and isinstance(value.get("mark"), str) and value["mark"] == SIMULATED


def world_facts(uns: Mapping[str, Any]) -> WorldFacts | None:
    """Return what ``uns["rashomon"]["world"]`` says, None where the data do not carry the mark.

    Parameters
    ----------
    uns
        ``adata.uns``; may hold anything. A part with another form than ours is left out and named in ``unread``: data
        that say they are simulated stay so, whatever else is damaged.

    Examples
    --------
    >>> facts = {"mark": "simulated, not measured", "name": "three types", "graph_json": "{"}
    >>> found = world_facts({"rashomon": {"world": facts}})
    >>> found.name, found.graph, found.unread
    ('three types', None, ('graph_json',))
    >>> world_facts({"rashomon": {"world": {"name": "no mark"}}}) is None
    True
    """
    ours = uns.get(NAMESPACE)
    found = ours.get(WORLD) if isinstance(ours, Mapping) else None
    return _facts(found) if isinstance(found, Mapping) and is_marked(found) else None


def table_mark(world: WorldFacts) -> str:
    """Return the mark for a table of data of `world`: JSON with what identifies it.

    Examples
    --------
    >>> table_mark(WorldFacts("motifs", seed="1"))
    '{"mark": "simulated, not measured", "name": "motifs", "seed": "1"}'
    """
    known = {"mark": world.mark, "name": world.name[:_MOST_TEXT], "digest": world.digest, "seed": world.seed}
    return json.dumps({name: text for name, text in known.items() if text})


def marked_table(texts: list[str]) -> WorldFacts | None:
    """Return the world that a table names in its column of marks; None where it names none.

    Rows of several worlds are as simulated as those of one, but what they have in common is not known.

    Parameters
    ----------
    texts
        The distinct values of the column.

    Examples
    --------
    >>> marked_table(['{"mark": "simulated, not measured", "name": "motifs"}']).name
    'motifs'
    """
    found = [world for world in map(_marked, texts) if world is not None]
    return WorldFacts(_SEVERAL) if len(found) > 1 else next(iter(found), None)


def _marked(text: str) -> WorldFacts | None:
    try:
        known = json.loads(text) if len(text) <= _MOST_MARK else None
    except (ValueError, RecursionError):
        return None
    return world_facts({NAMESPACE: {WORLD: known}})


def _facts(found: Mapping[str, Any]) -> WorldFacts:
    parts: dict[str, Any] = {}
    unread: list[str] = []
    for name, read in _PARTS.items():
        if name in found:
            try:
                parts[name.removesuffix("_json")] = read(found[name])
            except (TypeError, ValueError, KeyError, RecursionError, OverflowError):
                unread.append(name)
    ceilings = parts.pop("ceiling", ())
    return WorldFacts(parts.pop("name", "without a name"), **parts, ceilings=ceilings, unread=tuple(unread))


def world_notes(facts: WorldFacts | None) -> tuple[str, ...]:
    """Return the notes for the row log: that the data are simulated, and which parts could not be read.

    Parameters
    ----------
    facts
        From `world_facts`; None for measured data, which get no note.
    """
    if facts is None:
        return ()
    lost = f"{', '.join(facts.unread)} of the world cannot be read and is left out"
    return (readable(facts.sentence), *((lost,) if facts.unread else ()))


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > _MOST_TEXT:
        raise TypeError
    return str(value)


def _digest(value: Any) -> str:
    if not _DIGEST.fullmatch(_text(value)):
        raise ValueError
    return str(value)


def _json(value: Any) -> Any:
    if not isinstance(value, str) or len(value) > _MOST_JSON:
        raise TypeError
    return json.loads(value)


def _versions(value: Any) -> dict[str, str]:
    found = _mapping(value)
    return {_text(name): _text(version) for name, version in found.items()}


def _mapping(value: Any) -> dict[str, Any]:
    found = _json(value)
    if not isinstance(found, dict) or len(found) > _MOST_ENTRIES:
        raise TypeError
    return found


def _graph(value: Any) -> dict[str, Any]:
    found = _mapping(value)
    if graph_fault(found):
        raise ValueError
    # only what a graph consists of: other entries were not looked at
    nodes = [{name: node[name] for name in ("name", "level", "summary", "intervened")} for node in found["nodes"]]
    return {"nodes": nodes, "edges": [list(edge) for edge in found["edges"]]}


def _ceilings(value: Any) -> tuple[Ceiling, ...]:
    found = _json(value)
    if not isinstance(found, list) or len(found) > _MOST_ENTRIES:
        raise TypeError
    return tuple(map(_ceiling, found))


def _ceiling(entry: Any) -> Ceiling:
    truth, score, rule = (_text(entry[name]) for name in ("truth", "score", "rule"))
    value, error, chance = (_number(entry[name]) for name in ("value", "standard_error", "chance"))
    n_obs = entry.get("n_obs")
    if n_obs is not None and (isinstance(n_obs, bool) or not isinstance(n_obs, int)):
        raise TypeError
    return Ceiling(truth, score, value, error, chance, rule, n_obs)


def _number(value: Any) -> float:
    """Return a finite number; what is undefined was written as null, or as NaN."""
    if value is None:
        return math.nan
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isinf(value):
        raise TypeError
    return float(value)


_PARTS: dict[str, Callable[[Any], Any]] = {
    "name": _text,
    "digest": _digest,
    "seed": _text,
    "versions_json": _versions,
    "call_json": _mapping,
    "graph_json": _graph,
    "oracle": _text,
    "ceiling_json": _ceilings,
}
