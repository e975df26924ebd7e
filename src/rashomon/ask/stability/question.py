"""Question 2: would this cluster come back, in other cells, other donors, under other settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np
import pandas as pd

from rashomon.ask.answer import Answer, Assumption, Interval, Status
from rashomon.ask.question import Answered, Finished
from rashomon.ask.request import MORE_LINKS, Request
from rashomon.ask.stability.every import of_others, pipeline_repeats, pipeline_words, plan_others
from rashomon.ask.stability.ladder import cell_rungs, dissolves_at, range_words, resolution_range
from rashomon.ask.stability.marker import cluster_markers
from rashomon.ask.stability.repeat import repeat_table
from rashomon.ask.stability.rung import PIPELINES, best_granularity, rung_table, rung_words, setting_table
from rashomon.ask.stability.verdict import ClusterVerdict, judge_cluster
from rashomon.ask.structure.match import RECOVERED, match_runs
from rashomon.ask.structure.null_cluster import NULL_COLUMNS, with_null
from rashomon.ask.structure.population_record import Population
from rashomon.core import first_few
from rashomon.dataset import Item
from rashomon.multiverse import Choice, Unit, collect
from rashomon.multiverse.resample import missing_perturbations, resample_units
from rashomon.partitions import Partitions
from rashomon.perturb import HALVES
from rashomon.score import MIN_BLOCKS, element_centric_items

__all__ = ["Stability", "answer", "conclude", "not_run", "plan"]


@dataclass(frozen=True, eq=False)
class Stability:
    """The answer with the tables behind it.

    Parameters
    ----------
    answer
        What is said.
    clusters
        One row per judged cluster: name, size, verdict, detail, action, the recovery rate of each rung; of half-samples
        the mean Jaccard index beside that of clusters of its size in one population
        (`rashomon.ask.structure.null_cluster.NULL_COLUMNS`); the rung at which it dissolves, and the resolutions at
        which it exists.
    rungs
        One row per cluster and rung, with the same numbers of one population.
    settings
        One row per cluster, choice and level.
    ranges
        One row per cluster and level of granularity (`rashomon.ask.stability.ladder.RANGE_COLUMNS`).
    cell_rungs
        One row per cell, one column per rung: mean element-centric agreement with the judged labels.
    cells
        Per cell: mean element-centric agreement with the judged labels over half-samples that hold the cell; NaN where
        unknown.
    """

    answer: Answer
    clusters: pd.DataFrame
    rungs: pd.DataFrame
    settings: pd.DataFrame
    ranges: pd.DataFrame
    cell_rungs: pd.DataFrame
    cells: np.ndarray


def plan(request: Request) -> list[Unit]:
    """Return the repeats of the stand-in pipeline under every perturbation the data allow; then those of the others."""
    if request.standin is None or request.multiverse is None:
        return []
    if not request.standin.usable:
        return plan_others(request)
    own = resample_units(
        request.standin.pipeline,
        request.multiverse,
        request.dataset,
        n_replicates=request.n_replicates,
        use_rep=request.use_rep,
        rng=request.rng("perturbations"),
    )
    return [*own, *plan_others(request)]


def conclude(request: Request, finished: Sequence[Finished]) -> Answered:
    """Return what `answer` says from the finished units of `plan`, with its tables and columns."""
    everything = resamples = None
    of_other = np.zeros(len(finished), dtype=bool)
    if request.parts is not None:
        units, keys = [entry.unit for entry in finished], [entry.key for entry in finished]
        records = [entry.record for entry in finished]
        everything = collect(units, records, keys, obs_names=request.dataset.obs_names, item=request.dataset.item)
        of_other = of_others(everything.runs, request.standin)
        resamples = everything.select(~of_other)
    found = answer(request, resamples)
    marked = cluster_markers(request, [entry for entry, other in zip(finished, of_other, strict=True) if not other])
    beside = pd.DataFrame() if everything is None else pipeline_repeats(request, everything)
    tables = {"clusters": found.clusters, "rungs": found.rungs, "settings": found.settings}
    tables |= {"resolution_range": found.ranges, "cell_rungs": found.cell_rungs}
    tables["repeats"] = pd.DataFrame() if resamples is None else repeat_table(request, resamples)
    tables |= {"markers": marked.table, "marked": marked.clusters, "pipeline_repeats": beside}
    codes = request.judged.codes
    words = found.clusters["verdict"].to_numpy(dtype=object) if len(found.clusters) else None
    verdicts = np.array(["" if code < 0 or words is None else words[code] for code in codes], dtype=object)
    said = replace(found.answer, text=f"{found.answer.text} {pipeline_words(request, beside)}".strip())
    return Answered(said, tables, {"stability": found.cells, "verdict": verdicts}, everything, not_run(request))


def not_run(request: Request) -> tuple[tuple[str, str, str], ...]:
    """Return (choice, level, because) for each perturbation that the data do not allow."""
    if request.multiverse is None:
        return ()
    pipeline = request.standin.pipeline if request.standin is not None else None
    missing = missing_perturbations(
        request.dataset, use_rep=request.use_rep, pipeline=pipeline, multiverse=request.multiverse
    )
    return tuple(("perturbation", name, because) for name, because in missing)


def answer(request: Request, resamples: Partitions | None) -> Stability:
    """Return what comes back.

    Parameters
    ----------
    request
        What is asked about; needs the multiverse.
    resamples
        Finished units of `plan`; None when only labels are known.
    """
    if request.multiverse is None or request.parts is None or request.standin is None or resamples is None:
        return _not_run(request)
    k = len(request.judged.categories)
    choices = [choice for choice in request.multiverse.choices if not choice.replicate and not choice.granularity]
    granular = [choice.name for choice in request.multiverse.choices if choice.granularity]
    # a seed is a repeat of a pipeline, not a second chance to find a cluster
    repeat = ["pipeline", *(choice.name for choice in request.multiverse.choices if choice.replicate)]
    again = match_runs(
        request.judged.codes,
        resamples,
        n_clusters=k,
        columns=["perturbation", "replicate", "n_clusters", *_new(granular, resamples)],
    )
    everywhere = match_runs(
        request.judged.codes,
        request.parts,
        n_clusters=k,
        columns=[*repeat, "branch", "n_clusters", *(choice.name for choice in choices), *_new(granular, request.parts)],
    )
    every_pipeline = best_granularity(everywhere, by=repeat)
    by_pipeline = every_pipeline[every_pipeline["branch"] == ""]
    rungs = _rungs(request, again, every_pipeline)
    settings = setting_table(by_pipeline, choices=[choice.name for choice in choices])
    # branches beside the settings have no say in how a cluster was lost, either
    level = everywhere[everywhere["branch"] == ""]
    number = level.groupby(repeat, sort=False).ngroup()
    # how it was lost is asked at every granularity; columns without a value cannot be stacked
    lost = level.assign(perturbation=PIPELINES, replicate=number)
    repeats = _stack([table.drop(columns=granular, errors="ignore") for table in (again, lost)])
    verdicts = _judge(request, rungs, settings, _lost(repeats, k))
    ranges = resolution_range(level, again[again["perturbation"] == HALVES], choices=granular, n_clusters=k)
    clusters = _with_null(_cluster_table(request, verdicts, rungs, settings), rungs)
    clusters = clusters.assign(
        dissolves_at=dissolves_at(rungs, n_clusters=k), exists_at=range_words(ranges, n_clusters=k)
    )
    ladder = cell_rungs(request.judged.codes, resamples, request.parts, by=repeat)
    cells = ladder.get(HALVES, pd.Series(np.nan, index=ladder.index)).to_numpy()
    said = _answer(request, clusters, rungs, resamples, choices)
    return Stability(said, clusters, rungs, settings, ranges, ladder, cells)


def _new(granular: list[str], parts: Partitions) -> list[str]:
    """Return the choices of granularity that the runs have, but for a column that is carried along anyway."""
    return [name for name in granular if name in parts.runs and name != "n_clusters"]


def _rungs(request: Request, again: pd.DataFrame, every_pipeline: pd.DataFrame) -> pd.DataFrame:
    """Return one row per cluster and rung, beside the numbers of one population."""
    tables = [
        rung_table(best_granularity(group, by="replicate"), rung=str(name))
        for name, group in again.groupby("perturbation", sort=False)
    ]
    by_pipeline = every_pipeline[every_pipeline["branch"] == ""]
    beside = [
        rung_table(group, rung=f"{name}, beside", decides=False)
        for name, group in every_pipeline[every_pipeline["branch"] != ""].groupby("branch")
    ]
    rungs = _stack([*tables, rung_table(by_pipeline, rung=PIPELINES), *beside])
    n_obs = int((request.judged.codes >= 0).sum())
    return with_null(rungs, request.population, sizes=request.judged.sizes, n_obs=n_obs)


def _with_null(clusters: pd.DataFrame, rungs: pd.DataFrame) -> pd.DataFrame:
    """Return the clusters with how firmly half-samples find them, and clusters of one population of their size."""
    halves = rungs[rungs["rung"] == HALVES].set_index("cluster").reindex(range(len(clusters)))
    return clusters.assign(**{name: halves[name].array for name in ("jaccard", *NULL_COLUMNS)})


def _stack(tables: list[pd.DataFrame]) -> pd.DataFrame:
    # pandas warns about empty tables, whose columns have no type
    filled = [table for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else tables[-1]


def _refusal(request: Request) -> str:
    standin = request.standin
    if standin is None or standin.usable:
        return ""
    if request.lone:
        return MORE_LINKS if request.dataset.item == "receptor" else "give labels with clusters"
    if standin.declared:
        return f"the declared pipeline makes other labels; they agree at {standin.agreement:.2f}"
    return f"no pipeline of the multiverse makes labels like these; the closest agrees at {standin.agreement:.2f}"


def _judge(request: Request, rungs: pd.DataFrame, settings: pd.DataFrame, lost: pd.DataFrame) -> list[ClusterVerdict]:
    # taken apart once: comparing whole tables per cluster takes the square of the clusters
    of = [_by_cluster(table, request.judged.sizes.size) for table in (rungs, settings, lost)]
    return [
        judge_cluster(
            size=int(size),
            rungs=of[0][code],
            settings=of[1][code],
            lost=of[2][code],
            names=request.cluster_names,
            refusal=_refusal(request),
            item=request.dataset.item,
        )
        for code, size in enumerate(request.judged.sizes)
    ]


def _by_cluster(table: pd.DataFrame, n_clusters: int) -> list[pd.DataFrame]:
    """Return the rows of each cluster, in their order."""
    cluster = table["cluster"].to_numpy(dtype=np.int64)
    order = np.argsort(cluster, kind="stable")
    bounds = np.searchsorted(cluster[order], np.arange(n_clusters + 1))
    ordered = table.iloc[order]
    return [ordered.iloc[low:high] for low, high in pairwise(bounds)]


def _lost(repeats: pd.DataFrame, n_clusters: int) -> pd.DataFrame:
    """Return, for repeats that lost a cluster at every granularity, its match at the one nearest to `n_clusters`."""
    keys = ["perturbation", "replicate", "cluster"]
    best = repeats.groupby(keys)["jaccard"].transform("max")
    distance = np.abs(np.log((repeats["n_clusters"] + 0.5) / (n_clusters + 0.5)))
    lost = repeats.assign(distance=distance, rung=repeats["perturbation"])[best < RECOVERED]
    return lost.sort_values("distance", kind="stable").drop_duplicates(keys)


def _cluster_table(
    request: Request, verdicts: list[ClusterVerdict], rungs: pd.DataFrame, settings: pd.DataFrame
) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "cluster": request.judged.categories,
            "name": request.cluster_names,
            "size": request.judged.sizes,
            "verdict": [verdict.words for verdict in verdicts],
            "class": [verdict.verdict for verdict in verdicts],
            "action": [verdict.action for verdict in verdicts],
        }
    )
    rates = rungs.pivot_table(index="cluster", columns="rung", values="recovered", sort=False)
    for rung in rungs["rung"].unique():
        table[f"recovered: {rung}"] = rates[rung].reindex(range(len(table))).to_numpy()
    worst = settings.sort_values("recovered", kind="stable").drop_duplicates("cluster").set_index("cluster")
    worst = worst[worst["recovered"] < 1.0]
    shown = worst["choice"] + " = " + worst["level"].map(str) + worst["recovered"].map(" ({:.0%})".format)
    return table.assign(worst_setting=shown.reindex(range(len(table))).fillna("").to_numpy(dtype=object))


def _average(rungs: pd.DataFrame, item: Item) -> str:
    """Return the mean recovery rate of each rung that decides, in words."""
    rates = rungs[rungs["decides"]].groupby("rung", sort=False)["recovered"].mean().dropna()
    return ", ".join(f"{100 * rate:.0f} % of {rung_words(str(rung), item)}" for rung, rate in rates.items())


def _answer(
    request: Request, clusters: pd.DataFrame, rungs: pd.DataFrame, resamples: Partitions, choices: list[Choice]
) -> Answer:
    standin, n, item = request.standin, len(clusters), request.dataset.item
    back = int((clusters["class"] == "comes back").sum())
    untold = int((clusters["class"] == "cannot tell").sum())
    assumptions = (
        *((standin.assumption,) if standin else ()),
        Assumption(f"{item}s are exchangeable; donors are not", "untested", _donor_note(request)),
        _no_groups(request.population, clusters),
    )
    equivalent = [choice for choice in choices if sum(o.equivalence == "equivalent" for o in choice.options) > 1]
    settings = ", ".join(choice.name for choice in equivalent)
    detail = _average(rungs, item)
    others = clusters[~clusters["class"].isin(["comes back", "cannot tell"])]
    exceptions = first_few((f"{row['name']} {row['verdict']}" for _, row in others.iterrows()), n=3)
    interval, estimate = _agreement(request, resamples)
    verdict = f"{back} of {n} clusters come back" if untold < n else "cannot tell whether clusters come back"
    text = "Nothing could be re-run."
    if detail:
        text = (
            f"A cluster counts as found again where one with a Jaccard index of {RECOVERED} or more is found: {detail}."
        )
    if len(others):
        text += f" Exceptions: {exceptions}{f'; {untold} more cannot be told' if untold else ''}."
    else:
        text += f" {untold} cannot be told." if untold else " There are no exceptions."
    text = request.lone or text
    status: Status = "cannot tell" if untold == n else ("answered" if back == n else "mixed")
    varied = f"settings varied: {settings}; see the table for the worst setting of each cluster"
    advice = _refusal(request) or (varied if settings else "no setting was varied: give a larger budget")
    return Answer(
        "stability",
        status,
        verdict,
        text,
        evidence=f"on average found again in {detail}" if detail else "",
        next_step=_sentence(advice),
        estimate=estimate,
        estimate_of=f"mean agreement of a {item}'s cluster with its cluster in a half-sample "
        "(element-centric similarity)",
        interval=interval,
        table=clusters,
        assumptions=assumptions,
    )


def _no_groups(population: Population | None, clusters: pd.DataFrame) -> Assumption:
    """Return whether clusters that come back do so more firmly than those of one population."""
    statement = "the same would not happen in a population without groups"
    if population is None or population.reason:
        return Assumption(statement, "untested", "no null was run" if population is None else population.sentence)
    back = clusters[clusters["class"] == "comes back"]
    above = back["above_null"]
    firm, weak = int((above == True).sum()), back[(above == False).fillna(value=False)]  # noqa: E712 - may be missing
    if back.empty:
        return Assumption(statement, "untested", f"no cluster comes back. {population.sentence}")
    evidence = (
        f"{firm} of {len(back)} clusters that come back do so in half-samples more firmly than 95 % of clusters of "
        f"their size in one population"
    )
    if len(weak):
        evidence += f"; no more firmly: {first_few(weak['name'], n=3)}"
    status: Literal["holds", "violated", "untested"] = "holds" if firm == len(back) else "untested"
    return Assumption(statement, "violated" if len(weak) else status, f"{evidence}. {population.sentence}")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "."


def _donor_note(request: Request) -> str:
    donor = request.dataset.roles.donor
    if donor is None:
        return "no donor column was declared; says nothing about other people"
    n = len(donor.categories)
    few = "; too few to resample: each was left out in turn" if n < MIN_BLOCKS else ""
    return f"{n} donors{few}"


def _agreement(request: Request, resamples: Partitions) -> tuple[Interval | None, float | None]:
    """Return the mean element-centric agreement with the judged labels over half-samples, and its interval."""
    runs = resamples.runs
    if resamples.n_runs == 0 or not (runs["perturbation"] == HALVES).any():
        return None, None
    halves = runs[(runs["perturbation"] == HALVES) & (runs["status"] == "ok")]
    if halves.empty:
        return None, None
    values = [
        max(np.nanmean(element_centric_items(request.judged.codes, resamples.labels[:, j])) for j in group.index)
        for _, group in halves.groupby("replicate")
    ]
    low, high = np.quantile(values, [0.025, 0.975])
    over = f"{len(values)} half-samples of {request.dataset.item}s, everything redone in each"
    return Interval(float(low), float(high), over), float(np.mean(values))


def _not_run(request: Request) -> Stability:
    other = f"other {request.dataset.item}s or settings"
    text = f"The labels alone cannot be re-made. So nothing can be said about {other}."
    said = Answer(
        "stability", "not applicable", "cannot tell", text, next_step="Give a file with an expression matrix."
    )
    empty = pd.DataFrame()
    return Stability(said, empty, empty, empty, empty, empty, np.full(request.judged.codes.size, np.nan))
