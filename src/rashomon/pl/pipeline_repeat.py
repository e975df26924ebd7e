"""Which pipelines find their own labels again? One line per pipeline over its numbers of clusters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from rashomon.core import UsageError, did_you_mean
from rashomon.pl.canvas import finish, new_axes
from rashomon.pl.style import ACCENT, FAINT, INK, MUTED

__all__ = ["pipeline_repeats"]


def pipeline_repeats(
    table: pd.DataFrame,
    *,
    perturbation: str = "halves",
    repeats: str | None = None,
    ax: Any = None,
    show: bool | None = None,
    save: Path | str | None = None,
) -> Any:
    """Draw how well every pipeline finds its own labels again, over the number of its clusters.

    Pipelines are compared at the same number of clusters, because few clusters are always found again: one is found
    with an agreement of 1.

    Parameters
    ----------
    table
        ``pipeline_repeats`` of an audit with ``repeat_all=True``: ``pipeline``, ``branch``, ``stands_in``,
        ``perturbation``, ``n_clusters``, ``agreement``, ``low``, ``high``.
    perturbation
        Which repeats are drawn.
    repeats
        What they are, in words for the axis; `perturbation` when None.
    ax, show, save
        As in scanpy; nothing is shown unless `show`.

    Returns
    -------
    The Axes: a line with a dot per granularity for each pipeline, the one that stands in for the labels on trial on
    top, with the range of 95 % of its repeats; dashed are pipelines of a branch, whose settings are not equivalent.

    Raises
    ------
    UsageError
        When there are no such repeats.

    Examples
    --------
    >>> rows = [("a", True, 4, 0.9), ("a", True, 8, 0.7), ("b", False, 4, 0.8)]
    >>> table = pd.DataFrame(rows, columns=["pipeline", "stands_in", "n_clusters", "agreement"])
    >>> axes = pipeline_repeats(table.assign(branch="", perturbation="halves", low=0.6, high=1.0))
    >>> [line.get_xdata().tolist() for line in axes.lines]
    [[4], [4, 8]]
    """
    known = list(dict.fromkeys(table["perturbation"])) if len(table) else []
    if perturbation not in known:
        raise UsageError(
            f"no pipeline was repeated with {perturbation!r}",
            where="pl.pipeline_repeats(perturbation=)",
            expected="the table pipeline_repeats of an audit with repeat_all=True",
            fix=did_you_mean(perturbation, known) if known else "audit with repeat_all=True",
        )
    drawn = table[table["perturbation"] == perturbation].dropna(subset=["agreement"])
    axes = new_axes(ax, size=(6.4, 4.0), show=show)
    # the one on trial last, so that it lies on top
    for (stands_in, _), rows in drawn.groupby(["stands_in", "pipeline"], sort=True):
        _draw_line(axes, rows.sort_values(["n_clusters", "agreement"], kind="stable"), stands_in=bool(stands_in))
    n = drawn["pipeline"].nunique()
    axes.set_xlabel("clusters of the pipeline on all data, one dot per granularity")
    axes.set_ylabel(f"agreement with its own labels\nin {repeats or f'repeats ({perturbation})'}")
    axes.grid(color=FAINT, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.xaxis.get_major_locator().set_params(integer=True)
    _explain(axes, n_others=n - int(drawn["stands_in"].any()), drawn=drawn)
    finish(axes, show=show, save=save)
    return axes


def _draw_line(axes: Any, rows: pd.DataFrame, *, stands_in: bool) -> None:
    x, y = rows["n_clusters"].to_numpy(), rows["agreement"].to_numpy()
    dashed = "--" if rows["branch"].fillna("").iloc[0] else "-"
    if stands_in:
        axes.vlines(x, rows["low"], rows["high"], color=ACCENT, linewidth=1.2, alpha=0.6, zorder=3)
        axes.plot(x, y, color=ACCENT, linestyle=dashed, marker="o", markersize=5, linewidth=2, zorder=4)
    else:
        axes.plot(x, y, color=MUTED, linestyle=dashed, marker="o", markersize=2.5, linewidth=0.8, alpha=0.6, zorder=2)


def _explain(axes: Any, *, n_others: int, drawn: pd.DataFrame) -> None:
    from matplotlib.lines import Line2D

    handles = []
    if drawn["stands_in"].any():
        named = "the pipeline that was re-run for your labels, with 95 % of its repeats"
        handles.append(Line2D([], [], color=ACCENT, marker="o", markersize=5, linewidth=2, label=named))
    if n_others:
        named = f"{n_others} other pipeline{'s' if n_others > 1 else ''}"
        handles.append(Line2D([], [], color=MUTED, marker="o", markersize=2.5, linewidth=0.8, label=named))
    if (drawn["branch"].fillna("") != "").any():
        handles.append(Line2D([], [], color=INK, linestyle="--", linewidth=0.8, label="a branch: not equivalent"))
    axes.legend(handles=handles, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=1, borderaxespad=0.2)
