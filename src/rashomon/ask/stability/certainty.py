"""How sure each cell is of its cluster: over repeats, and as a set of labels that cannot be ruled out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from rashomon.ask.answer import Assumption
from rashomon.ask.request import Request
from rashomon.ask.stability.every import of_others
from rashomon.ask.stability.label_set import LabelSets, label_sets, neighbour_votes
from rashomon.ask.stability.membership import membership
from rashomon.engine import Record
from rashomon.partitions import Partitions
from rashomon.perturb import HALVES
from rashomon.score import element_centric_items

__all__ = ["CERTAINTY_COLUMNS", "Certainty", "certainty"]

CERTAINTY_COLUMNS = {
    "co_assignment": "share of the half-samples with the cell that put it with its own cluster",
    "co_assignment_low": "lower end of its 95 % score interval (Wilson)",
    "co_assignment_high": "upper end",
    "membership_entropy": "entropy of the clusters it was put with: 0 always the same, 1 all alike",
    "label_set": "labels that cannot be ruled out at the promised level; 'none' where it resembles no cluster",
}
"""Columns of `certainty` and what they mean."""


@dataclass(frozen=True, eq=False)
class Certainty:
    """How sure each cell is of its cluster.

    Parameters
    ----------
    columns
        `CERTAINTY_COLUMNS`, each of shape ``(n_obs,)``; none where nothing was re-run.
    promise
        What sets of labels promise, as an assumption of question 2; None where there are no sets.
    """

    columns: Mapping[str, np.ndarray] = field(default_factory=dict)
    promise: Assumption | None = None


def certainty(request: Request, resamples: Partitions | None, reference: Record | None) -> Certainty:
    """Return how sure every cell is of its cluster; nothing where nothing was re-run.

    Parameters
    ----------
    request
        The labels on trial.
    resamples
        Labels of the repeats; only half-samples of the pipeline that stands in count, each at the granularity that
        agrees best with the labels.
    reference
        Finished unit with the neighbours of the pipeline that stands in; None: no sets.
    """
    if request.dataset.item != "cell" or resamples is None or request.lone:
        return Certainty()
    own = resamples.select(~of_others(resamples.runs, request.standin))
    repeats = _halves(request.judged.codes, own)
    if not repeats:
        return Certainty()
    found = membership(request.judged.codes, repeats, n_clusters=len(request.judged.categories))
    columns: dict[str, np.ndarray] = {
        "co_assignment": found["own"].to_numpy(),
        "co_assignment_low": found["own_low"].to_numpy(),
        "co_assignment_high": found["own_high"].to_numpy(),
        "membership_entropy": found["entropy"].to_numpy(),
    }
    sets = _sets(request, reference)
    if sets is None:
        return Certainty(columns)
    return Certainty({**columns, "label_set": _names(request, *sets)}, _promise(sets[0]))


def _promise(sets: LabelSets) -> Assumption:
    return Assumption(sets.statement, "untested", f"{(sets.size == 1).mean():.0%} of the cells have one label")


def _halves(judged: np.ndarray, resamples: Partitions) -> list[np.ndarray]:
    runs = resamples.runs
    if resamples.n_runs == 0:
        return []
    usable = runs[(runs["perturbation"] == HALVES) & (runs["status"] == "ok")]
    best = []
    for _, group in usable.groupby("replicate"):
        columns = [resamples.labels[:, j] for j in group.index]
        best.append(max(columns, key=lambda labels: float(np.nanmean(element_centric_items(judged, labels)))))
    return best


def _sets(request: Request, reference: Record | None) -> tuple[LabelSets, np.ndarray] | None:
    """Return the sets, and the rows of the cells that have one."""
    if reference is None or reference.status != "ok" or "knn_indices" not in reference.slots:
        return None
    rows = reference.slots["rows"]
    codes = request.judged.codes[rows]
    donor = request.dataset.roles.donor
    donors = None if donor is None or np.unique(donor.codes).size < 2 else donor.codes[rows]
    # without the cell itself, which is its own nearest
    votes = neighbour_votes(
        reference.slots["knn_indices"][:, 1:], codes, n_clusters=len(request.judged.categories), blocks=donors
    )
    return label_sets(votes, codes, rng=request.rng("label sets"), donors=donors), rows


def _names(request: Request, sets: LabelSets, rows: np.ndarray) -> np.ndarray:
    """Return the labels of each set as text."""
    patterns, which = np.unique(sets.sets, axis=0, return_inverse=True)
    names = request.judged.categories
    words = [" | ".join(names[j] for j in np.flatnonzero(pattern)) or "none" for pattern in patterns]
    said = np.full(request.dataset.n_obs, "", dtype=object)
    said[rows] = np.array(words, dtype=object)[np.asarray(which).ravel()]
    return said
