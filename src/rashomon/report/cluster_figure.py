"""Figures of clusters: which are put together, which keep their markers, and how each repeat found them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from rashomon.ask.stability.rung import PIPELINES, best_granularity
from rashomon.ask.structure.match import RECOVERED, match_runs
from rashomon.core import first_few
from rashomon.core.labels import UNASSIGNED
from rashomon.dataset import Item
from rashomon.partitions import Partitions
from rashomon.perturb import PERTURBATIONS
from rashomon.pl.coclustering import coclustering
from rashomon.pl.concordance import marker_concordance
from rashomon.pl.recovery import cluster_recovery
from rashomon.report.cluster import rung_title
from rashomon.report.figure_record import Figure
from rashomon.report.mark import MARKS
from rashomon.report.once import once
from rashomon.score.block_rate import block_rate
from rashomon.study import Audit

__all__ = ["CLUSTER_FIGURES", "N_CLUSTERS", "blocks", "largest_clusters", "repeat_matches"]

N_CLUSTERS = 60
"""Clusters drawn at most, the largest ones: beyond these a figure is taller than any screen."""

_BLOCK_RUNGS = ("halves", PIPELINES)
"""What the co-clustering is shown of: other cells, and other settings."""

_JOINED = 0.05
"""Share of pairs from which two clusters are named as put together."""


def largest_clusters(audit: Audit) -> np.ndarray:
    """Return the codes of the clusters that figures draw, the 60 largest, in their order."""
    order = audit.clusters["size"].sort_values(ascending=False, kind="stable").index[:N_CLUSTERS]
    return np.sort(order.to_numpy())


def repeat_matches(audit: Audit) -> pd.DataFrame:
    """Return how well every repeat found each judged cluster, at the granularity that found it best.

    Parameters
    ----------
    audit
        With partitions; without, the table is empty.

    Returns
    -------
    ``cluster`` (code), ``rung`` (as in the table of rungs), ``jaccard``; one row per cluster and repeat, of which
    ``jaccard`` in the table of rungs is the mean.
    """
    tables = [
        best_granularity(table, by=list(by)).assign(rung=rung)[["cluster", "rung", "jaccard"]]
        for rung, by, table in _by_rung(audit)
    ]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=["cluster", "rung", "jaccard"])


@once
def _matches(audit: Audit) -> pd.DataFrame:
    """Return `match_runs` of all runs of an audit, with the columns that say what a run repeats."""
    parts, replicates = audit.own_partitions, _replicates(audit)
    needed = ["pipeline", "perturbation", "replicate", *replicates]
    if parts is None or not {*needed, "status"} <= set(parts.runs):
        return pd.DataFrame()
    columns = [*needed, *(("branch",) if "branch" in parts.runs else ())]
    found = match_runs(audit.judged.codes, parts, n_clusters=len(audit.judged.categories), columns=columns)
    return found.assign(branch=found["branch"].fillna("")) if "branch" in found else found


def _replicates(audit: Audit) -> list[str]:
    """Return the choices that only repeat a pipeline."""
    choices = audit.multiverse.choices if audit.multiverse is not None else ()
    return [choice.name for choice in choices if choice.replicate]


def _by_rung(audit: Audit) -> Iterator[tuple[str, Sequence[str], pd.DataFrame]]:
    """Yield each rung with the columns that name one of its repeats, and the matches of its runs."""
    matches = _matches(audit)
    if matches.empty:
        return
    again = matches["perturbation"].isin(list(PERTURBATIONS))
    for name, table in matches[again].groupby("perturbation", sort=False):
        yield str(name), ("replicate",), table
    by = ("pipeline", *_replicates(audit))
    every = matches[~again]
    beside = every["branch"] if "branch" in every else pd.Series("", index=every.index)
    for branch, table in every.groupby(beside, sort=False):
        yield f"{branch}, beside" if branch else PIPELINES, by, table


def blocks(audit: Audit) -> pd.DataFrame:
    """Return how often repeats put the cells of each two of the largest clusters together.

    Each repeat counts once, at the granularity whose clusters match the judged ones best on average over the cells: a
    coarse clustering puts more together without contradicting a fine one.

    Parameters
    ----------
    audit
        With partitions; without, the table is empty.

    Returns
    -------
    ``repeats`` (what was varied, in words), ``a``, ``b`` (positions among the largest clusters, ``a`` at most ``b``),
    ``together`` and ``n``; see `rashomon.score.block_rate.block_rate`.
    """
    kept = largest_clusters(audit)
    position = np.full(len(audit.judged.categories) + 2, UNASSIGNED)
    position[kept] = np.arange(kept.size)
    # the last two entries stand for the codes -2 and -1
    judged = position[audit.judged.codes]
    rows = []
    parts = audit.own_partitions
    for rung, by, table in _by_rung(audit):
        if rung in _BLOCK_RUNGS and parts is not None:
            labels = _best_runs(parts, table, by)
            rate, n_runs = block_rate(labels, judged=judged, n_clusters=kept.size)
            a, b = np.triu_indices(kept.size)
            title = rung_title(rung, audit.dataset.item)
            rows.append(pd.DataFrame({"repeats": title, "a": a, "b": b, "together": rate[a, b], "n": n_runs[a, b]}))
    return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=["repeats", "a", "b", "together", "n"])


def _best_runs(parts: Partitions, matches: pd.DataFrame, by: Sequence[str]) -> np.ndarray:
    """Return the labels of one run per repeat, shape ``(n_obs, n_repeats)``."""
    weighted = matches.assign(weight=matches["jaccard"] * matches["size"])
    keys = ["run", *by]
    total = weighted.groupby(keys, sort=False, dropna=False)[["weight", "size"]].sum().reset_index()
    total["mean"] = total["weight"] / total["size"]
    best = total.sort_values("mean", ascending=False, kind="stable").drop_duplicates(list(by))
    column = {run: j for j, run in enumerate(parts.runs["run"])}
    return np.asarray(parts.labels[:, sorted(column[run] for run in best["run"])])


def _draw_recovery(audit: Audit) -> Any:
    kept, item = largest_clusters(audit), audit.dataset.item
    shown = audit.clusters.loc[kept].reset_index(drop=True)
    shown["verdict"] = [f"{MARKS[row['class']].sign} {row['verdict']}" for _, row in shown.iterrows()]
    rungs, repeats = (_in_words(table, kept, item) for table in (audit.tables["rungs"], repeat_matches(audit)))
    return cluster_recovery(rungs, shown, repeats=repeats, threshold=RECOVERED, item=item)[0]


def _in_words(table: pd.DataFrame, kept: np.ndarray, item: Item) -> pd.DataFrame:
    """Return the rows of the clusters that are drawn, by their position among them, with rungs in words."""
    rows = table[table["cluster"].isin(kept)]
    position = np.searchsorted(kept, rows["cluster"].to_numpy(dtype=np.int64))
    return rows.assign(cluster=position, rung=[rung_title(str(name), item) for name in rows["rung"]])


def _alt_recovery(audit: Audit) -> str:
    rungs, item = audit.tables["rungs"], audit.dataset.item
    means = rungs.groupby("rung", sort=False)["jaccard"].mean()
    values = ", ".join(f"{rung_title(str(rung), item)} {value:.2f}" for rung, value in means.items())
    counts = audit.clusters["class"].value_counts()
    verdicts = ", ".join(f"{counts[name]} {name}" for name in MARKS if name in counts)
    said = f"Dot plot of {len(audit.clusters)} clusters. Mean Jaccard index of all: {values}. Verdicts: {verdicts}."
    above = audit.clusters.get("above_null", pd.Series(dtype="boolean")).dropna().astype(bool)
    if not len(above):
        return said
    return f"{said} {above.sum()} lie above the 95 % point of clusters of their size in one population without groups."


def _draw_blocks(audit: Audit) -> Any:
    shown = audit.clusters.loc[largest_clusters(audit)].reset_index(drop=True)
    return coclustering(blocks(audit), shown, item=audit.dataset.item)[0]


def _alt_blocks(audit: Audit) -> str:
    table = blocks(audit)
    names = audit.clusters["name"].loc[largest_clusters(audit)].to_numpy()
    said = []
    for title, rows in table.groupby("repeats", sort=False):
        apart = rows[(rows["a"] != rows["b"]) & (rows["together"] >= _JOINED)]
        apart = apart.sort_values("together", ascending=False, kind="stable")
        pairs = [
            f"{names[a]} with {names[b]} {value:.2f}"
            for a, b, value in zip(apart["a"], apart["b"], apart["together"], strict=True)
        ]
        own = rows.loc[rows["a"] == rows["b"], "together"].dropna()
        kept = f"a cluster keeps {own.mean():.2f} of its pairs on average" if len(own) else "no pairs were observed"
        said.append(f"in {title}, {kept}; put together most: {first_few(pairs, n=3) or 'none'}")
    return f"Heat maps of {len(names)} clusters by themselves: {'; '.join(said)}."


def _markers(audit: Audit) -> pd.DataFrame:
    return audit.tables.get("markers", pd.DataFrame())


def _draw_markers(audit: Audit) -> Any:
    kept = largest_clusters(audit)
    table = _markers(audit)
    table = table[table["cluster"].isin(kept)]
    table = table.assign(cluster=np.searchsorted(kept, table["cluster"].to_numpy(dtype=np.int64)))
    return marker_concordance(table, audit.clusters.loc[kept].reset_index(drop=True), item=audit.dataset.item)[0]


def _alt_markers(audit: Audit) -> str:
    table = _markers(audit)
    means = table.groupby("cluster")["kept_pipelines"].mean().dropna().sort_values(kind="stable")
    names = audit.clusters["name"].to_numpy()
    ranked = zip(means.index.to_numpy(dtype=np.int64), means, strict=True)
    worst = first_few((f"{names[code]} {value:.2f}" for code, value in ranked), n=3)
    bare = len(names) - table["cluster"].nunique()
    kept = f" Share of the pipelines that keep them, the lowest: {worst}." if worst else " No pipeline was run."
    return f"Best markers of {len(names)} clusters by name; {bare} have none.{kept}"


CLUSTER_FIGURES = (
    Figure(
        "clusters",
        "stability",
        "How well is each cluster found again? One panel per thing that was varied, n repeats each. Small dots: the "
        "repeats; dot: their mean agreement with the most similar cluster; line: where 95 % of them lie; hollow: on "
        "average not found again. Agreement is the Jaccard index; at 0.5 (dashed), two clusters of one size share two "
        "thirds of their members. Grey bar, where a population without groups was drawn: what its clusters "
        "of this size reach, from the median to the 95 % point (red). A cluster that does not pass the red line comes "
        "back no better than pieces of such a population do. The best clusters come first.",
        lambda audit: len(audit.clusters) > 0 and len(audit.tables["rungs"]) > 0,
        _draw_recovery,
        _alt_recovery,
    ),
    Figure(
        "coclustering",
        "stability",
        "Which clusters are put together? A square is the share of pairs of members, one from each of two clusters, "
        "that a repeat puts into one cluster (on the diagonal: pairs within the cluster), on average over the repeats, "
        "each at the resolution that fits best. Neighbours stand together. A bright square beside the diagonal is a "
        "border that repeats do not draw: think of merging the two. A dark one on it: the cluster falls apart.",
        lambda audit: len(audit.clusters) > 1 and any(rung in _BLOCK_RUNGS for rung, _, _ in _by_rung(audit)),
        _draw_blocks,
        _alt_blocks,
    ),
    Figure(
        "markers",
        "stability",
        "Does each cluster keep its markers? Its best genes by name; yellow: the gene also marks the matching cluster "
        "of every other pipeline, dark: of few. Name a cluster by genes that are kept in other settings and in the "
        "donors. Genes with a star were tested on the counts that made the labels, and are no evidence.",
        lambda audit: (
            len(audit.clusters) > 0
            and len(_markers(audit)) > 0
            and {"auroc", "kept_pipelines", "n_donors"} <= set(_markers(audit))
        ),
        _draw_markers,
        _alt_markers,
    ),
)
"""In the order of the page."""
