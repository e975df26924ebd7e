"""The long tables of a benchmark: settings, runs, scores, and what each knob does to each score."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from rashomon.engine import Record
from rashomon.multiverse import Unit
from rashomon.study.benchmark.grid import Grid
from rashomon.study.benchmark.interval import mean_over, mean_over_seeds
from rashomon.study.benchmark.level import Level
from rashomon.study.benchmark.plan import BenchmarkPlan

__all__ = [
    "ALL_PIPELINES",
    "EFFECT_COLUMNS",
    "RUN_COLUMNS",
    "SCORE_COLUMNS",
    "SWEEP_COLUMNS",
    "effect_table",
    "run_table",
    "scores_of",
    "sweep_table",
]

ALL_PIPELINES = "all pipelines"
"""Name of the mean over pipelines, each counting once."""

SWEEP_COLUMNS = {
    "dataset": "number of the data set",
    "point": "setting of the world",
    "knob": "the knob that is turned there; empty at the fixed point, and where several are",
    "world_seed": "number of the data set among those of the setting; equal numbers share their random numbers",
    "n_obs": "cells, or receptors before those of a donor that are alike are counted once",
    "random_seed": "seed with which the world of this setting draws these cells",
}
"""Columns of the table `sweep` and what they mean; one more per knob that is swept."""

RUN_COLUMNS = {
    "point": "setting of the world",
    "world_seed": "number of the data set among those of the setting",
    "pipeline": "what clustered it",
    "n_clusters": "clusters that it found",
    "n_used": "rows that have a label or are unassigned; others were left out by the pipeline",
    "status": "ok or failed",
    "reason": "why it failed",
    "key": "of the record that holds the labels",
}
"""Columns of the table `runs` and what they mean; one more per choice of the multiverse, `seed` among them: that is the
pipeline's own, which no data set shares."""

SCORE_COLUMNS = {
    "point": "setting of the world",
    "knob": "the knob that is turned there; empty at the fixed point, and where several are",
    "level": "to what",
    "world_seed": "number of the data set; those of one number share their random numbers over all settings",
    "pipeline": "what clustered it",
    "truth": "what the clusters are compared with; empty for scores of labels alone",
    "score": "name of the score",
    "view": "the run's own, or the reference that all runs of a data set share; empty for scores of labels",
    "value": "NaN when undefined",
    "positive": "the same score of the truth itself; of labels alone, of the first truth",
    "attainable": "that of the most probable classes given the data; NaN without an oracle",
    "negative": "mean over random labels with the sizes of the found clusters",
    "negative_sd": "their standard deviation",
    "reason": "why there is no value",
}
"""Columns of the table `scores` and what they mean."""

EFFECT_COLUMNS = {
    "knob": "the knob that is turned",
    "level": "to what",
    "steps": "levels from the fixed point",
    "score": "name of the score",
    "truth": "what it compares with; empty for scores of labels alone",
    "view": "own, reference, or empty",
    "pipeline": f"one of them, or {ALL_PIPELINES}",
    "mean": "mean over data sets",
    "low": "lower end of its 95 % interval (Student's, over independent data sets)",
    "high": "upper end",
    "n_seeds": "data sets with a value",
    "difference": "mean difference from the fixed point, data sets of one seed paired",
    "difference_low": "lower end of its 95 % interval",
    "difference_high": "upper end",
    "n_pairs": "seeds with a value at both",
}
"""Columns of the table `effects` and what they mean."""


def sweep_table(plan: BenchmarkPlan) -> pd.DataFrame:
    """Return one row per data set: its setting, the level of every knob that is swept, and the seed that draws it.

    Parameters
    ----------
    plan
        What is run.
    """
    base = plan.design.base
    return pd.DataFrame(
        {
            "dataset": place,
            "point": draw.point.name,
            "knob": draw.point.turned,
            "world_seed": draw.seed,
            "n_obs": draw.sample.n_obs,
            "random_seed": draw.sample.seed,
            **{knob: _plain(draw.point.knobs.get(knob, level)) for knob, level in base.items()},
        }
        for place, draw in enumerate(plan.draws)
    )


