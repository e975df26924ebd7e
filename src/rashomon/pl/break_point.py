"""Which knob breaks which score first? A table of knobs and scores with the first level at which a score is broken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from rashomon.pl.benchmark_score import KEYS, below, chosen_scores, invalid_scores, level_text, view_note
from rashomon.pl.canvas import finish, new_axes
from rashomon.pl.label import label
from rashomon.pl.style import FAINT, INK, MUTED, REFERENCE, UNKNOWN

__all__ = ["break_points"]

_SHORT = {
    "ranks otherwise": "ranks otherwise",
    "at its negative control": "no better than random",
    "no value": "no value",
}
_ALARM = "#a03c00"
_SHARES = (1.0, 0.62, 0.34)


class _Look(NamedTuple):
    face: str
    ink: str
    hatch: str


_LOOKS = {
    "broken at the fixed point": _Look("#3f3f3f", "#ffffff", ""),
    "ends": _Look("#ffffff", INK, "////"),
    "holds": _Look("#ffffff", INK, ""),
    "cannot tell": _Look(UNKNOWN, INK, "...."),
}


def break_points(
    tables: Mapping[str, pd.DataFrame],
    *,
    truth: str | None = None,
    view: str | None = None,
    ax: Any = None,
    show: bool | None = None,
    save: Path | str | None = None,
) -> Any:
    """Draw at which level of each knob each score stops to rank pipelines as AMI with the oracle's labels does.

    Where there is no oracle, the reference is AMI with the truth. AMI holds by construction, or nearly so where
    oracle and truth differ; scores that define agreement otherwise break where they disagree with it.

    Parameters
    ----------
    tables
        Of a benchmark: ``break_points``, ``ranking`` and ``controls``.
    truth
        The truth by which pipelines are ranked; the first in the table, which decides, when None.
    view
        View of scores that need one: ``own`` or ``reference``; the common one where there is one, when None.
    ax, show, save
        As in scanpy; nothing is shown unless `show`.

    Returns
    -------
    The Axes. One row per score, one column per knob with its levels, that of the fixed point in brackets. A square
    names the first broken level and how it is broken, the fuller its colour the fewer steps from the fixed point; black
    is broken before anything is turned; hatched: nothing is attainable from there on, by any score; white: it holds
    wherever pipelines differ; dotted: cannot tell. Scores that their controls do not bracket are called invalid.

    Raises
    ------
    UsageError
        When nobody ranked pipelines by `truth`.
    """
    rows = chosen_scores(tables, truth=truth, view=view)
    scores = list(dict.fromkeys(zip(*(rows[name] for name in KEYS), strict=True)))
    knobs = list(dict.fromkeys(rows["knob"]))
    axes = new_axes(ax, size=(2.2 + 1.5 * max(len(knobs), 2), 1.6 + 0.4 * max(len(scores), 2)), show=show)
    place = {key: y for y, key in enumerate(scores)}
    for _, row in rows.iterrows():
        _square(axes, row, x=knobs.index(row["knob"]), y=place[row["score"], row["truth"], row["view"]])
    axes.set(xlim=(0, max(len(knobs), 1)), ylim=(max(len(scores), 1), 0))
    axes.set_xticks(np.arange(len(knobs)) + 0.5, [_heading(tables["ranking"], knob) for knob in knobs])
    axes.xaxis.tick_top()
    _name_scores(axes, scores, invalid_scores(tables))
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_xlabel(label(view_note(scores), width=90), fontsize=7.5, color=INK)
    _legend(axes, rows)
    finish(axes, show=show, save=save)
    return axes


def _name_scores(axes: Any, scores: list[tuple[str, str, str]], invalid: set[tuple[str, str, str]]) -> None:
    names = [label(key[0], width=30, lines=1) + (" (invalid)" if key in invalid else "") for key in scores]
    axes.set_yticks(np.arange(len(scores)) + 0.5, names)
    for text, key in zip(axes.get_yticklabels(), scores, strict=True):
        if key in invalid:
            text.set(fontweight="bold", color=_ALARM)


def _heading(ranking: pd.DataFrame, knob: str) -> str:
    levels = ranking.loc[ranking["knob"] == knob, ["level", "steps"]].drop_duplicates("level")
    shown = [f"[{level_text(level)}]" if steps == 0 else level_text(level)
             for level, steps in levels.itertuples(index=False)]  # fmt: skip
    # a level of several words stays on one line
    levels_shown = ", ".join(text.replace(" ", "\N{NO-BREAK SPACE}") for text in shown)
    return f"{label(knob, width=20)}\n{label(levels_shown, width=24, lines=3)}"


def _square(axes: Any, row: pd.Series, *, x: int, y: int) -> None:
    from matplotlib.patches import Rectangle

    look = _look(row)
    box: dict[str, Any] = {
        "facecolor": look.face,
        "edgecolor": MUTED if look.hatch else FAINT,
        "hatch": look.hatch,
        "linewidth": 0.0,
    }
    axes.add_patch(Rectangle((x + 0.02, y + 0.04), 0.96, 0.92, **box))
    axes.add_patch(Rectangle((x + 0.02, y + 0.04), 0.96, 0.92, fill=False, edgecolor=MUTED, linewidth=0.5))
    for text, above, size in _words(row):
        axes.text(
            x + 0.5,
            y + 0.5 + above,
            label(text, width=26, lines=1),
            ha="center",
            va="center",
            fontsize=size,
            color=look.ink,
            bbox={"facecolor": look.face, "edgecolor": "none", "pad": 0.8} if look.hatch else None,
        )


def _look(row: pd.Series) -> _Look:
    if row["status"] != "breaks":
        return _LOOKS[row["status"]]
    return _Look(_tint(_SHARES[min(int(row["steps"]), len(_SHARES)) - 1]), INK, "")


def _tint(share: float) -> str:
    channels = (int(REFERENCE[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(255 + share * (channel - 255)):02x}" for channel in channels)


def _words(row: pd.Series) -> list[tuple[str, float, float]]:
    """Return the lines of a square: text, height, size."""
    how, level = _SHORT.get(row["word"], row["word"]), level_text(row["level"])
    two = {
        "breaks": (f"at {level}", how),
        "broken at the fixed point": ("from the start", how),
        "ends": (f"at {level}", "nothing attainable"),
    }.get(row["status"])
    if two is None:
        return [(str(row["status"]), 0.0, 8.0)]
    return [(two[0], -0.17, 8.0), (two[1], 0.2, 6.5)]


_MEANINGS = {
    "broken at the fixed point": "broken before anything is turned",
    "ends": "nothing attainable from there on",
    "holds": "holds wherever pipelines differ",
    "cannot tell": "cannot tell",
}


def _legend(axes: Any, rows: pd.DataFrame) -> None:
    """Name what is drawn, and nothing else."""
    from matplotlib.patches import Patch

    broken = rows[rows["status"] == "breaks"]
    steps = sorted({min(int(step), len(_SHARES)) for step in broken["steps"]})
    entries: list[tuple[str, _Look]] = [(_steps(n), _Look(_tint(_SHARES[n - 1]), INK, "")) for n in steps]
    entries += [(meaning, _LOOKS[status]) for status, meaning in _MEANINGS.items() if (rows["status"] == status).any()]
    handles: Iterable[Any] = [
        Patch(facecolor=look.face, edgecolor=MUTED, hatch=look.hatch, linewidth=0.5, label=name)
        for name, look in entries
    ]
    if entries:
        below(axes, list(handles), ncols=2 if rows["knob"].nunique() > 3 else 1)


def _steps(n: int) -> str:
    least = "" if n < len(_SHARES) else " or more"
    return f"broken {n}{least} level{'s' if n > 1 else ''} from the fixed point"
