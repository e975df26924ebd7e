"""Rank conflict: whether two truths prefer different pipelines, over the pairs that both can tell apart."""

from __future__ import annotations

from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from rashomon.ask.answer import Assumption
from rashomon.ask.request import Request
from rashomon.dataset import Origin, Truth
from rashomon.score import MIN_BLOCKS, half_sample_draws

__all__ = [
    "CONFLICT_COLUMNS",
    "Conflict",
    "Regret",
    "choice_regret",
    "conflict_said",
    "conflicts",
    "rank_conflict",
    "resolved",
]

CONFLICT_COLUMNS = {
    "truth_a": "name of the first truth",
    "truth_b": "name of the second truth",
    "pipelines": "which are compared: every setting, or each setting at the best resolution for each truth",
    "n_pipelines": "pipelines with a score under both truths; seeds are averaged",
    "n_pairs": "pairs of these pipelines",
    "n_resolved": "pairs that both truths can tell apart: same order in 97.5 % of the half-samples",
    "conflict": "share of the resolved pairs that the truths order differently; NaN where it cannot be told",
    "low": "lower end of its 95 % interval over half-samples, the resolved pairs kept",
    "high": "upper end",
    "regret_a_to_b": "score under the second truth that is lost when the first chooses the pipeline, cross-fitted",
    "regret_a_to_b_low": "lower end of the middle 95 % over half-samples",
    "regret_a_to_b_high": "upper end",
    "regret_b_to_a": "score under the first truth that is lost when the second chooses, likewise",
    "regret_b_to_a_low": "lower end of the middle 95 % over half-samples",
    "regret_b_to_a_high": "upper end",
    "circular": "which of the two was made from the same matrix as the clusters, and so cannot choose a pipeline",
    "reason": "why it cannot be told",
}
"""Columns of the table of conflicts and what they mean."""

EVERY, BEST = "every setting", "best resolution"

_N_PAIRS = 50
"""Pairs of complementary half-samples: 100 half-samples."""

_SAME_SIGN = 0.975
_MIN_SHARE = 0.05
_MIN_RESOLVED = 10

_SAID = 0.05
"""Lower end of the interval from which a conflict is said in words (a convention)."""


class Conflict(NamedTuple):
    """How far two truths order pipelines differently; NaN with a `reason` where it cannot be told."""

    value: float
    low: float
    high: float
    n_pairs: int
    n_resolved: int
    reason: str = ""


class Regret(NamedTuple):
    """Score that is lost, and the middle 95 % over splits; slightly negative values are chance."""

    value: float
    low: float
    high: float


def resolved(draws: np.ndarray) -> np.ndarray:
    """Return which pipelines a truth tells apart, and in which order.

    Parameters
    ----------
    draws
        Scores on half-samples, shape ``(n_draws, n_pipelines)``.

    Returns
    -------
    ``int8``, shape ``(n_pipelines, n_pipelines)``, above the diagonal: 1 where the first pipeline scores higher in at
    least 97.5 % of the half-samples, -1 where the second does, else 0.

    Examples
    --------
    >>> resolved(np.array([[0.3, 0.2, 0.3], [0.4, 0.1, 0.3]])).tolist()
    [[0, 1, 0], [0, 0, -1], [0, 0, 0]]
    """
    n = draws.shape[1]
    signs = np.zeros((n, n), dtype=np.int8)
    # by comparison, not by difference: the order survives any increasing transform of the scores
    for u in range(n - 1):
        one, others = draws[:, u : u + 1], draws[:, u + 1 :]
        higher, lower = (one > others).mean(axis=0), (one < others).mean(axis=0)
        signs[u, u + 1 :] = (higher >= _SAME_SIGN).astype(np.int8) - (lower >= _SAME_SIGN)
    return signs


