"""Compute a score by name: what is needed is checked, and "undefined" comes with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan, nan
from typing import Any

import numpy as np
import scipy.sparse as sp

from rashomon.core import UsageError
from rashomon.core.labels import MISSING
from rashomon.score.catalogue import SCORES
from rashomon.score.contingency import Contingency, tabulate
from rashomon.score.item import check_codes, clusters, lowest_code, same_length
from rashomon.score.record import Facts, Score, ScoreResult, Unassigned

__all__ = ["defined_value", "pair_record", "score", "score_pair"]


def score(
    name: str | Score,
    a: np.ndarray,
    b: np.ndarray | None = None,
    *,
    view: np.ndarray | None = None,
    graph: sp.csr_matrix | None = None,
    neighbours: np.ndarray | None = None,
    unassigned: Unassigned = "singletons",
) -> ScoreResult:
    """Compute one score of a labeling.

    Parameters
    ----------
    name
        A name in `SCORES`, or a record of your own.
    a
        The judged labeling: ``int32`` codes, shape ``(n_obs,)``; ``-1`` unassigned, ``-2`` not observed.
    b
        The truth, or any second labeling, for scores that compare two; the batches, for scores of their mixing.
    view
        Coordinates, shape ``(n_obs, n_dims)``; for scores that need a view.
    graph
        Symmetric weights, shape ``(n_obs, n_obs)``; for scores that need a graph.
    neighbours
        Positions of nearest neighbours, shape ``(n_obs, k)``, the item itself first; for scores that need neighbours.
    unassigned
        ``"singletons"``: every unassigned item is a cluster of its own; ``"left_out"``: the value on items that are
        assigned (in both).

    Returns
    -------
    The value and what it rests on; NaN with a reason where the score is undefined.

    Raises
    ------
    UsageError
        When the score is unknown, or something that it needs is absent or does not apply.

    Examples
    --------
    >>> score("ari", np.array([0, 0, 1, 1]), np.array([1, 1, 0, 0])).value
    1.0
    >>> score("ari", np.array([0, 0, 0, 0]), np.array([1, 1, 1, 1])).reason
    'one cluster in both'
    """
    record = SCORES[name] if isinstance(name, str) else name
    second = f"a labeling of {record.against}es" if record.against == "batch" else "a second labeling"
    given = {second: b, "view": view, "graph": graph, "neighbours": neighbours}
    for what, value in given.items():
        need = record.against is not None if what == second else record.needs == what
        if need != (value is not None):
            raise UsageError(
                f"{record.name} is not computable: needs {what}" if need else f"{record.name} does not use {what}",
                where="score",
                fix=f"pass {what}" if need else f"leave {what} out, or choose another score",
            )
    if b is not None and record.needs == "labels":
        return score_pair([record], a, b, unassigned=unassigned)[record.name]
    extra = next(value for value in (view, graph, neighbours) if value is not None)
    return _judge_on(record, a, extra, b, unassigned)


def score_pair(
    scores: Sequence[str | Score], a: np.ndarray, b: np.ndarray, *, unassigned: Unassigned = "singletons"
) -> dict[str, ScoreResult]:
    """Compute several scores of two labelings from one contingency table.

    Parameters
    ----------
    scores
        Names in `SCORES`, or records; all of them compare two labelings and need nothing else.
    a, b, unassigned
        See `score`.

    Returns
    -------
    One result per score, by name.

    Examples
    --------
    >>> found = score_pair(["ari", "ami"], np.array([0, 0, 1, 1]), np.array([0, 0, 1, 2]))
    >>> {name: round(result.value, 2) for name, result in found.items()}
    {'ari': 0.57, 'ami': 0.57}
    """
    records = [pair_record(entry) for entry in scores]
    table = tabulate(a, b, unassigned=unassigned)
    n_a, n_b = table.n_assigned
    coverage = _coverage(np.asarray(a), np.asarray(b), table)
    found = {}
    for record in records:
        value, reason = defined_value(record, table)
        status: Any = "undefined" if reason else "ok"
        found[record.name] = ScoreResult(value, table.n_obs, n_a, n_b, coverage, status, reason)
    return found


def pair_record(score: str | Score) -> Score:
    """Return the record of a score that compares two labelings and needs nothing else.

    Raises
    ------
    UsageError
        When it needs a view or a graph, or judges one labeling alone.
    """
    record = SCORES[score] if isinstance(score, str) else score
    if record.needs != "labels" or record.against is None:
        raise UsageError(
            f"{record.name} is not computable: needs {record.needs}",
            where="scores of two labelings",
            expected="scores that compare labels alone",
            fix=f"known: {', '.join(name for name, entry in SCORES.items() if entry.needs == 'labels')}",
        )
    return record


def defined_value(record: Score, table: Contingency) -> tuple[float, str]:
    """Return the value of a score on a contingency table; where undefined, NaN and the reason."""
    reason = record.why_undefined(table.facts)
    return (nan, reason) if reason else _or_reason(record, record.call(table))


def _or_reason(record: Score, value: float) -> tuple[float, str]:
    return value, record.no_value or "no value" if isnan(value) else ""


def _coverage(a: np.ndarray, b: np.ndarray, table: Contingency) -> float:
    n_common = int(np.count_nonzero((a > MISSING) & (b > MISSING)))
    return table.n_assigned_both / n_common if n_common else nan


def _judge_on(
    record: Score, a: np.ndarray, extra: Any, batch: np.ndarray | None, unassigned: Unassigned
) -> ScoreResult:
    """Judge a labeling by a view, a graph or neighbours, on the items whose batch is known where batches matter."""
    codes, n_b, params = check_codes(a, where="a"), 0, {}
    if batch is not None:
        batches = check_codes(batch, where="b")
        same_length(codes.size, batches.size, where="labels and batches")
        codes[batches < 0] = MISSING
        n_b, params = int(np.unique(batches[codes >= lowest_code(unassigned)]).size), {"batch": batches}
    observed, assigned = int((codes > MISSING).sum()), codes[codes >= 0]
    items, cluster = clusters(codes, unassigned=unassigned)
    reason = record.why_undefined(Facts(items.size, int(cluster.max(initial=-1)) + 1, n_b))
    value = nan
    if not reason:
        value, reason = _or_reason(record, record.call(codes, extra, unassigned=unassigned, **params))
    coverage = assigned.size / observed if observed else nan
    status: Any = "undefined" if reason else "ok"
    return ScoreResult(value, items.size, int(np.unique(assigned).size), n_b, coverage, status, reason)
