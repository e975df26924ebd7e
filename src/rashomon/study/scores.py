"""The long table of scores: every run against every truth, and on the view it was made in."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from rashomon.ask import Request
from rashomon.core.labels import MISSING
from rashomon.engine import Call, Engine, Record
from rashomon.multiverse import Executor, Unit
from rashomon.partitions import Partitions
from rashomon.score import agreement, score_table
from rashomon.score.step import TABLE_STEPS

__all__ = ["REFERENCE", "all_scores", "reference_scores"]

REFERENCE = "reference"
"""Name of the common view in the table of scores."""

_AGAINST_TRUTH = ("ami", "ari", "nmi", "homogeneity", "completeness", "element_centric")


def reference_scores(
    request: Request, reference: Record, executor: Executor, *, scores: tuple[str, ...] = ()
) -> tuple[list[Unit], list[Record]]:
    """Score the judged labels and the first seed of every pipeline on one common view, where they can be ranked.

    One unit per score, which scores all labelings: what they share, such as distances, is computed once. Scores whose
    input is not there (batches, a graph) are left out.

    Parameters
    ----------
    request
        Labels of all runs.
    reference
        Finished unit of `rashomon.ask.truths.question.plan`: view and neighbours of the pipeline that stands in.
    executor
        Its store and engine are used again, on other data.
    scores
        Names of those that are computed; all when empty.
    """
    parts = _compared(request, first_seed=True)
    rows = reference.slots["rows"]
    data = {**reference.slots, "table": np.ascontiguousarray(parts.labels[rows])}
    del data["rows"]
    if request.dataset.roles.batch is not None:
        data["batch"] = request.dataset.roles.batch.codes[rows]
    # a few steps, each of which scores all labelings: less work than starting workers
    engine = Engine("serial", listener=executor.engine.listener)
    common = Executor(data, request.entropy, executor.store, engine)
    facts = {"runs": tuple(parts.runs["run"]), "view": REFERENCE}
    units = [
        Unit((Call(step, {"name": step.name}),), step.writes, {**facts, "score": step.name})
        for step in TABLE_STEPS.values()
        if set(step.reads) <= set(data) and (not scores or step.name in scores)
    ]
    return units, common.run(units, task="scores on the common view") if units else []


def all_scores(request: Request, on_view: list[tuple[Unit, Record]], *, scores: tuple[str, ...] = ()) -> pd.DataFrame:
    """Return one row per (run, truth, score), for the judged labels and all pipelines, and the scores on views.

    The column ``view`` names the view: runs are ranked only on the common one, ``reference``; a score on a run's own
    view says nothing about another run.

    Parameters
    ----------
    request
        Labels of all runs, and the truths.
    on_view
        Units that scored runs on a view, and what came of them.
    scores
        Names of those that are computed; all when empty.
    """
    against = [name for name in _AGAINST_TRUTH if not scores or name in scores]
    parts = _compared(request)
    tables = [agreement(parts, truth, scores=against) for truth in request.truths.values()] if against else []
    tables.append(score_table(row for unit, record in on_view for row in _view_rows(unit, record, parts)))
    filled = [table for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else score_table([])


def _compared(request: Request, *, first_seed: bool = False) -> Partitions:
    """Return the judged labels, then the finished runs of the multiverse."""
    runs = pd.DataFrame({"run": [request.judged.name], "status": ["ok"]})
    judged = Partitions(request.judged.codes[:, None], request.dataset.obs_names, runs, request.dataset.item)
    if request.parts is None:
        return judged
    wanted = (request.parts.runs["status"] == "ok").to_numpy()
    if first_seed and "seed" in request.parts.runs:
        # clusterers that draw nothing have no seed; where all are such, there is no such column
        seed = request.parts.runs["seed"]
        wanted &= (seed.isna() | (seed == seed.dropna().iloc[0] if seed.notna().any() else False)).to_numpy()
    return judged.concat(request.parts.select(wanted))


def _view_rows(unit: Unit, record: Record, parts: Partitions) -> Iterator[dict[str, object]]:
    """Return one row for each run that a unit scored."""
    runs = unit.facts.get("runs", (unit.facts.get("run"),))
    finished = record.status == "ok"
    for j, run in enumerate(map(str, runs)):
        value, low, high = (
            float(np.atleast_1d(record.slots[slot])[j]) if finished else np.nan for slot in ("value", "low", "high")
        )
        labels = parts.column(run) if run in set(parts.runs["run"]) else np.empty(0, np.int32)
        seen, assigned = labels[labels > MISSING], labels[labels >= 0]
        yield {
            "run": run,
            "truth": "",
            "score": unit.facts["score"],
            "view": unit.facts["view"],
            "level": parts.unit,
            "value": value,
            "value_assigned": value if assigned.size == seen.size else np.nan,
            "low": low,
            "high": high,
            "n_obs": seen.size,
            "n_clusters": int(np.unique(assigned).size),
            "coverage": assigned.size / seen.size if seen.size else np.nan,
            "control": "",
            "status": "undefined" if np.isnan(value) else "ok",
            "reason": str(np.atleast_1d(record.slots["reason"])[j]) if finished else record.reason,
        }
