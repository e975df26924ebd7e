"""Where is a group found? Rates of recovery over two settings, smoothed, with limits and the user's own data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rashomon.core import UsageError, did_you_mean
from rashomon.pl.canvas import finish, new_axes
from rashomon.pl.label import label
from rashomon.pl.style import CONTINUOUS, INK, MUTED, PALETTE, REFERENCE

__all__ = ["detectability"]

_LOG_SPAN = 3.0
_RATES = (0.5, 0.8)
_WIDTHS = (1.0, 2.0)
_PALE = 0.7
_N_FINE = 120
_RING = 1.6
_MARGIN = 0.09

_AXIS_NAMES = {
    "n_obs": "cells",
    "depth": "molecules per cell",
    "effect_size": "effect size (log2 fold)",
    "rare_share": "share of the group",
    "prevalence": "share of the group",
    "n_markers": "markers",
    "n_donors": "donors",
    "strength": "difference of the clusters (1: as in your data)",
}


def detectability(  # noqa: PLR0913 - what is drawn, and what beside it, all by keyword
    table: pd.DataFrame,
    *,
    x: str,
    y: str,
    at: Mapping[str, Any] | None = None,
    fit: Callable[[Mapping[str, Any]], np.ndarray] | None = None,
    user: Mapping[str, float] | None = None,
    lines: Mapping[str, tuple[np.ndarray, np.ndarray]] | None = None,
    ax: Any = None,
    show: bool | None = None,
    save: Path | str | None = None,
) -> Any:
    """Draw how often a group is found over two settings.

    A dot is a grid point, its colour and size the share of draws in which the group was found; a cross is one where
    every draw failed. Axes whose values are positive and span more than a factor of 3 are logarithmic.

    Parameters
    ----------
    table
        One row per grid point: `x`, `y` and ``rate`` (NaN where undefined); ``ceiling``, where there is such a column:
        the rate that no method exceeds, drawn as a ring (NaN: none).
    x, y
        Columns of numbers.
    at
        Values of further settings: only those rows are drawn, and `fit` is asked there.
    fit
        Gives the smoothed rate at arrays of `x`, `y` and `at`, by name; drawn as contours at 50 % and 80 %.
    user
        Position of the user's own data, by column: a diamond.
    lines
        Limits by name: their x and y values, ascending in x. One that does not cross the plane is left out.
    ax, show, save
        As in scanpy; nothing is shown unless `show`.

    Returns
    -------
    The Axes.

    Raises
    ------
    UsageError
        When a column does not exist, several rows are at one place, or `user` or `fit` lack an axis.
    """
    rows = _rows(table, x, y, at or {})
    _check_beside(rows, x=x, y=y, fit=fit, user=user)
    axes = new_axes(ax, size=(6.4, 4.6), show=show)
    for name, column in (("x", x), ("y", y)):
        values = rows[column].to_numpy(dtype=float)
        given = [] if user is None else [float(user[column])]
        log = values.min() > 0 and values.max() / values.min() > _LOG_SPAN and min([1.0, *given]) > 0
        _set_scale(axes, name, values, given, log=log)
        getattr(axes, f"set_{name}label")(label(_AXIS_NAMES.get(column, column), width=60))
    if fit is not None:
        _draw_contours(axes, fit, rows, x=x, y=y, at=at or {})
    _draw_lines(axes, lines or {})
    _draw_points(axes, rows, x=x, y=y)
    if user is not None:
        # hollow: the dot below it is what happens to the user's own data
        style = {"marker": "D", "s": 260, "facecolor": "none", "edgecolor": REFERENCE, "linewidth": 1.8}
        axes.scatter([user[x]], [user[y]], zorder=6, label="your data", **style)
    _legend(axes)
    finish(axes, show=show, save=save)
    return axes


def _rows(table: pd.DataFrame, x: str, y: str, at: Mapping[str, Any]) -> pd.DataFrame:
    where = "pl.detectability"
    for name in (x, y, "rate", *at):
        if name not in table:
            raise UsageError(
                f"there is no column {name!r}", where=where, fix=did_you_mean(name, map(str, table.columns))
            )
    rows = table[np.logical_and.reduce([np.ones(len(table), dtype=bool), *(table[k] == v for k, v in at.items())])]
    if rows.empty:
        raise UsageError("no grid point is left", where=f"{where}(at=)", expected="values of the grid")
    if rows.duplicated([x, y]).any():
        raise UsageError(
            f"several grid points have the same {x} and {y}",
            where=where,
            expected="one row for each place",
            fix="hold the other settings with at",
        )
    return rows


def _check_beside(rows: pd.DataFrame, *, x: str, y: str, fit: object, user: Mapping[str, float] | None) -> None:
    for name in (x, y):
        if fit is not None and rows[name].nunique() < 2:
            raise UsageError(f"{name} has one value", where="pl.detectability(fit=)", expected="two or more, or no fit")
        if user is not None and name not in user:
            raise UsageError(f"{name} is missing", where="pl.detectability(user=)", expected=f"values of {x} and {y}")


def _set_scale(axes: Any, name: str, values: np.ndarray, given: list[float], *, log: bool) -> None:
    """Set scale, limits and ticks of one axis: ticks at the values of the grid where they are few."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    ends = np.array([*values, *given], dtype=float)
    span = np.log(ends) if log else ends
    margin = _MARGIN * (np.ptp(span) or 1.0)
    low, high = span.min() - margin, span.max() + margin
    limits = tuple(np.exp([low, high])) if log else (low, high)
    getattr(axes, f"set_{name}scale")("log" if log else "linear")
    getattr(axes, f"set_{name}lim")(limits)
    axis = getattr(axes, f"{name}axis")
    levels = np.unique(values)
    if levels.size <= 8:
        axis.set_major_locator(FixedLocator(levels.tolist()))
    if levels.size <= 8 or not log:
        axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}" if value >= 100 else f"{value:.3g}"))


