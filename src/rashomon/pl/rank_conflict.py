"""Do two truths prefer different pipelines? One row per pair of label columns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rashomon.pl.canvas import finish, new_axes
from rashomon.pl.label import label
from rashomon.pl.style import FAINT, INK, MUTED, PALETTE

__all__ = ["rank_conflict"]

_STEP = 0.2

_N_SHOWN = 12
"""Pairs that are drawn at most."""

_N_UNTOLD = 3
"""Rows up to which pairs that cannot be told are drawn: their reasons are mostly one and the same."""

_OVER = {"facecolor": "white", "linewidth": 0, "pad": 1.0}
"""Text stands over lines."""


def rank_conflict(
    table: pd.DataFrame,
    *,
    n: int = _N_SHOWN,
    ax: Any = None,
    show: bool | None = None,
    save: Path | str | None = None,
) -> Any:
    """Draw the share of the pairs of pipelines that two label columns order differently.

    Parameters
    ----------
    table
        ``truth_a``, ``truth_b``, ``pipelines``, ``n_pairs``, ``n_resolved``, ``conflict``, ``low``, ``high``,
        ``reason``; one row per pair of columns and kind of pipelines; where it is there, ``circular`` (names of columns
        made from the sequences, empty where neither is).
    n
        Pairs that are drawn; those of two columns that were not made from the sequences go first, then those with the
        largest conflict. Pairs that cannot be told only fill the first three rows. The others are counted on the axis.
    ax, show, save
        As in scanpy; nothing is shown unless `show`.

    Returns
    -------
    The Axes. 0: both order the pipelines alike; 0.5: no more alike than by chance; 1: in reverse. A pair that cannot be
    told has its reason in place of a dot.
    """
    # by position: pandas takes names with broken characters for one
    pairs = list(zip(table["truth_a"], table["truth_b"], strict=True))
    order, beside = _chosen(table, pairs, n=n)
    kinds = list(dict.fromkeys(table["pipelines"]))
    axes = new_axes(ax, size=(8.2, 1.6 + 0.55 * max(1, len(order))), show=show)
    for y in range(0, len(order), 2):
        axes.axhspan(y - 0.5, y + 0.5, color=FAINT, linewidth=0, zorder=0)
    axes.axvline(0.5, color=MUTED, linestyle="--", linewidth=0.8, zorder=1)
    for place, kind in enumerate(kinds):
        drawn = [one == kind and pair in order for pair, one in zip(pairs, table["pipelines"], strict=True)]
        rows = table[np.array(drawn, dtype=bool)]
        found = [pair for pair, here in zip(pairs, drawn, strict=True) if here]
        lane = np.array([order.index(pair) for pair in found]) + _STEP * (place - (len(kinds) - 1) / 2)
        _draw_kind(axes, rows, lane, kind=str(kind), place=place)
    axes.set_yticks(np.arange(len(order)), [f"{label(a, width=22)} |\n{label(b, width=22)}" for a, b in order])
    axes.set(xlim=(-0.03, 1.03), ylim=(max(1, len(order)) - 0.5, -0.5))
    axes.set_xlabel("share of the pairs of pipelines, told apart by both, that they order differently" + beside)
    axes.tick_params(axis="y", length=0)
    if kinds:
        axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=len(kinds))
    finish(axes, show=show, save=save)
    return axes


def _chosen(
    table: pd.DataFrame, pairs: list[tuple[object, object]], *, n: int
) -> tuple[list[tuple[object, object]], str]:
    """Return the pairs to draw, from the largest conflict to none and to what cannot be told; and what is left out."""
    most = dict.fromkeys(pairs, -1.0)
    made = dict.fromkeys(pairs, False)
    names = table["circular"] if "circular" in table else [""] * len(table)
    for pair, value, circular in zip(pairs, table["conflict"].fillna(-1.0), names, strict=True):
        most[pair] = max(most[pair], value)
        made[pair] |= isinstance(circular, str) and bool(circular)
    told = sorted((pair for pair in most if most[pair] >= 0), key=lambda pair: (made[pair], -most[pair]))
    untold = sorted((pair for pair in most if most[pair] < 0), key=made.__getitem__)
    shown = [*sorted(told[:n], key=lambda pair: -most[pair]), *untold[: max(0, min(n, _N_UNTOLD) - len(told))]]
    left = len(told[n:]), len(most) - len(shown) - len(told[n:])
    said = [
        f"{count:,} {what}" for count, what in zip(left, ("more pairs", "that cannot be told"), strict=True) if count
    ]
    return shown, f"\nonly in the table: {' and '.join(said)}" if said else ""


def _draw_kind(axes: Any, rows: pd.DataFrame, lane: np.ndarray, *, kind: str, place: int) -> None:
    colour, marker = PALETTE[place % len(PALETTE)], "oDs^"[place % 4]
    axes.hlines(lane, rows["low"], rows["high"], color=colour, linewidth=1.8, zorder=3)
    axes.scatter(
        rows["conflict"], lane, s=38, marker=marker, color=colour, zorder=4, label=label(kind, width=24, lines=1)
    )
    for y, (_, row) in zip(lane, rows.iterrows(), strict=True):
        if np.isfinite(row["conflict"]):
            said = f"{row['n_resolved']:.0f} of {row['n_pairs']:.0f} pairs"
            axes.text(1.03, y, said, va="center", fontsize=7.5, color=INK)
        elif isinstance(row["reason"], str):
            reason = label(row["reason"], width=80, lines=1)
            axes.text(0.01, y, reason, va="center", fontsize=7.5, color=INK, bbox=_OVER)
