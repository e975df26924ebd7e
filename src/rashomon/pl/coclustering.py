"""Which clusters are put together? Cluster by cluster: how often repeats put their cells into one cluster."""

from __future__ import annotations

from pathlib import Path
from textwrap import fill
from typing import Any

import numpy as np
import pandas as pd

from rashomon.dataset import Item
from rashomon.pl.canvas import finish, new_axes, split
from rashomon.pl.label import label, sized_labels
from rashomon.pl.style import CONTINUOUS, INK, UNKNOWN, ink_on

__all__ = ["coclustering"]

_N_VALUES = 14
"""Clusters up to which values are written into the squares."""

_SHORT = 6
"""Characters of a name that is written across under a column; longer ones stand upright."""

_SEEN = 0.005
"""Smallest share that is written; what is below would read 0.00."""

_N_BESIDE = 24
"""Clusters up to which panels stand side by side; more of them have names that need the whole width."""

_GAP = 0.06


def coclustering(
    blocks: pd.DataFrame,
    clusters: pd.DataFrame,
    *,
    item: Item = "cell",
    ax: Any = None,
    show: bool | None = None,
    save: Path | str | None = None,
) -> list[Any]:
    """Draw how often the cells of each two clusters are put together, one panel per kind of repeat.

    The square of two clusters is the share of the pairs of their cells, one from each, that a repeat puts into one
    cluster, on average over the repeats; on the diagonal it is the share of a cluster's own pairs. A bright square
    beside the diagonal is a border that repeats do not draw.

    Parameters
    ----------
    blocks
        ``repeats`` (title of the panel), ``a`` and ``b`` (positions in `clusters`; either order), ``together`` (in
        [0, 1], NaN unknown: grey), ``n`` (repeats).
    clusters
        ``cluster`` (short name), ``name``, ``size``; one row per cluster.
    item
        What a row of the data is, for the sizes.
    ax, show, save
        As in scanpy; nothing is shown unless `show`.

    Returns
    -------
    One Axes per kind of repeat, in the order of the table. All have the same order of rows: that of average-linkage
    clustering of the mean over the panels, leaves arranged so that neighbours are put together most.
    """
    titles = list(dict.fromkeys(blocks["repeats"]))
    matrices = [_matrix(blocks[blocks["repeats"] == title], len(clusters)) for title in titles]
    order = _order(matrices, len(clusters))
    size, boxes = _layout(len(titles), len(clusters), below=_below(clusters["cluster"]))
    outer = new_axes(ax, size=size, show=show)
    panels = split(outer, boxes)
    drawn = None
    for panel, title, matrix in zip(panels, titles, matrices, strict=True):
        drawn = _draw(panel, matrix[np.ix_(order, order)])
        repeats = blocks.loc[blocks["repeats"] == title, "n"].max()
        panel.set_title(label(title, width=30) + (f"\nn = {repeats:.0f}" if np.isfinite(repeats) else ""), color=INK)
        _name_columns(panel, clusters["cluster"].iloc[order])
        if panel is panels[0] or len(clusters) > _N_BESIDE:
            _name_rows(panel, clusters.iloc[order], item)
    if drawn is not None:
        bar = outer.get_figure().colorbar(drawn, ax=outer, fraction=0.03, pad=0.02, ticks=[0, 0.5, 1])
        bar.set_label("share of the pairs put together")
        bar.ax.tick_params(length=2)
    axis = "Bright beside the diagonal: the two clusters are often one. Rows and columns have the same order"
    outer.set_xlabel(fill(axis, int(9 * size[0])), labelpad=_below(clusters["cluster"]))
    finish(outer, show=show, save=save)
    return panels


def _layout(
    n_panels: int, n_clusters: int, *, below: float
) -> tuple[tuple[float, float], list[tuple[float, float, float, float]]]:
    """Return the size of the figure in inches, and the box of each panel, `below` points of names under each."""
    n = max(1, n_panels)
    if n_clusters <= _N_BESIDE:
        side = float(np.clip(0.34 * n_clusters, 2.2, 4.8))
        width = (1 + _GAP) / n - _GAP
        return (2.9 + n * (side + 0.35), 1.75 + side), [(j * (width + _GAP), 0, width, 1) for j in range(n_panels)]
    side = float(np.clip(0.125 * n_clusters, 4.4, 7.5))
    gap = (0.7 + below / 72) / side
    unit = 1 / (n + (n - 1) * gap)
    boxes = [(0.0, (n - 1 - j) * unit * (1 + gap), 1.0, unit) for j in range(n_panels)]
    return (3.4 + side, 1.3 + side / unit), boxes


def _matrix(rows: pd.DataFrame, n_clusters: int) -> np.ndarray:
    matrix = np.full((n_clusters, n_clusters), np.nan)
    a, b = rows["a"].to_numpy(dtype=np.int64), rows["b"].to_numpy(dtype=np.int64)
    matrix[a, b] = matrix[b, a] = rows["together"].to_numpy(dtype=float)
    return matrix


def _order(matrices: list[np.ndarray], n_clusters: int) -> np.ndarray:
    """Return the positions of the clusters, those that are put together side by side."""
    if n_clusters < 3 or not matrices:
        return np.arange(n_clusters)
    from scipy.cluster.hierarchy import leaves_list, linkage

    # a pair that no run saw says nothing for standing together
    stack = np.nan_to_num(np.stack(matrices), nan=0.0)
    upper = np.triu_indices(n_clusters, 1)
    leaves = leaves_list(linkage(1.0 - stack.mean(axis=0)[upper], method="average", optimal_ordering=True))
    return np.asarray(leaves if leaves[0] <= leaves[-1] else leaves[::-1])


def _draw(panel: Any, values: np.ndarray) -> Any:
    panel.set_facecolor(UNKNOWN)
    mesh = panel.pcolormesh(np.ma.masked_invalid(values), cmap=CONTINUOUS, vmin=0.0, vmax=1.0, rasterized=True)
    panel.set(ylim=(max(1, len(values)), 0), xlim=(0, max(1, len(values))), yticks=[])
    panel.tick_params(length=0)
    panel.spines[:].set_visible(False)
    if len(values) <= _N_VALUES:
        for y, x in zip(*np.nonzero(values >= _SEEN), strict=True):
            colour = ink_on(mesh.cmap(mesh.norm(values[y, x])))
            panel.text(x + 0.5, y + 0.5, _number(values[y, x]), ha="center", va="center", color=colour, fontsize=7.5)
    return mesh


def _number(value: float) -> str:
    """Return a share in as few characters as a square has room for."""
    return "1" if value >= 1 - _SEEN else f"{value:.2f}".removeprefix("0")


def _upright(names: pd.Series) -> bool:
    return len(names) > 2 * _N_VALUES or bool(names.map(lambda name: len(str(name)) > _SHORT).any())


def _below(names: pd.Series) -> float:
    longest = min(18, max((len(str(name)) for name in names), default=0))
    return 20.0 + 5.5 * longest * _upright(names)


def _name_columns(panel: Any, names: pd.Series) -> None:
    shown = [label(name, width=18, lines=1) for name in names]
    size = 8.0 if len(shown) <= 2 * _N_VALUES else 6.0
    rotation = 90 if _upright(names) else 0
    panel.set_xticks(np.arange(len(shown)) + 0.5, shown, rotation=rotation, fontsize=size)


def _name_rows(panel: Any, clusters: pd.DataFrame, item: Item) -> None:
    names = sized_labels(clusters, item, width=34)
    panel.set_yticks(np.arange(len(names)) + 0.5, names, fontsize=8.5 if len(names) <= 2 * _N_VALUES else 6.0)
