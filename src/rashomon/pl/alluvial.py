"""Where do the classes of one label column go in another? Ribbons between two or three columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import fill
from typing import Any, get_args

import numpy as np
import pandas as pd

from rashomon.core import UsageError, did_you_mean
from rashomon.dataset import Dataset, Item, Truth
from rashomon.dataset.colour import Colours, own_colours
from rashomon.pl.canvas import finish, new_axes
from rashomon.pl.flow import Flows, Layout, flows, layout, spread
from rashomon.pl.label import label
from rashomon.pl.style import INK, MUTED, UNKNOWN, category_colours

__all__ = ["alluvial"]

_BLOCK = 0.035
"""Half the width of a block; columns are 1 apart."""

_LINE = 0.135
"""Height of a line of text in inches."""

_WIDTH = 24
"""Characters of a class name per line."""

_TITLE = 34
"""Characters of the name of a column."""


def alluvial(
    data: Any,
    *,
    truths: Sequence[str],
    ax: Any = None,
    show: bool | None = None,
    save: Path | str | None = None,
) -> Any:
    """Draw how the classes of two or three label columns go over into each other.

    A ribbon is a group of items with the same class in every column, as wide as the group is large, in the colour of
    its class in the first column: the one that the data bring (``uns["<column>_colors"]``), where they have one. At
    most 30 ribbons are drawn: the smallest ones are pooled into one grey ribbon, "other", and how much that is stands
    below. Items without a class in some column are left out, and counted.

    Parameters
    ----------
    data
        A table of labels, an object with ``obs`` (an AnnData), a `Dataset`, or an audit.
    truths
        Two or three names of columns, from left to right. For a `Dataset` and an audit, names of truths or of columns
        of obs.
    ax, show, save
        As in scanpy; nothing is shown unless `show`.

    Returns
    -------
    The Axes.

    Raises
    ------
    UsageError
        When there are not two or three names, one is unknown, or no item has a class in every column.

    Examples
    --------
    >>> table = pd.DataFrame({"type": ["T", "T", "B", "B"], "gate": ["CD3", "CD3", "CD19", "CD3"]})
    >>> [text.get_text() for text in alluvial(table, truths=["type", "gate"]).texts][:2]
    ['type', 'gate']
    """
    columns = _columns(data, truths)
    found = flows(columns)
    if not found.sizes.sum():
        raise UsageError("no item has a class in every column", where="alluvial", expected="columns with common items")
    placed = layout(found)
    rows = max(len(block) for block in placed.blocks)
    n_lines = sum(len(_text(columns[0], code, 1).split("\n")) for code in placed.blocks[0])
    size = (3.0 + 3.1 * (len(columns) - 1), 1.2 + max(2.4, 0.3 * rows, _LINE * 1.25 * n_lines))
    axes = new_axes(ax, size=size, show=show)
    _frame(axes, placed, columns)
    colours = category_colours(columns[0].categories, _own_colours(data).get(truths[0]))
    for flow in np.argsort(-found.sizes, kind="stable"):
        _ribbons(axes, found, placed, int(flow), colours)
    for column, truth in enumerate(columns):
        last = column == len(columns) - 1
        _blocks(axes, found, placed, column=column, truth=truth, last=last, colours=() if column else colours)
    axes.set_xlabel(fill(_below(found, _item(data)), 36 + 36 * (len(columns) - 1)), labelpad=6, color=INK)
    finish(axes, show=show, save=save)
    return axes


def _columns(data: Any, truths: Sequence[str]) -> list[Truth]:
    if isinstance(truths, str) or not 2 <= len(truths) <= 3:
        raise UsageError(
            f"{truths!r} are not two or three columns", where="alluvial", expected="truths=[A, B] or [A, B, C]"
        )
    holder = getattr(data, "dataset", data)
    known: dict[str, Truth] = {}
    if isinstance(holder, Dataset):
        known = {truth.name: truth for _, truth in holder.roles} | dict(holder.truths)
    table = holder if isinstance(holder, pd.DataFrame) else getattr(holder, "obs", None)
    if not isinstance(table, pd.DataFrame):
        raise UsageError(
            f"a {type(data).__name__} holds no labels", where="alluvial", expected="a table, AnnData or audit"
        )
    names = [str(name) for name in table.columns]
    absent = [name for name in truths if name not in known and name not in names]
    if absent:
        raise UsageError(
            f"there is no label column {absent[0]!r}", where="alluvial", fix=did_you_mean(absent[0], [*known, *names])
        )
    return [known[name] if name in known else _read(table, names.index(name), name) for name in truths]


def _read(table: pd.DataFrame, position: int, name: str) -> Truth:
    return Truth.from_series(table.iloc[:, position], name=name)


def _own_colours(data: Any) -> Colours:
    """Return the colours that the data bring, by column and class."""
    holder = getattr(data, "dataset", data)
    if isinstance(holder, Dataset):
        return holder.colours
    obs, uns = getattr(holder, "obs", None), getattr(holder, "uns", None)
    return own_colours(obs, uns) if isinstance(obs, pd.DataFrame) and isinstance(uns, Mapping) else {}


def _frame(axes: Any, placed: Layout, columns: Sequence[Truth]) -> None:
    axes.set(xticks=[], yticks=[], xlim=(-0.62, len(columns) - 1 + 0.62))
    axes.set_ylim(placed.height * 1.01, -placed.height * 0.01)
    axes.spines[:].set_visible(False)
    for column, truth in enumerate(columns):
        made = "\nmade from the same matrix" if truth.is_circular("expression") else ""
        axes.text(
            column,
            1.015,
            label(_short(truth.name, _TITLE)) + made,
            transform=axes.get_xaxis_transform(),
            ha="center",
            va="bottom",
            fontweight="bold",
        )


def _ribbons(axes: Any, found: Flows, placed: Layout, flow: int, colours: Sequence[str]) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path as Outline

    size, first = float(found.sizes[flow]), int(found.codes[flow, 0])
    colour = colours[first] if first >= 0 else UNKNOWN
    for column in range(found.codes.shape[1] - 1):
        left, right = column + _BLOCK, column + 1 - _BLOCK
        a, b = placed.tops[flow, column], placed.tops[flow, column + 1]
        middle = (left + right) / 2
        points = [(left, a), (middle, a), (middle, b), (right, b)]
        back = [(right, b + size), (middle, b + size), (middle, a + size), (left, a + size)]
        codes = [Outline.MOVETO, *[Outline.CURVE4] * 3, Outline.LINETO, *[Outline.CURVE4] * 3]
        axes.add_patch(PathPatch(Outline([*points, *back], codes), facecolor=colour, alpha=0.5, linewidth=0))


def _blocks(
    axes: Any, found: Flows, placed: Layout, *, column: int, truth: Truth, last: bool, colours: Sequence[str]
) -> None:
    from matplotlib.patches import Rectangle

    blocks = placed.blocks[column]
    texts = [_text(truth, code, int(found.sizes[found.codes[:, column] == code].sum())) for code in blocks]
    for code, (top, bottom) in blocks.items():
        colour = UNKNOWN if code < 0 else colours[code] if colours else MUTED
        axes.add_patch(
            Rectangle(
                (column - _BLOCK, top), 2 * _BLOCK, bottom - top, facecolor=colour, edgecolor="white", linewidth=0.4
            )
        )
    side = -1 if column == 0 else 1
    wanted = [(top + bottom) / 2 for top, bottom in blocks.values()]
    line = placed.height * _LINE / max(_inches(axes), 0.5)
    heights = [line * (1 + text.count("\n")) * 1.05 for text in texts]
    _write(axes, column=column, side=side, wanted=wanted, heights=heights, texts=texts, halo=not last and column > 0)


def _write(
    axes: Any,
    *,
    column: int,
    side: int,
    wanted: Sequence[float],
    heights: Sequence[float],
    texts: Sequence[str],
    halo: bool,
) -> None:
    """Write the names beside their blocks, moved apart where blocks are thin; a line leads to a name that moved."""
    from matplotlib.patheffects import withStroke

    places = _apart(wanted, heights, axes.get_ylim()[0])
    edge = column + side * _BLOCK
    for text, at, goal, tall in zip(texts, places, wanted, heights, strict=True):
        moved = abs(at - goal) > tall / 3
        if moved:
            axes.plot([edge, edge + side * 0.045], [goal, at], color=MUTED, linewidth=0.6, clip_on=False)
        axes.text(
            edge + side * (0.055 if moved else 0.025),
            at,
            text,
            ha="left" if side > 0 else "right",
            va="center",
            fontsize=8,
            linespacing=1.0,
            path_effects=[withStroke(linewidth=2.2, foreground="white")] if halo else None,
        )


def _apart(wanted: Sequence[float], heights: Sequence[float], height: float) -> np.ndarray:
    centres = np.asarray(wanted, dtype=float)
    half = np.asarray(heights) / 2
    # a shift by the room that the names above need makes all distances equal
    offset = np.concatenate([[0.0], np.cumsum(half[:-1] + half[1:])])
    low, high = float(half[0]), float(height - offset[-1] - half[-1])
    return np.asarray(spread(centres - offset, distance=0.0, low=low, high=high) + offset)


def _inches(axes: Any) -> float:
    return float(axes.get_figure().get_figheight() * axes.get_position().height)


def _text(truth: Truth, code: int, n: int) -> str:
    name = _short(truth.categories[code], 2 * _WIDTH) if code >= 0 else "other"
    return f"{label(name, width=_WIDTH, lines=3)} ({n:,})"


def _short(name: str, length: int) -> str:
    """Return a name without its middle where it is long: names of subsets often differ at the end."""
    head = 3 * length // 5
    return name if len(name) <= length else f"{name[:head]}…{name[head + 1 - length :]}"


def _item(data: Any) -> Item:
    """Return what a row is; tables that do not say so are of cells."""
    item: Item = getattr(getattr(data, "dataset", data), "item", "cell")
    return item if item in get_args(Item) else "cell"


def _below(found: Flows, item: Item) -> str:
    n = int(found.sizes.sum())
    said = [f"{n:,} {item}s with a class in every column"]
    if found.n_left_out:
        said.append(f"{found.n_left_out:,} without are left out")
    if found.n_pooled:
        pooled = int(found.sizes[-1])
        said.append(
            f"{found.n_pooled} small flows with {pooled:,} {item}s ({100 * pooled / n:.1f} %) are pooled as other"
        )
    return "; ".join(said)