def _draw_contours(
    axes: Any,
    fit: Callable[[Mapping[str, Any]], np.ndarray],
    rows: pd.DataFrame,
    *,
    x: str,
    y: str,
    at: Mapping[str, Any],
) -> None:
    """Draw the smoothed surface inside the grid: beyond it nothing was drawn, and nothing is claimed."""
    fine = [
        (np.geomspace if getattr(axes, f"get_{name}scale")() == "log" else np.linspace)(
            float(rows[column].min()), float(rows[column].max()), _N_FINE
        )
        for name, column in (("x", x), ("y", y))
    ]
    grid_x, grid_y = np.meshgrid(*fine)
    rate = np.asarray(fit({x: grid_x, y: grid_y, **at}))
    axes.pcolormesh(grid_x, grid_y, rate, cmap=_pale(), vmin=0, vmax=1, shading="nearest", rasterized=True, zorder=0)
    for level, width in zip(_RATES, _WIDTHS, strict=True):
        if rate.min() < level < rate.max():
            axes.contour(grid_x, grid_y, rate, levels=[level], colors=INK, linewidths=width, zorder=2)
            axes.plot([], [], color=INK, linewidth=width, label=f"{100 * level:.0f} % (smoothed)")


def _pale() -> Any:
    """Return the colours of the dots, mixed with white: what lies behind must not hide them."""
    import matplotlib as mpl
    from matplotlib.colors import ListedColormap

    colours = mpl.colormaps[CONTINUOUS](np.linspace(0, 1, 256))
    return ListedColormap(_PALE + (1 - _PALE) * colours)


def _draw_lines(axes: Any, lines: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> None:
    styles = cycle([(PALETTE[0], "--"), (PALETTE[3], "-."), (PALETTE[1], ":")])
    for (name, (along, across)), (colour, dash) in zip(lines.items(), styles, strict=False):
        if _crosses(axes, np.asarray(along, dtype=float), np.asarray(across, dtype=float)):
            axes.plot(along, across, color=colour, linestyle=dash, linewidth=1.8, label=label(name, width=40), zorder=3)


def _crosses(axes: Any, along: np.ndarray, across: np.ndarray) -> bool:
    """Return whether a line has a part inside the axes; a legend without its line makes readers search."""
    from matplotlib.path import Path as Outline
    from matplotlib.transforms import Bbox

    if along.size < 2:
        return False
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    # pieces are straight on the screen, whatever the scales
    to_screen = axes.transScale.transform
    plane = Bbox(to_screen(np.array([[left, low], [right, high]])))
    return bool(Outline(to_screen(np.column_stack([along, across]))).intersects_bbox(plane, filled=False))


def _draw_points(axes: Any, rows: pd.DataFrame, *, x: str, y: str) -> None:
    known = rows["rate"].notna().to_numpy()
    rate = rows["rate"].to_numpy(dtype=float)[known]
    dots = axes.scatter(
        rows[x][known],
        rows[y][known],
        c=rate,
        s=_area(rate),
        cmap=CONTINUOUS,
        vmin=0,
        vmax=1,
        edgecolor="white",
        linewidth=0.9,
        zorder=4,
    )
    if not known.all():
        axes.scatter(
            rows[x][~known], rows[y][~known], marker="x", s=40, color=MUTED, zorder=4, label="every draw failed"
        )
    best = rows["ceiling"].to_numpy(dtype=float) if "ceiling" in rows else np.full(len(rows), np.nan)
    seen = np.isfinite(best)
    if seen.any():
        axes.scatter(
            rows[x][seen], rows[y][seen], s=_RING * _area(best[seen]), facecolor="none", edgecolor=INK, linewidth=1.0,
            zorder=5, label="best of any method",
        )  # fmt: skip
    bar = axes.figure.colorbar(dots, ax=axes, ticks=[0, *_RATES, 1], pad=0.02)
    bar.ax.set_yticklabels([f"{100 * tick:.0f} %" for tick in (0, *_RATES, 1)])
    bar.set_label("draws in which the group is found")
    bar.outline.set_visible(False)


def _area(rate: np.ndarray) -> np.ndarray:
    return 22 + 90 * rate


def _legend(axes: Any) -> None:
    handles, names = axes.get_legend_handles_labels()
    if handles:
        axes.legend(
            handles, names, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=3, borderaxespad=0.2, fontsize="small",
            columnspacing=1.0, handlelength=1.6, markerscale=0.65,
        )  # fmt: skip
