"""Question 3: which label columns the clusters follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from rashomon.ask.alias import aliases, correction, refused, with_hidden
from rashomon.ask.answer import Answer, Assumption, Interval
from rashomon.ask.question import Answered, Finished
from rashomon.ask.request import MORE_LINKS, Request
from rashomon.ask.truths.conflict import conflict_said, conflicts
from rashomon.core import first_few
from rashomon.dataset import Dataset, Truth, nesting
from rashomon.dataset.noun import in_items
from rashomon.engine import Record
from rashomon.multiverse import Unit
from rashomon.multiverse.base import reference_unit
from rashomon.score import MIN_BLOCKS, half_sample_draws, interval_around, score
from rashomon.score.neighbour import predict_from_neighbours
from rashomon.truth import deciding_groups, relations, shuffled

__all__ = ["PRIMARY", "TruthsFound", "answer", "conclude", "plan"]

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
    conflict
        Two rows per pair of truths: how far they prefer different pipelines.
    relations
        One row per pair of truths: how they relate.
    deciding
        The groups of cells on which the truths of each pair differ.
    """

    answer: Answer
    table: pd.DataFrame
    matrix: pd.DataFrame
    conflict: pd.DataFrame = field(default_factory=pd.DataFrame)
    relations: pd.DataFrame = field(default_factory=pd.DataFrame)
    deciding: pd.DataFrame = field(default_factory=pd.DataFrame)


def plan(request: Request) -> list[Unit]:
    """Return the view and the neighbours of the stand-in pipeline, for the best-attainable control."""
    if request.standin is None or request.multiverse is None:
        return []
    return [reference_unit(request.multiverse, request.standin.pipeline)]


def conclude(request: Request, finished: Sequence[Finished]) -> Answered:
    """Return what `answer` says from the finished units of `plan`, with its tables."""
    found = answer(request, finished[0].record if finished else None)
    tables = {
        "truths": found.table,
        "truth_matrix": found.matrix,
        "relations": found.relations,
        "deciding": found.deciding,
        "conflict": found.conflict,
    }
    return Answered(found.answer, tables)


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
        text = "No label column was declared beside the judged one. So there is nothing to compare the clusters with."
        said = Answer("truths", "not applicable", "cannot tell", text, next_step="Declare one with --truth NAME.")
        return TruthsFound(said, pd.DataFrame(), pd.DataFrame())
    draws, over, n_units = _draws(request, truths)
    rows = [_row(request, truth, draws[:, i], n_units, reference) for i, truth in enumerate(truths)]
    hidden = {truth.name: aliases(request.dataset, truth) for truth in truths if truth.kind != "technical"}
    table = pd.DataFrame(rows)
    table["aliased"] = [", ".join(hidden.get(name, ())) for name in names]
    matrix = _matrix(request, truths)
    if len(matrix):
        spread = matrix.groupby("truth", sort=False)["value"].agg(["median", "min", "max"]).reindex(names)
        table[["pipelines_median", "pipelines_min", "pipelines_max"]] = spread.to_numpy()
    conflict = conflicts(request, truths, score=PRIMARY)
    sentence, looked_at = conflict_said(conflict, truths, made_from=request.dataset.made_from)
    said = _answer(request, table, draws, over)
    best = _hidden_by(request, _winner(table), hidden)
    columns = hidden.get(best, ())
    if columns:
        said = refused(said, request.truths[best], columns)
    said = with_hidden(said, {name: found for name, found in hidden.items() if found and name != best})
    said = replace(said, text=f"{said.text} {sentence}".strip(), assumptions=(*said.assumptions, *looked_at))
    said = _without_clusters(said, request) if request.lone else said
    return TruthsFound(said, table, matrix, conflict, *_related(request, truths))


def _without_clusters(said: Answer, request: Request) -> Answer:
    """Return an answer that says nothing of labels, because there is no cluster that could follow them."""
    return replace(
        said,
        status="cannot tell",
        verdict="which labels the clusters follow cannot be told",
        text=request.lone,
        evidence="there are no clusters",
        next_step=f"{MORE_LINKS[:1].upper()}{MORE_LINKS[1:]}." if request.dataset.item == "receptor" else "",
        estimate=None,
        estimate_of="",
        interval=None,
        assumptions=(),
    )


def _hidden_by(request: Request, best: str, hidden: dict[str, tuple[str, ...]]) -> str:
    """Return the winner, or the label column that is one and the same where a processing column wins."""
    same = (
        name for name, columns in hidden.items()
        if best in columns and nesting(request.truths[best].codes, request.truths[name].codes) == "same"
    )  # fmt: skip
    return next(same, best)


