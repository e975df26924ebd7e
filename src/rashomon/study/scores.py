"""The long table of scores: every run against every truth, and on the view it was made in."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rashomon.ask import Request
from rashomon.core.labels import MISSING
from rashomon.engine import Call, Record
from rashomon.multiverse import Executor, Unit
from rashomon.partitions import Partitions
from rashomon.score import agreement, score_table
from rashomon.score.step import COLUMN_STEPS

__all__ = ["REFERENCE", "all_scores", "reference_scores"]

REFERENCE = "reference"
"""Name of the common view in the table of scores."""

_AGAINST_TRUTH = ("ami", "ari", "nmi", "homogeneity", "completeness", "element_centric")


def reference_scores(request: Request, reference: Record, executor: Executor) -> tuple[list[Unit], list[Record]]:
    """Score the judged labels and the first seed of every pipeline on one common view, where they can be ranked.

    Parameters
    ----------
    request
        Labels of all runs.
    reference
        Finished unit of `rashomon.ask.truths.plan`: the view of the pipeline that stands in.
    executor
        Its store and engine are used again, on other data.
    """
    parts = _compared(request, first_seed=True)
    table = np.asfortranarray(parts.labels[reference.slots["rows"]])
    common = Executor(
        {"table": table, "view": reference.slots["view"]}, request.entropy, executor.store, executor.engine
    )
    units = [
        Unit(
            (Call(step, {"name": step.name, "column": column}),),
            step.writes,
            {"run": run, "score": step.name, "view": REFERENCE},
        )
        for column, run in enumerate(parts.runs["run"])
        for step in COLUMN_STEPS.values()
    ]
    return units, common.run(units, task="scores on the common view")


def all_scores(request: Request, on_view: list[tuple[Unit, Record]]) -> pd.DataFrame:
    """Return one row per (run, truth, score), for the judged labels and all pipelines, and the scores on views.

    The column ``view`` names the view: runs are ranked only on the common one, ``reference``; a score on a run's own
    view says nothing about another run.
    """
    parts = _compared(request)
    tables = [agreement(parts, truth, scores=_AGAINST_TRUTH) for truth in request.truths.values()]
    tables.append(score_table(_view_row(unit, record, parts) for unit, record in on_view))
    filled = [table for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else score_table([])


def _compared(request: Request, *, first_seed: bool = False) -> Partitions:
    """Return the judged labels, then the finished runs of the multiverse."""
    runs = pd.DataFrame({"run": [request.judged.name], "status": ["ok"]})
    judged = Partitions(request.judged.codes[:, None], request.dataset.obs_names, runs)
    if request.parts is None:
        return judged
    wanted = (request.parts.runs["status"] == "ok").to_numpy()
    if first_seed:
        wanted &= (request.parts.runs["seed"] == request.parts.runs["seed"].iloc[0]).to_numpy()
    return judged.concat(request.parts.select(wanted))


def _view_row(unit: Unit, record: Record, parts: Partitions) -> dict[str, object]:
    finished = record.status == "ok"
    value = float(record.slots["value"]) if finished else np.nan
    run = str(unit.facts["run"])
    labels = parts.column(run) if run in set(parts.runs["run"]) else np.empty(0, np.int32)
    seen, assigned = labels[labels > MISSING], labels[labels >= 0]
    return {
        "run": run,
        "truth": "",
        "score": unit.facts["score"],
        "view": unit.facts["view"],
        "level": parts.unit,
        "value": value,
        "value_assigned": value if assigned.size == seen.size else np.nan,
        "low": np.nan,
        "high": np.nan,
        "n_obs": seen.size,
        "n_clusters": int(np.unique(assigned).size),
        "coverage": assigned.size / seen.size if seen.size else np.nan,
        "control": "",
        "status": "ok" if np.isfinite(value) else "undefined",
        "reason": str(record.slots["reason"]) if finished else record.reason,
    }
