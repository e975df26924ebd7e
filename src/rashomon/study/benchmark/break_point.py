"""Which knob breaks which score first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import numpy as np
import pandas as pd

from rashomon.study.benchmark.ranking import BREAKS

__all__ = ["BREAK_COLUMNS", "break_table"]

BREAK_COLUMNS = {
    "score": "name of the score",
    "truth": "what it compares with; empty for scores of labels alone",
    "view": "own, reference, or empty",
    "judged_by": "the truth by which pipelines are ranked",
    "knob": "the knob that is turned",
    "status": "breaks, broken at the fixed point, ends (nothing is attainable any more), holds, cannot tell",
    "level": "first level at which it is broken; empty where it is not",
    "steps": "levels between the fixed point and that one; NaN where it is not broken",
    "order": "place of the knob among those that break this score, 1 first, ties alike; NaN where it does not",
    "word": "how it is broken, see the table `ranking`",
    "reason": "what decided",
    "fixed": "rank correlation at the fixed point",
    "there": "rank correlation at the first broken level, or at the farthest",
}
"""Columns of the table `break_points` and what they mean."""

_KEYS = ["score", "truth", "view", "judged_by"]


def break_table(ranking: pd.DataFrame) -> pd.DataFrame:
    """Return one row per score and knob: the first level at which the score is broken.

    First is fewest levels from the fixed point; of two at the same distance, the lower. Scores that only describe are
    left out.

    Parameters
    ----------
    ranking
        From `rashomon.study.benchmark.ranking.ranking_table`.

    Returns
    -------
    See `BREAK_COLUMNS`.
    """
    judged = ranking[ranking["word"] != "describes"]
    rows: list[dict[str, Any]] = []
    for key, of_score in judged.groupby(_KEYS, sort=False):
        found = [
            {**dict(zip(_KEYS, cast("tuple[str, ...]", key), strict=True)), "knob": knob, **_first(of_knob)}
            for knob, of_knob in of_score.groupby("knob", sort=False)
        ]
        rows += _ordered(found)
    return pd.DataFrame(rows, columns=list(BREAK_COLUMNS))


def _ordered(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    steps = sorted(row["steps"] for row in rows if row["status"] == "breaks")
    for row in rows:
        yield {**row, "order": float(1 + steps.index(row["steps"])) if row["status"] == "breaks" else np.nan}


def _first(levels: pd.DataFrame) -> dict[str, Any]:
    near = levels.sort_values("steps", kind="stable")
    fixed, others = near[near["steps"] == 0], near[near["steps"] > 0]
    at_base = fixed.iloc[0] if len(fixed) else None
    farthest = others.iloc[-1] if len(others) else None
    base = {
        "level": "",
        "steps": np.nan,
        "fixed": np.nan if at_base is None else float(at_base["rank_correlation"]),
        "there": np.nan if farthest is None else float(farthest["rank_correlation"]),
    }
    if at_base is not None and at_base["word"] in BREAKS:
        return {**base, "status": "broken at the fixed point", "word": at_base["word"], "reason": at_base["reason"],
                "level": at_base["level"], "steps": 0.0}  # fmt: skip
    broken = others[others["word"].isin(BREAKS)]
    ended = others[others["word"] == "nothing attainable"]
    nearest = [(part["steps"].iloc[0], status) for part, status in ((broken, "breaks"), (ended, "ends")) if len(part)]
    # at the same distance, a level at which it is broken says more
    status = min(nearest, default=(0, ""))[1]
    for found, word in ((broken, "breaks"), (ended, "ends")):
        if word == status:
            row = found.iloc[0]
            place = {"level": row["level"], "steps": float(row["steps"]), "there": float(row["rank_correlation"])}
            return {**base, **place, "status": status, "word": row["word"], "reason": row["reason"]}
    words = list(near["word"])
    held = words.count("holds")
    status = "holds" if held and set(words) <= {"holds", "nothing to rank"} else "cannot tell"
    others_said = [word for word in dict.fromkeys(words) if word != "holds"]
    reason = f"holds at {held} of {len(words)} levels; {', '.join(others_said)}"
    reason = "at every level" if held == len(words) else reason
    return {**base, "status": status, "word": words[0] if words else "", "reason": reason}
