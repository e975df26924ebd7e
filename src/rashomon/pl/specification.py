"""How does agreement vary over all defensible pipelines? Sorted values above, the settings behind each below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rashomon.pl.canvas import finish, new_axes, split
from rashomon.pl.label import label
from rashomon.pl.style import ACCENT, FAINT, INK, N_RASTER, REFERENCE

__all__ = ["specification_curve"]


def specification_curve(
    curve: pd.DataFrame,
    *,
    outcome: str,
    choices: Sequence[str],
    marked: Mapping[str, Any] | None = None,
    ax: Any = None,
    show: bool | None = None,
    save: Path | str | None = None,
) -> list[Any]:
    """Draw an outcome over all pipelines, sorted, above the settings of each (Simonsohn et al. 2020).

    Runs that differ only in what `choices` leaves out (seeds) are one pipeline: a dot is their mean, its line their
    range. Runs without a value are left out, and counted on the axis.

    Parameters
    ----------
    curve
        One row per run: the `choices` (missing where one does not apply) and the `outcome`.
    outcome
        Column drawn above.
    choices
        Columns drawn below, in order; those with one level say nothing and are left out.
    marked
        Settings of a pipeline to point out.
    ax, show, save
        As in scanpy; nothing is shown unless `show`.

    Returns
    -------
    Two Axes: the curve, and the settings.
    """
    table = curve[[*choices, outcome]].dropna(subset=[outcome])
    grouped = table.groupby(list(choices), sort=False, dropna=False)[outcome]
    points = grouped.agg(["mean", "min", "max"]).sort_values("mean", kind="stable").reset_index()
    settings = points[list(choices)].astype(object)
    shown = [name for name in choices if settings[name].dropna().nunique() > 1]
    rows = _rows(settings, shown)
    below = 0.16 * len(rows)
    outer = new_axes(ax, size=(8.6, 2.6 + below), show=show)
    share = below / (2.1 + below)
    above, matrix = split(outer, [(0, share + 0.02, 1, 0.98 - share), (0, 0, 1, share)])
    _draw_curve(above, points, label(outcome, width=24, lines=3))
    _draw_settings(matrix, settings, rows)
    if marked is not None:
        _mark(above, matrix, settings, points["mean"].to_numpy(), {name: marked.get(name) for name in choices})
    missing = len(curve) - len(table)
    note = f"; {missing:,} runs failed and are not shown" if missing else ""
    outer.set_xlabel(f"{len(points)} pipelines, from the lowest to the highest agreement{note}", labelpad=12)
    finish(outer, show=show, save=save)
    return [above, matrix]


def _rows(settings: pd.DataFrame, shown: Sequence[str]) -> list[tuple[str, Any]]:
    """Return one row per choice (its heading, level None) and one per level of it."""
    rows: list[tuple[str, Any]] = []
    for name in shown:
        levels = list(settings[name].dropna().unique())
        numbers = all(isinstance(level, int | float | np.number) for level in levels)
        rows += [(name, None), *((name, level) for level in sorted(levels, key=None if numbers else str))]
    return rows


def _draw_curve(axes: Any, points: pd.DataFrame, ylabel: str) -> None:
    x = np.arange(len(points))
    raster = len(points) > N_RASTER
    axes.vlines(x, points["min"], points["max"], color=ACCENT, alpha=0.35, linewidth=1.0, rasterized=raster)
    size = float(np.clip(3000 / max(1, len(points)), 3, 18))
    axes.scatter(x, points["mean"], s=size, color=ACCENT, linewidth=0, zorder=3, rasterized=raster)
    axes.set(xticks=[], xlim=(-1, max(len(points), 1)), ylabel=ylabel)
    axes.grid(axis="y", color=FAINT, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines["bottom"].set_visible(False)


def _draw_settings(axes: Any, settings: pd.DataFrame, rows: list[tuple[str, Any]]) -> None:
    n = len(settings)
    total = sum(level is not None for _, level in rows) * n
    size = float(np.clip(1800 / max(1, n), 2, 12))
    for y, (name, level) in enumerate(rows):
        if level is None:
            continue
        x = np.flatnonzero((settings[name] == level).to_numpy(dtype=bool))
        axes.axhspan(y - 0.42, y + 0.42, color=FAINT, linewidth=0, zorder=0)
        axes.scatter(x, np.full(x.size, y), s=size, marker="s", color=INK, linewidth=0, rasterized=total > N_RASTER)
    names = [label(name if level is None else _text(level), width=34, lines=1) for name, level in rows]
    axes.set_yticks(np.arange(len(rows)), names, fontsize=7.5)
    for text, (_, level) in zip(axes.get_yticklabels(), rows, strict=True):
        text.set_fontweight("bold" if level is None else "normal")
    axes.set(xticks=[], xlim=(-1, max(n, 1)), ylim=(len(rows) - 0.4, -0.6))
    axes.tick_params(axis="y", length=0)
    axes.spines[:].set_visible(False)


def _text(level: Any) -> str:
    # a column with gaps turns 15 into 15.0
    return f"{level:g}" if isinstance(level, float | np.floating) else str(level)


def _mark(above: Any, matrix: Any, settings: pd.DataFrame, values: np.ndarray, wanted: Mapping[str, Any]) -> None:
    same = np.ones(len(settings), dtype=bool)
    for name, level in wanted.items():
        column = settings[name]
        same &= (column.isna() if level is None else column == level).to_numpy(dtype=bool)
    for x in np.flatnonzero(same):
        for axes in (above, matrix):
            axes.axvline(x, color=REFERENCE, linewidth=1.0, zorder=1)
        above.scatter([x], [values[x]], s=44, color=REFERENCE, edgecolor="white", linewidth=0.8, zorder=5)
        above.text(
            x,
            1.0,
            "re-run",
            transform=above.get_xaxis_transform(),
            ha="center",
            va="bottom",
            color=REFERENCE,
            fontsize=8,
        )
