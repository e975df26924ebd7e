"""What does a distance say about a shared target? Likelihood ratio and probability against the cutoff."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rashomon.pl.canvas import finish, new_axes, split
from rashomon.pl.style import ACCENT, FAINT, MUTED, REFERENCE

__all__ = ["calibration"]


def calibration(
    table: pd.DataFrame,
    *,
    p: float | None = None,
    ax: Any = None,
    show: bool | None = None,
    save: Path | str | None = None,
) -> list[Any]:
    """Draw what two receptors within a cutoff tell about sharing a label, with intervals.

    Parameters
    ----------
    table
        ``cutoff``, ``lr``, ``lr_low``, ``lr_high``, ``p_same``, ``p_low``, ``p_high``, ``background_rate``; one row per
        cutoff.
    p
        Probability that is wanted; a dashed line.
    ax, show, save
        As in scanpy; nothing is shown unless `show`.

    Returns
    -------
    Three Axes: the probability of the same label, the likelihood ratio, and the share of background pairs within the
    cutoff.
    """
    rows = table.sort_values("cutoff")
    x = rows["cutoff"].to_numpy(dtype=float)
    outer = new_axes(ax, size=(9.0, 3.2), show=show)
    panels = split(outer, [(j * 0.35, 0, 0.28, 1) for j in range(3)])
    for panel, columns, colour in zip(panels, _DRAWN, (ACCENT, ACCENT, REFERENCE), strict=True):
        value, low, high = (rows[name].to_numpy(dtype=float) if name else None for name in columns)
        if low is not None:
            panel.fill_between(x, low, high, color=colour, alpha=0.2, linewidth=0)
        panel.plot(x, value, color=colour, marker="o", markersize=3.5, linewidth=1.6)
        panel.grid(axis="y", color=FAINT, linewidth=0.8)
        panel.set_axisbelow(True)
        if np.unique(x).size <= 12:
            panel.set_xticks(np.unique(x))
    panels[0].set(ylim=(-0.03, 1.03), title="probability of the same label")
    if p is not None:
        panels[0].axhline(p, color=MUTED, linestyle="--", linewidth=0.8)
    panels[1].axhline(1.0, color=MUTED, linestyle="--", linewidth=0.8)
    panels[1].set_title("likelihood ratio (1: says nothing)")
    panels[2].set_title("share of background pairs")
    for panel, names in zip(panels[1:], (("lr", "lr_low", "lr_high"), ("background_rate",)), strict=True):
        known = rows[list(names)].to_numpy(dtype=float)
        known = known[np.isfinite(known)]
        # a logarithmic axis cannot show 0
        panel.set_yscale("log" if known.size and known.min() > 0 else "symlog")
    outer.set_xlabel("cutoff: two receptors are at this distance or less", labelpad=18)
    finish(outer, show=show, save=save)
    return panels


_DRAWN = (("p_same", "p_low", "p_high"), ("lr", "lr_low", "lr_high"), ("background_rate", None, None))
"""Value and interval of each panel."""
