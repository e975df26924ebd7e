"""How far a score can be trusted to choose: its record on twins whose truth was planted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import beta, rankdata

from rashomon.ask.truths.conflict import choice_regret
from rashomon.ask.which_score.outcome import Trial, direction
from rashomon.ask.which_score.trial import ON_TRIAL, STRENGTHS

__all__ = [
    "EVERY",
    "NEAR",
    "RESOLUTION",
    "TRACK_COLUMNS",
    "Pick",
    "Trust",
    "best_of_many",
    "deciding",
    "pick",
    "rank_correlation",
    "share_interval",
    "track",
    "trust",
]

Trust = Literal["believe", "no matter", "do not believe", "cannot tell"]

TRACK_COLUMNS = {
    "truth": "the planted label column",
    "strength": "how far its classes differ, as a multiple of what was fitted to the data; 1 decides",
    "among": "what is chosen: the resolution of the default pipeline (of receptors: distance and cutoff), or any "
    "pipeline on trial",
    "score": "name of the score",
    "n_draws": "twins in which it was asked",
    "n_pipelines": "pipelines among which it chooses; seeds are averaged",
    "rank_correlation": "Spearman's, between score (better is higher) and agreement with the planted truth; mean",
    "hit": "share of the twins in which the pipeline it picks is within 0.05 of the best agreement (AMI; of receptors, "
    "AMI over what the planted families allow)",
    "hit_low": "lower end of the exact 95 % interval over twins",
    "hit_high": "upper end",
    "default_hit": "the same share of the default pipeline, which is chosen without looking",
    "chance_hit": "the same share of a pipeline picked at random",
    "regret": "agreement lost by its pick against the best, cross-fitted over half-samples of cells; median over twins",
    "regret_low": "2.5 % point over twins",
    "regret_high": "97.5 % point",
    "agreement_range": "best less worst agreement among the pipelines, median over twins",
    "best": "agreement of the best pipeline on half of the cells, mean over twins; too good: the luckiest is picked",
    "best_corrected": "the same, picked on one half and measured on the other",
    "verdict": "believe, no matter, do not believe, cannot tell",
    "why": "what decided",
}
"""Columns of the table `score_track` and what they mean."""

RESOLUTION, EVERY = "resolution", "every pipeline"

NEAR = 0.05
"""Agreement within which a pick is as good as the best, and range below which nothing is to be chosen."""
_FEWEST_DRAWS = 5
"""Twins below which nothing is said."""
_MIN_VALUED = 0.5
"""Share of the pipelines for which a score must have a value."""
_MARGIN = 0.1
"""By how much a believed score must beat the default pipeline."""


class Pick(NamedTuple):
    """What one score did in one twin; `hit` is False and `regret` NaN where it had no value for any pipeline."""

    hit: bool
    regret: float
    correlation: float


def best_of_many(draws: np.ndarray) -> float:
    """Return the score of the best of many pipelines, corrected for having been picked as the best.

    The largest of many noisy scores is too large. Here the pipeline is picked on one half of the items and measured on
    the other, and the halves change places.

    Parameters
    ----------
    draws
        Scores on half-samples, shape ``(n_draws, n_pipelines)``; rows ``2k`` and ``2k + 1`` are complementary.
        Pipelines with a NaN take no part.

    Returns
    -------
    Mean over splits; NaN where no pipeline is left. At most the mean over draws of the largest score.

    Examples
    --------
    >>> round(best_of_many(np.array([[0.5, 0.4], [0.3, 0.4], [0.6, 0.2], [0.6, 0.2]])), 3)
    0.475
    """
    draws = draws[:, np.isfinite(draws).all(axis=0)]
    if not draws.size:
        return float("nan")
    here = np.arange(draws.shape[0])
    return float(draws[here ^ 1, draws.argmax(axis=1)].mean())


def rank_correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Return Spearman's rank correlation over the pipelines where both are known.

    Parameters
    ----------
    a, b
        Values, shape ``(n_pipelines,)``.

    Returns
    -------
    In [-1, 1], 0 at chance; NaN with fewer than three pipelines or where one of the two is constant.

    Examples
    --------
    >>> round(rank_correlation(np.array([1.0, 2.0, 3.0, np.nan]), np.array([1.0, 4.0, 9.0, 0.0])), 6)
    1.0
    """
    known = np.isfinite(a) & np.isfinite(b)
    if known.sum() < 3:
        return float("nan")
    x, y = (rankdata(values[known]) for values in (a, b))
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return float("nan")
    return float(np.corrcoef(x, y)[0, 1])


