"""Which choices drive the answer? One bar per source of variance."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rashomon.pl.canvas import finish, new_axes
from rashomon.pl.label import label
from rashomon.pl.style import ACCENT, INK, MUTED, UNKNOWN

__all__ = ["variance_shares"]


def variance_shares(
    shares: pd.DataFrame,
    *,
    outcome: str,
    apart: Sequence[str] = (),
    ax: Any = None,
    show: bool | None = None,
    save: Path | str | None = None,
) -> Any:
    """Draw how much of the spread of an outcome each choice explains, with its interval.

    Parameters
    ----------
    shares
        ``outcome``, ``choice``, ``share``, ``low``, ``high``. Shares sum to 1; one may be slightly negative, and is
        then drawn at 0.
    outcome
        Which outcome to draw.
    apart
        Sources that are no settings an analyst would defend (granularity, interactions, noise): drawn below a gap,
        hatched, in this order.
    ax, show, save
        As in scanpy; nothing is shown unless `show`.

    Returns
    -------
    The Axes; settings from the largest to the smallest share.
    """
    rows = shares[shares["outcome"] == outcome].set_index("choice")
    below = [name for name in apart if name in rows.index]
    above = rows.drop(index=below).sort_values("share", ascending=False, kind="stable")
    ordered = pd.concat([above, rows.loc[below]])
    axes = new_axes(ax, size=(7.6, 1.2 + 0.34 * max(2, len(ordered) + 1)), show=show)
    if ordered.empty or not np.isfinite(ordered["share"]).any():
        axes.text(0.5, 0.5, "no spread to explain", ha="center", va="center", transform=axes.transAxes)
        axes.set_axis_off()
    else:
        _draw(axes, ordered, n_above=len(above))
        axes.set_xlabel(label(f"share of the spread in {outcome}, in %", width=80))
    finish(axes, show=show, save=save)
    return axes


def _draw(axes: Any, rows: pd.DataFrame, *, n_above: int) -> None:
    y = np.arange(len(rows), dtype=float)
    y[n_above:] += 0.7 if n_above else 0.0
    bounds = 100 * rows[["share", "low", "high"]].clip(0, 1).to_numpy(dtype=float)
    value, low, high = bounds.T
    settings = slice(0, n_above), ACCENT, None
    others = slice(n_above, None), UNKNOWN, "////"
    for part, colour, hatch in (settings, others):
        axes.barh(y[part], value[part], height=0.62, color=colour, hatch=hatch, edgecolor="white", linewidth=0.5)
    axes.hlines(y, low, high, color=INK, linewidth=1.3)
    ends = np.fmax(value, high)
    for row in range(len(rows)):
        text = f"{value[row]:.0f} % ({low[row]:.0f} to {high[row]:.0f})"
        axes.text(ends[row] + 1.5, y[row], text, va="center", fontsize=8.5)
    if 0 < n_above < len(rows):
        axes.axhline(y[n_above] - 0.85, color=MUTED, linewidth=0.6)
    axes.set_yticks(y, [label(name, width=28) for name in rows.index])
    axes.set_ylim(y[-1] + 0.6, -0.6)
    longest = float(np.nanmax(ends))
    axes.set_xlim(0, max(10.0, longest) * 1.28)
    axes.set_xticks([tick for tick in range(0, 101, 20 if longest > 45 else 10) if tick <= longest + 10])
    axes.tick_params(axis="y", length=0)