def _related(request: Request, truths: list[Truth]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return how the truths relate to each other, and the cells that decide between them."""
    donor = request.dataset.roles.donor
    named = {truth.name: truth for truth in truths}
    found = relations(named, donors=None if donor is None else donor.codes, rng=request.rng("relations"))
    found["over"] = [in_items(str(over), request.dataset.item) for over in found["over"]]
    return found, deciding_groups(named)


def _draws(request: Request, truths: list[Truth]) -> tuple[np.ndarray, str, int]:
    donor = request.dataset.roles.donor
    use_donors = donor is not None and len(donor.categories) >= MIN_BLOCKS
    draws = half_sample_draws(
        PRIMARY,
        [(request.judged.codes, truth.compared) for truth in truths],
        rng=request.rng("half-samples"),
        n_pairs=_N_PAIRS,
        blocks=donor.codes if use_donors and donor is not None else None,
    )
    n_units = len(donor.categories) if use_donors and donor is not None else request.dataset.n_obs
    return (
        draws,
        f"{2 * _N_PAIRS} half-samples of {'donors' if use_donors else f'{request.dataset.item}s'}, labels fixed",
        n_units,
    )


def _row(
    request: Request, truth: Truth, draws: np.ndarray, n_units: int, reference: Record | None
) -> dict[str, object]:
    values = {name: score(name, request.judged.codes, truth.compared) for name in _SHOWN}
    primary = values[PRIMARY]
    interval = interval_around(primary.value, draws, n_units=n_units)
    rng = request.rng("shuffle", truth.name)
    controls = [shuffled(truth, rng=rng).compared for _ in range(_N_SHUFFLES)]
    chance = [score(PRIMARY, request.judged.codes, control).value for control in controls]
    attainable = np.nan
    if reference is not None and reference.status == "ok" and "knn_indices" in reference.slots:
        on_view = truth.compared[reference.slots["rows"]]
        attainable = score(PRIMARY, predict_from_neighbours(reference.slots["knn_indices"], on_view), on_view).value
    return {
        "truth": truth.name,
        "kind": truth.kind,
        "circular": truth.is_circular(request.dataset.made_from),
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
    values = np.array([score("homogeneity", judged, control).value for control in controls])
    if not np.isfinite(values).any():
        return np.nan
    chance = float(np.nanmean(values))
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
    open_to_win = table[~table["circular"] & table[PRIMARY].notna()]
    if open_to_win.empty:
        ordered = table.sort_values(PRIMARY, ascending=False, kind="stable")
        shown = first_few((f"{row['truth']} {row[PRIMARY]:.2f}" for _, row in ordered.iterrows()), n=4)
        text = (
            f"Every declared label column was made from the same matrix, or its agreement is undefined ({shown}). "
            "Agreement with such labels confirms nothing."
        )
        evidence = f"closest, but made from the same matrix or undefined: {ordered['truth'].iloc[0]}"
        step = "Declare a label that was measured in another way (genotype, protein, sorting)."
        assumptions = _assumptions(request, table, open_to_win)
        return Answer(
            "truths",
            "cannot tell",
            "which labels the clusters follow cannot be told",
            text,
            evidence=evidence,
            next_step=step,
            table=table,
            assumptions=assumptions,
        )
    ranked = open_to_win.sort_values(PRIMARY, ascending=False, kind="stable")
    best = ranked.iloc[0]
    interval = Interval(float(best["low"]), float(best["high"]), over)
    # what a batch column hides is neither ranked nor said to be followed
    rivals = [i for i in ranked.index[1:] if not table.loc[i, "aliased"] and not _resolved(draws, ranked.index[0], i)]
    ceiling = f", {best['attainable']:.2f} attainable from neighbours" if np.isfinite(best["attainable"]) else ""
    text = (
        f"The clusters of {request.judged.name} share {best[PRIMARY]:.2f} of their information (adjusted for chance) "
        f"with {best['truth']} ({interval}; {_signed(best['random_mean'])} for shuffled labels{ceiling})."
    )
    return Answer(
        "truths",
        "mixed" if rivals and best["low"] > best["random_high"] else "answered",
        _verdict(best, [str(table.loc[i, "truth"]) for i in rivals]),
        f"{text} {_second_sentence(ranked, table)}",
        evidence=f"adjusted mutual information {best[PRIMARY]:.2f}, {interval}{_divided(table, best)}",
        next_step=_advice(best, rivals, table, request.dataset),
        estimate=float(best[PRIMARY]),
        estimate_of=f"adjusted mutual information with {best['truth']}",
        interval=interval,
        table=table,
        assumptions=_assumptions(request, table, ranked),
    )


def _winner(table: pd.DataFrame) -> str:
    """Return the label column that would win; empty where none may, or none agrees beyond chance."""
    ranked = table[~table["circular"] & table[PRIMARY].notna()].sort_values(PRIMARY, ascending=False, kind="stable")
    wins = len(ranked) > 0 and ranked.iloc[0]["low"] > ranked.iloc[0]["random_high"]
    return str(ranked.iloc[0]["truth"]) if wins else ""


def _verdict(best: pd.Series[Any], rivals: list[str]) -> str:
    if not best["low"] > best["random_high"]:
        return "the clusters follow none of the labels"
    if rivals:
        return f"the clusters follow {' and '.join([str(best['truth']), *rivals])} alike"
    return f"the clusters follow {best['truth']}"


def _resolved(draws: np.ndarray, i: int, j: int) -> bool:
    """Whether truth `i` beats truth `j` in at least 97.5 % of the shared half-samples."""
    wins = draws[:, i] > draws[:, j]
    return bool(wins.mean() >= 0.975)


def _signed(value: float) -> str:
    return f"{abs(value) if abs(value) < 0.005 else value:.2f}"


def _second_sentence(ranked: pd.DataFrame, table: pd.DataFrame) -> str:
    others = ranked.iloc[1:]
    others = others[others["aliased"] == ""]
    rest = first_few((f"{row['truth']} {_signed(row[PRIMARY])}" for _, row in others.iterrows()), n=4)
    dividing = [name for name in _dividing(table) if name != ranked.iloc[0]["truth"]]
    said = f"The others: {rest}" if rest else "There is no other label to compare"
    return (
        f"{said}; nearly every cluster lies within one {dividing[0]}, which divides them." if dividing else f"{said}."
    )


def _divided(table: pd.DataFrame, best: pd.Series[Any]) -> str:
    dividing = [name for name in _dividing(table) if name != best["truth"]]
    return f"; but {dividing[0]} divides them" if dividing else ""


def _dividing(table: pd.DataFrame) -> list[str]:
    """Return the technical columns in which nearly every cluster is pure, beyond chance."""
    return list(table.loc[(table["kind"] == "technical") & (table["purity"] >= _PURE), "truth"])


def _advice(best: pd.Series[Any], rivals: list[int], table: pd.DataFrame, dataset: Dataset) -> str:
    items = f"{dataset.item}s"
    if not best["low"] > best["random_high"]:
        return f"Look for what else divides the {items} before naming the clusters."
    dividing = _dividing(table)
    if dividing and best["kind"] != "technical":
        return correction(dataset, dividing[0], purpose=f"before naming the clusters by {best['truth']}")
    if best["kind"] == "technical":
        return f"{best['truth']} is a technical column: correct for it or cluster within it before naming {items}."
    if rivals:
        return "The data do not tell these labels apart; report both."
    if np.isfinite(best["attainable"]) and best[PRIMARY] < 0.8 * best["attainable"]:
        return (
            f"The {items} carry more about {best['truth']} than these clusters show: look at resolution and settings."
        )
    return f"Name the clusters by {best['truth']}, and look at the {items} that disagree."


def _assumptions(request: Request, table: pd.DataFrame, ranked: pd.DataFrame) -> tuple[Assumption, ...]:
    undeclared = [
        truth.name
        for truth in request.truths.values()
        if truth.derived_from is None and truth.kind not in ("technical", "biological", "mechanism")
    ]
    circular = [f"{row['truth']} ({row[PRIMARY]:.2f})" for _, row in table[table["circular"]].iterrows()]
    independent = "labels are independent of the matrix"
    if circular:
        found = [Assumption(independent, "violated", f"shown but unable to win: {first_few(circular, n=3)}")]
    elif undeclared:
        found = [Assumption(independent, "untested", f"nobody said what {first_few(undeclared, n=3)} was made from")]
    else:
        found = [Assumption(independent, "holds", "as declared")]
    if len(ranked) > 1:
        other = ranked.sort_values("ari", ascending=False, kind="stable").iloc[0]["truth"]
        agrees = other == ranked.iloc[0]["truth"]
        evidence = f"the adjusted Rand index, which large clusters dominate, prefers {other}"
        found.append(Assumption("another score names the same winner", "holds" if agrees else "violated", evidence))
    found += [
        Assumption(f"{a} and {b} can be told apart", "violated", "their columns are one-to-one")
        for a, b in request.dataset.roles.aliased()
    ]
    return tuple(found)
