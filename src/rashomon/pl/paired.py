"""Where do expression and receptors agree? Expanded clones and receptor clusters per cluster, and clones by size."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rashomon.pl.canvas import finish, new_axes, split
from rashomon.pl.label import label
from rashomon.pl.style import ACCENT, FAINT, INK, MUTED, REFERENCE

__all__ = ["paired"]

_N_ROWS, _N_COLUMNS = 30, 16
_FOUND = 0.05
"""False discovery rate up to which a mark is filled."""

_BOXES = ((0.0, 0.2), (0.25, 0.44), (0.78, 0.22))
"""Left end and width of each panel."""


def paired(
    states: pd.DataFrame,
    pairs: pd.DataFrame,
    clones: pd.DataFrame,
    *,
    ax: Any = None,
    show: bool | None = None,
    save: Path | str | None = None,
) -> list[Any]:
    """Draw expanded clones and receptor clusters by expression cluster, and how far clones keep together.

    Parameters
    ----------
    states
        ``expression_cluster``, ``n_cells``, ``n_expanded``, ``observed``, ``expected``, ``q``; a row per cluster.
    pairs
        ``expression_cluster``, ``receptor_cluster``, ``receptors``, ``n_clonotypes``, ``observed``, ``q``.
    clones
        ``n_cells``, ``main_share``, ``expected_share``; a row per clone of two cells or more.
    ax, show, save
        As in scanpy; nothing is shown unless `show`.

    Returns
    -------
    Three Axes. Left: expanded clones (dot) beside those that clonotypes of the same donors would have (bar). Middle:
    the clonotypes of the largest receptor clusters. Marks are filled where they are more than expected within donors,
    at a false discovery rate of 5 %. Right: the share of a clone in its main cluster by size, and its mean if cells of
    a donor were shuffled (line).
    """
    rows = states.sort_values("n_cells", ascending=False, kind="stable").head(_N_ROWS).reset_index(drop=True)
    outer = new_axes(ax, size=(11.0, 2.3 + 0.26 * max(6, len(rows))), show=show)
    first, second, third = split(outer, [(x, 0, width, 1) for x, width in _BOXES])
    for panel in (first, second):
        for row in range(0, len(rows), 2):
            panel.axhspan(row - 0.5, row + 0.5, color=FAINT, linewidth=0, zorder=0)
        panel.set(yticks=[], ylim=(max(len(rows), 1) - 0.5, -0.5))
        panel.spines[:].set_visible(False)
        panel.tick_params(length=2)
    _draw_expansion(first, rows)
    _draw_pairs(second, rows, pairs)
    _draw_clones(third, clones)
    if len(states) > len(rows):
        outer.set_xlabel(f"{len(states) - len(rows):,} smaller clusters are not shown", labelpad=60)
    finish(outer, show=show, save=save)
    return [first, second, third]


def _untold(panel: Any, text: str) -> None:
    panel.text(0.5, 0.5, text, transform=panel.transAxes, ha="center", va="center", color=MUTED)


def _draw_expansion(panel: Any, rows: pd.DataFrame) -> None:
    y = np.arange(len(rows))
    told = rows["observed"].notna().to_numpy()
    # what was not tested is still counted
    value = rows["observed"].where(told, rows["n_expanded"]).to_numpy(dtype=float)
    found = told & (rows["q"].to_numpy(dtype=float) <= _FOUND)
    panel.hlines(y, 0, value, color=MUTED, linewidth=1.0, zorder=2)
    panel.vlines(
        rows["expected"].to_numpy(dtype=float)[told], y[told] - 0.35, y[told] + 0.35, color=REFERENCE, zorder=3
    )
    panel.scatter(value[found], y[found], s=28, color=ACCENT, zorder=4)
    panel.scatter(value[~found], y[~found], s=28, facecolor="white", edgecolor=ACCENT, linewidth=1.2, zorder=4)
    top = max(1.0, float(np.nanmax([*value, *rows["expected"], 0.0])))
    panel.set_xlim(-0.04 * top, 1.12 * top)
    panel.xaxis.get_major_locator().set_params(integer=True, nbins=4)
    names = [
        f"{label(name, width=18, lines=1)} ({n:,})"
        for name, n in zip(rows["expression_cluster"], rows["n_cells"], strict=True)
    ]
    panel.set_yticks(y, names)
    panel.tick_params(axis="y", length=0)
    panel.set_title("expanded clones", color=INK)
    panel.set_xlabel("clones of two cells or more")


def _draw_pairs(panel: Any, rows: pd.DataFrame, pairs: pd.DataFrame) -> None:
    panel.set_title("clonotypes of receptor clusters", color=INK)
    if not len(pairs):
        panel.set_xticks([])
        _untold(panel, "no receptor cluster")
        return
    best = pairs.groupby("receptor_cluster").agg(
        q=("q", "min"), n=("n_clonotypes", "first"), name=("receptors", "first")
    )
    shown = best.sort_values(["q", "n"], ascending=[True, False], kind="stable").head(_N_COLUMNS)
    place = {name: row for row, name in enumerate(rows["expression_cluster"])}
    column = {code: at for at, code in enumerate(shown.index)}
    some = pairs[pairs["receptor_cluster"].isin(shown.index) & pairs["expression_cluster"].isin(place)]
    x = some["receptor_cluster"].map(column).to_numpy(dtype=float)
    y = some["expression_cluster"].map(place).to_numpy(dtype=float)
    size = 18.0 + 130.0 * (some["observed"] / pairs["observed"].max()).to_numpy(dtype=float)
    found = (some["q"] <= _FOUND).to_numpy()
    panel.scatter(x[found], y[found], s=size[found], color=ACCENT, zorder=3)
    panel.scatter(x[~found], y[~found], s=size[~found], facecolor="white", edgecolor=MUTED, linewidth=1.0, zorder=3)
    for at_x, at_y, n, full in zip(x, y, some["observed"], found, strict=True):
        panel.text(at_x, at_y, f"{n:,}", fontsize=6, ha="center", va="center", color="white" if full else INK, zorder=4)
    names = [label(f"{row['name']} ({row['n']:,})", width=34, lines=1) for _, row in shown.iterrows()]
    panel.set_xticks(np.arange(len(shown)), names, rotation=60, ha="right", rotation_mode="anchor", fontsize=7)
    panel.set_xlim(-0.7, len(shown) - 0.3)
    more = f"; {len(best) - len(shown):,} more in the table" if len(best) > len(shown) else ""
    panel.set_xlabel(f"receptor cluster (clonotypes){more}")


def _draw_clones(panel: Any, clones: pd.DataFrame) -> None:
    panel.set_title("clones in their main cluster", color=INK)
    panel.set(ylim=(0, 1.06), yticks=[0, 0.5, 1], ylabel="share of the cells")
    panel.set_xlabel("cells of the clone")
    if not len(clones):
        panel.set_xticks([])
        _untold(panel, "no clone of two cells")
        return
    counted = clones.groupby(["n_cells", "main_share"]).size().reset_index(name="n")
    panel.scatter(
        counted["n_cells"],
        counted["main_share"],
        s=14 + 10 * np.sqrt(counted["n"]),
        facecolor="white",
        edgecolor=ACCENT,
    )
    for _, row in counted[counted["n"] > 1].iterrows():
        panel.annotate(
            f"{row['n']:.0f}",
            (row["n_cells"], row["main_share"]),
            textcoords="offset points",
            xytext=(6, -2),
            fontsize=6.5,
        )
    expected = clones.dropna(subset=["expected_share"]).groupby("n_cells")["expected_share"].mean()
    if len(expected):
        panel.plot(expected.index, expected, color=REFERENCE, linewidth=1.2, marker="_", markersize=7)
    panel.set_xscale("log")
    top = max(3, int(clones["n_cells"].max()))
    ticks = [n for n in (2, 3, 5, 10, 20, 50, 100, 200, 500, 1000, 5000) if n <= top]
    panel.set_xlim(1.7, top * 1.3)
    panel.set_xticks(ticks, [f"{n:,}" for n in ticks])
    panel.minorticks_off()
