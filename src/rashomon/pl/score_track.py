"""Which score may choose the resolution? Two panels: how often each score picks well, and what its picks lose."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from rashomon.pl.canvas import finish, new_axes, split
from rashomon.pl.label import label
from rashomon.pl.style import FAINT, INK, MUTED, REFERENCE, category_colour

__all__ = ["score_track"]

_MARKERS = "osD^vPX"
_NEAR = 0.05


def score_track(
    table: pd.DataFrame,
    *,
    truth: str | None = None,
    among: str | None = None,
    ax: Any = None,
    show: bool | None = None,
    save: Path | str | None = None,
) -> list[Any]:
    """Draw, per score and strength, how often its pick is one of the best, and how much agreement it loses.

    Parameters
    ----------
    table
        The table ``score_track`` of question ``which_score``.
    truth
        The planted column to draw; the first one when None.
    among
        What is chosen: ``"resolution"`` (of receptors ``"distance and cutoff"``) or ``"every pipeline"``; the first in
        the table when None.
    ax, show, save
        As in scanpy; nothing is shown unless `show`.

    Returns
    -------
    The Axes of hits and of losses; one row per score, the best on top, one mark per strength. Bars: 95 % intervals over
    twins. Dashed: the default pipeline at strength 1; dotted: a loss of 0.05, up to which a score may be believed.
    """
    truth = truth if truth is not None or table.empty else str(table["truth"].iloc[0])
    among = among if among is not None or table.empty else str(table["among"].iloc[0])
    rows = table[(table["truth"] == truth) & (table["among"] == among)]
    scores, strengths = _order(rows), sorted(rows["strength"].unique())
    outer = new_axes(ax, size=(7.4, 1.9 + 0.34 * max(len(scores), 3)), show=show)
    panels = split(outer, [(0.24, 0.1, 0.35, 0.8), (0.64, 0.1, 0.35, 0.8)])
    for j, strength in enumerate(strengths):
        shown = rows[rows["strength"] == strength].set_index("score").reindex(scores)
        height = [place + 0.22 * (j - (len(strengths) - 1) / 2) for place in range(len(scores))]
        look = {"color": category_colour(j), "marker": _MARKERS[j % len(_MARKERS)], "markersize": 5, "linestyle": ""}
        for panel, name in zip(panels, ("hit", "regret"), strict=True):
            panel.hlines(height, shown[f"{name}_low"], shown[f"{name}_high"], color=look["color"], linewidth=1.2)
            panel.plot(shown[name], height, label=f"{strength:g} times", **look)
    _dress(panels, scores, rows)
    if strengths:
        panels[0].legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=3, borderaxespad=0, handletextpad=0.2)
    outer.set_title(f"{label(str(truth or ''), width=40)} planted, with its differences as fitted (1) or otherwise")
    finish(outer, show=show, save=save)
    return panels


def _order(rows: pd.DataFrame) -> list[Any]:
    """Return the scores, those that pick best at the fitted strength on top; without a value at the end."""
    fitted = rows[rows["strength"] == 1.0] if (rows["strength"] == 1.0).any() else rows
    ordered = fitted.sort_values(["hit", "regret"], ascending=[False, True], na_position="last", kind="stable")
    return list(dict.fromkeys([*ordered["score"], *rows["score"]]))


def _dress(panels: list[Any], scores: list[Any], rows: pd.DataFrame) -> None:
    fitted = rows.loc[rows["strength"] == 1.0, "default_hit"]
    if len(fitted):
        panels[0].axvline(fitted.iloc[0], color=REFERENCE, linestyle="--", linewidth=1.2)
    panels[1].axvline(_NEAR, color=MUTED, linestyle=":", linewidth=1.2)
    for panel in panels:
        panel.set_ylim(len(scores) - 0.4 if scores else 1, -0.6)
        panel.grid(axis="x", color=FAINT, linewidth=0.8)
        panel.set_axisbelow(True)
    panels[0].set(xlim=(-0.03, 1.03), xlabel="share of twins in which\nits pick is one of the best")
    if len(fitted):
        panels[0].set_xlabel(panels[0].get_xlabel() + "\n(dashed: the default pipeline)")
    panels[0].set_yticks(range(len(scores)), [label(str(name), width=24, lines=1) for name in scores], color=INK)
    panels[1].set(yticks=[], xlabel=f"agreement (AMI) lost\nby its pick\n(dotted: {_NEAR:g}, which is tolerated)")
