"""The worlds of the catalogue: cards, and a page for each with its lesson, its causal graph and its knobs."""

from __future__ import annotations

import json
from pathlib import Path

from rashomon.sim import KNOBS, WORLDS
from rashomon.sim.catalogue import CatalogueWorld
from rashomon_docs.result import RESULTS, numbers_of
from rashomon_docs.text import in_code, number, plain, table

__all__ = ["draw_graph", "world_cards", "world_page"]

_PARTS = {
    "expression": ("expression",),
    "receptors": ("receptors",),
    "both": ("expression", "receptors"),
}


def world_cards(which: str) -> str:
    """Return cards of the worlds that make ``expression``, ``receptors`` or ``both``."""
    cards = [
        f":::{{grid-item-card}} {entry.name}\n:link: /generated/worlds/{entry.name}\n:link-type: doc\n\n"
        f"{plain(entry.summary)}\n:::\n"
        for entry in WORLDS.values()
        if set(entry.parts) == set(_PARTS[which])
    ]
    return "::::{grid} 1 2 2 3\n:gutter: 3\n\n" + "\n".join(cards) + "::::\n"


def world_page(entry: CatalogueWorld) -> str:
    """Return the page of one world.

    Parameters
    ----------
    entry
        Of the catalogue.
    """
    lines = [
        f"# {entry.name}", "", plain(entry.summary), "", "## Lesson", "", plain(entry.lesson), "",
        f"Described by {plain(entry.citation)}.", "", "## What causes what", "",
        _figure(entry), "",
        "## Knobs that differ from their defaults", "", _knobs(entry), "", *_expected(entry), "## Use it", "",
        "```text", f"rashomon simulate {entry.name} -o {entry.name}{_suffix(entry)}", "```", "",
        "```python", "import rashomon as rs", "",
        f'world = rs.sim.WORLDS["{entry.name}"].world', f"simulated = world.sample({entry.n_obs}, rng=1)", "```", "",
    ]  # fmt: skip
    return "\n".join(lines)


def _figure(entry: CatalogueWorld) -> str:
    return (
        f":::{{figure}} {entry.name}.svg\n:alt: Causal graph of the world {entry.name}\n:figclass: causal\n"
        ":class: on-white\n\nCauses stand left of what they act on. A box is a variable, with what it has one value "
        "for (each cell, each type, each gene); what does nothing in this world is left out.\n:::"
    )


def _suffix(entry: CatalogueWorld) -> str:
    if set(entry.parts) == {"receptors"}:
        return ".tsv"
    return ".h5mu" if "receptors" in entry.parts else ".h5ad"


def _knobs(entry: CatalogueWorld) -> str:
    if not entry.knobs:
        return "None.\n"
    rows = []
    for name, value in entry.knobs.items():
        knob = KNOBS[name]
        shown = value if isinstance(value, str | int | float) else json.dumps(value)
        rows.append([
            in_code(name), plain(number(shown)), plain(knob.unit), plain(knob.summary),
            "–" if knob.neutral is None else plain(number(knob.neutral)),
        ])  # fmt: skip
    return table(["knob", "value", "unit", "meaning", "does nothing at"], rows)


def _expected(entry: CatalogueWorld) -> list[str]:
    if not entry.expectations:
        return []
    found = {}
    if (RESULTS / f"statistical_catalogue_{entry.name}.json").is_file():
        found = numbers_of(f"catalogue_{entry.name}")
    measured = found.get("expectations", {})
    rows = []
    for each in entry.expectations:
        seen = measured.get(each.claim)
        rate = "not measured"
        if seen is not None:
            low, middle, high = (number(seen[key]) for key in ("min", "median", "max"))
            rate = f"{100 * seen['pass_rate']:.0f} %; median {middle}, {low} to {high}"
        rows.append([plain(each.claim), plain(each.why), rate])
    draws = f" of {found['n_seeds']} draws of {found['n_obs']:,}" if found else ""
    return [
        "## The lesson as claims that can fail", "",
        table(["claim", "why", f"held in{draws}"], rows), "",
    ]  # fmt: skip


def draw_graph(entry: CatalogueWorld, path: Path) -> None:
    """Draw the causal graph of a world into the file `path`."""
    import matplotlib.pyplot as plt

    from rashomon import pl
    from rashomon.sim.graph import graph_facts

    axes = pl.causal_graph(graph_facts(entry.world.graph), show=False, save=path)
    plt.close(axes.figure)
