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
_N_SHOWN = 6
_PLACES = (((3, 4), "left"), ((-3, 4), "right"), ((3, -9), "left"), ((-3, -9), "right"))
"""Where the cutoffs of the first, second, ... metric stand, lest they cover each other."""


def retention_curve(
    curves: pd.DataFrame,
    *,
    n: int = _N_SHOWN,
    ax: Any = None,
    show: bool | None = None,
    save: Path | str | None = None,
) -> list[Any]:
    """Draw purity against retention over the cutoffs, beside the purity of shuffled labels.

    Parameters
    ----------
    curves
        ``truth``, ``metric``, ``cutoff``, ``retention``, ``purity``, ``random_purity``; one row per point.
    n
        Label columns that are drawn, the first ones; the others are counted on the axis.
    ax, show, save
        As in scanpy; nothing is shown unless `show`.

    Returns
    -------
    One Axes per label column. Dotted: labels shuffled, with the same clusters; the smallest and the largest cutoff are
    written beside their points.
    """
    truths, metrics = (list(dict.fromkeys(curves[name])) for name in ("truth", "metric"))
    beside = f"\n{len(truths) - n} more label columns are only in the table" if len(truths) > n else ""
    truths = truths[:n]
    end = _end(curves.loc[curves["truth"].isin(truths), "retention"])
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
        panel.set(xlim=(-0.03 * end, 1.03 * end), ylim=(-0.03, 1.08), xticks=[0, end / 2, end], yticks=[0, 0.5, 1])
        panel.set_xticklabels([f"{tick:g}" for tick in panel.get_xticks()])
        if j % n_columns:
            panel.set_yticklabels([])
        panel.grid(color=FAINT, linewidth=0.8)
        panel.set_axisbelow(True)
    if panels:
        _explain(outer, metrics, top=1 - 0.1 / n_rows)
    outer.set_xlabel("retention: share of the labelled receptors in a cluster" + beside, labelpad=18)
    outer.set_ylabel("purity: share of these with\nthe label of most in their cluster", labelpad=24)
    finish(outer, show=show, save=save)
    return panels


def _end(retention: pd.Series) -> float:
    """Return where the axis of retention ends: small shares need a short one."""
    most = retention.max()
    return next((end for end in (0.05, 0.1, 0.2, 0.5) if most <= end), 1.0)


def _draw_line(panel: Any, rows: pd.DataFrame, *, name: str, place: int) -> None:
    colour, marker = category_colour(place), _MARKERS[place % len(_MARKERS)]
    panel.plot(
        rows["retention"],
        rows["random_purity"],
        color=colour,
        linestyle=":",
        marker="_",
        markersize=6,
        linewidth=1.2,
        zorder=2,
    )
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
    offset, side = _PLACES[place % len(_PLACES)]
    for _, row in known.iloc[[0, -1] if len(known) > 1 else slice(None)].iterrows():
        panel.annotate(
            f"{row['cutoff']:g}",
            (row["retention"], row["purity"]),
            textcoords="offset points",
            xytext=offset,
            ha=side,
            fontsize=7,
            color=INK,
        )


def _explain(outer: Any, metrics: list[Any], *, top: float) -> None:
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
    handles.append(Line2D([], [], color=INK, linestyle=":", marker="_", label="shuffled labels"))
    outer.legend(handles=handles, loc="lower left", bbox_to_anchor=(0.0, top), ncols=3, borderaxespad=0)
