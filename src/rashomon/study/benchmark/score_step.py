"""Scores of one run of a benchmark as a step below its labels: against every truth, on its view, beside controls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from rashomon.core import Step, child, root_entropy
from rashomon.core.labels import MISSING
from rashomon.engine import Call
from rashomon.score import score_pair
from rashomon.score.step import TABLE_STEPS
from rashomon.sim.world_step import BAYES, TRUTHS

__all__ = ["WRITES", "reference_call", "score_reference", "score_run", "score_truths", "scores_call", "truths_call"]

WRITES = ("against", "against_reason", "alone", "alone_reason")
"""Slots of the scores of a run: against truths, shape ``(1 + n_negative, n_truths, n_scores)``, and of the labels
alone, shape ``(1 + n_truths + n_negative, n_scores)``. The found labels come first, random ones with their sizes
last."""

_TABLE = ("table", "batch")
"""What a score on a view is given here, beside the view."""

Result = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def scores_call(*, against: Sequence[str], on_view: Sequence[str], available: Sequence[str], n_negative: int) -> Call:
    """Return the call that scores the labels of a pipeline of cells while its view is in memory.

    Parameters
    ----------
    against
        Scores that compare with a truth.
    on_view
        Scores in `TABLE_STEPS`; those whose input is not `available` are left out.
    available
        Slots that the steps above write.
    n_negative
        Random labelings with the sizes of the found clusters.
    """
    names = [name for name in on_view if set(TABLE_STEPS[name].reads) <= {*available, *_TABLE}]
    needed = _inputs(names)
    reads = ("labels", "rows", TRUTHS, "batch", *needed)
    step = Step("score_run", f"{__name__}:score_run", reads, WRITES, stochastic=True, summary="Score one run.")
    return Call(step, {"against": list(against), "on_view": names, "needed": list(needed), "n_negative": n_negative})


def _inputs(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted({slot for name in names for slot in TABLE_STEPS[name].reads} - set(_TABLE)))


def score_run(  # noqa: PLR0913 - the slots it reads, and what it scores
    labels: np.ndarray,
    rows: np.ndarray,
    truths: np.ndarray,
    batch: np.ndarray,
    *inputs: Any,
    against: list[str],
    on_view: list[str],
    needed: list[str],
    n_negative: int,
    rng: np.random.Generator,
) -> Result:
    """Return the scores of one run, as `WRITES` says.

    Parameters
    ----------
    labels, rows
        Found clusters, and the rows that have one.
    truths, batch
        Of all rows, see `rashomon.sim.world_step.sample_call`.
    *inputs
        The slots `needed`: view, graph, neighbours.
    against, on_view, needed, n_negative
        See `scores_call`.
    rng
        Draws the random labels and what scores sample.
    """
    root = root_entropy(rng)
    truth = truths[:, rows]
    negative = random_labelings(labels, n_negative, rng=child(root, "negative"))
    compared, reasons = compare_all([labels, *negative], truth, against)
    table = np.ascontiguousarray(np.column_stack([labels, *truth, *negative]).astype(np.int32))
    state = {"table": table, "batch": batch[rows], **dict(zip(needed, inputs, strict=True))}
    return (compared, reasons, *_on_view(state, on_view, root))


def random_labelings(labels: np.ndarray, n: int, *, rng: np.random.Generator) -> list[np.ndarray]:
    """Return `n` random labelings with the cluster sizes of `labels`."""
    return [rng.permutation(labels) for _ in range(n)]


def compare_all(
    labelings: Sequence[np.ndarray], truths: Sequence[np.ndarray] | np.ndarray, names: Sequence[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Return scores of labelings against truths, shape ``(n_labelings, n_truths, n_scores)``, and the first's reasons.

    Parameters
    ----------
    labelings, truths
        Codes of the same rows; rows whose truth is unknown take no part.
    names
        Scores that compare two labelings.
    """
    values = np.full((len(labelings), len(truths), len(names)), np.nan)
    reasons = np.full((len(truths), len(names)), "", dtype=object)
    for t, codes in enumerate(truths):
        known = np.where(codes >= 0, codes, MISSING).astype(np.int32)
        if not (known >= 0).any():
            reasons[t] = "the world of this setting has no such truth"
            continue
        for j, each in enumerate(labelings):
            found = score_pair(names, np.ascontiguousarray(each, dtype=np.int32), known) if names else {}
            values[j, t] = [found[name].value for name in names]
            if j == 0:
                reasons[t] = [found[name].reason for name in names]
    return values, reasons.astype(np.str_)


def _on_view(state: dict[str, Any], names: Sequence[str], root: int) -> tuple[np.ndarray, np.ndarray]:
    values = np.full((state["table"].shape[1], len(names)), np.nan)
    reasons = np.full(len(names), "", dtype=object)
    for j, name in enumerate(names):
        step = TABLE_STEPS[name]
        # a stream of its own: which scores are asked for changes none of them
        written = step.run(state, {"name": name}, child(root, name) if step.stochastic else None)
        values[:, j], reasons[j] = written["value"], str(written["reason"][0])
    return values, reasons.astype(np.str_)


