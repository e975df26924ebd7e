"""Which pipeline serves which truth? A heat map with one row per label column and one column per pipeline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rashomon.pl.canvas import finish, new_axes
from rashomon.pl.label import label
from rashomon.pl.style import CONTINUOUS, REFERENCE, UNKNOWN, ink_on

__all__ = ["truth_matrix"]

_N_NAMED = 32
"""Pipelines up to which each is named under its column."""

_N_VALUES = 12
"""Pipelines up to which values are written into the squares."""

_LEAST = 0.1
"""The colours reach at least to this value, lest next to nothing look like much."""

_ALIKE = 0.005
"""Values that differ by less are equally good; less than this above 0 is no agreement. A convention."""


def truth_matrix(
    matrix: pd.DataFrame,
    *,
    display: str = "Adjusted mutual information",
    ax: Any = None,
    show: bool | None = None,
    save: Path | str | None = None,
) -> Any:
    """Draw how far every pipeline agrees with every label column.

    Parameters
    ----------
    matrix
        ``truth``, ``pipeline``, ``value``; missing values are grey.
    display
        What the value is, beside the colour bar.
    ax, show, save
        As in scanpy; nothing is shown unless `show`.

    Returns
    -------
    The Axes. Rows run from the highest to the lowest mean; columns from the lowest to the highest value in the first
    row. Marks in each row are its best pipelines, all within 0.005 of the highest value; a row that none serves (up to
    0.005) has none. Rows without a mark in one column are a conflict.
    """
    wide = _wide(matrix)
    named = wide.shape[1] <= _N_NAMED
    width = 3.4 + np.clip(0.27 * wide.shape[1], 3.2, 8.7 if named else 7.0)
    axes = new_axes(ax, size=(width, 1.5 + 0.36 * max(1, len(wide)) + 2.2 * named), show=show)
    values = np.ma.masked_invalid(wide.to_numpy(dtype=float))
    axes.set_facecolor(UNKNOWN)
    low, high = (float(values.min()), float(values.max())) if values.count() else (0.0, 1.0)
    low = low if low < -_ALIKE else 0.0
    mesh = axes.pcolormesh(values, cmap=CONTINUOUS, vmin=low, vmax=max(high, _LEAST), rasterized=True)
    if wide.shape[1] <= _N_VALUES:
        _write_values(axes, values, mesh)
    else:
        _mark_best(axes, values)
    axes.set(ylim=(max(1, len(wide)), 0), xticks=[])
    axes.set_yticks(np.arange(len(wide)) + 0.5, [label(name, width=28) for name in wide.index])
    if named:
        names = [label(name, width=48) for name in _told_apart([str(name) for name in wide.columns])]
        axes.set_xticks(np.arange(len(names)) + 0.5, names, rotation=90, fontsize=6.5)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    first = label(wide.index[0], width=30) if len(wide) else "any label"
    axes.set_xlabel(f"{wide.shape[1]} pipelines, by agreement with {first}")
    axes.get_figure().colorbar(mesh, ax=axes, label=label(display, width=20), fraction=0.05, pad=0.02)
    finish(axes, show=show, save=save)
    return axes


def _wide(matrix: pd.DataFrame) -> pd.DataFrame:
    """Return truths by pipelines, both sorted; by position, as pandas takes names with broken characters for one."""
    rows, columns = ({name: place for place, name in enumerate(dict.fromkeys(matrix[key]))} for key in _KEYS)
    values = np.full((len(rows), len(columns)), np.nan)
    values[matrix["truth"].map(rows.get), matrix["pipeline"].map(columns.get)] = matrix["value"]
    filled = np.where(np.isnan(values), -np.inf, values)
    known = np.isfinite(values).sum(axis=1)
    mean = np.where(known > 0, np.nansum(values, axis=1) / np.maximum(known, 1), -np.inf)
    order = np.argsort(-mean, kind="stable")
    across = np.argsort(filled[order[0]], kind="stable") if len(rows) else np.arange(0)
    names = [list(rows)[place] for place in order], [list(columns)[place] for place in across]
    return pd.DataFrame(values[np.ix_(order, across)], index=pd.Index(names[0], dtype=object), columns=names[1])


_KEYS = ("truth", "pipeline")


def _told_apart(names: list[str]) -> list[str]:
    """Return names of pipelines without the settings that all of them share."""
    parts = [name.split(" | ") for name in names]
    shared = set.intersection(*map(set, parts)) if len(parts) > 1 else set()
    return [" | ".join(part for part in each if part not in shared) or "the same" for each in parts]


def _mark_best(axes: Any, values: Any) -> None:
    for y, row in enumerate(values):
        best = np.flatnonzero(_best(row))
        if best.size:
            axes.scatter(
                best + 0.5,
                np.full(best.size, y + 0.5),
                s=34,
                marker="D",
                color=REFERENCE,
                edgecolor="white",
                clip_on=False,
                zorder=4,
            )


def _best(row: Any) -> np.ndarray:
    """Return which pipelines serve a row as well as any; none where none serves it."""
    filled = np.asarray(row.filled(-np.inf))
    highest = filled.max(initial=-np.inf)
    return np.asarray((filled > _ALIKE) & (filled > highest - _ALIKE))


def _write_values(axes: Any, values: Any, mesh: Any) -> None:
    for y, row in enumerate(values):
        best = _best(row)
        for x, value in enumerate(row):
            if value is np.ma.masked:
                continue
            axes.text(
                x + 0.5,
                y + 0.5,
                f"{value if abs(value) >= 0.005 else 0.0:.2f}",
                ha="center",
                va="center",
                color=ink_on(mesh.cmap(mesh.norm(value))),
                fontsize=8,
                fontweight="bold" if best[x] else "normal",
            )
        places = np.flatnonzero(best)
        if places.size:
            axes.scatter(
                places + 0.5, np.full(places.size, y + 0.16), s=20, marker="D", color=REFERENCE, edgecolor="white"
            )
