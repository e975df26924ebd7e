"""The data of a map as one block of text: positions and labels as small integers, compressed."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from rashomon.core import child
from rashomon.report.map_colour import PAPERS, between, legible
from rashomon.report.map_layer import Layer

__all__ = ["BINS", "MAX_BYTES", "MAX_CELLS", "MapData", "map_data"]

MAX_CELLS = 100_000
"""Cells drawn at most; of more, a random sample that is the same in every report."""

MAX_BYTES = 1_500_000
"""Characters of the block at most; a larger one gets a smaller sample."""

BINS = 5
"""Equal parts of the scale that stand in the legend of a number."""

_STEPS = 250
"""Steps of a number on the scale from 0 to 1; a multiple of the bins, so that no value lies between two."""

_FRAME = (1.0, 99.0)
"""Percentiles of each axis, between which most cells lie."""

_MARGIN = 1.0
"""So many times the width between them a cell may lie outside; one that lies further is drawn at the edge."""

_NAMED = 40
"""Names on a map at most."""

_AROUND = 30
"""Cells around the place of a name of which most must have it; as many as have it where these are fewer."""


@dataclass(frozen=True)
class MapData:
    """A block, and what has to be said about it.

    Parameters
    ----------
    text
        base64 of gzip of a header (length as uint32, JSON) and the arrays it describes.
    n_drawn, n_placed
        Cells in it, and cells that have a position.
    n_far
        Drawn cells that lie outside the frame and are drawn at its edge.
    """

    text: str
    n_drawn: int
    n_placed: int
    n_far: int


def map_data(
    coordinates: np.ndarray,
    layers: Sequence[Layer],
    *,
    cell_names: Sequence[str] | None = None,
    max_cells: int = MAX_CELLS,
    max_bytes: int = MAX_BYTES,
) -> MapData:
    """Return positions and labels of the cells as one block of text.

    Cells are ordered along a space-filling curve, in which neighbours have similar labels and compress well; the order
    of the file is not in it. Both axes have the same scale.

    Parameters
    ----------
    coordinates
        Shape ``(n_obs, 2)``; cells with NaN or infinite values are left out.
    layers
        What the cells can be coloured by.
    cell_names
        Names of the cells, shape ``(n_obs,)``, where the map shall show them; they are not in the block when None.
    max_cells, max_bytes
        Limits; the sample is made smaller until the block fits, but for 1,000 cells.

    Examples
    --------
    >>> xy = np.array([[0.0, 0.0], [1.0, 2.0], [np.nan, 1.0]])
    >>> made = map_data(xy, [])
    >>> made.n_drawn, made.n_placed, made.n_far
    (2, 2, 0)
    """
    placed = np.flatnonzero(np.isfinite(coordinates).all(axis=1))
    positions, far = _positions(np.asarray(coordinates, dtype=np.float64)[placed])
    # one shuffle: a smaller sample is a part of the larger one
    order = child(0, "report", "map").permutation(placed.size)
    n_drawn = min(placed.size, max_cells)
    while True:
        kept = order[:n_drawn]
        kept = kept[np.argsort(_curve(positions[kept]), kind="stable")]
        text = _block(positions[kept], layers, placed[kept], cell_names)
        if len(text) <= max_bytes or n_drawn <= 1000:
            return MapData(text, kept.size, placed.size, int(far[kept].sum()))
        n_drawn = max(1000, int(0.95 * n_drawn * max_bytes / len(text)))


def _positions(xy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return positions in a square of 65,536 steps, and which cells had to be moved to its edge."""
    if not len(xy):
        return np.empty((0, 2), dtype=np.uint16), np.empty(0, dtype=bool)
    low, high = xy.min(axis=0), xy.max(axis=0)
    inner_low, inner_high = np.percentile(xy, _FRAME, axis=0)
    margin = _MARGIN * (inner_high - inner_low).max()
    if margin > 0:
        low, high = np.maximum(low, inner_low - margin), np.minimum(high, inner_high + margin)
    side = (high - low).max() or 1.0
    scaled = 0.5 + (xy - (low + high) / 2) / side
    far = ((xy < low) | (xy > high)).any(axis=1)
    return np.rint(np.clip(scaled, 0, 1) * 65535).astype(np.uint16), far


def _curve(positions: np.ndarray) -> np.ndarray:
    """Return the place of each cell on the Z-order curve (Morton 1966): the bits of both axes in turn."""
    x, y = (_spread(axis) for axis in positions.T.astype(np.uint32))
    place: np.ndarray = x | (y << np.uint32(1))
    return place


def _spread(values: np.ndarray) -> np.ndarray:
    for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        values = (values | (values << np.uint32(shift))) & np.uint32(mask)
    return values


