"""How far the clusters of a simulated data set are from what any method could reach in its world."""

from __future__ import annotations

import math
from collections.abc import Callable

import pandas as pd

from rashomon.dataset import Ceiling, Dataset

__all__ = ["COLUMNS", "against_ceilings"]

COLUMNS = (
    "truth",
    "score",
    "value",
    "best_run",
    "best_value",
    "ceiling",
    "standard_error",
    "chance",
    "normalised",
    "oracle",
    "rule",
    "reason",
)


def against_ceilings(dataset: Dataset, judged: str, scores: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the table ``ceilings``, by this name; nothing where the data are not simulated, or no limit is known.

    Parameters
    ----------
    dataset
        Its world says what any method could reach.
    judged
        Name of the judged labels, a run in `scores`.
    scores
        The long table of scores: ``run``, ``truth``, ``score``, ``value``.

    Returns
    -------
    One row per ceiling: the score of the judged labels (``value``), of the best run that was scored (chosen by looking
    at the truth), the ceiling with its Monte-Carlo error, chance, and ``normalised``, (value - chance) / (ceiling -
    chance). This is NaN, with the reason, unless the ceiling exceeds chance by three standard errors, and where the
    ceiling is that of other cells. A ceiling bounds an expectation: one data set may lie above it.
    """
    if dataset.world is None or not dataset.world.ceilings:
        return {}
    oracle = dataset.world.oracle
    rows = [_row(ceiling, dataset, judged, scores) | {"oracle": oracle} for ceiling in dataset.world.ceilings]
    return {"ceilings": pd.DataFrame(rows, columns=list(COLUMNS))}


def _row(ceiling: Ceiling, dataset: Dataset, judged: str, scores: pd.DataFrame) -> dict[str, object]:
    mine = scores[(scores["truth"] == ceiling.truth) & (scores["score"] == ceiling.score)].dropna(subset=["value"])
    of_judged = mine.loc[mine["run"] == judged, "value"]
    value = float(of_judged.iloc[0]) if len(of_judged) else math.nan
    best = mine.sort_values("value", ascending=False, kind="stable").head(1)
    reason = next((text for text, holds in _REASONS if holds(ceiling, dataset, value)), "")
    return {
        "truth": ceiling.truth,
        "score": ceiling.score,
        "value": value,
        "best_run": "".join(map(str, best["run"])),
        "best_value": float(best["value"].max()) if len(best) else math.nan,
        "ceiling": ceiling.value,
        "standard_error": ceiling.standard_error,
        "chance": ceiling.chance,
        "normalised": math.nan if reason else ceiling.normalised(value),
        "rule": ceiling.rule,
        "reason": reason,
    }


_REASONS: tuple[tuple[str, Callable[[Ceiling, Dataset, float], bool]], ...] = (
    ("the ceiling is unknown", lambda ceiling, _, __: math.isnan(ceiling.value)),
    ("the labels were not compared with this truth by this score", lambda _, __, value: math.isnan(value)),
    (
        "only a part of the cells was audited, and the ceiling is that of all",
        lambda _, data, __: bool(data.rows.dropped),
    ),
    (
        "the ceiling was computed for another number of cells",
        lambda ceiling, data, _: ceiling.n_obs not in {None, data.n_obs},
    ),
    ("the ceiling is not above chance by three standard errors", lambda ceiling, _, __: not ceiling.exceeds_chance),
)
"""Why no normalised score is given, the first that holds."""
