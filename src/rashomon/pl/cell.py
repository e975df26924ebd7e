"""Where on the map? Cells coloured by a label or by a number."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rashomon.pl.canvas import finish, new_axes, split
from rashomon.pl.label import label
from rashomon.pl.style import CONTINUOUS, INK, N_RASTER, UNKNOWN, category_colour

__all__ = ["cell_panels", "cells"]

_LEGEND = 20
"""Categories in a legend; the rest are named on the map only."""

_SHORT = 4
"""Characters of a name that is written on the map itself; longer ones are numbered."""


def cells(
    coordinates: np.ndarray,
    values: pd.Series | np.ndarray,
    *,
    title: str = "",
    ax: Any = None,
    show: bool | None = None,
    save: Path | str | None = None,
) -> Any:
    """Draw cells in two dimensions, coloured by a category or by a number between 0 and 1.

    Categories are written at the middle of their cells, so that no reader depends on colour; long names by a number
    that a legend explains, for the 20 largest categories. Numbers use one fixed scale from 0 to 1. Cells without
    a value are grey and lie below. More than 5,000 cells are drawn as pixels.

    Parameters
    ----------
    coordinates
        Shape ``(n_obs, 2)``; cells with NaN are left out.
    values
        Shape ``(n_obs,)``: floats in [0, 1] (NaN unknown), or labels of another type (missing or empty text: none).
        A categorical keeps its order.
    title
        Above the panel.
    ax, show, save
        As in scanpy; nothing is shown unless `show`.

    Returns
    -------
    The Axes.
    """
    axes = new_axes(ax, size=(5.2, 5.6), show=show)
    series = pd.Series(values).reset_index(drop=True)
    placed = np.isfinite(coordinates).all(axis=1)
    xy, series = np.asarray(coordinates)[placed], series[placed].reset_index(drop=True)
    if pd.api.types.is_float_dtype(series.dtype):
        _draw_numbers(axes, xy, series.to_numpy(dtype=float))
    else:
        _draw_categories(axes, xy, series)
    axes.set_title(label(title, width=44))
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    axes.set_aspect("equal", adjustable="datalim")
    finish(axes, show=show, save=save)
    return axes


def cell_panels(
    coordinates: np.ndarray,
    panels: Mapping[str, pd.Series | np.ndarray],
    *,
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
    ax, show, save
        As in scanpy; nothing is shown unless `show`.

    Returns
    -------
    One Axes per panel.
    """
    n = max(1, len(panels))
    outer = new_axes(ax, size=(4.4 * n, 5.4), show=show)
    width = 1.04 / n - 0.04
    axes = split(outer, [(j * (width + 0.04), 0, width, 1) for j in range(len(panels))])
    for panel, (title, values) in zip(axes, panels.items(), strict=True):
        cells(coordinates, values, title=title, ax=panel)
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


def _draw_categories(axes: Any, xy: np.ndarray, series: pd.Series) -> None:
    categorical = series.astype("category") if not isinstance(series.dtype, pd.CategoricalDtype) else series
    names = [str(name) for name in categorical.cat.categories]
    codes = categorical.cat.codes.to_numpy()
    codes = np.where(np.isin(codes, [i for i, name in enumerate(names) if name == ""]), -1, codes)
    if (codes < 0).any():
        _scatter(axes, xy[codes < 0], UNKNOWN, n=len(xy))
    sizes = np.bincount(codes[codes >= 0], minlength=len(names))
    present = [int(i) for i in np.flatnonzero(sizes)]
    colours = np.array([category_colour(i) for i in range(len(names))], dtype=object)
    if present:
        _scatter(axes, xy[codes >= 0], colours[codes[codes >= 0]], n=len(xy))
    numbered = any(len(names[i]) > _SHORT for i in present)
    marks = {i: str(rank + 1) if numbered else names[i] for rank, i in enumerate(present)}
    for i in present:
        _write(axes, _middle(xy[codes == i]), marks[i])
    if numbered:
        _legend(axes, sorted(present, key=lambda i: -sizes[i]), names, marks, colours)


def _middle(xy: np.ndarray) -> np.ndarray:
    """Return the cell nearest to the median, so that a label never stands between two islands."""
    found: np.ndarray = xy[((xy - np.median(xy, axis=0)) ** 2).sum(axis=1).argmin()]
    return found


def _write(axes: Any, middle: np.ndarray, text: str) -> None:
    from matplotlib.patheffects import withStroke

    style = {"ha": "center", "va": "center", "fontsize": 9, "fontweight": "bold", "color": INK}
    axes.text(*middle, label(text), path_effects=[withStroke(linewidth=2.5, foreground="white")], **style)


def _legend(axes: Any, order: list[int], names: list[str], marks: Mapping[int, str], colours: np.ndarray) -> None:
    from matplotlib.lines import Line2D

    shown = sorted(order[:_LEGEND])
    handles = [
        Line2D([], [], linestyle="", marker="o", markersize=5, color=colours[i], label=_entry(names[i], marks[i]))
        for i in shown
    ]
    if len(order) > _LEGEND:
        handles.append(Line2D([], [], linestyle="", label=f"and {len(order) - _LEGEND} smaller ones"))
    if handles:
        columns = 1 if len(handles) <= 4 else 2
        axes.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, -0.02), ncols=columns, fontsize=8)


def _entry(name: str, mark: str) -> str:
    return f"{mark}  {label(name, width=26, lines=1)}"
