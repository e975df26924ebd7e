"""The effect of a nuisance on a score: paired draws of a world with and without it, all else the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import t as student

from rashomon.core import Listener, Progress, RNGLike, UsageError, child, did_you_mean, root_entropy, silent
from rashomon.sim.judge import AGAINST_TRUTH, JUDGEABLE, judge
from rashomon.sim.world import World

__all__ = ["EFFECT_COLUMNS", "effect"]

EFFECT_COLUMNS = {
    "do": "the intervention",
    "score": "name of the score",
    "truth": "what the clusters are compared with; empty for scores of the clusters alone",
    "with_nuisance": "mean score in the world as it is; NaN where undefined",
    "without": "mean score after the intervention; NaN where undefined",
    "effect": "mean difference within pairs, as it is minus after; NaN where undefined",
    "low": "lower end of the 95 % interval of the effect, over pairs; NaN with fewer than two pairs",
    "high": "upper end of the interval",
    "n_pairs": "pairs in which both scores are defined",
    "status": "ok, or undefined",
    "reason": "why there is no effect, or no interval, or how many pairs are missing",
}
"""Columns of the table of effects and what they mean."""

_SIDES = ("with_nuisance", "without")


def effect(  # noqa: PLR0913 - what is changed, what is scored and how precisely, all by keyword
    world: World,
    *,
    do: Mapping[str, Any],
    score: str | Sequence[str] = "ari",
    truth: str | Sequence[str] | None = None,
    n_pairs: int = 20,
    n_obs: int | None = None,
    rng: RNGLike = None,
    listener: Listener = silent,
) -> pd.DataFrame:
    """Measure how much an intervention changes the scores of the default pipeline's clusters, against each truth.

    Each pair draws the world and the world after the intervention with the same random numbers, and clusters both with
    the same seed: cells, genes and counts that the intervention does not reach are the same in both, so that the
    difference within a pair is the effect, and far fewer pairs are needed than of independent draws.

    Parameters
    ----------
    world
        The world as it is, with the nuisance.
    do
        The intervention, as keywords of `World.do`: ``{"batch_effect": 0}``.
    score
        One or more names in `rashomon.sim.judge.JUDGEABLE`, ``n_clusters`` included.
    truth
        One or more truths of the world before or after the intervention; None: all of both. For scores that compare.
    n_pairs
        Pairs of draws, at least 1. Cost: two draws and two clusterings each.
    n_obs
        Cells of each draw; `n_obs` of the world when None.
    rng
        Seed of everything.
    listener
        Told how many pairs are done.

    Returns
    -------
    One row per score and truth, with the columns of `EFFECT_COLUMNS`. The interval is Student's, over pairs: it says
    how well the average effect over draws of this world is known, and nothing about other worlds. An effect on a truth
    that does not exist on one side is NaN, with the reason.

    Raises
    ------
    UsageError
        When nothing is changed, a score or truth is unknown, a truth is given and no score compares with one, or
        `n_pairs` is below 1; and whatever `World.do` and `judge` refuse.

    Examples
    --------
    >>> knobs = {"n_batches": 2, "batch_effect": 2.0, "n_genes": 60, "depth": 500.0}
    >>> table = effect(World("batches", knobs), do={"batch_effect": 0}, truth="batch", n_pairs=2, n_obs=80, rng=1)
    >>> row = table.iloc[0]
    >>> row["do"], row["score"], row["truth"], bool(row["effect"] > 0.2)
    ('batch_effect=0', 'ari', 'batch', True)
    """
    scores = [score] if isinstance(score, str) else list(score)
    truths = [truth] if isinstance(truth, str) else truth
    _check(do, scores, truths, n_pairs)
    worlds = dict(zip(_SIDES, (world, world.do(**do)), strict=True))
    wanted = _wanted(worlds, scores, truths)
    root = root_entropy(rng)
    drawn = []
    for pair in range(n_pairs):
        seed = int(child(root, "pair", pair).integers(2**63))
        drawn.append({side: _scores(each, scores, truths, n_obs, seed) for side, each in worlds.items()})
        listener(Progress("pairs of worlds", pair + 1, n_pairs))
    said = ", ".join(f"{name}={value}" for name, value in do.items())
    rows = [{"do": said, "score": name, "truth": kind, **_summary(drawn, (name, kind))} for name, kind in wanted]
    return pd.DataFrame(rows, columns=list(EFFECT_COLUMNS))


def _check(do: Mapping[str, Any], scores: Sequence[str], truths: Sequence[str] | None, n_pairs: int) -> None:
    unknown = next((name for name in scores if name not in JUDGEABLE), None)
    if unknown is not None:
        raise UsageError(
            f"there is no score {unknown!r}",
            where="effect(score=)",
            expected="a score that judges one clustering",
            fix=did_you_mean(unknown, JUDGEABLE),
        )
    if not scores or not do:
        what = "do" if not do else "score"
        raise UsageError(f"{what} is empty", where="effect", expected="at least one", fix="name what is to change")
    if truths is not None and not set(scores) & set(AGAINST_TRUTH):
        raise UsageError(
            f"{', '.join(scores)} is not compared with a truth",
            where="effect(truth=)",
            expected="no truth",
            fix="leave truth out, or add a score such as ari",
        )
    if n_pairs < 1:
        raise UsageError(f"n_pairs is {n_pairs}", where="effect", expected="1 or more", fix="use n_pairs=20")


def _wanted(worlds: Mapping[str, World], scores: Sequence[str], truths: Sequence[str] | None) -> list[tuple[str, str]]:
    """Return the pairs of score and truth that are asked for, in the order in which they are reported."""
    declared = list(dict.fromkeys(name for world in worlds.values() for name in world.truths))
    unknown = next((name for name in truths or () if name not in declared), None)
    if unknown is not None:
        raise UsageError(
            f"the world has no truth {unknown!r}", where="effect(truth=)", fix=did_you_mean(unknown, declared)
        )
    asked = declared if truths is None else list(truths)
    return [(name, kind) for name in scores for kind in (asked if name in AGAINST_TRUTH else [""])]


Scores = dict[tuple[str, str], tuple[float, str]]


def _scores(world: World, scores: Sequence[str], truths: Sequence[str] | None, n_obs: int | None, seed: int) -> Scores:
    """Return value and reason by score and truth of one draw; truths that it lacks are left out."""
    simulated = world.sample(n_obs, rng=seed)
    have = simulated.dataset.truths
    table = judge(
        simulated, scores=scores, truths=None if truths is None else [n for n in truths if n in have], rng=seed
    )
    return {(row["score"], row["truth"]): (row["value"], row["reason"]) for row in table.to_dict("records")}


_ABSENT = (np.nan, "there is no such truth, or it has one class")


def _summary(drawn: Sequence[Mapping[str, Scores]], key: tuple[str, str]) -> dict[str, Any]:
    """Return means, effect and interval of one score over pairs."""
    found = {side: [pair[side].get(key, _ABSENT) for pair in drawn] for side in _SIDES}
    values = {side: np.array([value for value, _ in each]) for side, each in found.items()}
    differences = values["with_nuisance"] - values["without"]
    defined = np.isfinite(differences)
    used = differences[defined]
    low, high = _interval(used)
    # where pairs are compared, both means are over the pairs that are; else each is over what it has
    shown = {side: _mean(each[defined] if used.size else each[np.isfinite(each)]) for side, each in values.items()}
    return {
        **shown,
        "effect": _mean(used),
        "low": low,
        "high": high,
        "n_pairs": int(used.size),
        "status": "ok" if used.size else "undefined",
        "reason": "; ".join(_reasons(found, n_used=int(used.size), n_drawn=len(drawn))),
    }


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if values.size else float("nan")


def _interval(differences: np.ndarray) -> tuple[float, float]:
    """Return the ends of the 95 % interval of the mean by Student's law; NaN below two values."""
    if differences.size < 2:
        return float("nan"), float("nan")
    half = float(student.ppf(0.975, differences.size - 1) * differences.std(ddof=1) / np.sqrt(differences.size))
    return float(differences.mean()) - half, float(differences.mean()) + half


def _reasons(found: Mapping[str, Sequence[tuple[float, str]]], *, n_used: int, n_drawn: int) -> Iterator[str]:
    for side, name in zip(_SIDES, ("as it is", "after the intervention"), strict=True):
        missing = [reason for value, reason in found[side] if not np.isfinite(value)]
        if missing:
            kinds = ", ".join(dict.fromkeys(missing))
            yield f"{name}: undefined in {len(missing)} of {n_drawn} pairs ({kinds})"
    if n_used == 1:
        yield "one pair has no interval"
