"""Does each cluster come back? One row per cluster, one panel per kind of repeat."""

from __future__ import annotations

from pathlib import Path
from textwrap import fill
from typing import Any

import numpy as np
import pandas as pd

from rashomon.dataset import Item
from rashomon.pl.canvas import finish, new_axes, split
from rashomon.pl.label import label, sized_labels
from rashomon.pl.style import ACCENT, FAINT, INK, MUTED, N_RASTER, PALETTE, REFERENCE

__all__ = ["cluster_recovery"]

_GAP = 0.03

_NULL = ("jaccard_null", "jaccard_null_95")

_BAR = "#cfc9c4"
"""What one population reaches; apart from the stripes of the rows in print, too."""


def cluster_recovery(  # noqa: PLR0913 - what is drawn, and what beside it, all by keyword
    rungs: pd.DataFrame,
    clusters: pd.DataFrame,
    *,
    repeats: pd.DataFrame | None = None,
    threshold: float = 0.5,
    item: Item = "cell",
    ax: Any = None,
    show: bool | None = None,
    save: Path | str | None = None,
) -> list[Any]:
    """Draw how well each judged cluster is found again under each kind of repeat.

    A dot is the mean Jaccard index with the best-matching cluster, its line the range of the repeats; hollow dots lie
    below `threshold`. Behind it every repeat is a small dot, and a bar is what clusters of the same size reach in one
    population without groups, where that is known: median to 95 % point. A cluster whose dots lie in the bar or left of
    it comes back no better than a cluster of noise. Rows are ordered from the best to the worst recovered cluster.

    Parameters
    ----------
    rungs
        ``cluster`` (position in `clusters`), ``rung``, ``n``, ``recovered``, ``jaccard``, ``low``, ``high``; optional
        ``jaccard_null`` and ``jaccard_null_95``.
    clusters
        ``name``, ``size``, ``verdict``; one row per cluster in the order of the codes.
    repeats
        ``cluster``, ``rung``, ``jaccard``: one row per repeat; None: they are not drawn.
    threshold
        Jaccard index from which a cluster counts as found again.
    item
        What a row of the data is, for the sizes.
    ax, show, save
        As in scanpy; nothing is shown unless `show`.

    Returns
    -------
    One Axes per kind of repeat, in the order of the table.
    """
    order = _order(rungs, len(clusters))
    names = list(dict.fromkeys(rungs["rung"]))
    size = (5.0 + 1.45 * max(1, len(names)), 1.6 + 0.3 * max(3, len(order)))
    outer = new_axes(ax, size=size, show=show)
    width = (1 + _GAP) / max(1, len(names)) - _GAP
    panels = split(outer, [(j * (width + _GAP), 0, width, 1) for j in range(len(names))])
    for panel, name in zip(panels, names, strict=True):
        rows = rungs[rungs["rung"] == name].set_index("cluster").reindex(order)
        _draw_frame(panel, rows, str(name), threshold)
        _draw_null(panel, rows)
        if repeats is not None:
            _draw_repeats(panel, repeats[repeats["rung"] == name], order)
        _draw_rung(panel, rows, threshold)
    _name_rows(panels, clusters.iloc[order], item)
    outer.set_xlabel(fill(_below(rungs, threshold, repeats), 24 + 21 * len(names)), labelpad=22)
    finish(outer, show=show, save=save)
    return panels


def _below(rungs: pd.DataFrame, threshold: float, repeats: pd.DataFrame | None) -> str:
    said = [f"Jaccard index with the best-matching cluster; from {threshold:g} (dashed) it counts as found again"]
    if repeats is not None and len(repeats):
        said.append("small dots: the repeats")
    if set(_NULL) <= set(rungs) and rungs[_NULL[1]].notna().any():
        said.append("grey bar: clusters of its size in one population without groups, median to 95 % point (red)")
    return "; ".join(said)


def _order(rungs: pd.DataFrame, n_clusters: int) -> np.ndarray:
    means = rungs.groupby("cluster")[["recovered", "jaccard"]].mean().reindex(range(n_clusters)).fillna(-1.0)
    return means.sort_values(["recovered", "jaccard"], ascending=False, kind="stable").index.to_numpy()


def _draw_frame(panel: Any, rows: pd.DataFrame, name: str, threshold: float) -> None:
    for row in range(0, len(rows), 2):
        panel.axhspan(row - 0.5, row + 0.5, color=FAINT, linewidth=0, zorder=0)
    panel.axvline(threshold, color=MUTED, linestyle="--", linewidth=0.8, zorder=2)
    repeats = rows["n"].max()
    count = f"\nn = {repeats:.0f}" if np.isfinite(repeats) else ""
    panel.set_title(label(name, width=18) + count, color=INK)
    panel.set(xlim=(-0.03, 1.03), xticks=[0, 0.5, 1], xticklabels=["0", "0.5", "1"], yticks=[])
    panel.set_ylim(max(len(rows), 1) - 0.5, -0.5)
    panel.spines[:].set_visible(False)
    panel.tick_params(length=2)


def _draw_null(panel: Any, rows: pd.DataFrame) -> None:
    """Draw what clusters of one population reach; where that is not known, there is nothing to draw."""
    if not set(_NULL) <= set(rows):
        return
    median, most = (rows[name].to_numpy(dtype=float) for name in _NULL)
    y = np.flatnonzero(np.isfinite(median) & np.isfinite(most))
    if y.size:
        panel.barh(y, (most - median)[y], left=median[y], height=0.7, color=_BAR, linewidth=0, zorder=1)
        panel.vlines(most[y], y - 0.35, y + 0.35, color=REFERENCE, linewidth=1.2, zorder=2)


def _draw_repeats(panel: Any, repeats: pd.DataFrame, order: np.ndarray) -> None:
    known = repeats.dropna(subset=["jaccard"]).sort_values(["cluster", "jaccard"], kind="stable")
    row = np.argsort(order)[known["cluster"].to_numpy(dtype=np.int64)]
    # neighbours in value lie in three lanes, so that equal values stay countable
    lane = row + 0.2 * (np.arange(row.size) % 3 - 1)
    value = known["jaccard"].to_numpy(dtype=float)
    raster = row.size > N_RASTER
    panel.scatter(value, lane, s=7, color=PALETTE[4], alpha=0.7, linewidth=0, zorder=3, rasterized=raster)


def _draw_rung(panel: Any, rows: pd.DataFrame, threshold: float) -> None:
    y = np.arange(len(rows))
    mean = rows["jaccard"].to_numpy(dtype=float)
    panel.hlines(y, rows["low"], rows["high"], color=ACCENT, linewidth=1.6, zorder=4)
    found, lost = mean >= threshold, mean < threshold
    panel.scatter(mean[found], y[found], s=26, color=ACCENT, edgecolor="white", linewidth=0.5, zorder=5)
    panel.scatter(mean[lost], y[lost], s=26, facecolor="white", edgecolor=ACCENT, linewidth=1.2, zorder=5)


def _name_rows(panels: list[Any], clusters: pd.DataFrame, item: Item) -> None:
    if not panels:
        return
    panels[0].set_yticks(np.arange(len(clusters)), sized_labels(clusters, item, width=34, lines=2))
    panels[0].tick_params(axis="y", length=0)
    for y, verdict in enumerate(clusters["verdict"]):
        panels[-1].text(
            1.04, y, label(verdict, width=38), transform=panels[-1].get_yaxis_transform(), va="center", fontsize=8.5
        )
