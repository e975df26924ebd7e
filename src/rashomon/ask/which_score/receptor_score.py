"""Scores of receptor clusterings on trial: what each says of a draw, given the labels that it may look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from rashomon.core import Step
from rashomon.core.labels import MISSING
from rashomon.engine import Call
from rashomon.score import SCORES, STABILITY, score
from rashomon.score.receptor import RECEPTOR_SCORES, conditional_agreement, first_guard, group, permuted_scores
from rashomon.score.receptor.grouping import Grouping
from rashomon.score.receptor.purity import purity

__all__ = [
    "BACKGROUND_SCORE",
    "DRAWN_SCORES",
    "REACHABLE",
    "RECEPTORS_ON_TRIAL",
    "RERUNS",
    "SEEN",
    "STRATA",
    "display",
    "score_call",
    "score_draw",
]

SEEN = "seen"
"""Slot of the labels that a score may look at: those of a random half of the receptors of every label, else -2."""

REACHABLE = "reachable"
"""Slot of the labels of receptors that are in a family of alike ones, -1 for all others: what sequences can tell."""

STRATA = "strata"
"""Slot of V gene, J gene and length as one code."""

RERUNS = ("ecc", "pairwise_ami")
"""Scores of the agreement between re-runs on 80 % of the receptors."""

BACKGROUND_SCORE = "retention_excess"
"""Share of receptors in a cluster, less that in a draw in which V, J and length alone make receptors alike."""

_N_PERMUTATIONS = 50


@dataclass(frozen=True, eq=False)
class _Drawn:
    """Labels of one pipeline on one draw.

    Parameters
    ----------
    labels
        Cluster of each receptor; -2: not compared.
    seen
        Labels that may be looked at; -2: none.
    donor, strata
        Of each receptor.
    grouping
        The receptors with a label that is seen, in their clusters.
    """

    labels: np.ndarray
    seen: np.ndarray
    donor: np.ndarray
    strata: np.ndarray
    grouping: Grouping
    rng: np.random.Generator


def _of_tally(name: str) -> Callable[[_Drawn], float]:
    def value(drawn: _Drawn) -> float:
        record, tally = RECEPTOR_SCORES[name], drawn.grouping.tally()
        return float("nan") if first_guard(record.guards, tally) else record.call(tally)

    return value


def _of_donors(name: str) -> Callable[[_Drawn], float]:
    return lambda drawn: RECEPTOR_SCORES[name].call(drawn.labels, drawn.donor)


def _retention(drawn: _Drawn) -> float:
    known = drawn.labels[drawn.labels > MISSING]
    return float((known >= 0).mean()) if known.size else float("nan")


def _purity_excess(drawn: _Drawn) -> float:
    found = _of_tally("purity")(drawn)
    if np.isnan(found):
        return found
    shuffled = permuted_scores(drawn.grouping, [purity], n_permutations=_N_PERMUTATIONS, rng=drawn.rng)
    return found - float(np.nanmean(shuffled))


def _conditional(drawn: _Drawn) -> float:
    return conditional_agreement(
        drawn.labels, drawn.seen, drawn.strata, n_permutations=_N_PERMUTATIONS, n_pairs=0, rng=drawn.rng
    ).value


_BY_LABEL = ("purity", "purity_90", "consistency_clustered", "consistency_all", "macro_precision", "macro_recall",
             "macro_f1")  # fmt: skip

DRAWN_SCORES: Mapping[str, Callable[[_Drawn], float]] = {
    "retention": _retention,
    "percolation": lambda drawn: RECEPTOR_SCORES["percolation"].call(drawn.labels),
    "multi_donor_share": _of_donors("multi_donor_share"),
    "cross_donor_pairs": _of_donors("cross_donor_pairs"),
    **{name: _of_tally(name) for name in _BY_LABEL},
    "purity_excess": _purity_excess,
    "conditional_agreement": _conditional,
    "ami": lambda drawn: score("ami", drawn.labels, drawn.seen).value,
}
"""What is computed of one clustering alone: four scores that need no label, then those of the labels that are seen."""

RECEPTORS_ON_TRIAL = (*DRAWN_SCORES, BACKGROUND_SCORE, *RERUNS)
"""Every score of receptor clusterings by which a cutoff could be chosen."""

_NAMES = {BACKGROUND_SCORE: "retention beyond V, J and length", "purity_excess": "purity beyond chance"}


def display(name: str) -> str:
    """Return the name of a score on trial in words.

    Parameters
    ----------
    name
        A score of cells or of receptors that is on trial.

    Examples
    --------
    >>> display("purity_excess"), display("silhouette")
    ('purity beyond chance', 'silhouette')
    """
    if name in _NAMES:
        return _NAMES[name]
    record = next(known[name] for known in (RECEPTOR_SCORES, SCORES, STABILITY) if name in known)
    return str(record.display)


def score_call() -> Call:
    """Return the call that scores the labels of a drawn twin: a value for each of `DRAWN_SCORES`."""
    reads = ("labels", "rows", SEEN, STRATA, "owner")
    step = Step("score_receptor_draw", f"{__name__}:score_draw", reads, ("values",), stochastic=True,
                summary="Score clusters of drawn receptors.")  # fmt: skip
    return Call(step, {})


def score_draw(
    labels: np.ndarray,
    rows: np.ndarray,
    seen: np.ndarray,
    strata: np.ndarray,
    owner: np.ndarray,
    *,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return what every score of `DRAWN_SCORES` says of one clustering; NaN where it has no value.

    Parameters
    ----------
    labels, rows
        Clusters, and the receptors that they are of.
    seen
        Labels that may be looked at, of all receptors; below 0 for none.
    strata, owner
        V gene, J gene and length, and donor, of all receptors.
    rng
        Of the permutations.

    Examples
    --------
    >>> seen = np.array([0, 0, 1, 1, -2])
    >>> found = score_draw(
    ...     np.array([0, 0, 1, 1, -1]), np.arange(5), seen, np.zeros(5, int), np.arange(5), rng=np.random.default_rng(0)
    ... )
    >>> dict(zip(DRAWN_SCORES, found.round(2).tolist()))["retention"]
    0.8
    """
    known = np.full(seen.size, MISSING, dtype=np.int32)
    known[rows] = labels
    labelled = np.flatnonzero(seen >= 0)
    shape = (seen.size, int(seen.max(initial=0)) + 1)
    sets = sp.csr_matrix((np.ones(labelled.size, dtype=bool), (labelled, seen[labelled])), shape=shape)
    drawn = _Drawn(known, np.where(seen >= 0, seen, MISSING).astype(np.int32), owner, strata, group(known, sets), rng)
    return np.array([value(drawn) for value in DRAWN_SCORES.values()], dtype=np.float64)
