"""The user's pipeline on one population: how many clusters it makes where there are no groups, and how firm they are.

Reference numbers, no test of whether there are groups: the covariance of the data, which the drawn population has, also
holds what separates groups (see `rashomon.ask.structure.population_record.Population`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import pandas as pd

from rashomon.ask.question import Finished
from rashomon.ask.request import Request
from rashomon.ask.stability.rung import best_granularity
from rashomon.ask.structure.match import RECOVERED, match_runs
from rashomon.ask.structure.population_record import (
    DATA_COLUMNS,
    NULL_CLUSTER_COLUMNS,
    SUMMARY_COLUMNS,
    Population,
    monte_carlo_p,
)
from rashomon.core.labels import MISSING
from rashomon.dataset import Dataset
from rashomon.encode import STEPS
from rashomon.engine import Call, Record
from rashomon.multiverse import Budget, Multiverse, Unit, collect
from rashomon.multiverse.base import FULL_DATA, label_unit
from rashomon.multiverse.multiverse import Pipeline
from rashomon.multiverse.path import pipeline_path
from rashomon.multiverse.resample import resample_units
from rashomon.score import score
from rashomon.score.step import VIEW_STEPS, estimate_labels
from rashomon.sim.twin_step import draw_call, fit_call, twin_roles

__all__ = ["AMOUNTS", "MOST_CELLS", "Amount", "conclude_population", "plan_population", "why_no_population"]

MOST_CELLS = 10_000
"""Cells of a draw; larger data are compared by the shares of their clusters."""

_MOST_ON_GRAPH = 200_000
"""Cells above which the graph of the data is not kept, so that the judged labels have no modularity."""

_SCORED = ("modularity", "silhouette")
_STATISTICS = ("n_clusters", *_SCORED)


@dataclass(frozen=True)
class Amount:
    """How much is drawn under a budget.

    Parameters
    ----------
    n_draws
        Populations; p-values are no smaller than 1 / (n_draws + 1).
    max_obs
        Cells to which the population is fitted.
    only
        The rungs that are repeated on the draws; None for all that the data allow.
    """

    n_draws: int
    max_obs: int
    only: tuple[str, ...] | None = None


AMOUNTS: dict[Budget, Amount] = {
    "quick": Amount(4, 300, ("halves",)),
    "default": Amount(19, 2000),
    "full": Amount(99, 2000),
}
"""What is drawn under each budget; two repeats of each rung that comes in halves, one of the others."""


def why_no_population(request: Request) -> str:
    """Return why no population can be drawn and clustered; empty where it can."""
    if request.multiverse is None or request.standin is None:
        return "the labels alone cannot be re-made"
    if request.dataset.item == "receptor":
        return "receptors are compared with a matched background, not with one population of cells"
    if request.why_no_counts:
        return f"{request.why_no_counts}; give raw counts"
    if not request.standin.usable:
        return "no pipeline makes labels like these, so that none can be run on it"
    return ""


def plan_population(request: Request) -> list[Unit]:
    """Return the units that fit one population, draw it, and run the stand-in pipeline on each draw and its repeats.

    The first unit is the pipeline on the data, with its view and graph, for the same numbers of the judged labels. The
    fit is a shared prefix and runs once.
    """
    if why_no_population(request) or request.multiverse is None or request.standin is None:
        return []
    amount, roles = AMOUNTS[request.budget], twin_roles(request.dataset)
    fit = fit_call(roles, null=True, max_obs=amount.max_obs)
    n_obs = min(request.dataset.n_obs, MOST_CELLS)
    repeats = _repeats(request.standin.pipeline, request.multiverse, request.dataset, amount, request)
    units = [_on_data(request.standin.pipeline, request.multiverse, request.dataset.n_obs)]
    for number in range(amount.n_draws):
        start = (fit, draw_call(roles, replicate=number, n_obs=n_obs))
        facts = {**FULL_DATA, "draw": number}
        whole = label_unit(request.standin.pipeline, request.multiverse, start=start, facts=facts)
        units += [whole, *_scores(whole)]
        units += [Unit((*start, *unit.path), unit.keep, {**unit.facts, "draw": number}) for unit in repeats]
    return units


def _as_drawn(unit: Unit) -> Unit:
    """Return a repeat with the components of the draw itself, so that other seeds and graphs start from its view."""
    path = (
        Call(STEPS["leading_pca"], call.params) if call.step is STEPS["pca"] and "solver" not in call.params else call
        for call in unit.path
    )
    return Unit(tuple(path), unit.keep, unit.facts)


def _on_data(pipeline: Pipeline, multiverse: Multiverse, n_obs: int) -> Unit:
    path = pipeline_path(pipeline, multiverse)
    has_graph = any("graph" in call.step.writes for call in path) and n_obs <= _MOST_ON_GRAPH
    return Unit(path, ("labels", "rows", "view", *(("graph",) if has_graph else ())), {**FULL_DATA, "draw": -1})


def _scores(whole: Unit) -> list[Unit]:
    """Return the units that score the labels of a draw on its own view and graph."""
    available = {slot for call in whole.path for slot in call.step.writes}
    steps = [VIEW_STEPS[name] for name in _SCORED if set(VIEW_STEPS[name].reads) <= available]
    return [
        Unit((*whole.path, Call(step, {"name": step.name})), step.writes, {**whole.facts, "score": step.name})
        for step in steps
    ]


def _repeats(
    pipeline: Pipeline, multiverse: Multiverse, dataset: Dataset, amount: Amount, request: Request
) -> list[Unit]:
    """Return the first repeats of each rung: a pair of what comes in pairs, one of the others."""
    planned = resample_units(pipeline, multiverse, dataset, n_replicates=2, rng=request.rng("population"))
    paired = {"halves", "donor_block"}
    return [
        _as_drawn(unit)
        for unit in planned
        if (amount.only is None or unit.facts["perturbation"] in amount.only)
        and unit.facts["replicate"] < (2 if unit.facts["perturbation"] in paired else 1)
    ]


def conclude_population(request: Request, finished: Sequence[Finished]) -> Population:
    """Return the reference numbers from the finished units of `plan_population`.

    Parameters
    ----------
    request
        What is asked about.
    finished
        The units of `plan_population`, in their order.
    """
    reason = why_no_population(request)
    if reason or request.standin is None:
        return Population(reason=reason)
    rest = iter(finished)
    (on_data,) = islice(rest, 1)
    draws: dict[int, list[Finished]] = {}
    for entry in rest:
        draws.setdefault(int(entry.unit.facts["draw"]), []).append(entry)
    failed = next((each[0].record.reason for each in draws.values() if each[0].record.status != "ok"), "")
    draws = {number: each for number, each in draws.items() if each[0].record.status == "ok"}
    if not draws or on_data.record.status != "ok":
        return Population(reason=f"it could not be drawn and clustered ({failed or on_data.record.reason})")
    n_obs = min(request.dataset.n_obs, MOST_CELLS)
    summary = pd.DataFrame([_summary(number, each) for number, each in draws.items()], columns=list(SUMMARY_COLUMNS))
    tables = [table for number, each in draws.items() if len(table := _clusters(number, each, n_obs))]
    return Population(
        summary,
        pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(NULL_CLUSTER_COLUMNS)),
        _data(request, on_data.record, summary),
        n_obs,
        request.dataset.n_obs,
        request.standin.name,
    )


def _summary(number: int, entries: Sequence[Finished]) -> tuple[int, int, float, float, str]:
    """Return one row of the summary: the numbers of one draw."""
    labels = entries[0].record.slots["labels"]
    found, why = dict.fromkeys(_SCORED, float("nan")), dict.fromkeys(_SCORED, "the pipeline has no graph")
    for entry in entries:
        name = entry.unit.facts.get("score")
        if name is not None and entry.record.status == "ok":
            found[name], why[name] = float(entry.record.slots["value"]), str(entry.record.slots["reason"])
        elif name is not None:
            why[name] = entry.record.reason
    reasons = "; ".join(f"{name}: {why[name]}" for name in _SCORED if np.isnan(found[name]))
    return number, np.unique(labels[labels >= 0]).size, found["modularity"], found["silhouette"], reasons


def _clusters(number: int, entries: Sequence[Finished], n_obs: int) -> pd.DataFrame:
    """Return one row per cluster of a draw and rung."""
    record = entries[0].record
    codes = np.full(n_obs, MISSING, dtype=np.int32)
    codes[record.slots["rows"]] = record.slots["labels"]
    again = [entry for entry in entries[1:] if "score" not in entry.unit.facts]
    names = np.arange(n_obs).astype(str)
    units, records, keys = (list(each) for each in zip(*again, strict=True)) if again else ([], [], [])
    parts = collect(units, records, keys, obs_names=names)
    sizes = np.bincount(codes[codes >= 0], minlength=1)
    matches = match_runs(codes, parts, n_clusters=sizes.size, columns=["perturbation", "replicate"])
    best = best_granularity(matches, by=["perturbation", "replicate"]).dropna(subset=["jaccard"])
    best = best.assign(recovered=best["jaccard"] >= RECOVERED)
    table = best.groupby(["perturbation", "cluster"], sort=False, as_index=False).agg(
        n=("jaccard", "size"), jaccard=("jaccard", "mean"), recovered=("recovered", "mean")
    )
    size = sizes[table["cluster"].to_numpy(dtype=np.int64)]
    table = table.rename(columns={"perturbation": "rung"}).assign(draw=number, size=size, share=size / n_obs)
    return table[list(NULL_CLUSTER_COLUMNS)]


def _data(request: Request, record: Record, summary: pd.DataFrame) -> pd.DataFrame:
    """Return the numbers of the judged labels and of the pipeline's own on the data."""
    rows = record.slots["rows"]
    labelings = {"judged": request.judged.codes[rows], "pipeline": record.slots["labels"]}
    table = []
    for name, codes in labelings.items():
        labels = np.ascontiguousarray(codes, dtype=np.int32)
        graph, view = record.slots.get("graph"), record.slots["view"]
        values = {
            "n_clusters": float(np.unique(labels[labels >= 0]).size),
            "modularity": float("nan") if graph is None else float(score("modularity", labels, graph=graph).value),
            "silhouette": float(
                estimate_labels(labels, view, name="silhouette", rng=request.rng("population", "silhouette"))[0]
            ),
        }
        # only the pipeline's own labels are made as those of the draws are
        p_values = {
            f"p_{key}": monte_carlo_p(values[key], summary[key].to_numpy()) if name == "pipeline" else float("nan")
            for key in _STATISTICS
        }
        table.append({"labels": name, **values, **p_values})
    return pd.DataFrame(table, columns=list(DATA_COLUMNS))
