"""Whether the controls bracket every score: labels equal to the truth above, random labels below."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from rashomon.study.benchmark.grid import Column, Grid
from rashomon.study.benchmark.interval import FEWEST, mean_over_seeds

__all__ = ["ALPHA", "CONTROL_COLUMNS", "control_table"]

CONTROL_COLUMNS = {
    "score": "name of the score",
    "truth": "what it compares with; empty for scores of labels alone",
    "view": "own, reference, or empty",
    "judged_by": "the truth whose labels are the positive control",
    "status": "valid, invalid, cannot tell, or not applicable",
    "n_compared": "settings x pipelines that were compared with their controls",
    "n_outside": "those significantly outside",
    "positive": "mean score of the truth itself",
    "attainable": "mean score of the most probable classes given the data; NaN without an oracle",
    "found": "mean score of the pipelines",
    "negative": "mean score of random labels with the sizes of the found clusters",
    "side": "the control that is passed by most: positive or negative; empty where none is",
    "point": "setting in which it is",
    "pipeline": "pipeline that passes it",
    "margin": "by how much, mean over seeds, in units of the score",
    "reason": "what decided",
}
"""Columns of the table `controls` and what they mean."""

ALPHA = 0.05
"""Chance that a valid score is called invalid, over all settings, pipelines and both controls (Bonferroni)."""

_TOLERANCE = 1e-9


def control_table(grid: Grid) -> pd.DataFrame:
    """Return one row per score: whether its controls bracket every pipeline.

    For a setting and a pipeline, the difference between the positive control and the score, and between the score and
    the negative control, is averaged over seeds, each with its own controls. The score lies outside where the upper end
    of the one-sided Student interval of such a mean is below zero, at level `ALPHA` divided by twice the number of
    settings x pipelines. A score that is outside anywhere is invalid: it prefers something to the truth, or random
    labels to clusters.

    Parameters
    ----------
    grid
        Values with controls.

    Returns
    -------
    See `CONTROL_COLUMNS`.
    """
    rows = [_row(grid, j, column) for j, column in enumerate(grid.columns)]
    return pd.DataFrame(rows, columns=list(CONTROL_COLUMNS))


def _row(grid: Grid, j: int, column: Column) -> dict[str, Any]:
    shown = {
        name: _average(getattr(grid, "value" if name == "found" else name)[..., j])
        for name in ("positive", "attainable", "found", "negative")
    }
    blank = {"n_compared": 0, "n_outside": 0, "side": "", "point": "", "pipeline": "", "margin": np.nan}
    row = {"score": column.score, "truth": column.truth, "view": column.view, "judged_by": column.judged_by}
    status, reason = _inapplicable(grid, column)
    if not status:
        found = _compared(grid, j)
        status, reason = found.pop("status"), found.pop("reason")
        blank |= found
    return {**row, **shown, **blank, "status": status, "reason": reason}


def _inapplicable(grid: Grid, column: Column) -> tuple[str, str]:
    if not column.direction:
        return "not applicable", "it describes clusters; more is neither better nor worse"
    if not column.controlled:
        return "not applicable", "it judges clusters alone, and no truth need be best by it"
    if not grid.plan.n_negative:
        return "cannot tell", "no controls were run"
    return "", ""


def _compared(grid: Grid, j: int) -> dict[str, Any]:
    """Return how one column lies between its controls."""
    sign = grid.columns[j].direction
    value, positive, negative = (each[..., j] for each in (grid.value, grid.positive, grid.negative))
    # shape (2, n_points, n_pipelines): below the positive control, above the negative one
    gaps = np.stack([sign * (positive - value), sign * (value - negative)])
    level = 1 - ALPHA / (value.shape[0] * value.shape[2])
    mean, _, high, n = mean_over_seeds(np.moveaxis(gaps, 2, 0), level=level)
    enough = n >= FEWEST
    if not enough.any():
        seen = int(n.max(initial=0))
        return {"status": "cannot tell", "reason": f"{seen} data sets with a value and controls; {FEWEST} are needed"}
    outside = enough & (high < -_TOLERANCE)
    compared = int(enough.all(axis=0).sum())
    if not outside.any():
        return {"status": "valid", "reason": "no pipeline lies outside its controls", "n_compared": compared}
    side, point, run = np.unravel_index(int(np.where(outside, mean, np.inf).argmin()), mean.shape)
    name = ("positive", "negative")[int(side)]
    said = "the truth itself" if side == 0 else "random labels of the same sizes"
    worse = "better than" if side == 0 else "worse than"
    margin = float(-mean[side, point, run])
    return {
        "status": "invalid",
        "n_compared": compared,
        "n_outside": int(outside.any(axis=0).sum()),
        "side": name,
        "point": grid.plan.design.points[int(point)].name,
        "pipeline": list(grid.plan.pipelines)[int(run)],
        "margin": margin,
        "reason": f"a pipeline is rated {worse} {said}, by {margin:.3g}",
    }


def _average(values: np.ndarray) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else float("nan")
