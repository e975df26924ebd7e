"""Scores of one run on receptors of a world, as a step below its labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from rashomon.core import Step, child, root_entropy
from rashomon.core.labels import MISSING
from rashomon.engine import Call
from rashomon.sim.judge_receptor_score import JUDGED_RECEPTOR_SCORES, JudgedClusters, JudgedTruth
from rashomon.sim.world_step import WORLD_SLOT, Sample, dataset_of
from rashomon.study.benchmark.score_step import WRITES, random_labelings

__all__ = ["receptor_scores_call", "receptor_truths_call", "score_receptor_truths", "score_receptors"]


def receptor_scores_call(
    sample: Sample, *, truths: Sequence[str], against: Sequence[str], alone: Sequence[str], chain: str, n_negative: int
) -> Call:
    """Return the call that scores the labels of a pipeline of receptors.

    Parameters
    ----------
    sample
        The receptors that were clustered; they are drawn again, with their sequences.
    truths
        Names of the truths.
    against, alone
        Scores in `JUDGED_RECEPTOR_SCORES`, with a truth and without.
    chain
        What the pipeline compares.
    n_negative
        Random labelings with the sizes of the found clusters.
    """
    step = Step("score_receptors", f"{__name__}:score_receptors", (WORLD_SLOT, "labels", "rows"), WRITES,
                stochastic=True, summary="Score one run on receptors.")  # fmt: skip
    names = {"truths": list(truths), "against": list(against), "alone": list(alone)}
    return Call(step, {"sample": sample.params, **names, "chain": chain, "n_negative": n_negative})


def receptor_truths_call(sample: Sample, *, truths: Sequence[str], against: Sequence[str], chain: str) -> Call:
    """Return the call that scores, once per data set, each truth as if it were a clustering.

    Parameters
    ----------
    sample, truths, against, chain
        As in `receptor_scores_call`.
    """
    step = Step("score_receptor_truths", f"{__name__}:score_receptor_truths", (WORLD_SLOT,), ("positive", "attainable"),
                stochastic=True, summary="Score the truths of receptors.")  # fmt: skip
    names = {"truths": list(truths), "against": list(against)}
    return Call(step, {"sample": sample.params, **names, "chain": chain})


def score_receptors(  # noqa: PLR0913 - the slots it reads, and what it scores
    world: np.ndarray,
    labels: np.ndarray,
    rows: np.ndarray,
    *,
    sample: dict[str, Any],
    truths: list[str],
    against: list[str],
    alone: list[str],
    chain: str,
    n_negative: int,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return the scores of one run, as `rashomon.study.benchmark.score_step.WRITES` says.

    Parameters
    ----------
    world
        From `rashomon.sim.world_step.pack_world`.
    labels, rows
        Found clusters, and the rows that have one.
    sample, truths, against, alone, chain, n_negative
        See `receptor_scores_call`.
    rng
        Draws random labels and permutations.
    """
    dataset, root = dataset_of(world, Sample(**sample)), root_entropy(rng)
    drawn = [labels, *random_labelings(labels, n_negative, rng=child(root, "negative"))]
    found = [JudgedClusters(dataset, _on_all(each, rows, dataset.n_obs), chain) for each in drawn]
    known = [name for name in truths if name in dataset.truths]
    own = {name: JudgedClusters(dataset, _assigned(dataset.truths[name].codes), chain) for name in known}
    values = np.full((len(found), len(truths), len(against)), np.nan)
    reasons = np.full((len(truths), len(against)), "the world of this setting has no such truth", dtype=object)
    for t, name in enumerate(truths):
        for s, score in enumerate(against if name in known else []):
            for j, clusters in enumerate(found):
                values[j, t, s], reason = _beside(clusters, name, score, root)
                reasons[t, s] = reason if j == 0 else reasons[t, s]
    by_itself = np.full((1 + len(truths) + n_negative, len(alone)), np.nan)
    why = np.full(len(alone), "", dtype=object)
    for s, score in enumerate(alone):
        by_itself[0, s], why[s] = _alone(found[0], score)
        by_itself[1 : 1 + len(truths), s] = [_alone(own[t], score)[0] if t in own else np.nan for t in truths]
        by_itself[1 + len(truths) :, s] = [_alone(each, score)[0] for each in found[1:]]
    return values, reasons.astype(np.str_), by_itself, why.astype(np.str_)


def score_receptor_truths(
    world: np.ndarray,
    *,
    sample: dict[str, Any],
    truths: list[str],
    against: list[str],
    chain: str,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the scores of each truth with itself, and NaN: receptors have no oracle.

    Parameters
    ----------
    world, sample, truths, against, chain
        As in `score_receptors`.
    rng
        Draws permutations.

    Returns
    -------
    Two tables, shape ``(n_truths, n_scores)``.
    """
    dataset, root = dataset_of(world, Sample(**sample)), root_entropy(rng)
    positive = np.full((len(truths), len(against)), np.nan)
    for t, name in enumerate(truths):
        if name in dataset.truths:
            clusters = JudgedClusters(dataset, _assigned(dataset.truths[name].codes), chain)
            positive[t] = [_beside(clusters, name, score, root)[0] for score in against]
    return positive, np.full_like(positive, np.nan)


def _on_all(labels: np.ndarray, rows: np.ndarray, n_obs: int) -> np.ndarray:
    found = np.full(n_obs, MISSING, dtype=np.int32)
    found[rows] = labels
    return found


def _assigned(codes: np.ndarray) -> np.ndarray:
    """Return codes of a truth as labels of a clustering: who has no class is alone."""
    return np.where(codes >= 0, codes, -1).astype(np.int32)


def _beside(clusters: JudgedClusters, truth: str, score: str, root: int) -> tuple[float, str]:
    record = JUDGED_RECEPTOR_SCORES[score].beside
    assert record is not None  # noqa: S101 - only scores with a truth are asked here
    # a stream of its own: which scores are asked for changes none of them
    value, reason = record(JudgedTruth(clusters, clusters.dataset.truths[truth], child(root, "judged", truth, score)))
    return float(value), str(reason)


def _alone(clusters: JudgedClusters, score: str) -> tuple[float, str]:
    record = JUDGED_RECEPTOR_SCORES[score].alone
    assert record is not None  # noqa: S101 - only scores of labels alone are asked here
    value, reason = record(clusters)
    return float(value), str(reason)
