"""Where on the map? Cells coloured by a label or by a number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rashomon.pl.canvas import finish, new_axes, split
from rashomon.pl.label import label
from rashomon.pl.place import apart
from rashomon.pl.style import CONTINUOUS, INK, N_RASTER, UNKNOWN, category_colours

__all__ = ["cell_panels", "cells"]

_LEGEND = 60
"""Categories that are coloured and named, the largest ones; the rest are grey."""

_SHORT = 4
"""Characters of a name that is written on the map itself; longer ones are numbered."""

_COLUMNS = ((4, 1), (20, 2), (_LEGEND + 1, 3))
"""Entries up to which a legend has this many columns."""

_NAME = (26, 22)
"""Characters of a name in a legend of one or two columns, and of three."""

_MAP = 4.4
"""Width of a map in inches, for the room that names need on it."""


def cells(
    coordinates: np.ndarray,
    values: pd.Series | np.ndarray,
    *,
    title: str = "",
    colours: Mapping[str, str] | None = None,
    ax: Any = None,
    show: bool | None = None,
    save: Path | str | None = None,
) -> Any:
    """Draw cells in two dimensions, coloured by a category or by a number between 0 and 1.

    Categories are written at the middle of their cells, or beside it with a line where names would lie on each other,
    so that no reader depends on colour; long names by a number that a legend explains. The 60 largest categories are
    coloured and named, the cells of all others grey, and counted. Numbers use one fixed scale from 0 to 1. Cells
    without a value are grey and lie below. More than 5,000 cells are drawn as pixels.

    Parameters
    ----------
    coordinates
        Shape ``(n_obs, 2)``; cells with NaN are left out.
    values
        Shape ``(n_obs,)``: floats in [0, 1] (NaN unknown), or labels of another type (missing or empty text: none).
        A categorical keeps its order.
    title
        Above the panel.
    colours
        Colour by category, as the data bring them; without one for every category, those of this package.
    ax, show, save
        As in scanpy; nothing is shown unless `show`.

    Returns
    -------
    The Axes.
    """
    series = pd.Series(values).reset_index(drop=True)
    axes = new_axes(ax, size=(5.2, 5.4 + _below(series)), show=show)
    placed = np.isfinite(coordinates).all(axis=1)
    xy, series = np.asarray(coordinates)[placed], series[placed].reset_index(drop=True)
    if pd.api.types.is_float_dtype(series.dtype):
        _draw_numbers(axes, xy, series.to_numpy(dtype=float))
    else:
        _draw_categories(axes, xy, series, colours)
    axes.set_title(label(title, width=44))
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    _fit(axes, xy)
    finish(axes, show=show, save=save)
    return axes


def cell_panels(
    coordinates: np.ndarray,
    panels: Mapping[str, pd.Series | np.ndarray],
    *,
    colours: Mapping[str, Mapping[str, str]] | None = None,
    ax: Any = None,
    show: bool | None = None,
    save: Path | str | None = None,
) -> list[Any]:
    """Draw the same cells side by side, once per entry of `panels`.

    Parameters
    ----------
    coordinates
        As in `cells`.
    panels
        Values as in `cells`, by title.
    colours
        Colours as in `cells`, by title.
    ax, show, save
        As in scanpy; nothing is shown unless `show`.

    Returns
    -------
    One Axes per panel.
    """
    n = max(1, len(panels))
    below = max((_below(pd.Series(values)) for values in panels.values()), default=0.0)
    outer = new_axes(ax, size=(_MAP * n, _MAP + max(0.7, below)), show=show)
    width = 1.04 / n - 0.04
    axes = split(outer, [(j * (width + 0.04), 0, width, 1) for j in range(len(panels))])
    for panel, (title, values) in zip(axes, panels.items(), strict=True):
        cells(coordinates, values, title=title, colours=(colours or {}).get(title), ax=panel)
    finish(outer, show=show, save=save)
    return axes


def _size(n: int) -> float:
    return float(np.clip(30000 / max(1, n), 0.5, 22))


def _scatter(axes: Any, xy: np.ndarray, colours: Any, *, n: int, **style: Any) -> Any:
    # spread over the list, so that no category or end of the file lies on top everywhere
    order = np.argsort((np.arange(len(xy)) * 0.6180339887498949) % 1.0, kind="stable")
    picked = colours if isinstance(colours, str) else np.asarray(colours)[order]
    raster = n > N_RASTER
    return axes.scatter(xy[order, 0], xy[order, 1], s=_size(n), c=picked, linewidth=0, rasterized=raster, **style)


def _draw_numbers(axes: Any, xy: np.ndarray, values: np.ndarray) -> None:
    known = np.isfinite(values)
    if not known.all():
        _scatter(axes, xy[~known], UNKNOWN, n=len(xy))
    drawn = _scatter(axes, xy[known], values[known], n=len(xy), cmap=CONTINUOUS, vmin=0.0, vmax=1.0)
    side = axes.inset_axes((0.15, -0.06, 0.7, 0.025))
    axes.get_figure().colorbar(drawn, cax=side, orientation="horizontal", ticks=[0, 0.5, 1])
    side.tick_params(length=2, labelsize=8)
    if not known.all():
        axes.text(0.5, -0.16, "grey: not known", transform=axes.transAxes, ha="center", fontsize=8)


def _draw_categories(axes: Any, xy: np.ndarray, series: pd.Series, own: Mapping[str, str] | None) -> None:
    names, codes = _coded(series)
    sizes = np.bincount(codes[codes >= 0], minlength=len(names))
    largest = np.argsort(-sizes, kind="stable")[:_LEGEND]
    named = np.sort(largest[sizes[largest] > 0])
    n_grey = int((sizes > 0).sum()) - named.size
    coloured = np.isin(codes, named)
    if not coloured.all():
        _scatter(axes, xy[~coloured], UNKNOWN, n=len(xy))
    if not named.size:
        return
    colours = np.array(category_colours(names, own), dtype=object)
    _scatter(axes, xy[coloured], colours[codes[coloured]], n=len(xy))
    numbered = _is_numbered(names[i] for i in named)
    marks = [str(rank + 1) if numbered else names[i] for rank, i in enumerate(named)]
    _write(axes, np.stack([_middle(xy[codes == i]) for i in named]), marks, span=_span(xy))
    if numbered or n_grey:
        width = _NAME[_n_columns(named.size) == 3]
        entries = [
            (colours[i], f"{mark}  {label(_short(names[i], width))}") for i, mark in zip(named, marks, strict=True)
        ]
        _legend(axes, entries if numbered else [], n_grey=n_grey)


def _coded(series: pd.Series) -> tuple[list[str], np.ndarray]:
    """Return the names of the categories, and the code of each cell; -1 without one."""
    categorical = series.astype("category") if not isinstance(series.dtype, pd.CategoricalDtype) else series
    names = [str(name) for name in categorical.cat.categories]
    codes = categorical.cat.codes.to_numpy()
    return names, np.where(np.isin(codes, [i for i, name in enumerate(names) if name == ""]), -1, codes)


def _is_numbered(names: Iterable[str]) -> bool:
    return any(len(name) > _SHORT for name in names)


def _below(series: pd.Series) -> float:
    """Return the inches that the legend of a panel needs."""
    if pd.api.types.is_float_dtype(series.dtype):
        return 0.6
    names, codes = _coded(series)
    n = min(_LEGEND, np.unique(codes[codes >= 0]).size)
    columns = _n_columns(n)
    return 0.25 + (0.13 if columns == 3 else 0.155) * -(-(n + 1) // columns) if _is_numbered(names) else 0.3


def _n_columns(n: int) -> int:
    return next(columns for most, columns in _COLUMNS if n <= most)


def _fit(axes: Any, xy: np.ndarray) -> None:
    """Make the panel a square that the cells fill: limits that follow the layout would grow with each of its rounds."""
    middle = (xy.min(axis=0) + xy.max(axis=0)) / 2 if len(xy) else np.zeros(2)
    half = 0.53 * _span(xy) * _MAP if len(xy) else 1.0
    axes.set(xlim=(middle[0] - half, middle[0] + half), ylim=(middle[1] - half, middle[1] + half))
    axes.set_aspect("equal", adjustable="box", anchor="N")


def _span(xy: np.ndarray) -> float:
    """Return the length of the data that an inch of the map stands for."""
    return float(max(np.ptp(xy[:, 0]), np.ptp(xy[:, 1]), 1e-12)) / _MAP


def _middle(xy: np.ndarray) -> np.ndarray:
    """Return the cell nearest to the median, so that a label never stands between two islands."""
    found: np.ndarray = xy[((xy - np.median(xy, axis=0)) ** 2).sum(axis=1).argmin()]
    return found


def _write(axes: Any, middles: np.ndarray, marks: list[str], *, span: float) -> None:
    from matplotlib.patheffects import withStroke

    size = 9.0 if len(marks) <= 20 else 7.5
    boxes = [((0.72 * len(mark) + 0.2) * size / 72, 1.05 * size / 72) for mark in marks]
    places = apart(middles / span, boxes) * span
    style = {"ha": "center", "va": "center", "fontsize": size, "fontweight": "bold", "color": INK}
    for middle, place, mark, (_, tall) in zip(middles, places, marks, boxes, strict=True):
        if np.hypot(*(place - middle)) > tall * span:
            axes.plot(*np.stack([middle, place]).T, color=INK, linewidth=0.6)
        axes.text(*place, label(mark), path_effects=[withStroke(linewidth=2.2, foreground="white")], **style)


def _legend(axes: Any, entries: list[tuple[str, str]], *, n_grey: int) -> None:
    from matplotlib.lines import Line2D

    named = [*entries, *([(UNKNOWN, f"{n_grey} smaller ones")] if n_grey else [])]
    handles = [Line2D([], [], linestyle="", marker="o", markersize=5, color=each, label=text) for each, text in named]
    columns = _n_columns(len(handles))
    axes.legend(
        handles=handles,
        loc="upper center",
        bbox_to_anchor=(0.5, -0.02),
        ncols=columns,
        fontsize=8 if columns < 3 else 7,
        columnspacing=1.0,
        handletextpad=0.2,
        labelspacing=0.35,
    )


def _short(name: str, width: int) -> str:
    """Return a name without its middle where it is long: names of subsets often differ at the end."""
    return name if len(name) <= width else f"{name[: width - 9]}…{name[-8:]}"
