"""The same cells side by side, coloured by different labels: a map that answers to the pointer and to the keyboard."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
import pandas as pd
from markupsafe import Markup

from rashomon import pl
from rashomon.core import child
from rashomon.dataset.noun import in_items
from rashomon.report.figure import FIGURES
from rashomon.report.map_data import MAX_CELLS, MapData, map_data
from rashomon.report.map_layer import Layer, layers, shown
from rashomon.study import Audit

__all__ = ["MapBlock", "map_block"]

_STILL_DPI = 80.0
"""Resolution of the still picture, which is seen where no script runs."""

_STILL_CELLS = 20_000
"""Cells on the still picture at most; its points are larger."""

_HTML = Markup(
    """<p id="map-how" class="small soft" hidden>{how}</p>
<p id="map-status" class="small map-status" role="status" data-idle="{idle}"></p>
<div id="map-panels" class="map-panels" data-items="{items}" data-panels="{chosen}" hidden></div>
<figure id="map-still">
<div class="frame"><img src="{still}" alt="{alt}"></div>
<figcaption>{without}</figcaption>
</figure>
<p class="small soft">{caption}</p>
<script type="application/octet-stream" id="map-data">{data}</script>
"""
)

_HOW = (
    "Choose above each panel what colours it; every panel shows the same cells in the same places. Point at a name in "
    "a list, or at a cell, to see the same cells in every panel; click to keep them marked. By keyboard: arrow keys in "
    "a list, Enter to keep, Escape to let go."
)

_IDLE = "Nothing is marked. Point at a name in a list to read what its cells are called in the other panels."

_WITHOUT = "A still picture of {:,} of the cells; where scripts may run, it becomes a map to point at."

_BENDS = "A map bends distances: far apart need not mean different, nor close the same."

_HIDES = "Two components show a part of the differences: what lies together here can be apart in the others."

_NEXT = (
    "No verdict is made from this map. Look where the panels disagree: mark a cluster and read what its cells are "
    "called elsewhere. A group that falls apart in every other panel rests on its own labelling alone."
)


@dataclass(frozen=True)
class MapBlock:
    """The map of one audit, as parts of a page.

    Parameters
    ----------
    html
        What stands in the section; without the script it is a still picture with the same caption.
    script
        Plain JavaScript, the same for every audit; reads the data block in `html` and nothing else.
    style
        Rules of the style sheet that it needs beside those of the page.
    """

    html: Markup
    script: str
    style: str


def map_block(audit: Audit, *, cell_names: bool = False, max_cells: int = MAX_CELLS) -> MapBlock | None:
    """Return the map of `audit`; None where no cell has a position.

    Parameters
    ----------
    audit
        What was found, with its `view`.
    cell_names
        Whether pointing at a cell also shows its name; a page with names may not be meant for others.
    max_cells
        Cells drawn at most; of more, a random sample that is the same every time.
    """
    if audit.view is None:
        return None
    coordinates, where = audit.view
    made = layers(audit)
    names = audit.dataset.obs_names.tolist() if cell_names else None
    data = map_data(coordinates, made, cell_names=names, max_cells=max_cells)
    if not data.n_drawn or not made:
        return None
    item = audit.dataset.item
    html = _HTML.format(
        how=in_items(_HOW, item),
        items=f"{item}s",
        chosen=" ".join(map(str, _first(made))),
        idle=in_items(_IDLE, item),
        still=_still((coordinates, [made[k] for k in _first(made)])),
        alt=pl.visible(FIGURES["cells"].alt(audit)),
        without=in_items(_WITHOUT, item).format(min(data.n_placed, _STILL_CELLS)),
        caption=_caption(audit, where, data),
        data=data.text,
    )
    return MapBlock(html, _read("map.js"), _read("map.css"))


def _first(made: Sequence[Layer]) -> list[int]:
    """Return what the panels show at first: the clusters, what they may be, and which cells are unsure."""
    wanted = ("Clusters", "Label columns", "What was found", "Technical columns")
    order = sorted(range(len(made)), key=lambda k: (made[k].group != "Clusters", wanted.index(made[k].group)))
    first = {group: next((k for k in order if made[k].group == group), None) for group in wanted}
    sure = next((k for k in order if made[k].values is not None), None)
    picked = [first["Clusters"], first["Label columns"], sure, *order]
    return list(dict.fromkeys(k for k in picked if k is not None))[:3]


def _caption(audit: Audit, where: str, data: MapData) -> str:
    item = audit.dataset.item
    counts = {
        "Drawn, as a random sample (counts are of all cells): {:,} of {:,} cells.": (data.n_drawn, data.n_placed),
        "Drawn at the edge, as they lie far outside: {:,} of {:,} cells.": (data.n_far, data.n_drawn),
        "Without a position and not drawn: {:,} of {:,} cells.": (
            audit.dataset.n_obs - data.n_placed,
            audit.dataset.n_obs,
        ),
    }
    said = [in_items(text, item).format(n, whole) for text, (n, whole) in counts.items() if 0 < n < whole]
    place = _place(where)
    limit = _HIDES if "components" in place else _BENDS
    return " ".join([f"Positions: {place}.", *said, in_items(f"{limit} {_NEXT}", item)])


def _place(where: str) -> str:
    if where.startswith("first two"):
        return f"{where} of the pipeline that was re-run, as the file has no UMAP, t-SNE or PCA"
    # a name of the file: other columns of it than the first two exist, and are not seen
    return f"{'the first two components of ' * ('pca' in where.casefold())}{shown(where)} of the file"


def _still(panels: tuple[np.ndarray, Sequence[Layer]]) -> str:
    coordinates, made = panels
    placed = np.flatnonzero(np.isfinite(coordinates).all(axis=1))
    rows = np.sort(child(0, "report", "still").permutation(placed)[:_STILL_CELLS])
    drawn = {layer.title: _of(layer, rows) for layer in made}
    with pl.house_style():
        picture = pl.encode(pl.cell_panels(coordinates[rows], drawn)[0], kind="png", dpi=_STILL_DPI)
    return f"data:image/png;base64,{base64.b64encode(picture).decode('ascii')}"


def _of(layer: Layer, rows: np.ndarray) -> pd.Series | np.ndarray:
    if layer.values is not None:
        values: np.ndarray = layer.values[rows]
        return values
    names = pd.Index(layer.names, dtype=object)
    if not names.is_unique:
        # two names may be cut to the same text
        names = pd.Index([f"{code + 1}: {name}" for code, name in enumerate(names)], dtype=object)
    return pd.Series(pd.Categorical.from_codes(layer.codes[rows], names))


def _read(name: str) -> str:
    return files("rashomon.report").joinpath(name).read_text(encoding="utf-8")
