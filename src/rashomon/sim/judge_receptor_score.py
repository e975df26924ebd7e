"""Scores by which a clustering of simulated receptors is judged: one record and one function each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from math import nan

import numpy as np

from rashomon.core import Registry
from rashomon.core.labels import MISSING
from rashomon.dataset import Dataset, Truth
from rashomon.score import score
from rashomon.score.receptor import (
    RECEPTOR_SCORES,
    combined_strata,
    conditional_agreement,
    donor_spread,
    first_guard,
    group,
    permuted_scores,
)
from rashomon.score.receptor.grouping import Grouping
from rashomon.score.receptor.purity import purity
from rashomon.truth import gene_truths

__all__ = ["JUDGED_RECEPTOR_SCORES", "JudgedClusters", "JudgedScore", "JudgedTruth"]

_N_PERMUTATIONS = 100

_NO_DONOR = "the world has one donor"
_NO_CLUSTER = "no cluster has two receptors with a label"

Value = tuple[float, str]
"""A value, and why it is NaN; empty where it is not."""


@dataclass(frozen=True, eq=False)
class JudgedClusters:
    """Clusters of the unique receptors of a simulation.

    Parameters
    ----------
    dataset
        Unique receptors.
    labels
        Cluster of each, ``int32``, shape ``(n_receptors,)``; ``-1`` alone, ``-2`` left out by the pipeline.
    chain
        What was compared: ``vdj``, ``vj`` or ``paired``.
    """

    dataset: Dataset
    labels: np.ndarray
    chain: str

    @property
    def n_clusters(self) -> int:
        """Number of clusters of two receptors or more."""
        return int(np.unique(self.labels[self.labels >= 0]).size)

    @property
    def donor(self) -> np.ndarray | None:
        """Donor of each receptor; None where there is one."""
        role = self.dataset.roles.donor
        return None if role is None else role.codes

    @cached_property
    def strata(self) -> np.ndarray:
        """Number of the combination of V gene, J gene and junction length of each receptor, in the chains compared."""
        assert self.dataset.receptors is not None  # noqa: S101 - only receptors come here
        arms = {"vdj": (False,), "vj": (True,)}.get(self.chain, (False, True))
        known = gene_truths(self.dataset.receptors, self.dataset.n_obs)
        codes = [
            truth.codes for name, truth in known.items() if name.startswith("vj ") in arms and "family" not in name
        ]
        return combined_strata(*codes) if codes else np.zeros(self.dataset.n_obs, dtype=np.int32)


@dataclass(frozen=True, eq=False)
class JudgedTruth:
    """Clusters beside a truth.

    Parameters
    ----------
    clusters
        What is judged.
    truth
        Label definition of the same receptors.
    rng
        Random numbers of the permutations.
    grouping
        The labelled receptors in their clusters; follows from the others.
    """

    clusters: JudgedClusters
    truth: Truth
    rng: np.random.Generator
    grouping: Grouping = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "grouping", group(self.clusters.labels, self.truth.label_sets))

    @cached_property
    def shuffled_purity(self) -> float:
        """Mean purity with the labels permuted among the labelled receptors; NaN without clusters."""
        if not self.grouping.tally().n_clusters:
            return nan
        return float(permuted_scores(self.grouping, [purity], n_permutations=_N_PERMUTATIONS, rng=self.rng).mean())


@dataclass(frozen=True)
class JudgedScore:
    """A score of clusters of receptors, alone or beside a truth.

    Parameters
    ----------
    name
        Unique in `JUDGED_RECEPTOR_SCORES`.
    summary
        What it measures, with its range.
    alone
        The value of `JudgedClusters`; None where a truth is needed.
    beside
        The value of a `JudgedTruth`; None where none is used.
    """

    name: str
    summary: str
    alone: Callable[[JudgedClusters], Value] | None = None
    beside: Callable[[JudgedTruth], Value] | None = None


def _n_clusters(found: JudgedClusters) -> Value:
    return float(found.n_clusters), ""


def _clustered(found: JudgedClusters) -> Value:
    seen = found.labels[found.labels > MISSING]
    return (float((seen >= 0).mean()), "") if seen.size else (nan, "no receptor is compared")


def _donors_per_cluster(found: JudgedClusters) -> Value:
    if found.donor is None:
        return nan, _NO_DONOR
    spread = donor_spread(found.labels, found.donor)
    return spread.mean, spread.reason


def _of_clusters(name: str) -> Callable[[JudgedClusters], Value]:
    def value(found: JudgedClusters) -> Value:
        result = RECEPTOR_SCORES[name].call(found.labels)
        return result, "" if np.isfinite(result) else "no clusters"

    return value


def _of_donors(name: str) -> Callable[[JudgedClusters], Value]:
    def value(found: JudgedClusters) -> Value:
        if found.donor is None:
            return nan, _NO_DONOR
        result = RECEPTOR_SCORES[name].call(found.labels, found.donor)
        return result, "" if np.isfinite(result) else "no cluster of known donors"

    return value


def _of_tally(name: str) -> Callable[[JudgedTruth], Value]:
    def value(case: JudgedTruth) -> Value:
        record, tally = RECEPTOR_SCORES[name], case.grouping.tally()
        reason = first_guard(record.guards, tally)
        return (nan, reason) if reason else (record.call(tally), "")

    return value


def _purity_by_chance(case: JudgedTruth) -> Value:
    value = case.shuffled_purity
    return value, "" if np.isfinite(value) else _NO_CLUSTER


def _purity_excess(case: JudgedTruth) -> Value:
    value, reason = _of_tally("purity")(case)
    return (value, reason) if reason else (value - case.shuffled_purity, "")


def _agreement(name: str, *, clustered: bool) -> Callable[[JudgedTruth], Value]:
    def value(case: JudgedTruth) -> Value:
        truth = np.where(case.truth.codes >= 0, case.truth.codes, MISSING).astype(np.int32)
        found = score(name, case.clusters.labels, truth, unassigned="left_out" if clustered else "singletons")
        return found.value, found.reason

    return value


def _conditional(case: JudgedTruth) -> Value:
    donor = case.clusters.dataset.roles.donor
    itself = donor is None or donor.name == case.truth.name
    found = conditional_agreement(
        case.clusters.labels,
        case.truth.codes,
        case.clusters.strata,
        blocks=None if itself else case.clusters.donor,
        n_permutations=_N_PERMUTATIONS,
        n_pairs=0,
        rng=case.rng,
    )
    return found.value, found.reason if np.isnan(found.value) else ""


def _from_registry(reads: str) -> list[JudgedScore]:
    make = {"tally": ("beside", _of_tally), "clusters": ("alone", _of_clusters), "donors": ("alone", _of_donors)}
    where, function = make[reads]
    return [
        JudgedScore(record.name, record.summary, **{where: function(record.name)})  # type: ignore[arg-type]
        for record in RECEPTOR_SCORES.values()
        if record.reads == reads
    ]


JUDGED_RECEPTOR_SCORES: Registry[JudgedScore] = Registry(
    "judged receptor score",
    [
        JudgedScore("n_clusters", "Number of clusters of two or more receptors.", alone=_n_clusters),
        JudgedScore("clustered", "Share of all receptors in a cluster of two or more, in [0, 1].", alone=_clustered),
        *_from_registry("clusters"),
        *_from_registry("donors"),
        JudgedScore("donors_per_cluster", "Mean number of donors of a cluster, at least 1.", alone=_donors_per_cluster),
        *_from_registry("tally"),
        JudgedScore(
            "purity_by_chance", "Mean purity with labels permuted among the receptors that have one, in [0, 1].",
            beside=_purity_by_chance,
        ),
        JudgedScore(
            "purity_excess", "Purity less its mean under permuted labels, by chance 0, below 1.", beside=_purity_excess
        ),
        JudgedScore(
            "ami", "AMI of clusters and truth over the receptors with a label, those alone as singletons; by chance 0.",
            beside=_agreement("ami", clustered=False),
        ),
        JudgedScore(
            "clustered_ami", "AMI of clusters and truth over the clustered receptors with a label; by chance 0.",
            beside=_agreement("ami", clustered=True),
        ),
        JudgedScore(
            "clustered_ari", "ARI of clusters and truth over the clustered receptors with a label; by chance 0.",
            beside=_agreement("ari", clustered=True),
        ),
        JudgedScore(
            "conditional_agreement", "How far clusters follow the truth beyond V, J and length, up to 1; by chance 0.",
            beside=_conditional,
        ),
    ],
)  # fmt: skip
"""Every score of one clustering of simulated receptors; agreement between re-runs comes from `STABILITY`."""
