"""The table of receptor scores: every score with its level by chance, its interval, and the guards that speak."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import nan
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
import pandas as pd

from rashomon.core import UsageError, did_you_mean
from rashomon.core.labels import MISSING
from rashomon.dataset import Truth
from rashomon.score.halfsample import HalfSampleInterval
from rashomon.score.item import check_codes, same_length
from rashomon.score.receptor.conditional import ConditionalAgreement, conditional_agreement
from rashomon.score.receptor.excess import EXCESS_COLUMNS, Excess, excess, excess_columns
from rashomon.score.receptor.grouping import Grouping, group, large_clusters
from rashomon.score.receptor.guard import first_guard, warning
from rashomon.score.receptor.interval import half_sample_intervals
from rashomon.score.receptor.permutation import Baseline, baseline, permuted_scores, permuted_vector_scores
from rashomon.score.receptor.record import RECEPTOR_SCORES, ReceptorScore

__all__ = ["RECEPTOR_SCORE_COLUMNS", "Level", "ScoreOptions", "receptor_score_table"]

Level = Literal["row", "receptor", "clone"]

RECEPTOR_SCORE_COLUMNS: Mapping[str, str] = {
    "truth": "what the clusters were compared with",
    "score": "name of the score",
    "value": "the score; NaN when undefined",
    "random_mean": "its mean by chance; NaN when there is no baseline",
    "random_low": "2.5 % point by chance",
    "random_high": "97.5 % point by chance",
    "p": "(1 + draws at least as good) / (draws + 1)",
    **EXCESS_COLUMNS,
    "n_backgrounds": "matched backgrounds that the level by chance comes from; 0 where it comes from permutations",
    "low": "lower end of the 95 % interval; NaN when there is none",
    "high": "upper end of the 95 % interval; NaN when there is none",
    "coverage": "share of observed receptors that the score rests on: those with a label, or with a known donor",
    "n_items": "receptors it rests on",
    "n_clusters": "clusters of two or more of them",
    "level": "what an item is: row, receptor or clone",
    "flag": "what is suspect about the clustering, such as percolation; empty when nothing is",
    "status": "ok, or undefined",
    "reason": "why there is no value, no baseline or no interval",
}
"""Columns of the table of receptor scores, in order, with their meaning."""


@dataclass(frozen=True)
class ScoreOptions:
    """How a table of receptor scores is made.

    Parameters
    ----------
    n_permutations
        For the levels by chance.
    n_pairs
        Pairs of half-samples for the intervals; 0: no intervals.
    unit
        What is halved: the ``cluster``, or the ``donor`` (six or more).
    level
        What an item is: ``row``, ``receptor`` (unique within its donor) or ``clone``.

    Raises
    ------
    UsageError
        When the unit or the level is unknown.
    """

    n_permutations: int = 100
    n_pairs: int = 100
    unit: Literal["cluster", "donor"] = "cluster"
    level: Level = "receptor"

    def __post_init__(self) -> None:
        for name, options in (("unit", ("cluster", "donor")), ("level", get_args(Level))):
            value = getattr(self, name)
            if value not in options:
                raise UsageError(f"unknown {name} {value!r}", where="score options", fix=did_you_mean(value, options))


class _Found(NamedTuple):
    """A value with its baseline and its interval."""

    value: float
    chance: Baseline
    interval: HalfSampleInterval
    reason: str = ""


@dataclass(frozen=True, eq=False)
class _Case:
    """Everything that scores of one clustering and one truth read."""

    labels: np.ndarray
    truth: Truth
    donor: np.ndarray | None
    strata: np.ndarray | None
    background: np.ndarray | None
    options: ScoreOptions
    rng: np.random.Generator
    grouping: Grouping = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "grouping", group(self.labels, self.truth.label_sets))


def receptor_score_table(
    labels: np.ndarray,
    truth: Truth,
    *,
    donor: np.ndarray | None = None,
    strata: np.ndarray | None = None,
    background: np.ndarray | None = None,
    options: ScoreOptions | None = None,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Score a clustering of receptors against a truth.

    Parameters
    ----------
    labels
        Cluster of each receptor, ``int32``, shape ``(n,)``; ``-1`` unclustered, ``-2`` not observed.
    truth
        Label definition of the same receptors; several labels per receptor are counted.
    donor
        Code of the donor of each, shape ``(n,)``; negative: unknown. None: scores of donors are undefined.
    strata
        Permute labels, and donors, within these only, shape ``(n,)``; for `conditional_agreement` what has to be
        surpassed. See `combined_strata`. None: permute among all, and there is no conditional agreement.
    background
        Retention of matched backgrounds of as many receptors, shape ``(n_draws,)``: the level by chance of the
        retention, and what its `excess` is over. None: it has none. `beside_backgrounds` sets the other scores beside
        backgrounds.
    options
        Numbers of draws, unit of the intervals, level.
    rng
        Random numbers.

    Returns
    -------
    One row per score of `RECEPTOR_SCORES`, in order, with the columns `RECEPTOR_SCORE_COLUMNS`. All half-samples, and
    all permutations of labels, are shared by the scores that use them.

    Raises
    ------
    UsageError
        When parts speak about different numbers of receptors, or intervals over donors are asked for without donors.

    Examples
    --------
    >>> truth = Truth("epitope", "biological", np.repeat([0, 1], 20).astype(np.int32), ("A", "B"))
    >>> labels = np.repeat(np.arange(8), 5)
    >>> table = receptor_score_table(labels, truth, rng=np.random.default_rng(0)).set_index("score")
    >>> table.loc[["retention", "purity", "consistency_all"], "value"].tolist()
    [1.0, 1.0, 0.25]
    """
    options = options or ScoreOptions()
    codes = check_codes(labels, where="labels")
    for name, other in (("truth", truth.codes), ("donor", donor), ("strata", strata)):
        if other is not None:
            same_length(codes.size, np.size(other), where=f"labels and {name}")
    if options.unit == "donor" and donor is None:
        raise UsageError(
            "there are no donors to halve", where="score options", fix="pass donor=, or use unit='cluster'"
        )
    case = _Case(codes, truth, donor, strata, background, options, rng)
    found = _of_tally(case) | _of_donors(case) | _of_clusters(case) | _of_strata(case)
    return pd.DataFrame([_row(case, record, found[name]) for name, record in RECEPTOR_SCORES.items()])


