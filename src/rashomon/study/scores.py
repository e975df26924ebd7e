"""The long table of scores: every run against every truth, and on the view it was made in."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rashomon.ask import Request
from rashomon.core.labels import MISSING
from rashomon.engine import Record
from rashomon.multiverse import Unit
from rashomon.partitions import Partitions
from rashomon.score import agreement, score_table

__all__ = ["all_scores"]

_AGAINST_TRUTH = ("ami", "ari", "nmi", "homogeneity", "completeness", "element_centric")


def all_scores(request: Request, on_view: list[tuple[Unit, Record]]) -> pd.DataFrame:
    """Return one row per (run, truth, score), for the judged labels and all pipelines, and the scores on own views.

    A score on a run's own view is never ranked across runs; the column ``view`` names it.
    """
    parts = _judged_partitions(request)
    if request.parts is not None:
        parts = parts.concat(request.parts.select((request.parts.runs["status"] == "ok").to_numpy()))
    tables = [agreement(parts, truth, scores=_AGAINST_TRUTH) for truth in request.truths.values()]
    tables.append(score_table(_view_row(unit, record, parts) for unit, record in on_view))
    filled = [table for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else score_table([])


def _judged_partitions(request: Request) -> Partitions:
    runs = pd.DataFrame({"run": [request.judged.name], "status": ["ok"]})
    return Partitions(request.judged.codes[:, None], request.dataset.obs_names, runs)


def _view_row(unit: Unit, record: Record, parts: Partitions) -> dict[str, object]:
    value = float(record.slots["value"]) if record.status == "ok" else np.nan
    defined = bool(np.isfinite(value))
    run = str(unit.facts["run"])
    labels = parts.column(run) if record.status == "ok" else np.empty(0, np.int32)
    assigned = labels[labels >= 0]
    return {
        "run": run,
        "truth": "",
        "score": unit.facts["score"],
        "view": unit.facts["view"],
        "level": parts.unit,
        "value": value,
        "value_assigned": value if assigned.size == labels.size else np.nan,
        "low": np.nan,
        "high": np.nan,
        "n_obs": int((labels > MISSING).sum()),
        "n_clusters": int(np.unique(assigned).size),
        "coverage": assigned.size / max(1, int((labels > MISSING).sum())),
        "control": "",
        "status": "ok" if defined else "undefined",
        "reason": "" if defined else record.reason or "one cluster, or every cell its own",
    }
