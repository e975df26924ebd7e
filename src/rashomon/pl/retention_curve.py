"""How pure are clusters at the same retention? One panel per label column, one line per metric."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from rashomon.pl.canvas import finish, new_axes, split
from rashomon.pl.label import label
from rashomon.pl.style import FAINT, INK, category_colour

__all__ = ["retention_curve"]

_MARKERS = "osD^vPX"
_N_COLUMNS = 3


def retention_curve(
    curves: pd.DataFrame,
    *,
    ax: Any = None,
    show: bool | None = None,
    save: Path | str | None = None,
) -> list[Any]:
    """Draw purity against retention over the cutoffs, beside the purity of shuffled labels.

    Parameters
    ----------
    curves
        ``truth``, ``metric``, ``cutoff``, ``retention``, ``purity``, ``random_purity``; one row per point.
    ax, show, save
        As in scanpy; nothing is shown unless `show`.

    Returns
    -------
    One Axes per label column. Dotted: labels shuffled, with the same clusters; the smallest and the largest cutoff are
    written beside their points.
    """
    truths, metrics = (list(dict.fromkeys(curves[name])) for name in ("truth", "metric"))
    n_columns = min(_N_COLUMNS, max(1, len(truths)))
    n_rows = -(-len(truths) // n_columns) or 1
    outer = new_axes(ax, size=(1.2 + 3.0 * max(n_columns, 1.5), 1.2 + 2.9 * n_rows), show=show)
    width, height = 1 / n_columns, 1 / n_rows
    boxes = [
        ((j % n_columns) * width, 1 - (j // n_columns + 1) * height, width - 0.04, height - 0.2 / n_rows)
        for j in range(len(truths))
    ]
    panels = split(outer, boxes)
    for j, (panel, truth) in enumerate(zip(panels, truths, strict=True)):
        for place, metric in enumerate(metrics):
            rows = curves[(curves["truth"] == truth) & (curves["metric"] == metric)].sort_values("cutoff")
            _draw_line(panel, rows, name=str(metric), place=place)
        panel.set_title(label(truth, width=34), color=INK)
        panel.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.06), xticks=[0, 0.5, 1], yticks=[0, 0.5, 1])
        if j % n_columns:
            panel.set_yticklabels([])
        panel.grid(color=FAINT, linewidth=0.8)
        panel.set_axisbelow(True)
    if panels:
        _explain(outer, metrics)
    outer.set_xlabel("retention: share of the labelled receptors in a cluster", labelpad=18)
    outer.set_ylabel("purity: share of these with\nthe label of most in their cluster", labelpad=24)
    finish(outer, show=show, save=save)
    return panels


def _draw_line(panel: Any, rows: pd.DataFrame, *, name: str, place: int) -> None:
    colour, marker = category_colour(place), _MARKERS[place % len(_MARKERS)]
    panel.plot(rows["retention"], rows["random_purity"], color=colour, linestyle=":", linewidth=1.2, zorder=2)
    panel.plot(
        rows["retention"],
        rows["purity"],
        color=colour,
        marker=marker,
        markersize=4,
        linewidth=1.5,
        zorder=3,
        label=label(name, width=24, lines=1),
    )
    known = rows.dropna(subset=["retention", "purity"])
    for _, row in known.iloc[[0, -1] if len(known) > 1 else slice(None)].iterrows():
        panel.annotate(
            f"{row['cutoff']:g}",
            (row["retention"], row["purity"]),
            textcoords="offset points",
            xytext=(2, 4),
            fontsize=7,
            color=INK,
        )


def _explain(outer: Any, metrics: list[Any]) -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D(
            [],
            [],
            color=category_colour(j),
            marker=_MARKERS[j % len(_MARKERS)],
            markersize=4,
            label=label(name, width=24, lines=1),
        )
        for j, name in enumerate(metrics)
    ]
    handles.append(Line2D([], [], color=INK, linestyle=":", label="shuffled labels"))
    outer.legend(handles=handles, loc="lower left", bbox_to_anchor=(0.0, 1.02), ncols=3, borderaxespad=0)
