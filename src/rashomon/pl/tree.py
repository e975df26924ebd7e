"""How do clusters split as the resolution grows? A row per resolution, lines where the cells of a cluster come from."""

from __future__ import annotations

from pathlib import Path
from textwrap import fill
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from rashomon.core import UsageError
from rashomon.dataset import Item
from rashomon.pl.canvas import finish, new_axes
from rashomon.pl.flow import spread
from rashomon.pl.label import label
from rashomon.pl.strip import level_text
from rashomon.pl.style import CONTINUOUS, INK, REFERENCE, UNKNOWN

__all__ = ["cluster_tree", "coarse_to_fine"]

_N_NODES = 60
"""Clusters of a level that are drawn at most, the largest ones."""

_SWEEPS = 12

_N_FEW = 4

_MARGIN = 0.55
"""Room beside the outermost dots, where the least distance is 1."""

_ROW = 1.0
"""Distance of levels, in inches."""

_POINTS = 72.0

_NARROW = 9.0
"""Width of a dot, in points, from which its number fits into it."""

_NARROWEST = 4.0
"""Width of the smallest dot, in points; smaller ones would not be seen."""

_WIDEST = 30.0

_CLOSE = 20.0
"""Distance of dots, in points, under which a number that does not fit into its dot stands below, not beside it."""

_LEAST = 0.05
"""Share of the lower cluster below which a line is not drawn, but counted: hundreds of them hide the others."""

_LIGHT = 0.6
"""Stability from which dark text can be read on its colour."""

_PROPORTION = ((0.0, 0.10), (1.0, 0.95))
"""Opacity of a line, by the share of the lower cluster's items that it carries."""


class _Tree(NamedTuple):
    """Nodes and lines of the drawing; rows of `nodes` sorted by level, from the top, and then by size."""

    nodes: pd.DataFrame
    upper: np.ndarray
    lower: np.ndarray
    share: np.ndarray
    left_out: str


def cluster_tree(
    nodes: pd.DataFrame,
    edges: pd.DataFrame,
    *,
    marked: Any = None,
    item: Item = "cell",
    ax: Any = None,
    show: bool | None = None,
    save: Path | str | None = None,
) -> Any:
    r"""Draw the clusters of every resolution, and where each takes its items from (Zappia & Oshlack 2018).

    A dot is a cluster: its area is the number of items, its colour how well it is found again. A line carries the items
    that two clusters of neighbouring levels share; it fades where they are a small share of the lower cluster. A
    cluster under one dark line splits off cleanly; one under several faint lines is mixed anew.

    Parameters
    ----------
    nodes
        One row per cluster and level: ``choice`` (what sets the level), ``level``, ``cluster``, ``size``, ``stability``
        in [0, 1] (missing where unknown, drawn grey), and, if there, ``name``, written below the lowest level.
    edges
        ``level``, ``cluster`` (above), ``next_level``, ``next_cluster`` (below), ``in_proportion``: the share of the
        items of the lower cluster that the upper one holds.
    marked
        The level to point out.
    item
        What a row of the data is.
    ax, show, save
        As in scanpy; nothing is shown unless `show`.

    Returns
    -------
    The Axes. Coarse levels are above; lower clusters stand under the one that most of them comes from. At most the 60
    largest clusters of a level are drawn, and the others are counted. The order of the rows does not matter.

    Raises
    ------
    UsageError
        When a cluster occurs twice in a level, or an edge ends at a cluster that is no node.

    Examples
    --------
    >>> nodes = pd.DataFrame({"choice": "resolution", "level": [0.5, 1, 1], "cluster": [0, 0, 1], "size": [9, 6, 3]})
    >>> edges = pd.DataFrame({"level": 0.5, "cluster": 0, "next_level": 1.0, "next_cluster": [0, 1]})
    >>> axes = cluster_tree(nodes.assign(stability=[1, 0.9, 0.4]), edges.assign(in_proportion=1.0))
    >>> [text.get_text() for text in axes.get_yticklabels()]
    ['0.5\n1 cluster', '1\n2 clusters']
    """
    levels = coarse_to_fine(nodes)
    tree = _tree(nodes, edges, levels)
    widest = int(tree.nodes["level"].value_counts().max()) if len(tree.nodes) else 1
    width = float(np.clip(0.42 * widest, 4.2, 12.0))
    named = "name" in tree.nodes
    axes = new_axes(ax, size=(width + 2.2, 1.0 + _ROW * max(1, len(levels)) + 1.5 * named), show=show)
    if tree.nodes.empty:
        axes.text(0.5, 0.5, "no clusters at any level", ha="center", va="center", transform=axes.transAxes)
        axes.set_axis_off()
    else:
        x = _places(tree)
        y = tree.nodes["level"].map({level: at for at, level in enumerate(levels)}).to_numpy(dtype=float)
        _draw_edges(axes, tree, x, y)
        _draw_nodes(axes, tree.nodes, x, y, pitch=width * _POINTS / max(widest, _N_FEW))
        _name_levels(axes, nodes, levels, marked)
        axes.set_xlim(x.min() - _MARGIN, x.max() + _MARGIN)
        if named:
            _name_clusters(axes, tree.nodes, x, last=levels[-1])
        below = f"a dot is a cluster, its area the number of {item}s{tree.left_out}"
        axes.set_xlabel(fill(below, int(14 * width)), labelpad=8)
    finish(axes, show=show, save=save)
    return axes


