"""The ladder read cluster by cluster and cell by cell: where a cluster exists, and where it dissolves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from rashomon.ask.stability.rung import PIPELINES
from rashomon.ask.structure.match import RECOVERED
from rashomon.core.labels import MISSING
from rashomon.multiverse.choice import Level
from rashomon.partitions import Partitions
from rashomon.perturb import PERTURBATIONS
from rashomon.score import element_centric_items

__all__ = ["RANGE_COLUMNS", "cell_rungs", "dissolves_at", "range_words", "resolution_range"]

RANGE_COLUMNS = {
    "cluster": "code of the judged cluster",
    "choice": "what sets how fine clusters are: a resolution, a number of clusters",
    "level": "its value",
    "n": "pipelines on all cells at this level",
    "recovered": "share of them that have the cluster",
    "n_halves": "half-samples clustered at this level",
    "recovered_halves": "share of them that have the cluster; NaN without half-samples",
    "exists": "whether both shares are 0.8 or more; the first alone without half-samples",
}

_MOSTLY = 0.8
"""Share of repeats in which a cluster that exists is found; `rashomon.ask.stability.verdict.Thresholds.recovered`."""


def resolution_range(
    full: pd.DataFrame, halves: pd.DataFrame, *, choices: Sequence[str], n_clusters: int
) -> pd.DataFrame:
    """Return at which levels of granularity each cluster exists: in all cells, and in half-samples.

    Every level is asked by itself, unlike in the rungs, where the best level of a repeat counts.

    Parameters
    ----------
    full, halves
        Rows of `rashomon.ask.structure.match.match_runs` of runs on all cells and of half-samples, with the columns
        `choices`.
    choices
        The choices of granularity.
    n_clusters
        Number of judged clusters.

    Returns
    -------
    One row per cluster and level that was run, with `RANGE_COLUMNS`.
    """
    tables = [_levels(full, halves, choice, n_clusters) for choice in choices if choice in full]
    filled = [table for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=list(RANGE_COLUMNS))


def _levels(full: pd.DataFrame, halves: pd.DataFrame, choice: str, n_clusters: int) -> pd.DataFrame:
    n, found = _rate(full, choice)
    n_halves, found_halves = _rate(halves, choice)
    levels = sorted(full[choice].dropna().unique())
    index = pd.MultiIndex.from_product([range(n_clusters), levels], names=["cluster", "level"])
    table = pd.DataFrame(
        {
            "n": n.reindex(index, fill_value=0),
            "recovered": found.reindex(index),
            "n_halves": n_halves.reindex(index, fill_value=0),
            "recovered_halves": found_halves.reindex(index),
        },
        index=index,
    ).reset_index()
    # no half-samples at a level are no evidence against it
    exists = (table["recovered"] >= _MOSTLY) & ~(table["recovered_halves"] < _MOSTLY)
    return table.assign(choice=choice, exists=exists)[list(RANGE_COLUMNS)]


def _rate(matches: pd.DataFrame, choice: str) -> tuple[Any, Any]:
    """Return how many runs of each cluster and level there are, and the share that found it."""
    if choice not in matches:
        empty = pd.MultiIndex.from_product([[], []], names=["cluster", "level"])
        return pd.Series([], index=empty, dtype=np.int64), pd.Series([], index=empty, dtype=float)
    known = matches.dropna(subset=["jaccard", choice])
    hits = known.assign(hit=known["jaccard"] >= RECOVERED).rename(columns={choice: "level"})
    found = hits.groupby(["cluster", "level"])["hit"].agg(["size", "mean"])
    return found["size"], found["mean"]


def range_words(ranges: pd.DataFrame, *, n_clusters: int) -> list[str]:
    """Return the levels at which each cluster exists, in words.

    Parameters
    ----------
    ranges
        From `resolution_range`: rows of one cluster and choice follow each other.
    n_clusters
        Number of judged clusters.

    Examples
    --------
    >>> rows = {"cluster": [0, 0, 0, 1], "choice": "resolution", "level": [0.5, 1.0, 1.5, 1.0]}
    >>> range_words(pd.DataFrame({**rows, "exists": [True, True, False, False]}), n_clusters=2)
    ['resolution 0.5 to 1', '']
    """
    words: list[list[str]] = [[] for _ in range(n_clusters)]
    # taken apart once: there may be thousands of clusters
    exists, level, cluster = (ranges[name].to_numpy() for name in ("exists", "level", "cluster"))
    for name, at in ranges.groupby("choice", sort=False).indices.items():
        for rows in np.split(at, np.flatnonzero(np.diff(cluster[at])) + 1):
            found = np.flatnonzero(exists[rows].astype(bool))
            if found.size:
                low, high = (_level(level[rows[place]]) for place in (found[0], found[-1]))
                gaps = " with gaps" if np.ptp(found) + 1 > found.size else ""
                words[int(cluster[rows[0]])].append(f"{name} {low if low == high else f'{low} to {high}'}{gaps}")
    return ["; ".join(each) for each in words]


def _level(level: Level) -> str:
    return level if isinstance(level, str) else format(level, "g")


def dissolves_at(rungs: pd.DataFrame, *, n_clusters: int) -> list[str]:
    """Return the mildest rung at which each cluster is lost.

    Parameters
    ----------
    rungs
        Rows of `rashomon.ask.stability.rung.rung_table`; those that do not decide are left out.
    n_clusters
        Number of judged clusters.

    Returns
    -------
    The first rung, from the mildest perturbation to the harshest and then the settings, whose repeats find it in less
    than 80 %; empty where all find it, or none was run.

    Examples
    --------
    >>> table = pd.DataFrame({"cluster": 0, "rung": ["settings", "halves", "seed"], "recovered": [0.1, 0.5, 1.0]})
    >>> dissolves_at(table.assign(decides=True), n_clusters=1)
    ['halves']
    """
    found = [""] * n_clusters
    if rungs.empty:
        return found
    last = len(PERTURBATIONS) + 1
    lost = rungs[rungs["decides"].astype(bool) & (rungs["recovered"] < _MOSTLY)]
    order = lost["rung"].map(lambda name: PERTURBATIONS[name].rung if name in PERTURBATIONS else last)
    first = lost.assign(order=order).sort_values("order", kind="stable").drop_duplicates("cluster")
    for cluster, rung in zip(first["cluster"], first["rung"], strict=True):
        found[int(cluster)] = str(rung)
    return found


def cell_rungs(
    codes: np.ndarray, resamples: Partitions, parts: Partitions | None, *, by: Sequence[str]
) -> pd.DataFrame:
    """Return, per cell and rung, how far the clusters of the repeats agree with the judged one that holds the cell.

    Parameters
    ----------
    codes
        Judged labels, shape ``(n_obs,)``.
    resamples
        Finished repeats.
    parts
        All pipelines on all cells, for the rung of the settings; branches that do not decide are left out.
    by
        Columns of ``parts.runs`` that name a pipeline without its granularity.

    Returns
    -------
    One row per cell and one column per rung: the mean element-centric similarity, in [0, 1], over the repeats that hold
    the cell, each at the granularity that agrees best on average; NaN where there is none.
    """
    columns = {}
    runs = resamples.runs
    for name, rung in runs[runs["status"] == "ok"].groupby("perturbation", sort=False) if resamples.n_runs else ():
        columns[str(name)] = _agreement(codes, resamples, [group.index for _, group in rung.groupby("replicate")])
    if parts is not None and parts.n_runs:
        usable = parts.runs[(parts.runs["status"] == "ok") & (parts.runs["branch"] == "")]
        pipelines = [group.index for _, group in usable.groupby(list(by), sort=False, dropna=False)]
        columns[PIPELINES] = _agreement(codes, parts, pipelines)
    return pd.DataFrame(columns, index=range(codes.size))


def _agreement(codes: np.ndarray, parts: Partitions, repeats: Sequence[pd.Index[int]]) -> np.ndarray:
    """Return the mean agreement per cell over repeats, each given by the columns of its granularities."""
    total, count = np.zeros(codes.size), np.zeros(codes.size)
    for columns in repeats:
        similarity = [element_centric_items(codes, parts.labels[:, j]) for j in columns]
        best = max(similarity, key=_mean)
        seen = np.isfinite(best) & (codes > MISSING)
        total[seen] += best[seen]
        count[seen] += 1
    return np.asarray(np.divide(total, count, out=np.full(codes.size, np.nan), where=count > 0))


def _mean(similarity: np.ndarray) -> float:
    known = similarity[np.isfinite(similarity)]
    return float(known.mean()) if known.size else -1.0
