"""Which pipelines tell the same story? A heat map of pipelines by pipelines, with the settings of each beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rashomon.core import UsageError, did_you_mean
from rashomon.pl.canvas import finish, new_axes, split
from rashomon.pl.label import label
from rashomon.pl.strip import N_LINES, N_SHARP, draw_legend, draw_strips, legend_lines, ordered_levels
from rashomon.pl.style import CONTINUOUS, INK, REFERENCE, UNKNOWN

__all__ = ["agreement_heatmap"]

_SIDE = 5.0
"""Width and height of the heat map, in inches."""

_STRIP = 0.17
"""Width of the strip of one choice, in inches."""

_TREE = 0.95
"""Height of the tree, and of the names of the choices beside it, in inches."""


def agreement_heatmap(
    pairs: pd.DataFrame,
    runs: pd.DataFrame,
    *,
    display: str = "Adjusted Rand index",
    marked: str | None = None,
    ax: Any = None,
    show: bool | None = None,
    save: Path | str | None = None,
) -> list[Any]:
    """Draw how far every two pipelines agree: pipelines that agree stand together, their settings at the left.

    Parameters
    ----------
    pairs
        ``judged``, ``against`` (names of two runs), ``value`` (1: the same; missing where undefined, drawn grey) of one
        score, as `rashomon.score.pair_table` returns them. A pair in both orders is drawn as the mean of the two.
    runs
        ``run``, and one column per choice (missing where one does not apply). Choices with one level say nothing and
        are left out.
    display
        What the value is, beside the colour bar.
    marked
        A run to point out.
    ax, show, save
        As in scanpy; nothing is shown unless `show`.

    Returns
    -------
    The Axes of the heat map, of the strips of settings, and of the tree. The order is that of average linkage on
    ``1 - value`` with neighbours as alike as the tree allows (Bar-Joseph et al. 2001); a pair without a value counts as
    no agreement there. The order of the rows of both tables does not matter.

    Raises
    ------
    UsageError
        When names of runs repeat, a pair or `marked` names an unknown run, or there are several scores.

    Examples
    --------
    >>> pairs = pd.DataFrame({"judged": ["a", "a", "b"], "against": ["b", "c", "c"], "value": [0.1, 0.9, 0.2]})
    >>> runs = pd.DataFrame({"run": ["a", "b", "c"], "scale": ["clip", "none", "clip"]})
    >>> heat, *_ = agreement_heatmap(pairs, runs)
    >>> heat.images[0].get_array().filled().round(1).tolist()
    [[1.0, 0.2, 0.1], [0.2, 1.0, 0.9], [0.1, 0.9, 1.0]]
    """
    choices = [name for name in runs.columns if name != "run" and runs[name].dropna().nunique() > 1]
    ordered = _canonical(runs, choices)
    values = _matrix(pairs, [str(name) for name in ordered["run"]], marked)
    order, links = _clustered(values)
    lines = legend_lines(ordered, choices)
    outer, panels = _panels(ax, n_choices=len(choices), n_lines=len(lines), show=show)
    if len(ordered) < 2:
        outer.text(0.5, 0.5, "fewer than two pipelines: nothing to compare", ha="center", transform=outer.transAxes)
    else:
        _draw_heat(panels[0], values[np.ix_(order, order)], display)
        draw_strips(panels[1], ordered.iloc[order], choices)
        _draw_tree(panels[2], links, order)
        draw_legend(panels[3], lines)
        _mark(panels[1], np.flatnonzero(ordered["run"].astype(str).to_numpy()[order] == marked), n=len(order))
        outer.set_xlabel(_below(values), labelpad=8)
    finish(outer, show=show, save=save)
    return panels[:3]


def _canonical(runs: pd.DataFrame, choices: Sequence[str]) -> pd.DataFrame:
    """Return the runs sorted by their settings and names, so that ties are broken alike whatever their order was."""
    names = runs["run"].astype(str)
    if names.duplicated().any():
        repeated = names[names.duplicated()].iloc[0]
        raise UsageError(f"two runs are called {repeated!r}", where="agreement_heatmap", expected="unique names")
    keys = [names.to_numpy()]
    for choice in reversed(choices):
        place = {level: at for at, level in enumerate(ordered_levels(runs[choice]))}
        keys.append(np.array([place.get(level, len(place)) for level in runs[choice]]))
    return runs.iloc[np.lexsort(keys)].reset_index(drop=True)


def _matrix(pairs: pd.DataFrame, names: list[str], marked: str | None) -> np.ndarray:
    if "score" in pairs and pairs["score"].nunique() > 1:
        raise UsageError("the pairs are of several scores", where="agreement_heatmap", fix="keep the rows of one score")
    place = {name: at for at, name in enumerate(names)}
    named = [pairs[side].astype(str) for side in ("judged", "against")]
    for name in (*named[0].unique(), *named[1].unique(), *([] if marked is None else [marked])):
        if name not in place:
            raise UsageError(f"no run {name!r}", where="agreement_heatmap", fix=did_you_mean(name, names))
    row, column = (side.map(place).to_numpy(dtype=np.intp) for side in named)
    value = pairs["value"].to_numpy(dtype=float)
    known = np.isfinite(value)
    total, count = np.zeros((2, len(names), len(names)))
    for one, other in ((row, column), (column, row)):
        np.add.at(total, (one[known], other[known]), value[known])
        np.add.at(count, (one[known], other[known]), 1)
    matrix = np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)
    np.fill_diagonal(matrix, 1.0)
    return matrix


def _clustered(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the order of the leaves, and the merges as scipy writes them."""
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import squareform

    if len(values) < 2:
        return np.arange(len(values)), np.empty((0, 4))
    # values above 1 by rounding are no distances below 0
    distance = np.maximum(1.0 - np.nan_to_num(values, nan=0.0), 0.0)
    links = linkage(squareform(distance, checks=False), "average", optimal_ordering=True)
    return leaves_list(links), links