def coarse_to_fine(nodes: pd.DataFrame) -> list[Any]:
    """Return the levels from coarse to fine: as they grow, or as they fall where small ones make more clusters.

    Parameters
    ----------
    nodes
        ``level``, ``cluster``; one row per cluster and level.

    Examples
    --------
    >>> coarse_to_fine(pd.DataFrame({"level": [1, 1, 1, 12, 24], "cluster": [0, 1, 2, 0, 0]}))
    [24, 12, 1]
    """
    counts = nodes.groupby("level", sort=False)["cluster"].size()
    levels = list(counts.index)
    if not all(isinstance(level, int | float | np.number) for level in levels):
        return sorted(levels, key=lambda level: (counts[level], str(level)))
    levels.sort()
    growth = np.polyfit(np.arange(len(levels)), counts[levels].to_numpy(dtype=float), 1)[0] if len(levels) > 1 else 0.0
    return levels if growth > -1e-9 else levels[::-1]


def _tree(nodes: pd.DataFrame, edges: pd.DataFrame, levels: list[Any]) -> _Tree:
    if nodes.duplicated(["level", "cluster"]).any():
        raise UsageError("a cluster occurs twice in a level", where="cluster_tree", expected="one row per cluster")
    place = nodes["level"].map({level: at for at, level in enumerate(levels)}).to_numpy()
    order = np.lexsort((nodes["cluster"].to_numpy(dtype=str), -nodes["size"].to_numpy(), place))
    ranked = nodes.iloc[order].reset_index(drop=True)
    shown = ranked[ranked.groupby("level").cumcount() < _N_NODES].reset_index(drop=True)
    at = {key: row for row, key in enumerate(zip(ranked["level"], ranked["cluster"], strict=True))}
    kept = {key: row for row, key in enumerate(zip(shown["level"], shown["cluster"], strict=True))}
    ends = [
        list(zip(edges[level], edges[cluster], strict=True))
        for level, cluster in (("level", "cluster"), ("next_level", "next_cluster"))
    ]
    for key in (*ends[0], *ends[1]):
        if key not in at:
            raise UsageError(f"an edge ends at cluster {key[1]!r} of level {key[0]!r}, which is no node", where="edges")
    drawn = [one in kept and other in kept for one, other in zip(*ends, strict=True)]
    upper, lower = (np.array([kept.get(key, -1) for key in end], dtype=np.intp)[drawn] for end in ends)
    share = edges["in_proportion"].to_numpy(dtype=float)[drawn]
    kept_lines = share >= _LEAST
    upper, lower, share = upper[kept_lines], lower[kept_lines], share[kept_lines]
    # faint lines first, the others over them
    rank = np.lexsort((lower, upper, share))
    said = [f"; {len(ranked) - len(shown):,} small clusters"] if len(ranked) > len(shown) else []
    n_faint = int((~kept_lines).sum())
    said += (
        [f"; {n_faint:,} line{'s' if n_faint > 1 else ''} under {100 * _LEAST:.0f} % of the lower cluster"]
        if n_faint
        else []
    )
    are = "is" if not len(said) - 1 and n_faint == 1 else "are"
    left_out = f"{''.join(said)} {are} not drawn" if said else ""
    return _Tree(shown, upper[rank], lower[rank], share[rank], left_out)


