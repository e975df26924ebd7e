"""Figures of pipelines: which agree, how clusters split, at which resolutions each exists, which runs failed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from rashomon.core import first_few
from rashomon.dataset.noun import in_items
from rashomon.partitions import Partitions
from rashomon.perturb import HALVES, PERTURBATIONS
from rashomon.pl.agreement import agreement_heatmap
from rashomon.pl.failure import failures
from rashomon.pl.pipeline_repeat import pipeline_repeats
from rashomon.pl.resolution import best_levels, resolution_range
from rashomon.pl.strip import level_text
from rashomon.pl.tree import cluster_tree
from rashomon.report.cluster import rung_title
from rashomon.report.escape import pathless
from rashomon.report.figure_record import Figure
from rashomon.report.level_tree import granular, level_edges, level_nodes, rerun
from rashomon.report.receptor_figure import table_of
from rashomon.score import pair_table
from rashomon.study import Audit

__all__ = ["PIPELINE_FIGURES", "RUN", "compared"]

RUN = "run"
"""Name of the section on what was run, and of the group of figures that stand there."""

_SCORE = "ari"
_DISPLAY = "adjusted Rand index"

_MOST_RUNS = 1000
"""Pipelines compared at most: more are finer than the pixels of a page."""

_SECONDS = (2e-5, 5e-9)
"""What a pair of pipelines costs, and each item of it (measured on one core)."""

_MOST_SECONDS = 3.0
"""For all pairs together; a figure is drawn several times."""

_MIXED = 0.8
"""Share from one cluster above, below which a cluster counts as mixed anew (a convention)."""

_VARIED = "what was varied"


def compared(audit: Audit) -> Partitions | None:
    """Return the finished pipelines on all items that are compared with each other.

    Parameters
    ----------
    audit
        What was found.

    Returns
    -------
    All, but at most 1,000 and as many as can be compared in about three seconds: one of the seeds of each pipeline,
    and of these every n-th in the order of the plan. None where only labels are known.
    """
    parts, positions = audit.partitions, _finished(audit)
    if parts is None or not positions.size:
        return None
    pairs = _MOST_SECONDS / (_SECONDS[0] + _SECONDS[1] * parts.n_obs)
    most = int(np.clip(np.sqrt(2 * pairs), 2, _MOST_RUNS))
    choices = audit.multiverse.choices if audit.multiverse is not None else ()
    seeds = [choice.name for choice in choices if choice.replicate and choice.name in parts.runs]
    if positions.size > most and seeds:
        drawn = parts.runs[seeds].iloc[positions]
        positions = positions[(drawn == drawn.min()).all(axis=1).to_numpy(dtype=bool)]
    if positions.size > most:
        positions = positions[np.linspace(0, positions.size - 1, most).round().astype(np.intp)]
    return parts.select(positions)


def _finished(audit: Audit) -> np.ndarray:
    """Return the positions of the finished runs on all items."""
    runs = audit.partitions.runs if audit.partitions is not None else pd.DataFrame()
    if not {"perturbation", "status"} <= set(runs.columns):
        return np.empty(0, dtype=np.intp)
    return np.flatnonzero((~runs["perturbation"].isin(list(PERTURBATIONS)) & (runs["status"] == "ok")).to_numpy())


def _pairs(audit: Audit) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the agreement of every two pipelines, and the settings of each."""
    parts = compared(audit)
    if parts is None:
        return pd.DataFrame(), pd.DataFrame()
    choices = audit.multiverse.choices if audit.multiverse is not None else ()
    settings = [choice.name for choice in choices if choice.name in parts.runs]
    return pair_table(parts, scores=[_SCORE]), parts.runs[["run", *settings]]