def rank_conflict(a: np.ndarray, b: np.ndarray) -> Conflict:
    """Return the share of pairs of pipelines that two truths order differently, among those that both tell apart.

    Parameters
    ----------
    a, b
        Scores of the same pipelines on the same half-samples under two truths, shape ``(n_draws, n_pipelines)``.

    Returns
    -------
    The share in [0, 1], 0 for a truth with itself; unchanged by increasing transforms of either score. The interval is
    the middle 95 % over half-samples with the resolved pairs kept. Fewer than 10 resolved pairs, or 5 % of all: NaN.

    Examples
    --------
    >>> draws = np.tile(np.arange(8.0), (100, 1))
    >>> rank_conflict(draws, draws).value, rank_conflict(draws, -draws).value
    (0.0, 1.0)
    """
    n = a.shape[1]
    n_pairs = n * (n - 1) // 2
    signs_a, signs_b = resolved(a), resolved(b)
    rows, cols = np.nonzero((signs_a != 0) & (signs_b != 0))
    needed = max(_MIN_RESOLVED, int(np.ceil(_MIN_SHARE * n_pairs)))
    if rows.size < needed:
        reason = f"both truths tell {rows.size} of {n_pairs} pairs of pipelines apart, {needed} are needed"
        return Conflict(np.nan, np.nan, np.nan, n_pairs, rows.size, reason)
    value = float((signs_a[rows, cols] != signs_b[rows, cols]).mean())
    shares = [_discordant(one[rows] - one[cols], two[rows] - two[cols]) for one, two in zip(a, b, strict=True)]
    low, high = np.nanquantile(shares, [0.025, 0.975])
    return Conflict(value, float(low), float(high), n_pairs, rows.size)


def _discordant(a: np.ndarray, b: np.ndarray) -> float:
    order = np.sign(a) * np.sign(b)
    known = np.count_nonzero(order)
    return np.count_nonzero(order < 0) / known if known else np.nan


def choice_regret(chooser: np.ndarray, judge: np.ndarray) -> Regret:
    """Return what is lost under one truth when another chooses the pipeline.

    Parameters
    ----------
    chooser, judge
        Scores under the truth that chooses and under the one that judges, shape ``(n_draws, n_pipelines)``; rows ``2k``
        and ``2k + 1`` are complementary half-samples.

    Returns
    -------
    Mean over splits of the score of the judge's own choice minus that of the chooser's; both choose on one half and are
    scored on the other, and the halves change places.

    Examples
    --------
    >>> chooser, judge = np.tile([0.9, 0.1], (4, 1)), np.tile([0.3, 0.5], (4, 1))
    >>> round(choice_regret(chooser, judge).value, 3), choice_regret(judge, judge).value
    (0.2, 0.0)
    """
    draws = np.arange(chooser.shape[0])
    theirs, own, other = chooser.argmax(axis=1), judge.argmax(axis=1), draws ^ 1
    lost = judge[other, own] - judge[other, theirs]
    per_split = lost.reshape(-1, 2).mean(axis=1)
    low, high = np.quantile(per_split, [0.025, 0.975])
    return Regret(float(per_split.mean()), float(low), float(high))


def conflicts(request: Request, truths: list[Truth], *, score: str) -> pd.DataFrame:
    """Return how far each pair of truths prefers different pipelines.

    Parameters
    ----------
    request
        The finished multiverse; only equivalent pipelines take part.
    truths
        Two or more.
    score
        Name of a score of two labelings.

    Returns
    -------
    Two rows per pair, see `CONFLICT_COLUMNS`; none where fewer than two pipelines or truths are known.
    """
    tables = _draws(request, truths, score) if len(truths) > 1 else {}
    rows = [
        _row(a, b, name, draws[..., i], draws[..., j], made_from=request.dataset.made_from)
        for (i, a), (j, b) in combinations(enumerate(truths), 2)
        for name, draws in tables.items()
    ]
    return pd.DataFrame(rows, columns=list(CONFLICT_COLUMNS))