def share_interval(n_hits: int, n: int) -> tuple[float, float]:
    """Return the exact 95 % interval of a share (Clopper and Pearson 1934).

    Parameters
    ----------
    n_hits, n
        Successes and trials.

    Returns
    -------
    Both ends in [0, 1]; 0 and 1 without a trial.

    Examples
    --------
    >>> [round(end, 3) for end in share_interval(10, 10)]
    [0.692, 1.0]
    """
    low = float(beta.ppf(0.025, n_hits, n - n_hits + 1)) if n_hits else 0.0
    high = float(beta.ppf(0.975, n_hits + 1, n - n_hits)) if n_hits < n else 1.0
    return low, high


def pick(values: np.ndarray, agreement: np.ndarray, halves: np.ndarray) -> Pick:
    """Return how the pipeline that a score picks compares with the best one.

    Parameters
    ----------
    values
        The score, better is higher, shape ``(n_pipelines,)``; NaN is never picked, ties go to the first.
    agreement
        Agreement with the truth, shape ``(n_pipelines,)``.
    halves
        The same on complementary half-samples, shape ``(n_draws, n_pipelines)``.

    Examples
    --------
    >>> halves = np.tile([0.9, 0.5], (4, 1))
    >>> found = pick(np.array([0.1, 0.3]), np.array([0.9, 0.5]), halves)
    >>> found.hit, round(found.regret, 3)
    (False, 0.4)
    """
    known = np.isfinite(agreement) & np.isfinite(halves).all(axis=0)
    correlation = rank_correlation(values, agreement)
    if not (known & np.isfinite(values)).any():
        return Pick(hit=False, regret=float("nan"), correlation=correlation)
    # the best is sought among all pipelines, the pick among those for which the score has a value
    choice = np.where(np.isfinite(values), values, -np.inf)[known]
    near = bool(agreement[known].max() - agreement[known][choice.argmax()] <= NEAR)
    fixed = np.tile(choice, (halves.shape[0], 1))
    return Pick(hit=near, regret=choice_regret(fixed, halves[:, known]).value, correlation=correlation)


def trust(
    interval: tuple[float, float], *, default_hit: float, regret: float, agreement_range: float, n_draws: int
) -> tuple[Trust, str]:
    """Return whether a score may choose, and what decided.

    Parameters
    ----------
    interval
        Of the share of twins in which it picks one of the best.
    default_hit
        The same share of the default pipeline.
    regret
        Median loss.
    agreement_range
        Best less worst agreement.
    n_draws
        Twins; with fewer than five nothing is said.

    Examples
    --------
    >>> trust((0.7, 1.0), default_hit=0.2, regret=0.01, agreement_range=0.3, n_draws=10)[0]
    'believe'
    >>> trust((0.7, 1.0), default_hit=1.0, regret=0.0, agreement_range=0.3, n_draws=10)
    ('do not believe', 'the default pipeline does as well without it')
    """
    if n_draws < _FEWEST_DRAWS or not np.isfinite(agreement_range):
        return "cannot tell", f"fewer than {_FEWEST_DRAWS} twins were drawn"
    if agreement_range < NEAR:
        return "no matter", f"all pipelines agree with the truth to within {agreement_range:.2f}"
    if regret > NEAR:
        return "do not believe", f"its pick loses {regret:.2f} of agreement"
    return _against_default(interval, default_hit, n_draws)


def _against_default(interval: tuple[float, float], default_hit: float, n_draws: int) -> tuple[Trust, str]:
    low, high = interval
    needed = default_hit + _MARGIN
    if low > needed:
        return "believe", "it picks one of the best far more often than the default pipeline is one"
    # a share cannot exceed 1: no number of twins would show a gain
    if needed >= 1:
        return "do not believe", "the default pipeline does as well without it"
    if high <= needed:
        return "do not believe", "it is no better than the default pipeline"
    return "cannot tell", f"{n_draws} twins are too few: {low:.2f} to {high:.2f} against {needed:.2f} needed"


def track(trials: Sequence[Trial], *, scores: Sequence[str] = ON_TRIAL, first: str = RESOLUTION) -> pd.DataFrame:
    """Return the record of every score.

    Parameters
    ----------
    trials
        Twins; those of one truth and strength follow each other.
    scores
        Names in `ON_TRIAL`, or of receptors.
    first
        What is chosen among the pipelines with the settings of the default one, in words.

    Returns
    -------
    One row per truth, strength, set of pipelines and score; see `TRACK_COLUMNS`.
    """
    rows = [
        row
        for (truth, strength), group in groupby(trials, key=lambda trial: (trial.truth, trial.strength))
        for row in _rows(list(group), {"truth": truth, "strength": strength}, scores, first)
    ]
    return pd.DataFrame(rows, columns=list(TRACK_COLUMNS))


