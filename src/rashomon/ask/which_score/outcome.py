"""Outcomes of the trials of scores: how well each pipeline found the planted truth, and what each score said of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np

from rashomon.ask.question import Finished
from rashomon.ask.request import Request
from rashomon.ask.which_score.trial import AGAIN, OWN, PLANTED, RERUN_SCORES, TRIAL_STEPS
from rashomon.core.labels import MISSING
from rashomon.multiverse import Multiverse
from rashomon.score import SCORES, STABILITY, half_sample_draws, score
from rashomon.score.receptor import RECEPTOR_SCORES

__all__ = ["N_PAIRS", "Trial", "direction", "trials"]

_Home = Callable[[Finished], tuple[Any, ...]]

N_PAIRS = 10
"""Pairs of half-samples of cells on which every pipeline is compared with the planted truth."""


@dataclass(frozen=True, eq=False)
class Trial:
    """One twin under several pipelines.

    Parameters
    ----------
    truth, strength, replicate
        What was planted, how strongly, and the number of the draw.
    settings
        Name of each pipeline without its granularity, shape ``(n_pipelines,)``; the default pipeline is the first.
    halves
        Agreement with the planted truth (AMI) on half-samples of cells, shape ``(n_draws, n_pipelines)``; rows ``2k``
        and ``2k + 1`` are complementary. NaN where a run failed.
    agreement
        The same on all cells, shape ``(n_pipelines,)``.
    scores
        What each score says of each pipeline, by name; NaN where it has no value. Seeds are averaged everywhere.
    """

    truth: str
    strength: float
    replicate: int
    settings: np.ndarray
    halves: np.ndarray
    agreement: np.ndarray
    scores: Mapping[str, np.ndarray]


def direction(name: str) -> int:
    """Return +1 where larger values of a score on trial are better, -1 where smaller ones are.

    Parameters
    ----------
    name
        A score in `ON_TRIAL`, or in `rashomon.ask.which_score.receptor_score.RECEPTORS_ON_TRIAL`.

    Examples
    --------
    >>> direction("silhouette"), direction("davies_bouldin"), direction("percolation")
    (1, -1, -1)
    """
    if name in SCORES or name in STABILITY:
        return SCORES[name].direction if name in SCORES else STABILITY[name].direction
    # what is left over a background or over chance is as what it is left of
    return RECEPTOR_SCORES[name.removesuffix("_excess")].direction


def trials(request: Request, finished: Sequence[Finished]) -> tuple[list[Trial], dict[str, str]]:
    """Return the finished twins, and why there are none of a truth.

    Parameters
    ----------
    request
        As planned with.
    finished
        The units of `trial_units`, in their order; others are passed over.

    Returns
    -------
    trials
        One per draw in which a pipeline was run.
    reasons
        By truth: the reason of the first failed run, for truths without a draw.
    """
    mine = [each for each in finished if "strength" in each.unit.facts]
    found: list[Trial] = []
    reasons: dict[str, str] = {}
    for key, group in groupby(
        mine, key=lambda each: tuple(each.unit.facts[n] for n in ("truth", "strength", "replicate"))
    ):
        made = list(group)
        failed = next((each.record.reason for each in made if each.record.status != "ok"), "")
        trial = _trial(request, key, made)
        if trial is None:
            reasons.setdefault(str(key[0]), failed)
        else:
            found.append(trial)
    done = {trial.truth for trial in found}
    return found, {name: reason for name, reason in reasons.items() if name not in done}


def _trial(request: Request, key: tuple[Any, ...], made: list[Finished]) -> Trial | None:
    own = [each for each in made if each.unit.facts["perturbation"] == OWN]
    run = [each for each in own if each.record.status == "ok"]
    if not run or request.multiverse is None:
        return None
    homes = _homes(request.multiverse)
    names = list(dict.fromkeys(homes(each) for each in own))
    truth = run[0].record.slots[PLANTED]
    rng = request.rng("score trial", *map(str, key))
    pairs = [(_on_all(each, truth.size), truth) for each in run]
    halves = half_sample_draws("ami", pairs, n_pairs=N_PAIRS, rng=rng)
    whole = [score("ami", *pair).value for pair in pairs]
    place = np.array([names.index(homes(each)) for each in run])
    scores = {name: _means(names, homes, [e for e in made if e.unit.facts["score"] == name]) for name in TRIAL_STEPS}
    scores |= _stability(names, homes, [e for e in made if e.unit.facts["perturbation"] == AGAIN], truth.size)
    return Trial(
        str(key[0]),
        float(key[1]),
        int(key[2]),
        np.array([name[0] for name in names], dtype=object),
        np.stack([_mean_by(row, place, len(names)) for row in halves]),
        _mean_by(np.array(whole), place, len(names)),
        scores,
    )


def _homes(multiverse: Multiverse) -> _Home:
    """Return the function from a run to its pipeline: setting and granularity, without the seed."""
    granular = [choice.name for choice in multiverse.choices if choice.granularity]

    def home(each: Finished) -> tuple[Any, ...]:
        facts = each.unit.facts
        return (facts["pipeline"], *(facts[name] for name in granular))

    return home


def _on_all(each: Finished, n_obs: int) -> np.ndarray:
    labels = np.full(n_obs, MISSING, dtype=np.int32)
    labels[each.record.slots["rows"]] = each.record.slots["labels"]
    return labels


def _mean_by(values: np.ndarray, place: np.ndarray, n: int) -> np.ndarray:
    count = np.bincount(place, minlength=n)
    total = np.bincount(place, weights=values, minlength=n)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _means(names: list[tuple[Any, ...]], homes: _Home, made: Sequence[Finished]) -> np.ndarray:
    """Return the mean of a score over the seeds of each pipeline; NaN where one seed has no value."""
    ok = [each for each in made if each.record.status == "ok"]
    place = np.array([names.index(homes(each)) for each in ok], dtype=np.int64)
    return _mean_by(np.array([float(each.record.slots["value"]) for each in ok]), place, len(names))


def _stability(
    names: list[tuple[Any, ...]], homes: _Home, again: Sequence[Finished], n_obs: int
) -> dict[str, np.ndarray]:
    found = {name: np.full(len(names), np.nan) for name in RERUN_SCORES}
    for j, name in enumerate(names):
        runs = [_on_all(each, n_obs) for each in again if homes(each) == name and each.record.status == "ok"]
        if len(runs) > 1:
            for measure in RERUN_SCORES:
                found[measure][j] = STABILITY[measure].call(np.stack(runs, axis=1)).value
    return found
