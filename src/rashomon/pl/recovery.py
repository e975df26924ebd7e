"""Does each cluster come back? One row per cluster, one panel per kind of repeat."""

from __future__ import annotations

from pathlib import Path
from textwrap import fill
from typing import Any

import numpy as np
import pandas as pd

from rashomon.dataset import Item
from rashomon.pl.canvas import finish, new_axes, split
from rashomon.pl.label import label
from rashomon.pl.style import ACCENT, FAINT, INK, MUTED

__all__ = ["cluster_recovery"]

_GAP = 0.03


def cluster_recovery(
    rungs: pd.DataFrame,
    clusters: pd.DataFrame,
    *,
    threshold: float = 0.5,
    item: Item = "cell",
    ax: Any = None,
    show: bool | None = None,
    save: Path | str | None = None,
) -> list[Any]:
    """Draw how well each judged cluster is found again under each kind of repeat.

    A dot is the mean Jaccard index with the best-matching cluster, its line the range of the repeats; hollow dots lie
    below `threshold`. Rows are ordered from the best to the worst recovered cluster.

    Parameters
    ----------
    rungs
        ``cluster`` (position in `clusters`), ``rung``, ``n``, ``recovered``, ``jaccard``, ``low``, ``high``.
    clusters
        ``name``, ``size``, ``verdict``; one row per cluster in the order of the codes.
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
    size = (5.0 + 1.3 * max(1, len(names)), 1.6 + 0.3 * max(3, len(order)))
    outer = new_axes(ax, size=size, show=show)
    width = (1 + _GAP) / max(1, len(names)) - _GAP
    panels = split(outer, [(j * (width + _GAP), 0, width, 1) for j in range(len(names))])
    for panel, name in zip(panels, names, strict=True):
        _draw_rung(panel, rungs[rungs["rung"] == name].set_index("cluster").reindex(order), str(name), threshold)
    _name_rows(panels, clusters.iloc[order], item)
    axis = f"Jaccard index with the best-matching cluster; from {threshold:g} (dashed) it counts as found again"
    outer.set_xlabel(fill(axis, 24 + 20 * len(names)), labelpad=18)
    finish(outer, show=show, save=save)
    return panels


def _order(rungs: pd.DataFrame, n_clusters: int) -> np.ndarray:
    means = rungs.groupby("cluster")[["recovered", "jaccard"]].mean().reindex(range(n_clusters)).fillna(-1.0)
    return means.sort_values(["recovered", "jaccard"], ascending=False, kind="stable").index.to_numpy()


def _draw_rung(panel: Any, rows: pd.DataFrame, name: str, threshold: float) -> None:
    y = np.arange(len(rows))
    for row in y[::2]:
        panel.axhspan(row - 0.5, row + 0.5, color=FAINT, linewidth=0, zorder=0)
    panel.axvline(threshold, color=MUTED, linestyle="--", linewidth=0.8, zorder=1)
    mean = rows["jaccard"].to_numpy(dtype=float)
    panel.hlines(y, rows["low"], rows["high"], color=ACCENT, linewidth=1.6, zorder=2)
    found, lost = mean >= threshold, mean < threshold
    panel.scatter(mean[found], y[found], s=26, color=ACCENT, zorder=3)
    panel.scatter(mean[lost], y[lost], s=26, facecolor="white", edgecolor=ACCENT, linewidth=1.2, zorder=3)
    repeats = rows["n"].max()
    count = f"\nn = {repeats:.0f}" if np.isfinite(repeats) else ""
    panel.set_title(label(name, width=18) + count, color=INK)
    panel.set(xlim=(-0.03, 1.03), xticks=[0, 0.5, 1], xticklabels=["0", "0.5", "1"], yticks=[])
    panel.set_ylim(max(len(rows), 1) - 0.5, -0.5)
    panel.spines[:].set_visible(False)
    panel.tick_params(length=2)


def _name_rows(panels: list[Any], clusters: pd.DataFrame, item: Item) -> None:
    if not panels:
        return
    named = zip(clusters["name"], clusters["size"], strict=True)
    names = [f"{label(name, width=34)}, {size:,} {item}s" for name, size in named]
    panels[0].set_yticks(np.arange(len(names)), names)
    panels[0].tick_params(axis="y", length=0)
    for y, verdict in enumerate(clusters["verdict"]):
        panels[-1].text(
            1.04, y, label(verdict, width=38), transform=panels[-1].get_yaxis_transform(), va="center", fontsize=8.5
        )
