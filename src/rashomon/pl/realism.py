"""Do simulated cells look like real ones? One small panel per summary, real and simulated values overlaid."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from pathlib import Path
from textwrap import fill
from typing import Any

import numpy as np
import pandas as pd

from rashomon.pl.canvas import finish, new_axes, split
from rashomon.pl.label import label
from rashomon.pl.style import INK, MUTED, REFERENCE, UNKNOWN

__all__ = ["realism"]

_COLUMNS = 4
_WIDTH, _HEIGHT = 3.0, 2.25
_N_BINS = 40
_N_BANDS = 20
_SKEWED = 0.1
_FEWEST = 10
"""Items in a band from which it is drawn."""


def realism(
    summaries: Mapping[str, tuple[np.ndarray, np.ndarray]],
    table: pd.DataFrame,
    *,
    names: Mapping[str, str] | None = None,
    title: str = "",
    ax: Any = None,
    show: bool | None = None,
    save: Path | str | None = None,
) -> list[Any]:
    """Draw the real and the simulated values of every summary, with the Kolmogorov-Smirnov distance as title.

    A summary of one number is a histogram, as the share of the values in each of 40 bins: real filled grey, simulated
    an orange line. Bins span what lies between the 0.1 and the 99.9 % quantiles of both; values beyond are counted in
    the last bin on their side. A relation of two numbers is the median of the second in 20 bands of equal width of the
    first, with the range from 10 to 90 %; bands with fewer than 10 values are left out. Axes of values from 0 on whose
    median lies below a tenth of their range are logarithmic, and their first bin counts the zeros. Summaries without
    values are named below the panels, with the reason.

    Parameters
    ----------
    summaries
        Real and simulated values by name, shape ``(n,)`` or ``(n, 2)``; empty where undefined.
    table
        ``summary``, ``distance``, ``value``, ``reason``; optionally ``floor``, the distance between two halves of the
        real cells, which is then given beside it.
    names
        What to write on the axis, by summary; the name itself where it is missing. For a relation, the names of the two
        numbers are separated by ``" and "``.
    title
        Above the figure.
    ax, show, save
        As in scanpy; nothing is shown unless `show`.

    Returns
    -------
    One Axes per summary with values on both sides, in their order.
    """
    drawn = [name for name, pair in summaries.items() if all(len(values) for values in pair)]
    n_rows = max(1, ceil(len(drawn) / _COLUMNS))
    outer = new_axes(ax, size=(_WIDTH * _COLUMNS, _HEIGHT * n_rows + 0.9), show=show)
    panels = split(outer, [_box(i, n_rows) for i in range(len(drawn))])
    for panel, name in zip(panels, drawn, strict=True):
        real, simulated = (np.asarray(values, dtype=float) for values in summaries[name])
        shown = (names or {}).get(name, name)
        (_draw_relation if real.ndim == 2 else _draw_values)(panel, real, simulated, shown)
        panel.set_title(_distance(table[table["summary"] == name]), color=INK, fontsize=8.5, pad=3)
        panel.tick_params(length=2, labelsize=7.5)
    _explain(outer, title)
    outer.set_xlabel(_absent(summaries, table, drawn), labelpad=4, loc="left", fontsize=8, color=INK)
    finish(outer, show=show, save=save)
    return panels


def _box(position: int, n_rows: int) -> tuple[float, float, float, float]:
    row, column = divmod(position, _COLUMNS)
    width, height = 1 / _COLUMNS, 1 / n_rows
    return column * width + 0.18 * width, 1 - (row + 0.78) * height, 0.76 * width, 0.58 * height


def _edges(real: np.ndarray, simulated: np.ndarray, *, n: int) -> np.ndarray:
    """Return ends of `n` bins that span both samples: of equal width, or of equal ratio where values are skewed."""
    both = [np.quantile(values, [0.001, 0.999]) for values in (real, simulated)]
    low, high = min(ends[0] for ends in both), max(ends[1] for ends in both)
    if low == high:
        return np.linspace(low - 0.5, low + 0.5, n + 1)
    positive = real[real > 0]
    if low >= 0 and positive.size and np.median(real) < _SKEWED * high:
        return np.geomspace(np.quantile(positive, 0.01), high, n + 1)
    return np.linspace(low, high, n + 1)


def _scale(panel: Any, edges: np.ndarray) -> None:
    if not np.isclose(edges[1] - edges[0], edges[-1] - edges[-2]):
        panel.set_xscale("log")
        panel.minorticks_off()


def _draw_values(panel: Any, real: np.ndarray, simulated: np.ndarray, name: str) -> None:
    edges = _edges(real, simulated, n=_N_BINS)
    styles = {"color": UNKNOWN, "fill": True}, {"color": REFERENCE, "linewidth": 1.3}
    for values, style in zip((real, simulated), styles, strict=True):
        share = 100 * np.histogram(np.clip(values, edges[0], edges[-1]), bins=edges)[0] / values.size
        panel.stairs(share, edges, **style)
    _scale(panel, edges)
    lowest = " (first bin from 0)" if panel.get_xscale() == "log" else ""
    panel.set_xlabel(label(name + lowest, width=34), fontsize=8, labelpad=2)
    panel.set_ylabel("% of values", fontsize=7.5, labelpad=2, color=MUTED)
    panel.set_ylim(bottom=0)


def _draw_relation(panel: Any, real: np.ndarray, simulated: np.ndarray, name: str) -> None:
    edges = _edges(real[:, 0], simulated[:, 0], n=_N_BANDS)
    for values, colour, area, alpha in ((real, INK, UNKNOWN, 0.8), (simulated, REFERENCE, REFERENCE, 0.25)):
        middle, low, centre, high = _bands(values, edges)
        panel.fill_between(middle, low, high, color=area, alpha=alpha, linewidth=0)
        panel.plot(middle, centre, color=colour, linewidth=1.3)
    _scale(panel, edges)
    first, _, second = name.partition(" and ")
    panel.set_xlabel(label(first, width=34), fontsize=8, labelpad=2)
    panel.set_ylabel(label(second, width=20), fontsize=7.5, labelpad=2)


def _bands(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Return median of the first number, and 10, 50 and 90 % quantile of the second, in bands of the first."""
    band = np.digitize(np.clip(values[:, 0], edges[0], edges[-1]), edges[1:-1])
    parts = [values[band == i] for i in range(len(edges) - 1)]
    rows = [[np.median(p[:, 0]), *np.quantile(p[:, 1], [0.1, 0.5, 0.9])] for p in parts if len(p) >= _FEWEST]
    return np.array(rows).reshape(-1, 4).T


def _distance(rows: pd.DataFrame) -> str:
    rows = rows[rows["distance"].isin(["ks", "ks_2d"])]
    if rows.empty or not np.isfinite(rows["value"].iloc[0]):
        return "no distance"
    row = rows.iloc[0]
    floor = row.get("floor", np.nan)
    beside = f" (real halves {floor:.2f})" if np.isfinite(floor) else ""
    return f"KS {row['value']:.2f}{beside}"


def _explain(outer: Any, title: str) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles = [Patch(color=UNKNOWN, label="real cells"), Line2D([], [], color=REFERENCE, label="simulated cells")]
    outer.legend(handles=handles, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2, borderaxespad=0.2)
    outer.set_title(label(title, width=90), loc="left", fontsize=10)


def _absent(summaries: Mapping[str, Any], table: pd.DataFrame, drawn: list[str]) -> str:
    reasons = table.drop_duplicates("summary").set_index("summary")["reason"]
    lines = [f"{name}: {reasons.get(name, 'no values')}" for name in summaries if name not in drawn]
    return "\n".join(label(fill(line, 150)) for line in (["Not computable:", *lines] if lines else []))