def _panels(ax: Any, *, n_choices: int, n_lines: int, show: bool | None) -> tuple[Any, list[Any]]:
    strips = _STRIP * max(1, n_choices)
    legend = 1.75 * max(1, -(-n_lines // N_LINES))
    size = strips + 0.08 + _SIDE + 1.05 + legend, _TREE + 0.08 + _SIDE
    outer = new_axes(ax, size=(size[0] + 0.3, size[1] + 0.5), show=show)
    left, top = (strips + 0.08) / size[0], _SIDE / size[1]
    boxes = [
        (left, 0, _SIDE / size[0], top),
        (0, 0, strips / size[0], top),
        (left, 1 - _TREE / size[1], _SIDE / size[0], _TREE / size[1]),
        (1 - legend / size[0], 0, legend / size[0], 1),
    ]
    panels = split(outer, boxes)
    for panel in panels:
        panel.set(xticks=[], yticks=[])
        panel.spines[:].set_visible(False)
        panel.patch.set_visible(False)
    return outer, panels


def _draw_heat(axes: Any, values: np.ndarray, display: str) -> None:
    n = len(values)
    shown = np.ma.masked_invalid(values)
    axes.set_facecolor(UNKNOWN)
    axes.patch.set_visible(True)
    # one image: a thousand pipelines are a million squares
    image = axes.imshow(
        shown,
        cmap=CONTINUOUS,
        vmin=min(0.0, float(shown.min())),
        vmax=1.0,
        extent=(0, n, n, 0),
        aspect="auto",
        interpolation="nearest" if n <= N_SHARP else "antialiased",
    )
    bar = axes.inset_axes((1.03, 0.25, 0.03, 0.5))
    axes.get_figure().colorbar(image, cax=bar)
    bar.set_ylabel(label(display, width=30))
    bar.tick_params(length=2)


def _draw_tree(axes: Any, links: np.ndarray, order: np.ndarray) -> None:
    from matplotlib.collections import LineCollection

    n = len(order)
    # by hand: scipy's function calls itself once per level, and a chain of a thousand is too deep for that
    x, height = np.zeros(2 * n - 1), np.zeros(2 * n - 1)
    x[order] = np.arange(n) + 0.5
    lines = np.empty((n - 1, 4, 2))
    for step, (one, other, distance, _) in enumerate(links):
        a, b = int(one), int(other)
        x[n + step], height[n + step] = (x[a] + x[b]) / 2, distance
        lines[step] = [(x[a], height[a]), (x[a], distance), (x[b], distance), (x[b], height[b])]
    axes.add_collection(
        LineCollection(list(lines), colors=INK, linewidths=0.7 if n <= N_SHARP else 0.35, rasterized=n > N_SHARP)
    )
    axes.set(xlim=(0, n), ylim=(0, max(float(height.max()), 1e-9) * 1.03))


def _mark(axes: Any, rows: np.ndarray, *, n: int) -> None:
    axes.set_ylim(n, 0)
    for row in rows:
        axes.annotate(
            "re-run",
            (0.0, row + 0.5),
            xytext=(-14, 0),
            xycoords=axes.get_yaxis_transform(),
            textcoords="offset points",
            ha="right",
            va="center",
            color=REFERENCE,
            fontsize=8,
            arrowprops={"arrowstyle": "-|>", "color": REFERENCE, "shrinkA": 0, "shrinkB": 0},
        )


def _below(values: np.ndarray) -> str:
    upper = values[np.triu_indices(len(values), k=1)]
    known = upper[np.isfinite(upper)]
    absent = f"; {upper.size - known.size:,} pairs have no value (grey)" if known.size < upper.size else ""
    middle = f"; two of them agree at {np.median(known):.2f} (median)" if known.size else ""
    return f"{len(values):,} pipelines, those that agree side by side{middle}{absent}"