def run_table(
    plan: BenchmarkPlan, units: Sequence[Unit], labels: Sequence[Record], scores: Sequence[Record], keys: Sequence[str]
) -> pd.DataFrame:
    """Return one row per run, failed ones with their reason.

    Parameters
    ----------
    plan
        What was run.
    units, labels, keys
        Units of the labels, their records, and the keys of these.
    scores
        Records of the scores of each run.
    """
    rows = []
    for unit, label, score, key in zip(units, labels, scores, keys, strict=True):
        draw = plan.draws[int(unit.facts["dataset"])]
        failed = next((record for record in (label, score) if record.status != "ok"), None)
        found = label.slots["labels"] if label.status == "ok" else np.empty(0, np.int32)
        rows.append(
            {
                "point": draw.point.name,
                "world_seed": draw.seed,
                "pipeline": unit.facts["name"],
                **{choice.name: unit.facts[choice.name] for choice in plan.multiverse.choices},
                "n_clusters": int(np.unique(found[found >= 0]).size),
                "n_used": int(found.size),
                "status": "ok" if failed is None else "failed",
                "reason": "" if failed is None else failed.reason,
                "key": key,
            }
        )
    return pd.DataFrame(rows)


def scores_of(grid: Grid) -> pd.DataFrame:
    """Return one row per run and score; see `SCORE_COLUMNS`.

    Parameters
    ----------
    grid
        All values.
    """
    points = grid.plan.design.points
    place, seed, run, column = (each.ravel() for each in np.indices(grid.value.shape))
    levels = [_text(next(iter(point.knobs.values()))) if point.turned else "" for point in points]
    coded = {
        "point": (place, [point.name for point in points]),
        "knob": (place, [point.turned for point in points]),
        "level": (place, levels),
        "pipeline": (run, list(grid.plan.pipelines)),
        "truth": (column, [each.truth for each in grid.columns]),
        "score": (column, [each.score for each in grid.columns]),
        "view": (column, [each.view for each in grid.columns]),
    }
    found: dict[str, Any] = {name: np.array(names, dtype=object)[codes] for name, (codes, names) in coded.items()}
    numbers = ("value", "positive", "attainable", "negative", "negative_sd")
    found |= {
        "world_seed": seed,
        **{name: getattr(grid, name).ravel() for name in numbers},
        "reason": grid.reason.ravel(),
    }
    return pd.DataFrame(found)[list(SCORE_COLUMNS)]


def effect_table(grid: Grid, levels: Sequence[Level]) -> pd.DataFrame:
    """Return what each level of each knob does to each score of each pipeline, and to their mean.

    Parameters
    ----------
    grid
        All values.
    levels
        From `rashomon.study.benchmark.level.levels_of`.

    Returns
    -------
    See `EFFECT_COLUMNS`.
    """
    bases = {level.knob: level for level in levels if level.is_base}
    parts = [part for level in levels for part in _effects(grid, level, bases[level.knob])]
    return pd.concat(parts, ignore_index=True)[list(EFFECT_COLUMNS)]


def _effects(grid: Grid, level: Level, base: Level) -> Iterator[pd.DataFrame]:
    here, there = (_by_seed(grid, each) for each in (level, base))
    values, differences = mean_over_seeds(here), mean_over_seeds(here - there)
    for run, name in enumerate([ALL_PIPELINES, *grid.plan.pipelines]):
        yield pd.DataFrame(
            {
                "knob": level.knob,
                "level": level.name,
                "steps": level.steps,
                "score": [column.score for column in grid.columns],
                "truth": [column.truth for column in grid.columns],
                "view": [column.view for column in grid.columns],
                "pipeline": name,
                "mean": values.mean[run],
                "low": values.low[run],
                "high": values.high[run],
                "n_seeds": values.n[run],
                "difference": differences.mean[run],
                "difference_low": differences.low[run],
                "difference_high": differences.high[run],
                "n_pairs": differences.n[run],
            }
        )


def _by_seed(grid: Grid, level: Level) -> np.ndarray:
    """Return the scores at a level, shape ``(n_seeds, 1 + n_pipelines, n_columns)``; the mean over pipelines first."""
    each = mean_over(grid.value[list(level.points)])
    return np.concatenate([mean_over(each, axis=1)[:, None], each], axis=1)


def _plain(value: Any) -> Any:
    return _text(value) if isinstance(value, tuple) else value


def _text(value: Any) -> str:
    return ";".join(map(str, value)) if isinstance(value, tuple) else str(value)