def _places(tree: _Tree) -> np.ndarray:
    """Return where each node stands, in units of the least distance: under its parent, then straightened."""
    levels = [group.to_numpy() for group in tree.nodes.groupby("level", sort=False).groups.values()]
    width = float(max(level.size for level in levels))
    order, x = [_seriated(tree, levels[0])], np.zeros(len(tree.nodes))
    x[order[0]] = np.arange(levels[0].size)
    for level in levels[1:]:
        parent, pull = _parents(tree, level, x)
        # brothers in the order of all that they take items from
        order.append(level[np.lexsort((level, pull, parent))])
        x[order[-1]] = np.arange(level.size)
    for row in order:
        x[row] += (width - row.size) / 2
    for sweep in range(_SWEEPS):
        for row in order if sweep % 2 else reversed(order):
            x[row] = spread(_wanted(tree, row, x).tolist(), distance=1.0, low=0.0, high=max(width - 1.0, 1e-9))
    return x


def _seriated(tree: _Tree, level: np.ndarray) -> np.ndarray:
    """Return the nodes of the top level so that those with common clusters below are neighbours."""
    from scipy.cluster.hierarchy import leaves_list, linkage

    if level.size < 3:
        return level
    flow = np.zeros((level.size, len(tree.nodes)))
    row = {node: at for at, node in enumerate(level)}
    for upper, lower, share in zip(tree.upper, tree.lower, tree.share, strict=True):
        if upper in row:
            flow[row[upper], lower] = share
    rows, columns = np.triu_indices(level.size, k=1)
    common = np.minimum(flow[rows], flow[columns]).sum(axis=1)
    return level[leaves_list(linkage(1.0 / (1.0 + common), "average", optimal_ordering=True))]


