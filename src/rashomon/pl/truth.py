"""Whose truth do the clusters follow? One row per label column, with its controls."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rashomon.pl.canvas import finish, new_axes
from rashomon.pl.label import label
from rashomon.pl.style import ACCENT, INK, MUTED, PALETTE, REFERENCE, UNKNOWN

__all__ = ["truth_agreement"]

_LANE = 0.26
"""Distance of the strips of pipelines and of shuffled labels from the row's middle."""


def truth_agreement(
    table: pd.DataFrame,
    matrix: pd.DataFrame | None = None,
    *,
    score: str = "ami",
    display: str = "Adjusted mutual information",
    ax: Any = None,
    show: bool | None = None,
    save: Path | str | None = None,
) -> Any:
    """Draw how far the judged clusters agree with each label column, beside chance and what could be reached.

    Parameters
    ----------
    table
        One row per truth: ``truth``, ``kind``, ``circular``, the `score`, ``low``, ``high``, ``random_mean``,
        ``random_high``, ``attainable``, ``reason``.
    matrix
        ``truth``, ``pipeline``, ``value``: the same score for the labels of every pipeline; a light strip.
    score, display
        Column that is drawn, and its name on the axis.
    ax, show, save
        As in scanpy; nothing is shown unless `show`.

    Returns
    -------
    The Axes; rows from the highest to the lowest agreement, columns made from the same matrix last and hatched.
    """
    rows = table.sort_values(["circular", score], ascending=[True, False], kind="stable").reset_index(drop=True)
    axes = new_axes(ax, size=(8.2, 1.9 + 0.62 * max(1, len(rows))), show=show)
    y = np.arange(len(rows))
    for row in y[rows["circular"].to_numpy(dtype=bool)]:
        axes.axhspan(row - 0.46, row + 0.46, facecolor="none", edgecolor=UNKNOWN, hatch="////", linewidth=0, zorder=0)
    if matrix is not None and len(matrix):
        _draw_pipelines(axes, rows, matrix)
    _draw_controls(axes, rows, y)
    value = rows[score].to_numpy(dtype=float)
    colours = np.where(rows["circular"].to_numpy(dtype=bool), MUTED, ACCENT)
    axes.hlines(y, rows["low"], rows["high"], colors=colours, linewidth=2.2, zorder=4)
    axes.scatter(value, y, s=62, marker="D", color=colours, edgecolor="white", linewidth=0.8, zorder=5, label="judged")
    for row in y[~np.isfinite(value)]:
        axes.text(0.01, row, label(f"no value: {rows['reason'].iloc[row]}", width=90), va="center", color=INK)
    axes.set_yticks(y, [_row_name(row) for _, row in rows.iterrows()])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    lowest = np.nanmin([0.0, *rows["low"], *(matrix["value"] if matrix is not None and len(matrix) else ())])
    axes.set_xlim(min(-0.03, lowest - 0.02), 1.02)
    axes.axvline(0, color=MUTED, linewidth=0.8, zorder=1)
    axes.set_xlabel(f"{display} (0: chance, 1: identical)")
    axes.tick_params(axis="y", length=0)
    _explain(axes, strip=matrix is not None and len(matrix) > 0, ceiling=bool(rows["attainable"].notna().any()))
    finish(axes, show=show, save=save)
    return axes


def _row_name(row: pd.Series) -> str:
    marks = [text for text, holds in _MARKS if holds(row)]
    return "\n".join([label(row["truth"], width=28), *marks])


_MARKS = (
    ("made from the same matrix", lambda row: bool(row["circular"])),
    ("technical", lambda row: row["kind"] == "technical"),
)
"""What is written under the name of a column that cannot win, or should not."""


def _draw_pipelines(axes: Any, rows: pd.DataFrame, matrix: pd.DataFrame) -> None:
    for y, name in enumerate(rows["truth"]):
        values = np.sort(matrix.loc[matrix["truth"] == name, "value"].dropna().to_numpy(dtype=float))
        # neighbours in value lie in three lanes, so that equal values stay countable
        lane = y + _LANE + 0.06 * (np.arange(values.size) % 3 - 1)
        axes.scatter(values, lane, s=9, color=PALETTE[4], alpha=0.55, linewidth=0, zorder=2)


def _draw_controls(axes: Any, rows: pd.DataFrame, y: np.ndarray) -> None:
    axes.hlines(y - _LANE, rows["random_mean"], rows["random_high"], color=INK, linewidth=1.4, zorder=3)
    axes.scatter(rows["random_mean"], y - _LANE, s=34, marker="|", color=INK, linewidth=1.4, zorder=3)
    axes.scatter(
        rows["attainable"], y, s=52, marker="v", facecolor="white", edgecolor=REFERENCE, linewidth=1.4, zorder=4
    )


def _explain(axes: Any, *, strip: bool, ceiling: bool) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.transforms import ScaledTranslation

    handles = [
        Line2D([], [], marker="D", color=ACCENT, markeredgecolor="white", label="judged clusters, 95 % interval"),
        Line2D([], [], marker="|", color=INK, label="shuffled labels: mean to 97.5 % point"),
    ]
    if ceiling:
        handles.append(Line2D([], [], linestyle="", marker="v", markerfacecolor="white", markeredgecolor=REFERENCE))
        handles[-1].set_label("attainable: predicted from each cell's neighbours")
    if strip:
        handles.append(Line2D([], [], linestyle="", marker="o", markersize=3, color=PALETTE[4], label="pipelines"))
    # a fixed distance below the axis, however many rows there are
    below = axes.transAxes + ScaledTranslation(0, -0.52, axes.get_figure().dpi_scale_trans)
    axes.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.4, 0.0), bbox_transform=below, ncols=2)
