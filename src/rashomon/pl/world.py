"""What causes what in a world? The causal graph, from causes on the left to counts on the right."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from rashomon.core import UsageError
from rashomon.dataset import LEVELS, graph_fault
from rashomon.pl.canvas import finish, new_axes
from rashomon.pl.label import label
from rashomon.pl.layered import Layered, layered
from rashomon.pl.style import INK, MUTED, PALETTE, REFERENCE, UNKNOWN, category_colour

__all__ = ["causal_graph"]

_WIDTH, _HEIGHT = 1.26, 0.46
"""Of a box, in inches: two lines of a name and its level."""

_GAPS, _PER_EDGE, _STEP = (0.34, 1.1), 0.022, 0.54
"""Room between columns (least, most, and by the edges there), and from one row to the next, in inches."""

_LEGEND, _LEAST = 0.56, 7.8
"""Height and width that the legend needs, in inches."""

_COLOURS = {
    "study": MUTED,
    "donor": PALETTE[1],
    "batch": PALETTE[6],
    "sample": category_colour(8),
    "type": PALETTE[3],
    "epitope": category_colour(9),
    "clone": category_colour(10),
    "cell": PALETTE[0],
    "chain": category_colour(7),
    "gene": PALETTE[2],
    "entry": PALETTE[4],
}
"""By level, which is also written in the box; the colour of what was set from outside is left out."""


def causal_graph(
    graph: Mapping[str, Any], *, ax: Any = None, show: bool | None = None, save: Path | str | None = None
) -> Any:
    """Draw the causal graph of a world; a box is a variable, with what it has one value for.

    Parameters
    ----------
    graph
        ``{"nodes": [{"name", "level", "summary", "intervened"}], "edges": [[parent, child], ...]}``, see
        `rashomon.dataset.graph_fault`. A variable that was set from outside has a heavy outline and the words
        ``do(name)``; what else would cause it is cut off.
    ax, show, save
        As in scanpy; nothing is shown unless `show`. Boxes keep their size in inches only on axes of our own.

    Returns
    -------
    The Axes.

    Raises
    ------
    UsageError
        When `graph` has another form, names a node that is not there, or has a circle.
    """
    fault = graph_fault(graph)
    if fault:
        raise UsageError(f"the causal graph cannot be drawn: {fault}", where="graph", fix="pass nodes and edges")
    nodes, edges = list(graph["nodes"]), [tuple(edge) for edge in graph["edges"]]
    placed = layered([node["name"] for node in nodes], edges)
    middles = _middles(placed, [node["name"] for node in nodes], edges)
    x, y = middles[placed.column], -placed.height * _STEP
    low, high = _extent(placed)
    size = (max(float(x.max()) + _WIDTH + 0.2, _LEAST), high - low + _HEIGHT + 0.2 + _LEGEND)
    axes = new_axes(ax, size=size, show=show)
    if ax is None:
        # an inch of the drawing is an inch of the figure: text fits into its box
        axes.figure.set_layout_engine("none")
        axes.set_position((0, 0, 1, 1))
    middle = float(x.max()) / 2
    axes.set(xlim=(middle - size[0] / 2, middle + size[0] / 2), aspect="equal")
    axes.set_ylim(low - _HEIGHT / 2 - 0.1 - _LEGEND, high + _HEIGHT / 2 + 0.1)
    axes.set_axis_off()
    _draw_edges(axes, nodes, edges, placed, middles)
    for node, left, middle in zip(nodes, x, y, strict=True):
        _draw_box(axes, node, float(left), float(middle))
    _explain(axes, nodes)
    finish(axes, show=show, save=save)
    return axes


def _middles(placed: Layered, names: list[str], edges: list[tuple[str, str]]) -> np.ndarray:
    """Return where the middle of each column is, in inches: more room where many edges pass."""
    column = dict(zip(names, placed.column.tolist(), strict=True))
    passing = np.zeros(int(placed.column.max()), dtype=int)
    for cause, effect in edges:
        passing[column[cause] : column[effect]] += 1
    gaps = np.clip(_PER_EDGE * passing, *_GAPS)
    return np.concatenate([[0.0], np.cumsum(_WIDTH + gaps)])


def _extent(placed: Layered) -> tuple[float, float]:
    heights = [*placed.height, *(bend for bends in placed.bends for bend in bends)]
    return -max(heights) * _STEP, -min(heights) * _STEP


def _draw_box(axes: Any, node: Mapping[str, Any], x: float, y: float) -> None:
    from matplotlib.patches import FancyBboxPatch

    colour, intervened = _COLOURS.get(node["level"], UNKNOWN), node["intervened"]
    box = FancyBboxPatch(
        (x - _WIDTH / 2, y - _HEIGHT / 2),
        _WIDTH,
        _HEIGHT,
        boxstyle="round,pad=0,rounding_size=0.06",
        facecolor=_light(colour),
        edgecolor=REFERENCE if intervened else colour,
        linewidth=2.6 if intervened else 1.1,
        gid="variable",
        zorder=3,
    )
    axes.add_patch(box)
    name = node["name"].replace("_", " ")
    text = label(f"✂ do({name})" if intervened else name, width=18)
    weight = "bold" if intervened else "normal"
    style = {"ha": "center", "va": "center", "color": INK, "zorder": 4, "linespacing": 0.9}
    axes.text(x, y + 0.06, text, fontsize=_fitting(text, weight, largest=8.5), fontweight=weight, **style)
    level = label(node["level"], width=24, lines=1)
    axes.text(x, y - 0.165, level, fontsize=_fitting(level, "normal", largest=6.5), **style)


def _fitting(text: str, weight: str, *, largest: float) -> float:
    """Return the size in points at which `text` fits into a box."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    font, lines = FontProperties(weight=weight), text.split("\n")
    with warnings.catch_warnings():
        # as in `encode`: a script that the font lacks is drawn as boxes
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        widest = max(TextPath((0, 0), line, size=largest, prop=font).get_extents().width for line in lines)
    room = 72 * (_WIDTH - 0.1)
    return min(largest if len(lines) == 1 else largest - 0.7, largest * room / max(float(widest), 1.0))


