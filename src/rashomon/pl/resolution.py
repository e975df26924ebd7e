"""Over which resolutions does each cluster exist? A row per cluster, a column per resolution that was tried."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rashomon.dataset import Item
from rashomon.pl.canvas import finish, new_axes, split
from rashomon.pl.label import label, sized_labels
from rashomon.pl.strip import level_text
from rashomon.pl.style import ACCENT, FAINT, INK, MUTED, PALETTE, REFERENCE

__all__ = ["best_levels", "resolution_range"]

_N_CLUSTERS = 60
"""Clusters that are drawn at most, the largest ones."""

_NAMES = 2.6
"""Width of the names, in inches."""

_COLUMN = 0.75
"""Width of a level, in inches."""

_LEGEND = 4.6
"""Width of the legend, in inches."""

_GAP = 0.35

_MARKS = {
    "exists": ("o", ACCENT, ACCENT, "exists"),
    "halves": ("s", "white", PALETTE[1], "lost in half-samples"),
    "pipelines": ("^", "white", PALETTE[5], "lost with other settings"),
    "both": ("x", MUTED, MUTED, "lost in both"),
}
"""Marker, fill, edge and meaning; the form alone tells them apart."""


def resolution_range(
    ranges: pd.DataFrame,
    clusters: pd.DataFrame,
    *,
    item: Item = "cell",
    ax: Any = None,
    show: bool | None = None,
    save: Path | str | None = None,
) -> list[Any]:
    r"""Draw at which levels of granularity each judged cluster exists, and where most of them do.

    A bar joins neighbouring levels at which a cluster exists. Where it does not, the mark says what loses it: other
    settings at the same level, half-samples of the data, or both.

    Parameters
    ----------
    ranges
        ``cluster`` (position in `clusters`), ``choice``, ``level``, ``recovered`` (share of the pipelines),
        ``recovered_halves`` (of the half-samples; missing without), ``exists``: the table ``resolution_range`` of an
        audit.
    clusters
        ``name``, ``size``; one row per cluster in the order of the codes.
    item
        What a row of the data is, for the sizes.
    ax, show, save
        As in scanpy; nothing is shown unless `show`.

    Returns
    -------
    One Axes per choice of granularity. Rows run from clusters that exist at coarse levels to those that exist at none;
    the 60 largest are drawn, and the number below a level counts all. The levels at which most exist are shaded,
    unless that is so at all.

    Examples
    --------
    >>> rows = pd.DataFrame({"cluster": [0, 0], "choice": "resolution", "level": [0.5, 1.0], "exists": [True, False]})
    >>> table = rows.assign(recovered=[1.0, 0.5], recovered_halves=1.0)
    >>> (panel,) = resolution_range(table, pd.DataFrame({"name": ["B"], "size": [90]}))
    >>> [tick.get_text() for tick in panel.get_xticklabels()]
    ['0.5\n1 of 1', '1\n0 of 1']
    """
    choices = list(dict.fromkeys(ranges["choice"])) if len(ranges) else []
    largest = clusters["size"].sort_values(ascending=False, kind="stable").index[:_N_CLUSTERS].to_numpy()
    order = _order(ranges, largest)
    levels = [_levels(ranges[ranges["choice"] == choice]) for choice in choices]
    widths = [_COLUMN * max(2, len(each)) for each in levels]
    across = max(sum(widths) + _GAP * max(0, len(choices) - 1), _LEGEND - _NAMES)
    outer = new_axes(ax, size=(_NAMES + across + 0.2, 1.7 + 0.27 * max(3, len(order))), show=show)
    starts = np.cumsum([0.0, *(width + _GAP for width in widths)])
    panels = split(outer, [(at / across, 0, width / across, 1) for at, width in zip(starts, widths, strict=False)])
    for panel, choice, known in zip(panels, choices, levels, strict=True):
        _draw(panel, ranges[ranges["choice"] == choice], known, order)
        panel.set_xlabel(label(choice, width=24), labelpad=4)
    if panels:
        _name(panels[0], clusters.loc[order], item)
        _explain(outer)
        more = len(clusters) - len(order)
        outer.set_xlabel(f"{more:,} small clusters are counted but not drawn" if more else "", labelpad=44)
    else:
        outer.text(0.5, 0.5, "no granularity was varied", ha="center", va="center", transform=outer.transAxes)
    finish(outer, show=show, save=save)
    return panels


def best_levels(ranges: pd.DataFrame) -> list[Any]:
    """Return the levels at which most clusters exist, ascending; none where none exists at any.

    Parameters
    ----------
    ranges
        ``level`` and ``exists``, of one choice.

    Examples
    --------
    >>> best_levels(pd.DataFrame({"level": [0.5, 0.5, 1.0, 1.0], "exists": [True, True, True, False]}))
    [0.5]
    """
    counts = ranges.groupby("level", sort=True)["exists"].sum()
    return [] if not len(counts) or not counts.max() else list(counts.index[counts == counts.max()])


def _levels(ranges: pd.DataFrame) -> list[Any]:
    return sorted(ranges["level"].unique())


def _order(ranges: pd.DataFrame, shown: np.ndarray) -> np.ndarray:
    """Return the clusters from those that exist at coarse levels to those that exist at none."""
    if not len(ranges):
        return np.sort(shown)
    # of several choices the one with most levels says most
    first = ranges.groupby("choice", sort=False)["level"].nunique().idxmax()
    rows = ranges[(ranges["choice"] == first) & ranges["cluster"].isin(shown)].sort_values("level", kind="stable")
    place = {level: at for at, level in enumerate(_levels(rows))}
    at = rows["level"].map(place).where(rows["exists"].astype(bool))
    spans = pd.DataFrame({"cluster": rows["cluster"], "at": at, "found": rows["recovered"]}).groupby("cluster")
    keys = spans.agg(first=("at", "min"), last=("at", "max"), found=("found", "mean")).reindex(np.sort(shown))
    last, found = -keys["last"].fillna(-1), -keys["found"].fillna(-1)
    return keys.index.to_numpy()[np.lexsort((keys.index, found, last, keys["first"].fillna(len(place))))]


def _draw(panel: Any, ranges: pd.DataFrame, levels: list[Any], order: np.ndarray) -> None:
    for row in range(0, len(order), 2):
        panel.axhspan(row - 0.5, row + 0.5, color=FAINT, linewidth=0, zorder=0)
    best = best_levels(ranges)
    # where all levels are equally good, none is better
    best = best if len(best) < len(levels) else []
    for x, level in enumerate(levels):
        if level in best:
            panel.axvspan(x - 0.42, x + 0.42, facecolor=REFERENCE, alpha=0.13, linewidth=0, zorder=0.5)
            panel.text(
                x, 1.005, "best level", transform=panel.get_xaxis_transform(), ha="center", color=REFERENCE, fontsize=8
            )
    placed = ranges.assign(
        x=ranges["level"].map({level: x for x, level in enumerate(levels)}),
        y=ranges["cluster"].map({cluster: y for y, cluster in enumerate(order)}),
        mark=_mark(ranges),
    ).dropna(subset=["y"])
    held = placed[placed["mark"] == "exists"].sort_values(["y", "x"])
    joined = (held["y"].diff() == 0) & (held["x"].diff() == 1)
    ends = held[joined]
    panel.hlines(ends["y"], ends["x"] - 1, ends["x"], color=ACCENT, linewidth=5, zorder=2)
    for name, (marker, face, edge, _) in _MARKS.items():
        rows = placed[placed["mark"] == name]
        look = {"color": edge} if marker == "x" else {"facecolor": face, "edgecolor": edge}
        panel.scatter(rows["x"], rows["y"], s=42, marker=marker, linewidth=1.3, zorder=3, **look)
    counts = ranges.groupby("level")["exists"].agg(["sum", "size"])
    texts = [f"{level_text(level)}\n{int(counts['sum'][level])} of {counts['size'][level]}" for level in levels]
    panel.set(xlim=(-0.5, len(levels) - 0.5), ylim=(max(len(order), 1) - 0.5, -0.5), yticks=[])
    panel.set_xticks(np.arange(len(levels)), texts)
    for tick, level in zip(panel.get_xticklabels(), levels, strict=True):
        tick.set(color=REFERENCE if level in best else INK, fontweight="bold" if level in best else "normal")
    panel.spines[:].set_visible(False)
    panel.tick_params(length=0)


def _mark(ranges: pd.DataFrame) -> np.ndarray:
    """Return which mark each row has: that it exists, or what loses it."""
    exists = ranges["exists"].to_numpy(dtype=bool)
    # where it does not exist, the two shares say why: the one in which it is found less often, or both
    pipelines = ranges["recovered"].to_numpy(dtype=float) < _MOSTLY
    halves = ranges["recovered_halves"].to_numpy(dtype=float) < _MOSTLY
    lost = np.select([pipelines & halves, halves], ["both", "halves"], default="pipelines")
    return np.where(exists, "exists", lost)


_MOSTLY = 0.8
"""Share of repeats in which a cluster that exists is found, as in the table."""


def _name(panel: Any, clusters: pd.DataFrame, item: Item) -> None:
    panel.set_yticks(np.arange(len(clusters)), sized_labels(clusters, item, width=30))


def _explain(axes: Any) -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], linestyle="", marker=marker, markerfacecolor=face, markeredgecolor=edge, label=said)
        for marker, face, edge, said in _MARKS.values()
    ]
    # to the left of the panels too, where the names are
    axes.legend(
        handles=handles,
        loc="lower right",
        bbox_to_anchor=(1, 1),
        ncols=2,
        borderaxespad=2.2,
        handletextpad=0.2,
        markerscale=0.9,
    )
