"""What does a knob do to each score? Means over its levels, between what is attainable and random labels."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rashomon.core import UsageError, did_you_mean
from rashomon.pl.benchmark_score import KEYS, below, chosen_scores, invalid_scores, level_text, view_note
from rashomon.pl.canvas import finish, new_axes, split
from rashomon.pl.label import label
from rashomon.pl.style import ACCENT, FAINT, INK, MUTED, REFERENCE

__all__ = ["knob_effects"]

_ALL = "all pipelines"
_ACROSS = 4
_BROKEN = ("ranks otherwise", "at its negative control", "no value")
_ENDS = "nothing attainable"
_HOLDS = "holds"
_BOUNDS = ["positive", "attainable", "negative", "negative_sd"]
_LOOKS: dict[str, dict[str, Any]] = {
    "it ranks pipelines as AMI does": {"marker": "o", "color": ACCENT, "mec": ACCENT, "ms": 5},
    "broken": {"marker": "X", "color": REFERENCE, "mec": INK, "ms": 8},
    "nothing attainable": {"marker": "s", "color": "#ffffff", "mec": INK, "ms": 5},
    "cannot tell, or nothing to rank": {"marker": "o", "color": "#ffffff", "mec": ACCENT, "ms": 5},
}


def knob_effects(  # noqa: PLR0913 - what is drawn, and where, all by keyword
    tables: Mapping[str, pd.DataFrame],
    knob: str,
    *,
    scores: Sequence[str] | None = None,
    truth: str | None = None,
    view: str | None = None,
    ax: Any = None,
    show: bool | None = None,
    save: Path | str | None = None,
) -> list[Any]:
    """Draw each score over the levels of one knob, with what bounds it from above and from below.

    Parameters
    ----------
    tables
        Of a benchmark: ``effects``, ``ranking``, ``break_points``, ``scores``, ``sweep`` and ``controls``.
    knob
        The knob that is turned.
    scores
        Names of the scores to draw; all that rank pipelines when None.
    truth, view
        As in `rashomon.pl.break_points`.
    ax, show, save
        As in scanpy; nothing is shown unless `show`.

    Returns
    -------
    The Axes, one per score, each in its own units. Thick: the mean over pipelines, with its 95 % interval over data
    sets; thin: each pipeline. Dashed: the same score of the most probable classes given the data; where nobody can
    know these, dotted, that of the truth itself. Hatched: random labels of the same sizes, their mean and two standard
    deviations. The mark says whether the score still ranks pipelines as their agreement does, which is AMI with the
    oracle's labels, or with the truth where there is no oracle. Where no setting has a level of its own (thirds of a
    latin hypercube), bounds are not drawn, and the label of the axis says so.

    Raises
    ------
    UsageError
        When the knob was not turned, or a score is unknown.
    """
    chosen = chosen_scores(tables, truth=truth, view=view)
    keys = list(dict.fromkeys(zip(*(chosen[name] for name in KEYS), strict=True)))
    _refuse(knob, chosen["knob"], scores, keys)
    keys = [key for key in keys if scores is None or key[0] in scores]
    across, down = min(_ACROSS, max(len(keys), 1)), max(1, math.ceil(len(keys) / _ACROSS))
    outer = new_axes(ax, size=(max(2.35 * across, 8.0), 1.3 + 1.8 * down), show=show)
    panels = split(outer, _boxes(len(keys), across, down))
    invalid, bounds = invalid_scores(tables), _bounds(tables, knob)
    effects = [_of(tables, key, knob) for key in keys]
    for panel, key, rows in zip(panels, keys, effects, strict=True):
        _draw(panel, rows, bounds.get(key, pd.DataFrame(columns=_BOUNDS)))
        name = label(key[0], width=30, lines=1) + (" (invalid)" if key in invalid else "")
        panel.set_title(name, fontsize=8.5, color=INK, pad=3)
    notes = ["" if bounds else "bounds are not drawn: no setting has a third to itself", view_note(keys)]
    said = "; ".join(filter(None, [f"level of {knob}, the fixed point in brackets", *notes]))
    under = label(said, width=105)
    outer.set_xlabel(under, labelpad=8, fontsize=8)
    drawn = [bounds[key] for key in keys if key in bounds]
    words = {word for rows in effects for word in rows.loc[rows["pipeline"] == _ALL, "word"]}
    _legend(outer, drawn, words, lines=1 + under.count("\n"))
    finish(outer, show=show, save=save)
    return panels


def _refuse(knob: str, knobs: pd.Series, scores: Sequence[str] | None, keys: Sequence[tuple[str, str, str]]) -> None:
    known = list(dict.fromkeys(knobs))
    if knob not in known:
        raise UsageError(f"the knob {knob!r} was not turned", where="pl.knob_effects", fix=did_you_mean(knob, known))
    names = [key[0] for key in keys]
    for name in scores or ():
        if name not in names:
            raise UsageError(
                f"no pipelines were ranked by {name!r}", where="pl.knob_effects(scores=)", fix=did_you_mean(name, names)
            )


def _boxes(n: int, across: int, down: int) -> list[tuple[float, float, float, float]]:
    """Return the places of `n` panels, row by row from the top, as shares of the whole."""
    width, height = 1 / across, 1 / down
    return [
        ((i % across + 0.2) * width, 1 - (i // across + 0.88) * height, 0.76 * width, 0.7 * height) for i in range(n)
    ]


def _of(tables: Mapping[str, pd.DataFrame], key: tuple[str, str, str], knob: str) -> pd.DataFrame:
    """Return the effects of a knob on a score, with the word of each level."""
    effects, ranking = (
        table[(table["knob"] == knob) & (table[KEYS].fillna("") == list(key)).all(axis=1)]
        for table in (tables["effects"], tables["ranking"])
    )
    return effects.merge(ranking[["level", "word"]], on="level", how="left")


def _bounds(tables: Mapping[str, pd.DataFrame], knob: str) -> dict[tuple[str, str, str], pd.DataFrame]:
    """Return, of each score, the means of its controls at each level of a knob; NaN where no setting has the level."""
    sweep = tables["sweep"].drop_duplicates("point")
    # one knob at a time: another knob's settings do not speak of this one
    sweep = sweep[sweep["knob"].fillna("").isin(["", knob])]
    names = list(dict.fromkeys(tables["effects"].loc[tables["effects"]["knob"] == knob, "level"]))
    points = {name: sweep.loc[[_same(value, name) for value in sweep[knob]], "point"] for name in names}
    table = tables["scores"]
    table = table.assign(negative_sd=table["negative_sd"] ** 2, **{name: table[name].fillna("") for name in KEYS})
    parts = {
        name: table[table["point"].isin(of_level)].groupby(KEYS, sort=False)[_BOUNDS].mean()
        for name, of_level in points.items()
    }
    stacked = pd.concat(parts, names=["level"])
    stacked["negative_sd"] = np.sqrt(stacked["negative_sd"])
    return {key: part.droplevel(KEYS) for key, part in stacked.groupby(level=KEYS, sort=False)}


def _same(value: object, name: str) -> bool:
    """Say whether a level of the table of settings is the one called `name`; numbers may be written in two ways."""
    try:
        return math.isclose(float(str(value)), float(name), rel_tol=1e-12)
    except ValueError:
        return str(value) == name


def _draw(panel: Any, rows: pd.DataFrame, bounds: pd.DataFrame) -> None:
    mean = rows[rows["pipeline"] == _ALL]
    levels = mean["level"].tolist()
    x = np.arange(len(levels))
    _draw_bounds(panel, x, bounds.reindex(levels).astype(float))
    for _, each in rows[rows["pipeline"] != _ALL].groupby("pipeline", sort=False):
        panel.plot(x, each.set_index("level")["mean"].reindex(levels), color=MUTED, linewidth=0.6, alpha=0.7, zorder=2)
    panel.vlines(x, mean["low"], mean["high"], color=ACCENT, linewidth=1.4, zorder=3)
    panel.plot(x, mean["mean"], color=ACCENT, linewidth=1.6, zorder=3)
    for place, value, word in zip(x, mean["mean"], mean["word"], strict=True):
        panel.plot([place], [value], linestyle="", zorder=4, **_mark(word))
    fixed = mean["steps"].to_numpy() == 0
    names = [f"[{level_text(name)}]" if is_fixed else level_text(name)
             for name, is_fixed in zip(levels, fixed, strict=True)]  # fmt: skip
    panel.set_xticks(x, [label(name, width=12) for name in names], fontsize=7)
    panel.tick_params(axis="y", labelsize=7)
    panel.set_xlim(-0.4, len(levels) - 0.6)
    panel.grid(axis="y", color=FAINT, linewidth=0.8)
    panel.set_axisbelow(True)


def _draw_bounds(panel: Any, x: np.ndarray, bounds: pd.DataFrame) -> None:
    low, high = (bounds["negative"] + sign * 2 * bounds["negative_sd"].fillna(0.0) for sign in (-1, 1))
    band = {"facecolor": "none", "edgecolor": MUTED, "hatch": "/////", "linewidth": 0.0}
    wide = np.repeat(x.astype(float), 2) + np.tile([-0.3, 0.3], len(x))
    panel.fill_between(wide, np.repeat(low, 2), np.repeat(high, 2), zorder=1, **band)
    panel.plot(wide, np.repeat(bounds["negative"], 2), color=MUTED, linewidth=1.0, zorder=1)
    name, dash = ("attainable", "--") if bounds["attainable"].notna().any() else ("positive", ":")
    panel.plot(x, bounds[name], color=INK, linestyle=dash, linewidth=1.3, zorder=2)


def _mark(word: object) -> dict[str, Any]:
    return _LOOKS[_meaning(word)]


def _meaning(word: object) -> str:
    """Return what the mark of a word says."""
    place = 0 if word == _HOLDS else 1 if word in _BROKEN else 2 if word == _ENDS else 3
    return list(_LOOKS)[place]


def _legend(outer: Any, bounds: Sequence[pd.DataFrame], words: Iterable[object], *, lines: int) -> None:
    """Explain what is drawn, and nothing else."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[Any] = [
        Line2D([], [], color=ACCENT, linewidth=1.6, label="mean over pipelines, 95 % interval"),
        Line2D([], [], color=MUTED, linewidth=0.6, label="one pipeline"),
    ]
    known = [bool(table["attainable"].notna().any()) for table in bounds]
    limits: list[tuple[bool, Any]] = [
        (any(known), Line2D([], [], color=INK, linestyle="--", linewidth=1.3, label="attainable (oracle)")),
        (not all(known), Line2D([], [], color=INK, linestyle=":", linewidth=1.3, label="the truth itself (no oracle)")),
        (
            bool(known),
            Patch(facecolor="none", edgecolor=MUTED, hatch="/////", linewidth=0.0, label="random labels, 2 sd"),
        ),
    ]
    handles += [handle for holds, handle in limits if holds]
    said = {_meaning(word) for word in words}
    handles += [Line2D([], [], linestyle="", label=name, **look) for name, look in _LOOKS.items() if name in said]
    below(outer, handles, ncols=3, lines=lines)