def _light(colour: str) -> str:
    """Return a tint on which dark text can be read."""
    return _mixed(colour, 255, 0.78)


def _dark(colour: str) -> str:
    """Return a shade that is seen as a thin line on white."""
    return _mixed(colour, 40, 0.3)


def _mixed(colour: str, other: int, share: float) -> str:
    channels = [round(int(colour[i : i + 2], 16) * (1 - share) + other * share) for i in (1, 3, 5)]
    return "#" + "".join(f"{channel:02x}" for channel in channels)


def _draw_edges(
    axes: Any, nodes: list[Any], edges: list[tuple[str, str]], placed: Layered, middles: np.ndarray
) -> None:
    from matplotlib.patches import FancyArrowPatch

    number = {node["name"]: i for i, node in enumerate(nodes)}
    starts, ends = _ports(edges, number, placed)
    for i, (cause, effect) in enumerate(edges):
        source, target = number[cause], number[effect]
        cut = nodes[target]["intervened"]
        way = [starts[i], *(-bend * _STEP for bend in placed.bends[i]), ends[i]]
        path = _path(middles[placed.column[source] :], way)
        arrow = FancyArrowPatch(
            path=path,
            arrowstyle="-|>,head_length=3.2,head_width=1.7",
            color=_dark(_COLOURS.get(nodes[source]["level"], MUTED)),
            linewidth=0.9,
            linestyle=(0, (2, 2)) if cut else "solid",
            alpha=0.9,
            zorder=1,
            shrinkA=0,
            shrinkB=0,
        )
        axes.add_patch(arrow)
        if cut:
            # on the curve, three quarters of the way from the last column
            x, y = np.array([1, 9, 27, 27]) / 64 @ path.vertices[-4:]
            axes.plot([x - 0.04, x + 0.04], [y - 0.06, y + 0.06], color=REFERENCE, linewidth=1.6, zorder=2)


def _ports(
    edges: list[tuple[str, str]], number: Mapping[str, int], placed: Layered
) -> tuple[dict[int, float], dict[int, float]]:
    """Return at which height each edge leaves and reaches its boxes: in the order of where it comes from or goes."""
    found: list[dict[int, float]] = []
    for side in (0, 1):
        ports: dict[int, float] = {}
        for name, node in number.items():
            mine = [i for i, edge in enumerate(edges) if edge[side] == name]
            others = [(placed.bends[i] or [placed.height[number[edges[i][1 - side]]]])[-side] for i in mine]
            room = np.linspace(0.34, -0.34, len(mine)) * _HEIGHT if len(mine) > 1 else [0.0]
            for i, shift in zip(np.array(mine, dtype=int)[np.argsort(others, kind="stable")], room, strict=False):
                ports[int(i)] = float(-placed.height[node] * _STEP + shift)
        found.append(ports)
    return found[0], found[1]


def _path(middles: np.ndarray, heights: list[float]) -> Any:
    """Return a smooth path from column to column: level where it passes one, curved between them."""
    from matplotlib.path import Path as Outline

    half = _WIDTH / 2
    points, codes = [(float(middles[0]) + half, heights[0])], [Outline.MOVETO]
    for step, height in enumerate(heights[1:]):
        x, arrived = points[-1][0], float(middles[step + 1]) - half
        bend = (x + arrived) / 2
        points += [(bend, points[-1][1]), (bend, height), (arrived, height)]
        codes += [Outline.CURVE4] * 3
        if step < len(heights) - 2:
            points.append((arrived + _WIDTH, height))
            codes.append(Outline.LINETO)
    return Outline(points, codes)


def _explain(axes: Any, nodes: list[Any]) -> None:
    from matplotlib.patches import Patch

    there = dict.fromkeys([*LEVELS, *(node["level"] for node in nodes)])
    levels = [level for level in there if any(node["level"] == level for node in nodes)]
    handles = [
        Patch(
            facecolor=_light(_COLOURS.get(level, UNKNOWN)),
            edgecolor=_COLOURS.get(level, UNKNOWN),
            label=label(level, width=24, lines=1),
        )
        for level in levels
    ]
    if any(node["intervened"] for node in nodes):
        handles.append(Patch(facecolor="white", edgecolor=REFERENCE, linewidth=2.2, label="set from outside: do(...)"))
    narrow = {"fontsize": 8, "handlelength": 1.4, "columnspacing": 1.1, "handletextpad": 0.5}
    axes.legend(handles=handles, loc="lower center", ncols=9, title="one value per", title_fontsize=8, **narrow)