def truths_call(against: Sequence[str], *, oracle: bool) -> Call:
    """Return the call that scores, once per data set, the truth itself and what its oracle says.

    Parameters
    ----------
    against
        Scores that compare with a truth.
    oracle
        Whether the slot `rashomon.sim.world_step.BAYES` is there.
    """
    reads = (TRUTHS, BAYES) if oracle else (TRUTHS,)
    step = Step("score_truths", f"{__name__}:score_truths", reads, ("positive", "attainable"),
                summary="Score the truths and the oracle's labels.")  # fmt: skip
    return Call(step, {"against": list(against)})


def score_truths(truths: np.ndarray, bayes: np.ndarray | None = None, *, against: list[str]) -> tuple[Any, Any]:
    """Return the scores of each truth with itself, and of the most probable classes with it.

    Parameters
    ----------
    truths, bayes
        Codes, shape ``(n_truths, n_rows)``; `bayes` is ``-2`` where there is no oracle.
    against
        Names of scores.

    Returns
    -------
    Two tables, shape ``(n_truths, n_scores)``; NaN where there is no truth or no oracle.
    """
    best = truths if bayes is None else bayes
    pairs = [
        compare_all([itself, other], [itself], against)[0][:, 0] for itself, other in zip(truths, best, strict=True)
    ]
    found = np.array(pairs).reshape(len(truths), 2, len(against))
    known = np.full(truths.shape, bayes is not None) & (best >= 0)
    return found[:, 0], np.where(known.any(axis=1, keepdims=True), found[:, 1], np.nan)


def reference_call(on_view: Sequence[str], *, dataset: int, n_negative: int) -> Call:
    """Return the call that scores the labels of all runs of a data set on one view, where they can be ranked.

    Parameters
    ----------
    on_view
        Scores in `TABLE_STEPS`.
    dataset
        Position of the data set in the slot ``labelings`` at the root, shape ``(n_datasets, n_rows, n_runs)``.
    n_negative
        Random labelings with the sizes of the clusters of each run.
    """
    needed = _inputs(on_view)
    reads = ("labelings", "rows", TRUTHS, "batch", *needed)
    step = Step("score_reference", f"{__name__}:score_reference", reads, ("alone", "alone_reason"), stochastic=True,
                summary="Score all runs on a common view.")  # fmt: skip
    params = {"on_view": list(on_view), "needed": list(needed), "dataset": dataset, "n_negative": n_negative}
    return Call(step, params)


def score_reference(  # noqa: PLR0913 - the slots it reads, and what it scores
    labelings: np.ndarray,
    rows: np.ndarray,
    truths: np.ndarray,
    batch: np.ndarray,
    *inputs: Any,
    on_view: list[str],
    needed: list[str],
    dataset: int,
    n_negative: int,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the scores of all runs of one data set on the common view.

    Parameters
    ----------
    labelings
        See `reference_call`.
    rows, truths, batch, *inputs
        As in `score_run`, of the pipeline that makes the common view.
    on_view, needed, dataset, n_negative
        See `reference_call`.
    rng
        Draws the random labels and what scores sample.

    Returns
    -------
    Values, shape ``(n_runs, 1 + n_truths + n_negative, n_scores)``, and the reason of each run and score without one.
    """
    root, truth = root_entropy(rng), truths[:, rows]
    mine = labelings[dataset][rows].T
    draws = list(_draws(mine, n_negative, rng=child(root, "negative")))
    columns = [*mine, *truth, *(each for drawn in draws for each in drawn)]
    table = np.ascontiguousarray(np.column_stack(columns).astype(np.int32))
    state = {"table": table, "batch": batch[rows], **dict(zip(needed, inputs, strict=True))}
    n_runs, n_truths = len(mine), len(truth)
    values = np.full((n_runs, 1 + n_truths + n_negative, len(on_view)), np.nan)
    reasons = np.full((n_runs, len(on_view)), "", dtype=object)
    for s, name in enumerate(on_view):
        step = TABLE_STEPS[name]
        found = step.run(state, {"name": name}, child(root, name) if step.stochastic else None)
        values[:, 0, s], reasons[:, s] = found["value"][:n_runs], found["reason"][:n_runs]
        values[:, 1 : 1 + n_truths, s] = found["value"][n_runs : n_runs + n_truths]
        values[:, 1 + n_truths :, s] = found["value"][n_runs + n_truths :].reshape(n_runs, n_negative)
    return values, reasons.astype(np.str_)


def _draws(labelings: np.ndarray, n: int, *, rng: np.random.Generator) -> Iterator[list[np.ndarray]]:
    for each in labelings:
        yield random_labelings(each, n, rng=rng)
