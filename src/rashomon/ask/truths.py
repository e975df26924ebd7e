"""Question 3: which of my label columns do the clusters follow?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from rashomon.ask.answer import Answer, Assumption, Interval
from rashomon.ask.request import Request
from rashomon.core import first_few
from rashomon.dataset import Truth
from rashomon.engine import Record
from rashomon.multiverse import Unit
from rashomon.multiverse.base import reference_unit
from rashomon.score import MIN_BLOCKS, half_sample_draws, interval_around, score
from rashomon.score.neighbour import predict_from_neighbours
from rashomon.truth import shuffled

__all__ = ["PRIMARY", "TruthsFound", "answer", "plan"]

PRIMARY = "ami"
"""Score that decides: chance-corrected, so truths with different numbers of classes can be compared."""

_SHOWN = ("ami", "ari", "element_centric", "homogeneity", "completeness")
_N_PAIRS = 100
_N_SHUFFLES = 100

_PURE = 0.8
"""Purity beyond chance from which a technical column is said to divide the clusters (a convention)."""


@dataclass(frozen=True, eq=False)
class TruthsFound:
    """The answer with the tables behind it.

    Parameters
    ----------
    answer
        What is said.
    table
        One row per truth: scores of the judged labels, interval, controls, range over pipelines.
    matrix
        One row per truth and pipeline: the primary score, best over resolutions, mean over seeds.
    """

    answer: Answer
    table: pd.DataFrame
    matrix: pd.DataFrame


def plan(request: Request) -> list[Unit]:
    """Return the view and the neighbours of the stand-in pipeline, for the best-attainable control."""
    if request.standin is None or request.multiverse is None:
        return []
    return [reference_unit(request.multiverse, request.standin.pipeline)]


def answer(request: Request, reference: Record | None) -> TruthsFound:
    """Return which truth the judged labels agree with most, beyond chance, and how sure that is.

    Parameters
    ----------
    request
        What is asked about.
    reference
        Finished unit of `plan`; None when only labels are known.
    """
    names = [name for name in request.truths if name != request.judged.name]
    truths = [request.truths[name] for name in names]
    if not truths:
        text = "No label column was declared beside the judged one."
        said = Answer("truths", "not applicable", "cannot tell", text, "Declare one with --truth NAME.")
        return TruthsFound(said, pd.DataFrame(), pd.DataFrame())
    draws, over = _draws(request, truths)
    rows = [_row(request, truth, draws[:, i], reference) for i, truth in enumerate(truths)]
    table = pd.DataFrame(rows)
    matrix = _matrix(request, truths)
    if len(matrix):
        spread = matrix.groupby("truth", sort=False)["value"].agg(["median", "min", "max"]).reindex(names)
        table[["pipelines_median", "pipelines_min", "pipelines_max"]] = spread.to_numpy()
    return TruthsFound(_answer(request, table, draws, over), table, matrix)


def _draws(request: Request, truths: list[Truth]) -> tuple[np.ndarray, str]:
    donor = request.dataset.roles.donor
    use_donors = donor is not None and len(donor.categories) >= MIN_BLOCKS
    draws = half_sample_draws(
        PRIMARY,
        [(request.judged.codes, truth.compared) for truth in truths],
        rng=request.rng("half-samples"),
        n_pairs=_N_PAIRS,
        blocks=donor.codes if use_donors and donor is not None else None,
    )
    return draws, f"{2 * _N_PAIRS} half-samples of {'donors' if use_donors else 'cells'}, labels fixed"


def _row(request: Request, truth: Truth, draws: np.ndarray, reference: Record | None) -> dict[str, object]:
    values = {name: score(name, request.judged.codes, truth.compared) for name in _SHOWN}
    primary = values[PRIMARY]
    interval = interval_around(primary.value, draws, n_units=request.dataset.n_obs)
    rng = request.rng("shuffle", truth.name)
    controls = [shuffled(truth, rng=rng).compared for _ in range(_N_SHUFFLES)]
    chance = [score(PRIMARY, request.judged.codes, control).value for control in controls]
    attainable = np.nan
    if reference is not None and reference.status == "ok":
        on_view = truth.compared[reference.slots["rows"]]
        attainable = score(PRIMARY, predict_from_neighbours(reference.slots["knn_indices"], on_view), on_view).value
    return {
        "truth": truth.name,
        "kind": truth.kind,
        "circular": truth.is_circular("expression"),
        "n_classes": len(truth.categories),
        "n_labelled": primary.n_obs,
        **{name: result.value for name, result in values.items()},
        "low": interval.low,
        "high": interval.high,
        "random_mean": float(np.nanmean(chance)) if np.isfinite(chance).any() else np.nan,
        "random_high": float(np.nanquantile(chance, 0.975)) if np.isfinite(chance).any() else np.nan,
        "attainable": attainable,
        "purity": _beyond_chance(request.judged.codes, truth.compared, controls),
        "status": primary.status,
        "reason": primary.reason or interval.reason,
    }


def _beyond_chance(judged: np.ndarray, truth: np.ndarray, controls: list[np.ndarray]) -> float:
    """Return how far the clusters are pure in the truth: homogeneity, 0 for shuffled labels and 1 for pure clusters."""
    chance = float(np.nanmean([score("homogeneity", judged, control).value for control in controls]))
    return float((score("homogeneity", judged, truth).value - chance) / (1.0 - chance)) if chance < 1 else np.nan


def _matrix(request: Request, truths: list[Truth]) -> pd.DataFrame:
    if request.parts is None:
        return pd.DataFrame()
    runs = request.parts.runs
    granularity = [c.name for c in (request.multiverse.choices if request.multiverse else ()) if c.granularity]
    tables = []
    for truth in truths:
        values = [
            score(PRIMARY, request.parts.labels[:, j], truth.compared).value if status == "ok" else np.nan
            for j, status in enumerate(runs["status"])
        ]
        frame = runs[["pipeline", *granularity]].assign(value=values)
        means = frame.groupby(["pipeline", *granularity], sort=False, dropna=False)["value"].mean().reset_index()
        best = means.groupby("pipeline", sort=False)["value"].max().reset_index()
        tables.append(best.assign(truth=truth.name))
    return pd.concat(tables, ignore_index=True)[["truth", "pipeline", "value"]]


def _answer(request: Request, table: pd.DataFrame, draws: np.ndarray, over: str) -> Answer:
    assumptions = _assumptions(request, table)
    open_to_win = table[~table["circular"] & table[PRIMARY].notna()]
    judged = f"the clusters of {request.judged.name}"
    if open_to_win.empty:
        text = "Every declared label column was made from the same matrix, or its agreement is undefined."
        advice = "Declare a label that was measured in another way (genotype, protein, sorting)."
        return Answer("truths", "cannot tell", "cannot tell", text, advice, table=table, assumptions=assumptions)
    ranked = open_to_win.sort_values(PRIMARY, ascending=False)
    best = ranked.iloc[0]
    interval = Interval(float(best["low"]), float(best["high"]), over)
    rivals = [i for i in ranked.index[1:] if not _resolved(draws, ranked.index[0], i)]
    random = f"{_signed(best['random_mean'])} for shuffled labels"
    ceiling = f", {best['attainable']:.2f} attainable from neighbours" if np.isfinite(best["attainable"]) else ""
    text = (
        f"Adjusted mutual information of {judged} with {best['truth']} is {best[PRIMARY]:.2f} "
        f"({interval}; {random}{ceiling})."
    )
    if best["low"] <= best["random_high"]:
        verdict, status = "follow none of the labels", "answered"
    elif rivals:
        names = first_few([best["truth"], *table.loc[rivals, "truth"]], n=3)
        verdict, status = f"follow {names} alike", "mixed"
    else:
        verdict, status = f"follow {best['truth']}", "answered"
    text += _others(ranked, table) + _metric_conflict(ranked) + _technical(table, best["truth"])
    estimate = float(best[PRIMARY])
    advice = _advice(best, rivals, table)
    return Answer("truths", status, verdict, text, advice, estimate, interval, table, assumptions)  # type: ignore[arg-type]


def _resolved(draws: np.ndarray, i: int, j: int) -> bool:
    """Whether truth `i` beats truth `j` in at least 97.5 % of the shared half-samples."""
    wins = draws[:, i] > draws[:, j]
    return bool(wins.mean() >= 0.975)


def _signed(value: float) -> str:
    return f"{abs(value) if abs(value) < 0.005 else value:.2f}"


def _others(ranked: pd.DataFrame, table: pd.DataFrame) -> str:
    rest = [f"{row['truth']} {row[PRIMARY]:.2f}" for _, row in ranked.iloc[1:].iterrows()]
    circular = [f"{row['truth']} {row[PRIMARY]:.2f}" for _, row in table[table["circular"]].iterrows()]
    text = f" The others: {first_few(rest, n=4)}." if rest else ""
    if circular:
        text += f" Shown but unable to win, because made from the same matrix: {first_few(circular, n=3)}."
    return text


def _metric_conflict(ranked: pd.DataFrame) -> str:
    winner = ranked.sort_values("ari", ascending=False).iloc[0]["truth"]
    if winner == ranked.iloc[0]["truth"] or len(ranked) < 2:
        return ""
    return f" The adjusted Rand index, which large clusters dominate, prefers {winner}."


def _technical(table: pd.DataFrame, winner: str) -> str:
    pure = table[(table["kind"] == "technical") & (table["purity"] >= _PURE) & (table["truth"] != winner)]
    return "".join(f" But nearly every cluster lies within one {name}: it divides them." for name in pure["truth"])


def _advice(best: pd.Series[Any], rivals: list[int], table: pd.DataFrame) -> str:
    dividing = table[(table["kind"] == "technical") & (table["purity"] >= _PURE)]
    if len(dividing) and best["kind"] != "technical":
        name = dividing["truth"].iloc[0]
        return f"Integrate over {name}, or cluster within it, before naming the clusters by {best['truth']}."
    if best["kind"] == "technical":
        return f"{best['truth']} is a technical column: correct for it or cluster within it before naming cells."
    if rivals:
        return "The data do not tell these labels apart; report both."
    if np.isfinite(best["attainable"]) and best[PRIMARY] < 0.8 * best["attainable"]:
        return f"The cells carry more about {best['truth']} than these clusters show: look at the resolution and the settings."
    return f"Name the clusters by {best['truth']}, and look at the cells that disagree."


def _assumptions(request: Request, table: pd.DataFrame) -> tuple[Assumption, ...]:
    undeclared = [
        truth.name
        for truth in request.truths.values()
        if truth.derived_from is None and truth.kind not in ("technical", "biological", "mechanism")
    ]
    found = [
        Assumption(
            "labels are independent of the matrix",
            "violated" if table["circular"].any() else ("untested" if undeclared else "holds"),
            f"nobody said what {first_few(undeclared, n=3)} was made from" if undeclared else "as declared",
        )
    ]
    found += [
        Assumption(f"{a} and {b} can be told apart", "violated", "their columns are one-to-one")
        for a, b in request.dataset.roles.aliased()
    ]
    return tuple(found)
