"""Scores that need a view or a graph, as steps of a plan: computed while it is in memory."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from rashomon.core import Registry, Step
from rashomon.score.catalogue import SCORES
from rashomon.score.compute import score

__all__ = ["VIEW_STEPS", "score_on_graph", "score_on_view"]


def score_on_view(labels: np.ndarray, view: np.ndarray, *, name: str) -> float:
    """Return the score `name` of `labels` on `view`; NaN where it is undefined."""
    return score(name, labels, view=view).value


def score_on_graph(labels: np.ndarray, graph: sp.csr_matrix, *, name: str) -> float:
    """Return the score `name` of `labels` on `graph`; NaN where it is undefined."""
    return score(name, labels, graph=graph).value


VIEW_STEPS: Registry[Step] = Registry(
    "score on a view",
    [
        Step(
            record.name,
            f"rashomon.score.step:score_on_{record.needs}",
            reads=("labels", record.needs),
            writes=("value",),
            summary=record.summary,
            citation=record.citation,
        )
        for record in SCORES.values()
        if record.needs != "labels"
    ],
)
"""One step per score that needs more than labels."""
