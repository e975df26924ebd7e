"""What makes each cluster of receptors? One row per cluster: one donor, one V gene, one label, one long chain."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rashomon.pl.canvas import finish, new_axes, split
from rashomon.pl.label import label
from rashomon.pl.style import ACCENT, FAINT, INK, MUTED

__all__ = ["receptor_clusters"]

_N_SHOWN = 40

_PANELS = (
    ("largest donor", "top_donor_share", "top_donor"),
    ("most common V gene", "v_share", "top_v"),
    ("label (filled: in excess)", "label_share", "label"),
)
"""Title, share, and the name written beside the dot."""

_WIDTHS = (0.12, 0.18, 0.18, 0.18)
_GAP = 0.11


def receptor_clusters(
    table: pd.DataFrame,
    *,
    n: int = _N_SHOWN,
    ax: Any = None,
    show: bool | None = None,
    save: Path | str | None = None,
) -> list[Any]:
    """Draw what the receptors of each cluster have in common, the largest clusters first.

    Parameters
    ----------
    table
        ``name``, ``n``, ``verdict``, ``top_donor``, ``top_donor_share``, ``top_v``, ``v_share``, ``label``,
        ``label_share``, ``label_q``; one row per cluster.
    n
        Clusters that are drawn; the others are counted on the axis.
    ax, show, save
        As in scanpy; nothing is shown unless `show`.

    Returns
    -------
    Four Axes: number of receptors (logarithmic), then the shares of one donor, one V gene and one label. A label is
    filled where it is enriched beyond V, J and length. What is known of no cluster is said to be unknown.
    """
    rows = table.sort_values("n", ascending=False, kind="stable").head(n).reset_index(drop=True)
    outer = new_axes(ax, size=(10.0, 1.6 + 0.3 * max(3, len(rows))), show=show)
    starts = np.concatenate([[0.0], np.cumsum(np.array(_WIDTHS) + _GAP)[:-1]])
    panels = split(outer, [(x, 0, width, 1) for x, width in zip(starts, _WIDTHS, strict=True)])
    y = np.arange(len(rows))
    for panel in panels:
        for row in y[::2]:
            panel.axhspan(row - 0.5, row + 0.5, color=FAINT, linewidth=0, zorder=0)
        panel.set(yticks=[], ylim=(max(len(rows), 1) - 0.5, -0.5))
        panel.spines[:].set_visible(False)
        panel.tick_params(length=2)
    _draw_sizes(panels[0], rows, y)
    for panel, (title, share, name) in zip(panels[1:], _PANELS, strict=True):
        filled = rows["label_q"].to_numpy(dtype=float) <= 0.05 if share == "label_share" else np.ones(len(rows), bool)
        _draw_shares(panel, rows[share].to_numpy(dtype=float), filled, rows[name])
        panel.set_title(title, color=INK)
    panels[0].set_yticks(y, [label(name, width=18, lines=1) for name in rows["name"]])
    panels[0].tick_params(axis="y", length=0)
    for place, verdict in enumerate(rows["verdict"]):
        panels[-1].text(
            1.72, place, label(verdict, width=30), transform=panels[-1].get_yaxis_transform(), va="center", fontsize=7.5
        )
    beside = f"; {len(table) - len(rows):,} smaller clusters are not shown" if len(table) > len(rows) else ""
    outer.set_xlabel(f"share of the receptors of the cluster{beside}", labelpad=18)
    finish(outer, show=show, save=save)
    return panels


def _draw_sizes(panel: Any, rows: pd.DataFrame, y: np.ndarray) -> None:
    panel.hlines(y, 1, rows["n"], color=MUTED, linewidth=1.2, zorder=2)
    panel.scatter(rows["n"], y, s=22, color=INK, zorder=3)
    panel.set_xscale("log")
    largest = max(2, int(rows["n"].max() if len(rows) else 2))
    ticks = [10**power for power in range(7) if 10**power <= largest]
    for place, n in zip(y, rows["n"], strict=True):
        panel.annotate(
            f"{n:,}", (n, place), textcoords="offset points", xytext=(5, 0), va="center", fontsize=7, color=INK
        )
    # room for the number beside the largest one
    panel.set(xlim=(1, largest**1.5 * 2), xticks=ticks[:: 1 + (len(ticks) > 3)])
    panel.set_xticklabels([f"{tick:,}" for tick in panel.get_xticks()])
    panel.minorticks_off()
    panel.set_title("receptors", color=INK)


def _short(name: str) -> str:
    """Return a name of at most 11 characters: names of donors often differ at the end only."""
    return name if len(name) <= 11 else f"{name[:5]}…{name[-5:]}"


def _draw_shares(panel: Any, share: np.ndarray, filled: np.ndarray, names: pd.Series) -> None:
    y = np.arange(share.size)
    panel.scatter(share[filled], y[filled], s=26, color=ACCENT, zorder=3)
    panel.scatter(share[~filled], y[~filled], s=26, facecolor="white", edgecolor=ACCENT, linewidth=1.2, zorder=3)
    panel.set(xlim=(-0.03, 1.03), xticks=[0, 0.5, 1], xticklabels=["0", "0.5", "1"])
    for place, (value, name) in enumerate(zip(share, names, strict=True)):
        if np.isfinite(value):
            panel.text(1.07, place, label(_short(str(name))), va="center", fontsize=7, color=INK)
    if share.size and not np.isfinite(share).any():
        panel.text(0.5, 0.5, "not known", transform=panel.transAxes, ha="center", va="center", color=MUTED)
