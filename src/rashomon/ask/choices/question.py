"""Question 4: which settings made this clustering."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from rashomon.ask.answer import Answer, Assumption, Interval
from rashomon.ask.choices.share import INTERACTIONS, NOISE, variance_shares
from rashomon.ask.question import Answered, Finished
from rashomon.ask.request import MORE_LINKS, Request
from rashomon.dataset import Item
from rashomon.multiverse import Choice, Unit
from rashomon.partitions import Partitions
from rashomon.score import half_sample_draws, score

__all__ = ["ChoiceShares", "answer", "conclude", "plan"]

PRIMARY = "ami"

_N_PAIRS = 10
"""Pairs of half-samples; every run is scored again on each half."""

_FLAT = 0.05
"""Range of the agreement over pipelines below which no setting matters (a convention)."""

_FLOOR = 0.1
"""Share of the variance below which a setting is not said to matter most (a convention)."""


@dataclass(frozen=True, eq=False)
class ChoiceShares:
    """The answer with the tables behind it.

    Parameters
    ----------
    answer
        What is said.
    shares
        One row per outcome and source of variance, with an interval over half-samples of cells.
    curve
        One row per run: its choices, and its agreement with the judged labels and with each truth.
    """

    answer: Answer
    shares: pd.DataFrame
    curve: pd.DataFrame


def plan(request: Request) -> list[Unit]:
    """Return nothing: the multiverse of `request` holds all that is needed."""
    del request
    return []


def conclude(request: Request, finished: Sequence[Finished]) -> Answered:
    """Return what `answer` says, with its tables; `finished` is empty."""
    del finished
    found = answer(request)
    return Answered(found.answer, {"shares": found.shares, "curve": found.curve})


def answer(request: Request) -> ChoiceShares:
    """Return how much of the spread of agreement each choice explains, over the pipelines of equivalent choices."""
    if request.multiverse is None or request.parts is None:
        text = "The labels alone cannot be re-made. So no setting can be varied."
        step = "Give a file with an expression matrix."
        said = Answer("choices", "not applicable", "cannot tell", text, next_step=step)
        return ChoiceShares(said, pd.DataFrame(), pd.DataFrame())
    outcomes = {f"agreement with {request.judged.name}": request.judged.codes}
    outcomes |= {
        f"agreement with {truth.name}": truth.compared
        for truth in request.truths.values()
        if truth.name != request.judged.name
    }
    parts = request.parts.select((request.parts.runs["branch"] == "").to_numpy())
    runs = parts.runs
    if runs.empty:
        text = "Every pipeline has a setting that is exploratory or answers another question. So none can be compared."
        step = "Leave out the levels that were asked for, or add an equivalent one to them."
        said = Answer("choices", "cannot tell", "cannot tell", text, next_step=step)
        return ChoiceShares(said, pd.DataFrame(), pd.DataFrame())
    choices = [choice for choice in request.multiverse.choices if choice.replicate or runs[choice.name].nunique() > 1]
    curve = runs[["run", "pipeline", "n_clusters", *(choice.name for choice in request.multiverse.choices)]].copy()
    tables = []
    for name, codes in outcomes.items():
        curve[name] = [score(PRIMARY, column, codes).value for column in parts.labels.T]
        shares = variance_shares(runs, curve[name].to_numpy(), choices)
        spread = curve[name].max() - curve[name].min()
        tables.append(_with_interval(request, parts, shares, codes, choices).assign(outcome=name, spread=spread))
    table = pd.concat(tables, ignore_index=True)
    said = _answer(table, next(iter(outcomes)), choices, request.dataset.item)
    if request.lone:
        said = replace(said, text=request.lone, evidence="", next_step=said.next_step or f"{MORE_LINKS.capitalize()}.")
    return ChoiceShares(said, table, curve)


def _with_interval(
    request: Request, parts: Partitions, shares: pd.DataFrame, codes: np.ndarray, choices: list[Choice]
) -> pd.DataFrame:
    pairs = [(column, codes) for column in parts.labels.T]
    draws = half_sample_draws(PRIMARY, pairs, rng=request.rng("half-samples of choices"), n_pairs=_N_PAIRS)
    repeats = np.stack([variance_shares(parts.runs, row, choices)["share"].to_numpy() for row in draws])
    deviation = repeats - repeats.mean(axis=0)
    low, high = np.quantile(deviation, [0.025, 0.975], axis=0)
    return shares.assign(low=shares["share"] + low, high=shares["share"] + high)


def _answer(table: pd.DataFrame, outcome: str, choices: list[Choice], item: Item) -> Answer:
    rows = table[table["outcome"] == outcome].set_index("choice")
    granular = [choice.name for choice in choices if choice.granularity]
    settings = rows.drop(index=[INTERACTIONS, NOISE, *granular], errors="ignore").sort_values("share", ascending=False)
    spread = float(rows["spread"].iloc[0])
    assumptions = (
        Assumption("preprocessing does not matter", "holds" if spread < _FLAT else "violated", f"range {spread:.2f}"),
        Assumption("the pipelines are those an expert would defend", "untested", "every combination counts alike"),
    )
    if settings.empty or not np.isfinite(settings["share"].iloc[0]):
        text = "The data allow one setting of each choice, or every run agrees equally. So no share can be computed."
        step = "Vary more settings: a larger budget, or levels of your own."
        return Answer(
            "choices", "cannot tell", "cannot tell", text, next_step=step, table=table, assumptions=assumptions
        )
    over = f"{2 * _N_PAIRS} half-samples of {item}s, labels of every run fixed"
    interval = Interval(float(settings["low"].iloc[0]), float(settings["high"].iloc[0]), over)
    name, share = str(settings.index[0]), float(settings["share"].iloc[0])
    known = np.isfinite(interval.low) and np.isfinite(interval.high)
    between = _between(interval) if known else "no interval: halves have no score"
    said = f"{_percent(share)} ({between})"
    verdict, step = _verdict(name, interval, settings, spread)
    return Answer(
        "choices",
        "answered",
        verdict,
        f"Of the spread in {outcome}, {name} explains {said}{_rest(rows, settings, granular)}. "
        f"That agreement (adjusted mutual information) ranges over {spread:.2f} between pipelines.",
        evidence=f"{name} explains {_percent(share)} of the spread in {outcome}, {between}",
        next_step=step,
        estimate=share,
        estimate_of=f"share of the variance of {outcome} that {name} explains",
        interval=interval if known else None,
        table=table,
        assumptions=assumptions,
    )


def _verdict(name: str, interval: Interval, settings: pd.DataFrame, spread: float) -> tuple[str, str]:
    second = float(settings["high"].iloc[1]) if len(settings) > 1 else 0.0
    if spread < _FLAT:
        return "no setting matters here", "Any of these pipelines gives the same answer."
    if interval.low > second and settings["share"].iloc[0] >= _FLOOR:
        return f"{name} matters most", f"State {name} in the methods, and show the result at its other levels."
    return "no single setting decides", "Report the clusters that come back under all of them."


def _rest(rows: pd.DataFrame, settings: pd.DataFrame, granular: list[str]) -> str:
    """Return the other shares in words; a negative one is noise and shown as 0."""
    shares = rows["share"].astype(float)
    parts = [f"{name} {_percent(float(share))}" for name, share in settings["share"].iloc[1:4].items()]
    fine = sum(max(0.0, float(shares[name])) for name in granular if name in shares)
    parts += [f"resolution {_percent(fine)}", f"interactions {_percent(float(shares[INTERACTIONS]))}"]
    return f", {', '.join(parts)}, seeds {_percent(float(shares[NOISE]))}"


def _between(interval: Interval) -> str:
    low, high = _percent(interval.low), _percent(interval.high)
    return f"{low} to {high}" if low != high else f"{low} in every half-sample"


def _percent(share: float) -> str:
    return f"{100 * max(0.0, share):.0f} %"
