"""Simulated data on the page: the banner, and what the world is that made them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from rashomon.dataset import WorldFacts
from rashomon.report.escape import pathless
from rashomon.report.picture import Picture
from rashomon.report.section import pictures
from rashomon.report.table import ShownTable, cell_text, show_table
from rashomon.study import Audit

__all__ = ["WORLD", "WorldPage", "world_banner", "world_page"]

WORLD = "world"
"""Name of the section, and of the group of figures that stand there."""

_LONGEST = 300


@dataclass(frozen=True)
class WorldPage:
    """What the page says of a world.

    Parameters
    ----------
    name, digest, seed, oracle
        As in `rashomon.dataset.WorldFacts`, without paths.
    knobs
        Name, value, and what it is, as text.
    versions
        Name and value as text.
    pictures
        The causal graph, where it is known.
    variables
        The nodes of the graph as a table; None where it is unknown.
    unread
        Parts of the record that could not be read.
    """

    name: str
    digest: str
    seed: str
    oracle: str
    knobs: tuple[tuple[str, str, str], ...]
    versions: tuple[tuple[str, str], ...]
    pictures: tuple[Picture, ...]
    variables: ShownTable | None
    unread: tuple[str, ...]


def world_banner(world: WorldFacts | None) -> str:
    """Return the words at the top of a page about simulated data (from `world`), and the empty text for others."""
    return "" if world is None else pathless(world.sentence)


def world_page(audit: Audit) -> WorldPage | None:
    """Return what is said of the world of `audit`; None where the data do not say that they are simulated."""
    world = audit.dataset.world
    if world is None:
        return None
    return WorldPage(
        pathless(world.name),
        world.digest,
        pathless(world.seed),
        pathless(world.oracle),
        tuple(_knobs(world.call)),
        tuple((name, pathless(version)) for name, version in world.versions.items()),
        pictures(audit, WORLD),
        _variables(world.graph),
        world.unread,
    )


def _knobs(call: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield every value with its name and meaning, but for knobs at their defaults.

    Names of groups stand before those of what is in them.
    """
    # most pages are about measured data, and need no worlds
    from rashomon.sim import KNOBS

    for name, value in call.items():
        if isinstance(value, Mapping) and value:
            yield from _knobs(value, "" if name == "knobs" else f"{above}{name}: ")
        elif name not in KNOBS or value != KNOBS[name].default:
            knob = KNOBS.get(name)
            meaning = "" if knob is None else f"{knob.unit}: {knob.summary}"
            yield pathless(f"{above}{name}"), _shortened(_value(value)), meaning


def _value(value: Any) -> str:
    """Return a value as it is typed: a seed, or a number of genes, has no thousands separator."""
    if isinstance(value, str) or value is None or (isinstance(value, list) and not value):
        return cell_text(value)
    return pathless(json.dumps(value, ensure_ascii=False))


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text):,} characters)"


def _variables(graph: Mapping[str, Any] | None) -> ShownTable | None:
    if graph is None:
        return None
    causes = {node["name"]: [a for a, b in graph["edges"] if b == node["name"]] for node in graph["nodes"]}
    rows = [
        (node["name"], node["level"], node["intervened"], causes[node["name"]], node["summary"])
        for node in graph["nodes"]
    ]
    table = pd.DataFrame(rows, columns=["variable", "one value per", "set from outside", "causes", "meaning"])
    return show_table(table, name="variables", caption="The variables of the world, causes first")
