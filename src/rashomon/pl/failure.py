"""Which runs failed or were never made, and why? Counts per reason and per setting; nothing is left out in silence."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from rashomon.pl.canvas import finish, new_axes, split
from rashomon.pl.label import label
from rashomon.pl.strip import level_text, ordered_levels
from rashomon.pl.style import FAINT, INK, REFERENCE, UNKNOWN

__all__ = ["failures"]

_N_REASONS = 12
"""Reasons that are named; the rarer ones are one row."""

_N_CHOICES = 8
"""Choices whose levels are drawn, those with the largest differences first."""

_N_LEVELS = 10

_ROW = 0.27
"""Height of a row, in inches."""

_BETWEEN = 0.62
"""Height of the heading of a panel, in inches."""


class _Bars(NamedTuple):
    """A panel: names of rows (a heading has no value), values, texts at their ends."""

    title: str
    names: list[str]
    values: list[float]
    texts: list[str]
    failed: bool


def failures(
    runs: pd.DataFrame,
    not_run: pd.DataFrame,
    *,
    choices: Sequence[str] = (),
    ax: Any = None,
    show: bool | None = None,
    save: Path | str | None = None,
) -> list[Any]:
    """Draw how many runs failed for which reason and under which setting, and which alternatives were not run.

    Parameters
    ----------
    runs
        One row per run: ``status`` (``ok`` or ``failed``), ``reason``, and the `choices`.
    not_run
        ``choice``, ``level``, ``because``: alternatives that the data or the budget did not allow.
    choices
        Columns of `runs` by which failed runs are counted, at most eight of them, those that differ most first; one
        in which all runs are alike says nothing and is left out.
    ax, show, save
        As in scanpy; nothing is shown unless `show`.

    Returns
    -------
    Up to three Axes, from the top: runs per reason, the share of failed runs per setting, alternatives that were not
    run per reason. A panel without anything to count is not drawn; where no run failed, a sentence says so.

    Examples
    --------
    >>> runs = pd.DataFrame({"status": ["ok", "failed"], "reason": ["", "out of memory"], "scale": ["none", "clip 10"]})
    >>> panels = failures(runs, pd.DataFrame(), choices=["scale"])
    >>> [text.get_text() for text in panels[1].texts]
    ['1 of 1', '0 of 1']
    """
    failed = runs[runs["status"] == "failed"] if len(runs) else runs
    found = [_reasons(failed, len(runs)), *_settings(runs, failed, choices), *_never(not_run)]
    bars = [one for one in found if one.names]
    heights = [_BETWEEN + _ROW * len(one.names) for one in bars]
    total = max(1.0, sum(heights))
    outer = new_axes(ax, size=(8.2, total + 0.5), show=show)
    tops = 1 - np.cumsum([0.0, *heights]) / total
    boxes = [(0.0, float(low), 1.0, (height - _BETWEEN) / total) for low, height in zip(tops[1:], heights, strict=True)]
    panels = split(outer, boxes)
    for panel, one in zip(panels, bars, strict=True):
        _draw(panel, one)
    if not len(failed):
        said = f"no run failed: all {len(runs):,} were finished" if len(runs) else "nothing was run"
        outer.text(0, 1.0 if bars else 0.5, said, transform=outer.transAxes, va="bottom", fontweight="bold")
    finish(outer, show=show, save=save)
    return panels


def _reasons(failed: pd.DataFrame, n_runs: int) -> _Bars:
    title = f"{len(failed):,} of {n_runs:,} runs failed, by reason"
    if not len(failed):
        return _Bars(title, [], [], [], failed=True)
    counts = failed["reason"].fillna("").replace("", "no reason was given").value_counts(sort=False)
    ordered = sorted(counts.items(), key=lambda entry: (-entry[1], str(entry[0])))
    shown = ordered[:_N_REASONS] if len(ordered) > _N_REASONS + 1 else ordered
    names, values = [str(reason) for reason, _ in shown], [float(n) for _, n in shown]
    if len(shown) < len(ordered):
        names.append(f"{len(ordered) - len(shown):,} other reasons")
        values.append(float(sum(n for _, n in ordered[len(shown) :])))
    return _Bars(title, names, values, [f"{value:,.0f} run{'s' if value > 1 else ''}" for value in values], failed=True)


def _settings(runs: pd.DataFrame, failed: pd.DataFrame, choices: Sequence[str]) -> list[_Bars]:
    """Return the share of runs that failed at each level of each choice that varies, the most telling choice first."""
    found = []
    for choice in choices if len(failed) else ():
        total, lost = runs[choice].value_counts(), failed[choice].value_counts()
        if len(total) > 1:
            shares = lost.reindex(total.index, fill_value=0) / total
            found.append((float(shares.min() - shares.max()), str(choice), _levels(runs[choice], total, lost)))
    # stable: equals stay in the order of the analysis
    found.sort(key=lambda entry: entry[0])
    names: list[str] = []
    values: list[float] = []
    texts: list[str] = []
    for _, choice, levels in found[:_N_CHOICES]:
        names += [choice, *(name for name, *_ in levels)]
        values += [np.nan, *(100 * bad / n for _, bad, n in levels)]
        texts += ["", *(f"{bad:,} of {n:,}" for _, bad, n in levels)]
    title = "share of the runs that failed at each setting"
    title += f" ({len(found) - _N_CHOICES:,} more settings differ less)" if len(found) > _N_CHOICES else ""
    return [_Bars(title, names, values, texts, failed=True)]


def _levels(column: pd.Series, total: pd.Series, lost: pd.Series) -> list[tuple[str, int, int]]:
    """Return name, failed runs and runs of each level; beyond ten, those where nothing failed are one row."""
    levels = ordered_levels(column)
    apart = [level for level in levels if len(levels) <= _N_LEVELS or level in lost.index]
    rows = [(level_text(level), int(lost.get(level, 0)), int(total[level])) for level in apart]
    rest = [level for level in levels if level not in apart]
    return [*rows, (f"{len(rest):,} other levels", 0, int(total[rest].sum()))] if rest else rows


def _never(not_run: pd.DataFrame) -> list[_Bars]:
    """Return the alternatives that were not run, by reason, named at the ends of the bars."""
    if not len(not_run):
        return []
    groups = []
    for reason, rows in not_run.groupby("because", sort=True):
        named = [
            f"{choice} = {', '.join(sorted(map(level_text, levels)))}"
            for choice, levels in rows.groupby("choice", sort=True)["level"]
        ]
        groups.append((-len(rows), str(reason), "; ".join(named)))
    groups.sort()
    title = f"{len(not_run):,} alternative{'s' if len(not_run) > 1 else ''} not run, by reason"
    values = [float(-count) for count, _, _ in groups]
    return [_Bars(title, [reason for _, reason, _ in groups], values, [text for *_, text in groups], failed=False)]


def _draw(panel: Any, bars: _Bars) -> None:
    y, value = np.arange(len(bars.names)), np.array(bars.values)
    headings = np.isnan(value)
    longest = float(np.nanmax(value))
    for row in y[::2]:
        panel.axhspan(row - 0.5, row + 0.5, color=FAINT, linewidth=0, zorder=0)
    look = {"color": REFERENCE} if bars.failed else {"color": UNKNOWN, "hatch": "////", "edgecolor": "white"}
    panel.barh(y, np.nan_to_num(value), height=0.6, zorder=2, **look)
    for row in np.flatnonzero(~headings):
        text = label(bars.texts[row], width=60, lines=1)
        panel.text(
            value[row] + (0.01 if bars.failed else 0.04) * longest, y[row], text, va="center", fontsize=8, color=INK
        )
    names = [label(name, width=46) for name in bars.names]
    panel.set_yticks(y, names, fontsize=7.5, linespacing=0.95)
    for tick, heading in zip(panel.get_yticklabels(), headings, strict=True):
        tick.set_fontweight("bold" if heading and len(bars.names) > 1 else "normal")
    panel.set(xlim=(0, max(longest, 1e-9) * (1.25 if bars.failed else 4.0)), ylim=(len(y) - 0.5, -0.5), xticks=[])
    panel.set_title(bars.title, loc="left", fontweight="bold")
    panel.tick_params(length=0)
    panel.spines[:].set_visible(False)