def _row(case: _Case, record: ReceptorScore, found: _Found) -> dict[str, Any]:
    n_items, n_clusters, n_observed = _sizes(case, record)
    beyond, n_backgrounds = _excess(case, record, found.value)
    absent = "" if beyond is None else beyond.reason
    reasons = [found.reason] if found.reason else [found.chance.reason, absent, found.interval.reason]
    return {
        "truth": case.truth.name,
        "score": record.name,
        "value": found.value,
        "random_mean": found.chance.mean,
        "random_low": found.chance.low,
        "random_high": found.chance.high,
        "p": found.chance.p,
        **excess_columns(beyond),
        "n_backgrounds": n_backgrounds,
        # an interval around the value knows no bounds; what lies beyond them is no value of the score
        "low": max(found.interval.low, record.range[0]) if np.isfinite(found.interval.low) else nan,
        "high": min(found.interval.high, record.range[1]) if np.isfinite(found.interval.high) else nan,
        "coverage": n_items / n_observed if n_observed else nan,
        "n_items": n_items,
        "n_clusters": n_clusters,
        "level": case.options.level,
        "flag": warning(case.labels),
        "status": "undefined" if found.reason else "ok",
        "reason": "; ".join(reason for reason in reasons if reason),
    }


def _excess(case: _Case, record: ReceptorScore, value: float) -> tuple[Excess | None, int]:
    if record.baseline != "background" or case.background is None or not np.isfinite(value):
        return None, 0
    some = np.asarray(case.background, dtype=np.float64)
    some = some[np.isfinite(some)]
    return (excess(value, some), int(some.size)) if some.size else (None, 0)


def _sizes(case: _Case, record: ReceptorScore) -> tuple[int, int, int]:
    observed = case.labels > MISSING
    if record.reads == "tally":
        return int(case.grouping.items.size), int(case.grouping.start.size - 1), case.grouping.n_observed
    kept = observed.copy()
    if record.reads == "donors":
        kept &= False if case.donor is None else np.asarray(case.donor) >= 0
    elif record.reads == "strata":
        kept &= (case.truth.codes >= 0) & (False if case.strata is None else np.asarray(case.strata) >= 0)
    start, _ = large_clusters(np.where(kept, case.labels, MISSING))
    return int(kept.sum()), int(start.size - 1), int(observed.sum())


