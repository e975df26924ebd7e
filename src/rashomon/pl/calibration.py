"""What does a distance say about a shared target? Likelihood ratio and probability against the cutoff."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rashomon.pl.canvas import finish, new_axes, split
from rashomon.pl.label import label
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
        cutoff. Where they are there: ``truth`` (the label column, for the title) and ``n_pairs`` (labelled pairs within
        the cutoff).
    p
        Probability that is wanted; a dashed line.
    ax, show, save
        As in scanpy; nothing is shown unless `show`.

    Returns
    -------
    Three Axes: the probability of the same label, the likelihood ratio, and the share of background pairs within the
    cutoff. Hollow: no labelled pair is within the cutoff, the value is that of larger ones. Ratios of 0 or without
    bound reach the edge of the logarithmic axis, which shows no share of 0.
    """
    rows = table.sort_values("cutoff")
    x = rows["cutoff"].to_numpy(dtype=float)
    outer = new_axes(ax, size=(9.0, 3.2), show=show)
    panels = split(outer, [(j * 0.35, 0, 0.28, 1) for j in range(3)])
    logarithmic = [None, *(_decades(rows[list(names)]) for names in _DRAWN[1:])]
    empty = rows["n_pairs"].to_numpy() == 0 if "n_pairs" in rows else np.zeros(x.size, dtype=bool)
    for place, (panel, columns, colour) in enumerate(zip(panels, _DRAWN, (ACCENT, ACCENT, REFERENCE), strict=True)):
        value = rows[columns[0]].to_numpy(dtype=float)
        ends = logarithmic[place]
        if ends is not None:
            panel.set(yscale="log", ylim=ends)
        if len(columns) > 1:
            band = rows[list(columns[1:])].to_numpy(dtype=float).T
            panel.fill_between(x, *np.clip(band, *(ends or (0, 1))), color=colour, alpha=0.2, linewidth=0)
        panel.plot(
            x, value if ends is None else _positive(value), color=colour, marker="o", markersize=4, linewidth=1.6
        )
        if place < len(panels) - 1:
            panel.scatter(x[empty], value[empty], s=16, facecolor="white", edgecolor=colour, zorder=3)
        panel.grid(axis="y", color=FAINT, linewidth=0.8)
        panel.set_axisbelow(True)
        if np.unique(x).size <= 12:
            panel.set_xticks(np.unique(x))
    name = label(rows["truth"].iloc[0], width=24, lines=1) if "truth" in rows and len(rows) else "label"
    panels[0].set(ylim=(-0.03, 1.03), title=f"probability of the same {name}")
    if p is not None:
        panels[0].axhline(p, color=MUTED, linestyle="--", linewidth=0.8)
    panels[1].axhline(1.0, color=MUTED, linestyle="--", linewidth=0.8)
    panels[1].set_title("likelihood ratio (1: says nothing)")
    panels[2].set_title("share of background pairs")
    outer.set_xlabel("cutoff: two receptors are at this distance or less", labelpad=18)
    finish(outer, show=show, save=save)
    return panels


def _positive(value: np.ndarray) -> np.ndarray:
    """Return `value` with NaN for 0, which has no place on a logarithmic axis."""
    return np.where(value > 0, value, np.nan)


def _decades(values: pd.DataFrame) -> tuple[float, float]:
    """Return whole powers of ten around the positive values; of a ratio also around 1, which says nothing."""
    known = values.to_numpy(dtype=float).ravel()
    known = known[np.isfinite(known) & (known > 0)]
    if "lr" in values or not known.size:
        known = np.append(known, 1.0)
    low, high = np.floor(np.log10(known.min())), np.ceil(np.log10(known.max()))
    # a row of equal values needs room on both sides
    return float(10 ** (low - (low == high))), float(10 ** (high + (low == high)))


_DRAWN = (("p_same", "p_low", "p_high"), ("lr", "lr_low", "lr_high"), ("background_rate",))
"""Value and interval, where there is one, of each panel."""
