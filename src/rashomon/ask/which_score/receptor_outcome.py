"""Outcomes of the trials of receptor scores: how well each cutoff found the planted labels, and what was said of it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import numpy as np

from rashomon.ask.question import Finished
from rashomon.ask.request import Request
from rashomon.ask.which_score.outcome import N_PAIRS, Trial
from rashomon.ask.which_score.receptor_score import BACKGROUND_SCORE, DRAWN_SCORES, REACHABLE, RERUNS, SEEN
from rashomon.ask.which_score.receptor_trial import BACKGROUND
from rashomon.ask.which_score.trial import AGAIN, OWN, PLANTED
from rashomon.core.labels import MISSING
from rashomon.score import STABILITY, half_sample_draws, score

__all__ = ["receptor_trials"]

_LEAST = 0.02
"""AMI that families must allow: below, shares of it are noise."""


def receptor_trials(request: Request, finished: Sequence[Finished]) -> tuple[list[Trial], dict[str, str]]:
    """Return the finished twins of receptors, and why there are none of a truth.

    Agreement is that with the labels that no score was shown: AMI over the receptors of the other half of every label,
    those without a cluster as singletons, over the AMI of the best that sequences allow there: one cluster for each
    label with its receptors that have a family, all others alone. So 0 is chance, and 1 what the families allow.

    Parameters
    ----------
    request
        As planned with.
    finished
        The units of `rashomon.ask.which_score.receptor_trial.receptor_trial_units`; others are passed over.

    Returns
    -------
    trials
        One per draw in which a pipeline was run.
    reasons
        By truth: the reason of the first failed run, for truths without a draw.
    """
    mine = [each for each in finished if "number" in each.unit.facts]
    expected = _backgrounds(mine)
    found: list[Trial] = []
    reasons: dict[str, str] = {}
    drawn = [each for each in mine if each.unit.facts["perturbation"] != BACKGROUND]
    for key, group in groupby(drawn, key=lambda e: tuple(e.unit.facts[n] for n in ("truth", "strength", "replicate"))):
        made = list(group)
        trial = _trial(request, key, made, expected)
        if trial is None:
            failed = next((each.record.reason for each in made if each.record.status != "ok"), "")
            reasons.setdefault(str(key[0]), failed)
        else:
            found.append(trial)
    done = {trial.truth for trial in found}
    return found, {name: reason for name, reason in reasons.items() if name not in done}


def _backgrounds(finished: Sequence[Finished]) -> dict[tuple[str, int, int], float]:
    """Return the share of receptors in a cluster by truth, replicate and pipeline, where only V, J and length count."""
    found = {}
    for each in finished:
        facts = each.unit.facts
        if facts["perturbation"] == BACKGROUND and each.record.status == "ok":
            key = (str(facts["truth"]), int(facts["replicate"]), int(facts["number"]))
            found[key] = float((each.record.slots["labels"] >= 0).mean())
    return found


def _trial(
    request: Request, key: tuple[Any, ...], made: list[Finished], expected: dict[tuple[str, int, int], float]
) -> Trial | None:
    own = [each for each in made if each.unit.facts["perturbation"] == OWN]
    run = [(place, each.record) for place, each in enumerate(own) if each.record.status == "ok"]
    if not run:
        return None
    hidden = _hidden(run[0][1].slots[PLANTED], run[0][1].slots[SEEN])
    labels = {place: _on_all(record.slots, hidden.size) for place, record in run}
    pairs = [(labels[place], hidden) for place, _ in run]
    rng = request.rng("score trial", *map(str, key))
    at = [place for place, _ in run]
    halves = np.full((2 * N_PAIRS, len(own)), np.nan)
    halves[:, at] = half_sample_draws("ami", pairs, n_pairs=N_PAIRS, rng=rng)
    best = _best(run[0][1].slots, hidden)
    agreement, values = np.full(len(own), np.nan), np.full((len(DRAWN_SCORES), len(own)), np.nan)
    for place, record in run:
        agreement[place] = score("ami", labels[place], hidden).value / best
        values[:, place] = record.slots["values"]
    scores = dict(zip(DRAWN_SCORES, values, strict=True))
    by_chance = [expected.get((str(key[0]), int(key[2]), place), np.nan) for place in range(len(own))]
    scores[BACKGROUND_SCORE] = scores["retention"] - np.array(by_chance)
    again = [each for each in made if each.unit.facts["perturbation"] == AGAIN]
    return Trial(
        str(key[0]),
        float(key[1]),
        int(key[2]),
        np.array([each.unit.facts["family"] for each in own], dtype=object),
        halves / best,
        agreement,
        {**scores, **_stability(again, len(own), hidden.size)},
    )


def _hidden(planted: np.ndarray, seen: np.ndarray) -> np.ndarray:
    return np.where((planted >= 0) & (seen < 0), planted, MISSING).astype(np.int32)


def _best(slots: Any, hidden: np.ndarray) -> float:
    """Return the agreement that families allow; NaN where they allow next to none."""
    found = score("ami", slots[REACHABLE], hidden).value
    return found if found >= _LEAST else np.nan


def _on_all(slots: Any, n_obs: int) -> np.ndarray:
    labels = np.full(n_obs, MISSING, dtype=np.int32)
    labels[slots["rows"]] = slots["labels"]
    return labels


def _stability(again: Sequence[Finished], n: int, n_obs: int) -> dict[str, np.ndarray]:
    found = {name: np.full(n, np.nan) for name in RERUNS}
    for place in range(n):
        records = [e.record for e in again if e.unit.facts["number"] == place and e.record.status == "ok"]
        runs = [_on_all(record.slots, n_obs) for record in records]
        if len(runs) > 1:
            for measure in RERUNS:
                found[measure][place] = STABILITY[measure].call(np.stack(runs, axis=1)).value
    return found