def _of_tally(case: _Case) -> dict[str, _Found]:
    tally = case.grouping.tally()
    records = [record for record in RECEPTOR_SCORES.values() if record.reads == "tally"]
    reasons = {record.name: first_guard(record.guards, tally) for record in records}
    defined = [record for record in records if not reasons[record.name]]
    found = {name: _nothing(reason) for name, reason in reasons.items() if reason}
    if not defined:
        return found
    functions = [record.call for record in defined]
    values = [function(tally) for function in functions]
    options, sets = case.options, case.truth.label_sets
    moving = [record.call for record in defined if record.baseline == "labels"]
    draws = permuted_scores(
        case.grouping, moving, strata=case.strata, n_permutations=options.n_permutations, rng=case.rng
    )
    column = iter(draws.T)

    def on(labels: np.ndarray) -> list[float]:
        half = group(labels, sets).tally()
        return [function(half) for function in functions]

    labelled = np.full(case.labels.size, MISSING, dtype=np.int32)
    labelled[case.grouping.items] = case.labels[case.grouping.items]
    intervals = _intervals(case, values, on, labelled)
    for record, value, interval in zip(defined, values, intervals, strict=True):
        chance = baseline(value, next(column)) if record.baseline == "labels" else _background(case, value)
        found[record.name] = _Found(value, chance, interval)
    return found


def _of_donors(case: _Case) -> dict[str, _Found]:
    records = [record for record in RECEPTOR_SCORES.values() if record.reads == "donors"]
    if case.donor is None:
        return {record.name: _nothing("no donors are declared") for record in records}
    donor = check_codes(case.donor, where="donor")
    values = [record.call(case.labels, donor) for record in records]
    if not np.isfinite(values).any():
        return {record.name: _nothing("fewer than two donors, or no cluster of known donors") for record in records}
    calls = [_with_labels(record, case.labels) for record in records]
    # receptors that are not observed must not lend their donors
    seen = np.where(case.labels > MISSING, donor, -1)
    draws = permuted_vector_scores(
        seen, calls, strata=case.strata, n_permutations=case.options.n_permutations, rng=case.rng
    )
    known = np.where(donor >= 0, case.labels, MISSING).astype(np.int32)
    intervals = _intervals(case, values, lambda half: [record.call(half, donor) for record in records], known)
    return {
        record.name: _Found(value, baseline(value, draws[:, k]), intervals[k])
        for k, (record, value) in enumerate(zip(records, values, strict=True))
    }


def _with_labels(record: ReceptorScore, labels: np.ndarray) -> Any:
    return lambda donor: record.call(labels, donor)


def _of_clusters(case: _Case) -> dict[str, _Found]:
    found = {}
    for record in RECEPTOR_SCORES.values():
        if record.reads == "clusters":
            value = record.call(case.labels)
            chance = Baseline(nan, nan, nan, nan, "no baseline: labels do not enter")
            interval = _no_interval("no interval: one cluster decides")
            found[record.name] = _Found(value, chance, interval) if np.isfinite(value) else _nothing("no clusters")
    return found


def _of_strata(case: _Case) -> dict[str, _Found]:
    name = next(record.name for record in RECEPTOR_SCORES.values() if record.reads == "strata")
    reason = first_guard(RECEPTOR_SCORES[name].guards, case.grouping.tally())
    if case.strata is None or reason:
        return {name: _nothing(reason or "no strata are given")}
    blocks = case.donor if case.options.unit == "donor" else None
    result = conditional_agreement(
        case.labels, case.truth.codes, case.strata, blocks=blocks,
        n_permutations=case.options.n_permutations, n_pairs=case.options.n_pairs, rng=case.rng,
    )  # fmt: skip
    return {name: _conditional(result)}


def _conditional(result: ConditionalAgreement) -> _Found:
    if not np.isfinite(result.value):
        return _nothing(result.reason)
    low, high = np.quantile(result.draws, [0.025, 0.975])
    chance = Baseline(float(result.draws.mean()), float(low), float(high), result.p)
    return _Found(result.value, chance, HalfSampleInterval(result.low, result.high, np.empty(0), result.reason))


def _background(case: _Case, value: float) -> Baseline:
    if case.background is None:
        return Baseline(nan, nan, nan, nan, "no baseline: no matched background is given")
    return baseline(value, np.asarray(case.background, dtype=np.float64))


def _intervals(case: _Case, values: list[float], function: Any, labels: np.ndarray) -> list[HalfSampleInterval]:
    if not case.options.n_pairs:
        return [_no_interval("no interval: no half-samples asked for") for _ in values]
    donor = case.donor if case.options.unit == "donor" else None
    return half_sample_intervals(values, function, labels, donor=donor, n_pairs=case.options.n_pairs, rng=case.rng)


def _no_interval(reason: str) -> HalfSampleInterval:
    return HalfSampleInterval(nan, nan, np.empty(0), reason)


def _nothing(reason: str) -> _Found:
    return _Found(nan, Baseline(nan, nan, nan, nan), _no_interval(""), reason)