def _parents(tree: _Tree, level: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return for each node the place of the cluster above that it mostly comes from, and of all, by their shares."""
    parent, pull = np.full((2, level.size), np.inf)
    for at, node in enumerate(level):
        above = np.flatnonzero(tree.lower == node)
        if above.size:
            parent[at] = x[tree.upper[above[-1]]]
            pull[at] = np.average(x[tree.upper[above]], weights=tree.share[above] + 1e-12)
    return parent, pull


def _wanted(tree: _Tree, row: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return where the neighbours above and below want each node."""
    total, weight = x[row] * 1e-6, np.full(row.size, 1e-6)
    at = {node: place for place, node in enumerate(row)}
    for one, other in ((tree.upper, tree.lower), (tree.lower, tree.upper)):
        for node, near, share in zip(one, other, tree.share, strict=True):
            if node in at:
                # squared: a few cells from elsewhere do not bend a branch
                total[at[node]] += share**2 * x[near]
                weight[at[node]] += share**2
    return np.asarray(total / weight)


def _draw_edges(axes: Any, tree: _Tree, x: np.ndarray, y: np.ndarray) -> None:
    from matplotlib.collections import LineCollection
    from matplotlib.colors import to_rgba

    (_, faint), (_, full) = _PROPORTION
    lines = np.stack([np.column_stack([x[end], y[end]]) for end in (tree.upper, tree.lower)], axis=1)
    colours = [to_rgba(INK, faint + (full - faint) * float(share) ** 1.5) for share in tree.share]
    axes.add_collection(LineCollection(list(lines), colors=colours, linewidths=0.4 + 2.0 * tree.share, zorder=1))


def _draw_nodes(axes: Any, nodes: pd.DataFrame, x: np.ndarray, y: np.ndarray, *, pitch: float) -> None:
    from matplotlib import colormaps

    diameter = _diameters(nodes, x, pitch)
    stability = np.ma.masked_invalid(nodes["stability"].to_numpy(dtype=float))
    dots = axes.scatter(
        x,
        y,
        s=diameter**2,
        c=stability,
        cmap=colormaps[CONTINUOUS].with_extremes(bad=UNKNOWN),
        vmin=0,
        vmax=1,
        plotnonfinite=True,
        edgecolor=INK,
        linewidth=0.6,
        zorder=3,
    )
    bar = axes.get_figure().colorbar(dots, ax=axes, fraction=0.04, pad=0.02, aspect=15, shrink=0.7, anchor=(0, 1))
    bar.set_label(f"Jaccard index in half-samples{' (grey: unknown)' if np.ma.is_masked(stability) else ''}")
    dark = stability.filled(1.0) < _LIGHT
    for place, cluster in enumerate(nodes["cluster"]):
        text, inside = label(cluster, width=6, lines=1), diameter[place] >= _NARROW
        if inside:
            _write(
                axes,
                text,
                (x[place], y[place]),
                size=float(np.clip(0.55 * diameter[place], 6.0, 8.5)),
                dark=dark[place],
            )
        else:
            _write_beside(axes, text, (x[place], y[place]), diameter[place] / 2 + 1.0, below=pitch < _CLOSE)


def _diameters(nodes: pd.DataFrame, x: np.ndarray, pitch: float) -> np.ndarray:
    """Return the diameter of each dot in points: as large as neighbours allow, the area the number of items."""
    root = np.sqrt(nodes["size"].to_numpy(dtype=float))
    largest = _WIDEST / root.max()
    for _, rows in nodes.groupby("level", sort=False):
        row = rows.index.to_numpy()
        order = row[np.argsort(x[row], kind="stable")]
        room = np.diff(x[order]) * pitch / ((root[order[1:]] + root[order[:-1]]) / 2)
        largest = min(largest, 0.95 * float(room.min(initial=np.inf)))
    return np.asarray(np.maximum(root * largest, _NARROWEST))


def _write(axes: Any, text: str, at: tuple[float, float], *, size: float, dark: bool) -> None:
    axes.text(*at, text, ha="center", va="center", fontsize=size, color="white" if dark else INK, zorder=4)


def _write_beside(axes: Any, text: str, at: tuple[float, float], offset: float, *, below: bool) -> None:
    from matplotlib.patheffects import withStroke

    axes.annotate(
        text,
        at,
        xytext=(0.0, -offset) if below else (offset, 0.0),
        textcoords="offset points",
        ha="center" if below else "left",
        va="top" if below else "center",
        fontsize=6.0,
        path_effects=[withStroke(linewidth=1.8, foreground="white")],
        zorder=4,
    )


def _name_levels(axes: Any, nodes: pd.DataFrame, levels: list[Any], marked: Any) -> None:
    counts = nodes["level"].value_counts()
    texts = [f"{level_text(level)}\n{counts[level]:,} cluster{'s' if counts[level] > 1 else ''}" for level in levels]
    axes.set_yticks(
        np.arange(len(levels)),
        [f"{text}\nre-run" if level == marked else text for text, level in zip(texts, levels, strict=True)],
    )
    for tick, level in zip(axes.get_yticklabels(), levels, strict=True):
        tick.set(color=REFERENCE if level == marked else INK, fontweight="bold" if level == marked else "normal")
    axes.set(xticks=[], ylim=(len(levels) - 0.6, -0.4), ylabel=label(nodes["choice"].iloc[0], width=30))
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)


def _name_clusters(axes: Any, nodes: pd.DataFrame, x: np.ndarray, *, last: Any) -> None:
    lowest = np.flatnonzero((nodes["level"] == last).to_numpy())
    names = [label(name, width=32, lines=1) for name in nodes["name"].iloc[lowest]]
    axes.set_xticks(x[lowest], names, rotation=90, fontsize=7.5)
