"""Repeats of every pipeline: does the one on trial repeat itself better than the others would have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from rashomon.ask.request import Request
from rashomon.ask.standin import StandIn
from rashomon.multiverse import Multiverse, Unit
from rashomon.multiverse.resample import resample_units
from rashomon.partitions import Partitions
from rashomon.perturb import HALVES, PERTURBATIONS
from rashomon.score import element_centric_items

__all__ = ["PIPELINE_REPEAT_COLUMNS", "of_others", "pipeline_repeats", "pipeline_words", "plan_others"]

PIPELINE_REPEAT_COLUMNS = {
    "pipeline": "settings without granularity and seed",
    "branch": "empty where its settings are equivalent to the others, else what sets it apart",
    "stands_in": "whether it is the pipeline that stands in for the labels on trial",
    "perturbation": "how the data were disturbed",
    "n_clusters": "clusters of this pipeline on the undisturbed data; missing, like `agreement`, where it failed",
    "n_repeats": "repeats that ended well",
    "n_failed": "repeats that failed",
    "agreement": "mean element-centric similarity of its labels in a repeat with its own on the undisturbed data",
    "low": "2.5 % point over the repeats; an interval only of perturbations that share no items",
    "high": "97.5 % point",
    "n_clusters_low": "fewest clusters in a repeat",
    "n_clusters_high": "most clusters in a repeat",
}
"""Columns of `pipeline_repeats`, granularity aside, and what they mean."""


def plan_others(request: Request) -> list[Unit]:
    """Return the repeats of every pipeline but the one that stands in, at each granularity and the first seed.

    Pipelines are disturbed in the same way, and ordered by what disturbs them: they share the steps of one repeat.

    Parameters
    ----------
    request
        What is asked about; nothing is planned unless it says ``repeat_all``.
    """
    if not request.repeat_all or request.multiverse is None:
        return []
    units = [
        unit
        for setting in request.multiverse.settings()
        if not _stands_in(request.multiverse.name(setting), request.standin)
        for unit in resample_units(
            request.multiverse.complete(setting),
            request.multiverse,
            request.dataset,
            n_replicates=request.n_replicates,
            use_rep=request.use_rep,
            rng=request.rng("perturbations"),
        )
    ]
    order = list(PERTURBATIONS)
    return sorted(units, key=lambda unit: (order.index(unit.facts["perturbation"]), unit.facts["replicate"]))


def _stands_in(pipeline: str, standin: StandIn | None) -> bool:
    return standin is not None and standin.usable and pipeline == standin.name


def of_others(runs: pd.DataFrame, standin: StandIn | None) -> np.ndarray:
    """Return which runs are repeats of another pipeline than the one that stands in, shape ``(n_runs,)``.

    Parameters
    ----------
    runs
        Table of runs.
    standin
        The pipeline that stands in; None: all repeats are of others.
    """
    if not {"perturbation", "pipeline"} <= set(runs):
        return np.zeros(len(runs), dtype=bool)
    repeated = runs["perturbation"].isin(list(PERTURBATIONS)).to_numpy()
    own = runs["pipeline"].eq("" if standin is None or not standin.usable else standin.name).to_numpy(dtype=bool)
    return np.asarray(repeated & ~own)


def pipeline_repeats(request: Request, repeats: Partitions) -> pd.DataFrame:
    """Return how well each pipeline finds its *own* labels again, per perturbation and granularity.

    Says which pipeline repeats itself, not which is right: one that puts all cells together always does.

    Parameters
    ----------
    request
        Its ``parts`` hold the labels of every pipeline on the undisturbed data.
    repeats
        Finished repeats of all pipelines, that of the stand-in too.

    Returns
    -------
    Columns `PIPELINE_REPEAT_COLUMNS`, and one per granularity behind ``branch``. Empty unless every pipeline was
    repeated.
    """
    if not request.repeat_all or request.multiverse is None or request.parts is None or not repeats.n_runs:
        return pd.DataFrame()
    granular = _granular(request.multiverse, repeats.runs)
    home = _undisturbed(request.parts, granular)
    rows = []
    keys = ["pipeline", *granular, "perturbation"]
    for values, group in _in_order(repeats.runs, request.multiverse).groupby(keys, sort=False, dropna=False):
        said: dict[str, Any] = dict(zip(keys, values, strict=True))
        whole = {
            "pipeline": said["pipeline"],
            "branch": group["branch"].iloc[0],
            **{name: said[name] for name in granular},
            "stands_in": _stands_in(said["pipeline"], request.standin),
            "perturbation": said["perturbation"],
        }
        rows.append({**whole, **_measured(home.get(_place(said, granular)), group, repeats.labels)})
    return pd.DataFrame(rows)


def _measured(own: np.ndarray | None, group: pd.DataFrame, labels: np.ndarray) -> dict[str, float]:
    """Return what the repeats of one pipeline, rows of the table of runs, say of its own labels; None: they failed."""
    fine = group[group["status"] == "ok"]
    agreement = [] if own is None else [_agreement(own, labels[:, j]) for j in fine.index]
    low, high = np.quantile(agreement, [0.025, 0.975]) if agreement else (np.nan, np.nan)
    return {
        "n_clusters": np.nan if own is None else np.unique(own[own >= 0]).size,
        "n_repeats": len(fine),
        "n_failed": len(group) - len(fine),
        "agreement": float(np.mean(agreement)) if agreement else np.nan,
        "low": low,
        "high": high,
        "n_clusters_low": fine["n_clusters"].min() if len(fine) else np.nan,
        "n_clusters_high": fine["n_clusters"].max() if len(fine) else np.nan,
    }


def pipeline_words(request: Request, table: pd.DataFrame) -> str:
    """Return one sentence: how well the pipelines find their own labels again, and where the one on trial stands.

    Each pipeline speaks for itself at the granularity whose number of clusters is nearest to the judged one.

    Parameters
    ----------
    request
        The labels on trial.
    table
        `pipeline_repeats`; without half-samples of two pipelines nothing is said.
    """
    halves = table[table["perturbation"] == HALVES].dropna(subset=["agreement"]) if len(table) else table
    if not len(halves) or halves["pipeline"].nunique() < 2:
        return ""
    k = len(request.judged.categories)
    distance = np.abs(np.log((halves["n_clusters"] + 0.5) / (k + 0.5)))
    near = halves.assign(distance=distance).sort_values("distance", kind="stable").drop_duplicates("pipeline")
    low, high = near["agreement"].min(), near["agreement"].max()
    said = (
        f"In half-samples {len(near)} pipelines find their own labels again with a mean agreement of {low:.2f} to "
        f"{high:.2f}, each at the number of clusters nearest to {k}"
    )
    own = near[near["stands_in"]]
    if own.empty:
        return f"{said}."
    value = own["agreement"].iloc[0]
    better = int((near["agreement"] > value).sum())
    return f"{said}; the one re-run here with {value:.2f}, and {better} of the others with more."


def _in_order(runs: pd.DataFrame, multiverse: Multiverse) -> pd.DataFrame:
    """Return runs by pipeline, in the order of the multiverse; those of one pipeline keep theirs."""
    position = {multiverse.name(setting): place for place, setting in enumerate(multiverse.settings())}
    return runs.iloc[np.argsort(runs["pipeline"].map(position).to_numpy(), kind="stable")]


def _granular(multiverse: Multiverse, runs: pd.DataFrame) -> list[str]:
    return [c.name for c in multiverse.choices if c.granularity and c.name in runs and runs[c.name].notna().any()]


def _undisturbed(parts: Partitions, granular: Sequence[str]) -> dict[tuple[object, ...], np.ndarray]:
    """Return the labels of each pipeline on all items, those of its first seed."""
    found: dict[tuple[object, ...], np.ndarray] = {}
    for j, run in enumerate(parts.runs.to_dict("records")):
        if run["status"] == "ok":
            found.setdefault(_place(run, granular), parts.labels[:, j])
    return found


def _place(run: Mapping[Any, Any], granular: Sequence[str]) -> tuple[object, ...]:
    # a pipeline without a resolution has NaN there, which equals nothing
    levels = (run.get(name) for name in granular)
    return (run["pipeline"], *(None if level is None or level != level else level for level in levels))  # noqa: PLR0124


def _agreement(own: np.ndarray, again: np.ndarray) -> float:
    return float(np.nanmean(element_centric_items(own, again)))
