"""Where do clusters of receptors run together? Largest component and retention against the cutoff."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rashomon.pl.canvas import finish, new_axes, split
from rashomon.pl.label import label
from rashomon.pl.style import ACCENT, FAINT, INK, MUTED, REFERENCE

__all__ = ["percolation"]

_MOST_TICKS = 12


def percolation(
    table: pd.DataFrame,
    *,
    limit: float = 0.1,
    ax: Any = None,
    show: bool | None = None,
    save: Path | str | None = None,
) -> list[Any]:
    """Draw the share of the largest component, and the retention beside that of a matched background.

    Parameters
    ----------
    table
        ``metric``, ``cutoff``, ``retention``, ``largest_share``, ``background_retention``, ``background_low``,
        ``background_high`` (NaN: no background); one row per metric and cutoff.
    limit
        Share of all receptors above which one component says that links chain.
    ax, show, save
        As in scanpy; nothing is shown unless `show`.

    Returns
    -------
    Two Axes per metric: the largest component above, the retention below.
    """
    names = list(dict.fromkeys(table["metric"]))
    n = max(1, len(names))
    outer = new_axes(ax, size=(1.4 + 3.3 * max(n, 1.2), 4.6), show=show)
    width = 1.0 / n
    boxes = [(j * width, y, width - 0.04, 0.44) for j in range(len(names)) for y in (0.56, 0.0)]
    panels = split(outer, boxes)
    for j, name in enumerate(names):
        rows = table[table["metric"] == name].sort_values("cutoff")
        above, below = panels[2 * j : 2 * j + 2]
        _draw_largest(above, rows, limit)
        _draw_retention(below, rows)
        above.set_title(label(name, width=34), color=INK)
        for panel in (above, below):
            panel.grid(axis="y", color=FAINT, linewidth=0.8)
            panel.set_axisbelow(True)
            panel.set(ylim=(-0.03, 1.03), yticks=[0, 0.5, 1])
            if j:
                panel.set_yticklabels([])
    if panels:
        panels[0].set_ylabel("largest component,\nshare of receptors")
        panels[1].set_ylabel("retention")
        _explain(outer, background=bool(table["background_retention"].notna().any()))
    outer.set_xlabel("cutoff: largest distance of a link", labelpad=18)
    finish(outer, show=show, save=save)
    return panels


def _draw_largest(panel: Any, rows: pd.DataFrame, limit: float) -> None:
    panel.axhline(limit, color=MUTED, linestyle="--", linewidth=0.8)
    panel.plot(rows["cutoff"], rows["largest_share"], color=ACCENT, marker="o", markersize=3.5, linewidth=1.6)
    _mark_cutoffs(panel, rows)
    panel.set_xticklabels([])


def _mark_cutoffs(panel: Any, rows: pd.DataFrame) -> None:
    """Set the same ticks above and below: one at each cutoff, unless they are many."""
    x = np.unique(rows["cutoff"].to_numpy(dtype=float))
    panel.set_xticks(x[:: -(-x.size // _MOST_TICKS)] if x.size else [])
    margin = 0.06 * float(np.ptp(x)) if x.size > 1 else 0.5
    if x.size:
        panel.set_xlim(x[0] - margin, x[-1] + margin)


def _draw_retention(panel: Any, rows: pd.DataFrame) -> None:
    x = rows["cutoff"].to_numpy(dtype=float)
    low, high = (rows[name].to_numpy(dtype=float) for name in ("background_low", "background_high"))
    panel.fill_between(x, low, high, color=REFERENCE, alpha=0.2, linewidth=0)
    panel.plot(x, rows["background_retention"], color=REFERENCE, linestyle="--", marker="s", markersize=3)
    panel.plot(x, rows["retention"], color=ACCENT, marker="o", markersize=3.5, linewidth=1.6)
    _mark_cutoffs(panel, rows)


def _explain(outer: Any, *, background: bool) -> None:
    from matplotlib.lines import Line2D

    handles = [Line2D([], [], color=ACCENT, marker="o", markersize=4, label="these receptors")]
    if background:
        dashed = Line2D([], [], color=REFERENCE, linestyle="--", marker="s", markersize=4)
        dashed.set_label("background with the same V, J, length and number")
        handles.append(dashed)
    outer.legend(handles=handles, loc="lower left", bbox_to_anchor=(0.0, 1.08), ncols=1, borderaxespad=0)