def _block(positions: np.ndarray, layers: Sequence[Layer], rows: np.ndarray, names: Sequence[str] | None) -> str:
    # sliding midpoints: many cells in one place, as of a failed embedding, take no time either
    tree = cKDTree(positions, balanced_tree=False)
    header: dict[str, Any] = {
        "n": rows.size,
        "steps": _STEPS,
        "layers": [_described(layer, tree, rows) for layer in layers],
    }
    if names is not None:
        header["cells"] = [str(names[row]) for row in rows]
    head = json.dumps(header, ensure_ascii=True, separators=(",", ":"), allow_nan=False).encode("ascii")
    # high bytes first, then low ones: neighbours share the high bytes
    high, low = (positions >> 8).astype(np.uint8), (positions & 255).astype(np.uint8)
    arrays = [high[:, 0], low[:, 0], high[:, 1], low[:, 1], *(_stored(layer, rows) for layer in layers)]
    raw = b"".join([len(head).to_bytes(4, "little"), head, *(array.tobytes() for array in arrays)])
    # no time in the header: the same audit is the same page
    return base64.b64encode(gzip.compress(raw, 9, mtime=0)).decode("ascii")


def _stored(layer: Layer, rows: np.ndarray) -> np.ndarray:
    """Return what is stored per cell; the highest value of its type where there is none."""
    if layer.values is not None:
        return _steps(layer.values[rows])
    # two bytes as two arrays, as of the positions
    wide = _wide(layer)
    codes = np.where(layer.codes[rows] < 0, 65535 if wide else 255, layer.codes[rows]).astype(np.uint16)
    parts = [codes >> 8, codes & 255] if wide else [codes]
    stored: np.ndarray = np.concatenate(parts).astype(np.uint8)
    return stored


def _wide(layer: Layer) -> bool:
    return layer.values is None and len(layer.names) > 255


def _steps(values: np.ndarray) -> np.ndarray:
    known = np.isfinite(values)
    # down, so that no value leaves its bin; a little more, as 0.7 x 250 is a little less than 175
    steps = np.floor(np.clip(np.where(known, values, 0), 0, 1) * _STEPS + 1e-9)
    stored: np.ndarray = np.where(known, steps, 255).astype(np.uint8)
    return stored


def _described(layer: Layer, tree: cKDTree, rows: np.ndarray) -> dict[str, Any]:
    """Return the head of a layer: counts are of all cells, also of those that are not drawn."""
    codes, names = layer.codes, list(layer.names)
    if layer.values is not None:
        steps = _steps(layer.values).astype(np.int64)
        codes = np.where(steps == 255, -1, np.minimum(BINS - 1, steps * BINS // _STEPS))
        names = [f"{place / BINS:g} to {(place + 1) / BINS:g}" for place in range(BINS)]
    return {
        "title": layer.title,
        "group": layer.group,
        "number": layer.values is not None,
        "wide": _wide(layer),
        "names": names,
        "counts": np.bincount(codes[codes >= 0], minlength=len(names)).tolist(),
        **{name: _colours(layer, paper) for name, paper in PAPERS.items()},
        "unnamed": layer.none,
        "missing": int((codes < 0).sum()),
        "first": layer.n_coloured if layer.values is None else BINS,
        "labels": _labels(layer, tree, rows),
    }


def _colours(layer: Layer, paper: str) -> list[str]:
    """Return a colour per class, or per step of a number."""
    found = layer.colours if layer.values is None else between(layer.colours, _STEPS + 1)
    return [legible(colour, paper) for colour in found]


def _labels(layer: Layer, tree: cKDTree, rows: np.ndarray) -> list[tuple[int, str]]:
    """Return the names on the map, largest first: the cell where it stands, and the text.

    It stands at the cell nearest to the median, never between two islands, and only where most cells around have it.
    """
    if layer.values is not None:
        return []
    codes, texts = layer.marked or (layer.codes, layer.names[: layer.n_coloured])
    drawn, positions = codes[rows], tree.data
    order = np.argsort(drawn, kind="stable")
    bounds = np.searchsorted(drawn[order], np.arange(len(texts) + 1))
    found = []
    for code in np.argsort(-np.diff(bounds), kind="stable")[:_NAMED]:
        mine = order[bounds[code] : bounds[code + 1]]
        if mine.size:
            xy = positions[mine]
            middle = mine[((xy - np.median(xy, axis=0)) ** 2).sum(axis=1).argmin()]
            _, around = tree.query(positions[middle], k=min(_AROUND, max(2, mine.size), rows.size))
            if (drawn[around] == code).mean() > 0.5:
                found.append((int(middle), texts[code]))
    return found