def _rows(draws: list[Trial], facts: dict[str, Any], scores: Sequence[str], first: str) -> Iterator[dict[str, Any]]:
    for among in (first, EVERY):
        sides = [_among(trial, among) for trial in draws]
        if among == EVERY and all(side.all() for side in (_among(trial, first) for trial in draws)):
            return
        known = {**facts, "among": among, **_of_pipelines(draws, sides)}
        for score in scores:
            yield {**known, **_of_score(score, draws, sides, known)}


def _among(trial: Trial, among: str) -> np.ndarray:
    here = trial.settings == trial.settings[0]
    return np.ones_like(here) if among == EVERY else here


def _of_pipelines(draws: list[Trial], sides: list[np.ndarray]) -> dict[str, Any]:
    """Return what is the same for all scores: the default's record, chance, and how much there is to choose."""
    pairs = [(trial.agreement[side], trial.halves[:, side]) for trial, side in zip(draws, sides, strict=True)]
    values = [agreement[np.isfinite(agreement)] for agreement, _ in pairs]
    best = [each.max() if each.size else np.nan for each in values]
    first = [top - agreement[0] <= NEAR for (agreement, _), top in zip(pairs, best, strict=True)]
    near = [(top - each <= NEAR).mean() if each.size else np.nan for each, top in zip(values, best, strict=True)]
    return {
        "n_draws": len(draws),
        "n_pipelines": int(sides[0].sum()),
        "default_hit": float(np.mean(first)),
        "chance_hit": _mean(near),
        "agreement_range": _median([float(np.ptp(each)) if each.size else np.nan for each in values]),
        "best": _mean([_luckiest(halves) for _, halves in pairs]),
        "best_corrected": _mean([best_of_many(halves) for _, halves in pairs]),
    }


def _luckiest(halves: np.ndarray) -> float:
    known = halves[:, np.isfinite(halves).all(axis=0)]
    return float(known.max(axis=1).mean()) if known.size else float("nan")


def _of_score(score: str, draws: list[Trial], sides: list[np.ndarray], known: dict[str, Any]) -> dict[str, Any]:
    sign = direction(score)
    valued = np.mean([np.isfinite(trial.scores[score][side]).mean() for trial, side in zip(draws, sides, strict=True)])
    if valued < _MIN_VALUED:
        if known["agreement_range"] < NEAR:
            return _nothing(score, "no matter", f"all pipelines agree to within {known['agreement_range']:.2f}")
        return _nothing(score, "cannot tell", f"the score has a value for {100 * valued:.0f} % of the pipelines")
    picks = [
        pick(sign * trial.scores[score][side], trial.agreement[side], trial.halves[:, side])
        for trial, side in zip(draws, sides, strict=True)
    ]
    regrets = np.array([each.regret for each in picks])
    regrets = regrets[np.isfinite(regrets)]
    hits = sum(each.hit for each in picks)
    interval = share_interval(hits, len(picks))
    median = _median(regrets)
    verdict, why = trust(
        interval,
        default_hit=known["default_hit"],
        regret=median,
        agreement_range=known["agreement_range"],
        n_draws=len(picks),
    )
    ends = np.quantile(regrets, [0.025, 0.975])
    return {
        "score": score,
        "rank_correlation": _mean([each.correlation for each in picks]),
        "hit": hits / len(picks),
        "hit_low": interval[0],
        "hit_high": interval[1],
        "regret": median,
        "regret_low": float(ends[0]),
        "regret_high": float(ends[1]),
        "verdict": verdict,
        "why": why,
    }


def _nothing(score: str, verdict: Trust, why: str) -> dict[str, Any]:
    numbers = ("rank_correlation", "hit", "hit_low", "hit_high", "regret", "regret_low", "regret_high")
    return {"score": score, **dict.fromkeys(numbers, np.nan), "verdict": verdict, "why": why}


def _mean(values: Sequence[float]) -> float:
    known = np.asarray(values, dtype=np.float64)
    known = known[np.isfinite(known)]
    return float(known.mean()) if known.size else float("nan")


def _median(values: Sequence[float] | np.ndarray) -> float:
    known = np.asarray(values, dtype=np.float64)
    known = known[np.isfinite(known)]
    return float(np.median(known)) if known.size else float("nan")


def deciding(table: pd.DataFrame, *, truth: str, among: str = RESOLUTION) -> pd.DataFrame:
    """Return the rows that decide about one truth.

    Parameters
    ----------
    table
        Of `track`.
    truth
        The planted column.
    among
        `RESOLUTION` (of receptors: that of `rashomon.ask.which_score.receptor_trial.CUTOFF`), or `EVERY`.
    """
    chosen = (table["truth"] == truth) & (table["strength"] == STRENGTHS[0]) & (table["among"] == among)
    return table[chosen]