def _draws(request: Request, truths: list[Truth], score: str) -> dict[str, np.ndarray]:
    """Return scores, shape (draws, pipelines, truths), of every setting and of every setting at its best resolution."""
    if request.parts is None or request.multiverse is None:
        return {}
    runs = request.parts.runs
    usable = np.flatnonzero((runs["status"] == "ok") & (runs["branch"] == ""))
    choices = [choice for choice in request.multiverse.choices if not choice.replicate]
    settings = runs.iloc[usable][[choice.name for choice in choices]]
    coarse = runs["pipeline"].iloc[usable].to_numpy()
    setting = settings.groupby(list(settings), dropna=False, sort=False).ngroup().to_numpy()
    if len(set(setting)) < 2:
        return {}
    donor = request.dataset.roles.donor
    values = half_sample_draws(
        score,
        [(request.parts.labels[:, run], truth.compared) for run in usable for truth in truths],
        rng=request.rng("conflict"),
        n_pairs=_N_PAIRS,
        blocks=donor.codes if donor is not None and len(donor.categories) >= MIN_BLOCKS else None,
    ).reshape(2 * _N_PAIRS, usable.size, len(truths))
    every = np.stack([values[:, setting == each].mean(axis=1) for each in range(setting.max() + 1)], axis=1)
    homes = np.array([coarse[setting == each][0] for each in range(setting.max() + 1)])
    best = np.stack([every[:, homes == name].max(axis=1) for name in dict.fromkeys(homes)], axis=1)
    return {EVERY: every} if best.shape == every.shape else {EVERY: every, BEST: best}


def _row(
    a: Truth, b: Truth, name: str, draws_a: np.ndarray, draws_b: np.ndarray, *, made_from: Origin
) -> dict[str, Any]:
    known = np.isfinite(draws_a).all(axis=0) & np.isfinite(draws_b).all(axis=0)
    draws_a, draws_b = draws_a[:, known], draws_b[:, known]
    found = rank_conflict(draws_a, draws_b)
    nothing = Regret(np.nan, np.nan, np.nan)
    there = choice_regret(draws_a, draws_b) if known.any() else nothing
    back = choice_regret(draws_b, draws_a) if known.any() else nothing
    return {
        "truth_a": a.name,
        "truth_b": b.name,
        "pipelines": name,
        "n_pipelines": int(known.sum()),
        "n_pairs": found.n_pairs,
        "n_resolved": found.n_resolved,
        "conflict": found.value,
        "low": found.low,
        "high": found.high,
        **dict(zip(("regret_a_to_b", "regret_a_to_b_low", "regret_a_to_b_high"), there, strict=True)),
        **dict(zip(("regret_b_to_a", "regret_b_to_a_low", "regret_b_to_a_high"), back, strict=True)),
        "circular": ", ".join(truth.name for truth in (a, b) if truth.is_circular(made_from)),
        "reason": found.reason,
    }


def conflict_said(
    table: pd.DataFrame, truths: list[Truth], *, made_from: Origin = "expression"
) -> tuple[str, tuple[Assumption, ...]]:
    """Return a sentence about the largest conflict, empty where there is none, and what was looked at.

    Parameters
    ----------
    table
        Of `conflicts`.
    truths
        The same ones. Circular and technical ones stay in the table: the first may not choose a pipeline, the second
        should not.
    made_from
        What the clusters were made from.

    Returns
    -------
    sentence
        With the share of pairs and its interval.
    assumptions
        Whether the truths prefer the same pipelines; none where no pair was compared.
    """
    out = {truth.name for truth in truths if truth.is_circular(made_from) or truth.kind == "technical"}
    rows = table[(table["pipelines"] == EVERY) & ~table["truth_a"].isin(out) & ~table["truth_b"].isin(out)]
    if rows.empty:
        return "", ()
    statement = "the label columns prefer the same pipelines"
    told = rows[rows["conflict"].notna()].sort_values("conflict", ascending=False, kind="stable")
    if told.empty:
        return "", (Assumption(statement, "untested", str(rows["reason"].iloc[0])),)
    worst = told.iloc[0]
    share = f"{100 * worst['conflict']:.0f} % ({100 * worst['low']:.0f} to {100 * worst['high']:.0f} %)"
    names = f"{worst['truth_a']} and {worst['truth_b']}"
    if worst["low"] < _SAID:
        return "", (Assumption(statement, "holds", f"{names} differ most: {share} of the pairs both tell apart"),)
    sentence = f"{names} prefer different pipelines in {share} of the pairs they can tell apart"
    return f"{sentence}.", (Assumption(statement, "violated", sentence),)
