"""Scores that need a view, a graph or neighbours, as steps of a plan: computed while these are in memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp

from rashomon.core import Registry, Step, resolve
from rashomon.score.catalogue import SCORES
from rashomon.score.compute import score
from rashomon.score.item import clusters
from rashomon.score.record import Facts, Score

__all__ = [
    "TABLE_STEPS",
    "VIEW_STEPS",
    "estimate_labels",
    "estimate_table",
    "score_batches",
    "score_labels",
    "score_table_columns",
]

Scored = tuple[Any, Any, Any, Any]
"""Value, low and high of the 95 % interval (NaN where the value is exact), and why there is no value."""

_SLOTS = {"neighbours": "knn_indices"}
"""Slots that are not called as what they are to a score."""

_WRITES = ("value", "low", "high", "reason")


def score_labels(labels: np.ndarray, needed: np.ndarray | sp.csr_matrix, *, name: str) -> Scored:
    """Return the score `name` of `labels` with what it needs: a view, a graph or neighbours."""
    value, low, high, reason = score_table_columns(labels[:, None], needed, name=name)
    return value[0], low[0], high[0], reason[0]


def score_table_columns(table: np.ndarray, needed: np.ndarray | sp.csr_matrix, *, name: str) -> Scored:
    """Return the score `name` of each column of a table of labels, shape ``(n_obs, n_labelings)``, one by one."""
    return _each(SCORES[name], table, {SCORES[name].needs: needed})


def score_batches(table: np.ndarray, needed: np.ndarray, batch: np.ndarray, *, name: str) -> Scored:
    """Return the score `name`, of the mixing of batches, of each column of a table of labels."""
    return _each(SCORES[name], table, {SCORES[name].needs: needed, "b": batch})


def estimate_labels(labels: np.ndarray, view: np.ndarray, *, name: str, rng: np.random.Generator) -> Scored:
    """Return the score `name` of `labels` on `view`, with an interval where it is sampled."""
    value, low, high, reason = estimate_table(labels[:, None], view, name=name, rng=rng)
    return value[0], low[0], high[0], reason[0]


def estimate_table(table: np.ndarray, view: np.ndarray, *, name: str, rng: np.random.Generator) -> Scored:
    """Return the score `name` of all columns of a table at once, with intervals where they are sampled."""
    record = SCORES[name]
    value, low, high = resolve(record.together)(view, table, rng=rng)
    reason = [_reason(record, table[:, j], value[j]) for j in range(table.shape[1])]
    return value, low, high, np.array(reason, dtype=np.str_)


def _each(record: Score, table: np.ndarray, needs: dict[str, Any]) -> Scored:
    n_obs, n_labelings = table.shape
    nothing = np.full(n_labelings, np.nan)
    if record.max_obs is not None and n_obs > record.max_obs:
        because = f"not computable: {record.max_obs:,} items or fewer, and there are {n_obs:,}"
        return nothing, nothing, nothing, np.full(n_labelings, because)
    found = [score(record, np.ascontiguousarray(table[:, j]), **needs) for j in range(n_labelings)]
    value = np.array([each.value for each in found], dtype=np.float64)
    return value, nothing, nothing, np.array([each.reason for each in found], dtype=np.str_)


def _reason(record: Score, labels: np.ndarray, value: float) -> str:
    if not np.isnan(value):
        return ""
    items, cluster = clusters(np.ascontiguousarray(labels), unassigned="singletons")
    facts = Facts(items.size, int(cluster.max(initial=-1)) + 1)
    return record.why_undefined(facts) or record.no_value or "no item that takes part was sampled"


def _step(record: Score, labels: str) -> Step:
    """Return the step of a score, for one labeling (slot ``labels``) or for many (slot ``table``)."""
    reads: tuple[str, ...] = (labels, _SLOTS.get(record.needs, record.needs))
    if record.against is not None:
        reads, function = (*reads, record.against), "score_batches"
    elif record.together:
        function = "estimate_labels" if labels == "labels" else "estimate_table"
    else:
        function = "score_labels" if labels == "labels" else "score_table_columns"
    return Step(
        record.name,
        f"rashomon.score.step:{function}",
        reads=reads,
        writes=_WRITES,
        version=2,
        stochastic=bool(record.together),
        summary=record.summary,
        citation=record.citation,
    )


_NEEDY = [record for record in SCORES.values() if record.needs != "labels"]

VIEW_STEPS: Registry[Step] = Registry(
    "score on a view",
    [_step(record, "labels") for record in _NEEDY if record.against is None and record.max_obs is None],
)
"""The labels of a run on its own view, graph or neighbours: one step per score that costs little."""

TABLE_STEPS: Registry[Step] = Registry("score on a common view", [_step(record, "table") for record in _NEEDY])
"""All labelings at once on one view, so that they can be compared: one step per score that needs more than labels."""
