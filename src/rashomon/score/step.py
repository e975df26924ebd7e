"""Scores that need a view or a graph, as steps of a plan: computed while it is in memory."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from rashomon.core import Registry, Step
from rashomon.score.catalogue import SCORES
from rashomon.score.compute import score

__all__ = ["COLUMN_STEPS", "VIEW_STEPS", "score_column_on_view", "score_on_graph", "score_on_view"]


def score_on_view(labels: np.ndarray, view: np.ndarray, *, name: str) -> tuple[float, str]:
    """Return the score `name` of `labels` on `view`, NaN where it is undefined, and why."""
    result = score(name, labels, view=view)
    return result.value, result.reason


def score_on_graph(labels: np.ndarray, graph: sp.csr_matrix, *, name: str) -> tuple[float, str]:
    """Return the score `name` of `labels` on `graph`, NaN where it is undefined, and why."""
    result = score(name, labels, graph=graph)
    return result.value, result.reason


def score_column_on_view(table: np.ndarray, view: np.ndarray, *, name: str, column: int) -> tuple[float, str]:
    """Return the score `name` of one column of a table of labels, shape ``(n_obs, n_labelings)``, on a common view."""
    return score_on_view(np.ascontiguousarray(table[:, column]), view, name=name)


_NEEDY = [record for record in SCORES.values() if record.needs != "labels"]

VIEW_STEPS: Registry[Step] = Registry(
    "score on a view",
    [
        Step(
            record.name,
            f"rashomon.score.step:score_on_{record.needs}",
            reads=("labels", record.needs),
            writes=("value", "reason"),
            summary=record.summary,
            citation=record.citation,
        )
        for record in _NEEDY
    ],
)
"""One step per score that needs more than labels: the labels of a run on its own view or graph."""

COLUMN_STEPS: Registry[Step] = Registry(
    "score on a common view",
    [
        Step(
            record.name,
            "rashomon.score.step:score_column_on_view",
            reads=("table", "view"),
            writes=("value", "reason"),
            summary=record.summary,
            citation=record.citation,
        )
        for record in _NEEDY
        if record.needs == "view"
    ],
)
"""One step per score that needs a view: any labeling on one view, so that labelings can be compared."""