def _draw_agreement(audit: Audit) -> Any:
    pairs, runs = _pairs(audit)
    marked = next(iter(runs.loc[rerun(audit, runs), "run"]), None)
    panels = agreement_heatmap(pairs, runs, display=_DISPLAY, marked=marked)
    total = _finished(audit).size
    if len(runs) < total:
        panels[-1].set_title(f"{len(runs):,} of {total:,} runs, spread evenly over the plan")
    return panels[0]


def _alt_agreement(audit: Audit) -> str:
    pairs, runs = _pairs(audit)
    values = pairs["value"].dropna()
    if not len(values):
        return f"Heat map of {len(runs):,} pipelines; no two of them can be compared."
    spread = f"from {values.min():.2f} to {values.max():.2f}, median {values.median():.2f}"
    apart = sorted((gap, said) for name in runs.columns.drop("run") for gap, said in _gap(pairs, runs, name))
    most = f" The setting that sets them apart most is {apart[-1][1]}." if apart else ""
    return f"Heat map of {len(runs):,} pipelines by pipelines: {_DISPLAY} {spread}.{most}"


def _gap(pairs: pd.DataFrame, runs: pd.DataFrame, name: str) -> list[tuple[float, str]]:
    """Return how much more pipelines agree that have a setting in common, in words too; nothing where all have."""
    level = runs.set_index("run")[name].astype(str)
    same = level.loc[pairs["judged"]].to_numpy() == level.loc[pairs["against"]].to_numpy()
    alike, other = pairs["value"][same].mean(), pairs["value"][~same].mean()
    if not np.isfinite(alike - other):
        return []
    return [(float(alike - other), f"{name} ({alike:.2f} where it is the same, {other:.2f} where it is not)")]


def _draw_tree(audit: Audit) -> Any:
    name = granular(audit)
    marked = audit.standin.pipeline.get(name) if audit.standin is not None and name is not None else None
    return cluster_tree(level_nodes(audit), level_edges(audit), marked=marked, item=audit.dataset.item)


def _has_levels(audit: Audit) -> bool:
    nodes = level_nodes(audit)
    return len(nodes) > 0 and nodes["level"].nunique() > 1


def _alt_tree(audit: Audit) -> str:
    nodes, edges = level_nodes(audit), level_edges(audit)
    counts = nodes.groupby("level", sort=False).size()
    said = ", ".join(f"{n} at {level_text(level)}" for level, n in counts.items())
    mixed = edges.groupby(["next_level", "next_cluster"])["in_proportion"].max() < _MIXED
    return (
        f"Tree of the clusters at {len(counts)} levels of {nodes['choice'].iloc[0]}: {said}. "
        f"{int(mixed.sum())} of {mixed.size} clusters below the first level have less than {100 * _MIXED:.0f} % of "
        f"their {audit.dataset.item}s from one cluster above."
    )


def _draw_range(audit: Audit) -> Any:
    return resolution_range(table_of(audit, "resolution_range"), audit.clusters, item=audit.dataset.item)[0]


def _alt_range(audit: Audit) -> str:
    said = []
    for choice, rows in table_of(audit, "resolution_range").groupby("choice", sort=False):
        best = best_levels(rows)
        n = rows["cluster"].nunique()
        most = int(rows.groupby("level")["exists"].sum().max())
        at = ", ".join(map(level_text, best))
        said.append(f"{choice}: most exist at {at} ({most} of {n})" if best else f"{choice}: none exists at any")
    return f"Dots by cluster and level, where each cluster exists. {'; '.join(said)}."


def _failed_settings(audit: Audit) -> tuple[pd.DataFrame, list[str]]:
    """Return the runs with reasons that name no folders, and the columns by which they are counted."""
    runs, item = audit.tables["runs"], audit.dataset.item
    choices = audit.multiverse.choices if audit.multiverse is not None else ()
    names = [choice.name for choice in choices if not choice.replicate and choice.name in runs]
    varied = [
        rung_title(name, item) if name in PERTURBATIONS else f"settings, all {item}s" for name in runs["perturbation"]
    ]
    reasons = [pathless(reason) for reason in runs["reason"]]
    return runs.assign(**{"reason": reasons, _VARIED: varied}), [_VARIED, *names]


def _draw_failures(audit: Audit) -> Any:
    runs, choices = _failed_settings(audit)
    never = audit.tables["not_run"]
    return failures(runs, never.assign(because=[pathless(text) for text in never["because"]]), choices=choices)[0]


def _alt_failures(audit: Audit) -> str:
    runs, _ = _failed_settings(audit)
    reasons = runs.loc[runs["status"] == "failed", "reason"].value_counts()
    said = first_few((f"{reason} ({n:,})" for reason, n in reasons.items()), n=3)
    return f"Bars: {int(reasons.sum()):,} of {len(runs):,} runs failed: {said}. {len(audit.tables['not_run'])} not run."


def _draw_repeats(audit: Audit) -> Any:
    words = in_items(PERTURBATIONS[HALVES].repeats, audit.dataset.item)
    return pipeline_repeats(table_of(audit, "pipeline_repeats"), repeats=words)


def _alt_repeats(audit: Audit) -> str:
    table = table_of(audit, "pipeline_repeats")
    halves = table[table["perturbation"] == HALVES].dropna(subset=["agreement"])
    means = halves.groupby("pipeline")["agreement"].mean()
    own = halves.loc[halves["stands_in"], "pipeline"].unique()
    mine = f"; the one re-run for the labels {means[own[0]]:.2f}" if own.size else ""
    return (
        f"Lines of {means.size} pipelines: agreement with their own labels in half-samples, over their clusters. Mean "
        f"over granularities {means.min():.2f} to {means.max():.2f}{mine}."
    )


PIPELINE_FIGURES = (
    Figure(
        "cluster_tree",
        "stability",
        "How do the clusters split as they get finer? One row per level, all else as in the pipeline that was re-run. "
        "A dark line: nearly all cells of the lower cluster come from the upper one; several faint lines: it is mixed "
        "anew, which speaks against that level. Light dots are found again in half-samples at the same level, dark "
        "ones are not: choose a row above them.",
        _has_levels,
        _draw_tree,
        _alt_tree,
    ),
    Figure(
        "resolution_range",
        "stability",
        "Over which levels does each cluster exist? A cluster exists where at least 80 % of the pipelines and of the "
        "half-samples at that level have it. Shaded: the level at which most clusters exist. A cluster with a long bar "
        "does not depend on the level; one without any dot should not be built on.",
        lambda audit: len(table_of(audit, "resolution_range")) > 0,
        _draw_range,
        _alt_range,
    ),
    Figure(
        "pipeline_repeats",
        "stability",
        "Do other pipelines repeat themselves better? One line per pipeline: how far its labels in half-samples agree "
        "with its own labels of all data, at each granularity. Compare at the same number of clusters, because few "
        "clusters are always found again. Where all lines fall, no settings make so many clusters come back; if only "
        "yours falls, try the settings of a line above it. Being found again is not being right.",
        lambda audit: len(table_of(audit, "pipeline_repeats")) > 0,
        _draw_repeats,
        _alt_repeats,
    ),
    Figure(
        "agreement",
        "choices",
        "Which pipelines tell the same story? Every row and column is a pipeline; light squares: two pipelines make "
        "the same clusters. A strip at the left has the colour of a setting: where its colour changes together with "
        "a light block, that setting decides, and should be stated.",
        lambda audit: _finished(audit).size > 1,
        _draw_agreement,
        _alt_agreement,
    ),
    Figure(
        "failures",
        RUN,
        "Which runs failed, and why? Runs by reason; the share of failed runs at each setting, the most telling "
        "setting first; alternatives that were not run. Failed runs have no part in any number of this page: where "
        "one setting fails more often than others, results over all settings leave it out in part.",
        lambda audit: len(audit.failed) > 0,
        _draw_failures,
        _alt_failures,
    ),
)
"""In the order of the page."""
