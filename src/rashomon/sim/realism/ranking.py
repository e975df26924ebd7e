"""Which simulator is nearest to the real cells? Ranks over summaries, and of the classifier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from rashomon.core import RNGLike, UsageError, root_entropy
from rashomon.sim.realism.catalogue import summaries
from rashomon.sim.realism.distance import DISTANCES
from rashomon.sim.realism.report import Key, Realism, draw, judge, tables

__all__ = ["RANKING_COLUMNS", "Comparison", "compare_simulators"]

RANKING_COLUMNS = {
    "simulator": "name of the simulator",
    "mean_rank": "mean rank over the summaries that are defined for all simulators; 1 is best",
    "wins": "summaries among these in which it is nearest to the real cells; ties count for each",
    "n_summaries": "summaries that are defined for all simulators",
    "auc": "how well a classifier tells its cells from real ones; 0.5 is best",
    "auc_error": "standard error of it",
    "auc_rank": "rank by it; 1 is best",
    "nearest_ratio": "distance to the nearest fitted cell, relative to held-out real cells; NaN without fitted cells",
    "n_copies": "cells that are exact copies of fitted ones; NaN without fitted cells",
}
"""Columns of the ranking and what they mean."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """Several simulators against the same real cells.

    Parameters
    ----------
    ranking
        One row per simulator, best mean rank first, see `RANKING_COLUMNS`.
    table
        The tables of all reports, with a column ``simulator`` in front and ``rank`` at the end: the rank among the
        simulators that have a number; NaN for distances that do not rank.
    reports
        The report on each simulator.
    """

    ranking: pd.DataFrame
    table: pd.DataFrame
    reports: Mapping[str, Realism]


def compare_simulators(
    real: Any,
    simulated: Mapping[str, Any],
    *,
    fitted: Any = None,
    groups_key: Key = None,
    batch_key: Key = None,
    rng: RNGLike = 0,
) -> Comparison:
    """Rank simulators by how near their cells come to real ones that none of them has seen.

    Parameters
    ----------
    real
        Counts of the real cells that judge, see `realism`.
    simulated
        Counts of simulated cells, by name of the simulator; see `realism`.
    fitted
        Counts of the real cells that the simulators were fitted to.
    groups_key, batch_key
        Columns with cell types and batches, see `realism`.
    rng
        Chooses cells and genes, thins, deals folds; the same choices for every simulator.

    Returns
    -------
    Ranks are by the Kolmogorov-Smirnov statistic of each summary (in one or two dimensions). A summary that is
    undefined for some simulator stays in the table, and out of the mean rank and the wins.

    Raises
    ------
    UsageError
        When there is no simulator, and as in `realism`.

    Examples
    --------
    >>> import scipy.sparse as sp
    >>> draw, shares = np.random.default_rng(0).poisson, np.linspace(0.2, 4.0, 30)
    >>> real, near, far = (sp.csr_matrix(draw(mean, (40, 30))) for mean in (shares, shares, 2.0))
    >>> compare_simulators(real, {"far": far, "near": near}).ranking["simulator"].tolist()
    ['near', 'far']
    """
    if not simulated:
        raise UsageError("there is no simulator", where="compare_simulators(simulated=)", expected="one or more")
    root = root_entropy(rng)
    given = tables(real, simulated, fitted=fitted, groups_key=groups_key, batch_key=batch_key)
    values = summaries(draw(given.real, given.n, root), rng=root)
    floor = None if given.fitted is None else summaries(draw(given.fitted, given.n, root), rng=root)
    reports = {name: judge(given, name, values=values, floor=floor, root=root) for name in simulated}
    parts = [report.table.assign(simulator=name) for name, report in reports.items()]
    table = pd.concat(parts, ignore_index=True)
    ranks = table["distance"].map({name: distance.ranks for name, distance in DISTANCES.items()})
    keys = [table["summary"], table["distance"]]
    table["rank"] = table["value"].groupby(keys).rank(method="average").where(ranks)
    first = ["simulator", *(column for column in table.columns if column != "simulator")]
    return Comparison(_ranking(table[ranks], reports), table[first], reports)


def _ranking(table: pd.DataFrame, reports: Mapping[str, Realism]) -> pd.DataFrame:
    ranks = table.pivot_table(index="summary", columns="simulator", values="rank").reindex(columns=list(reports))
    ranks = ranks.dropna()
    best = ranks.eq(ranks.min(axis=1), axis=0)
    near = {name: report.memorisation for name, report in reports.items()}
    ranking = pd.DataFrame(
        {
            "simulator": list(reports),
            "mean_rank": ranks.mean().to_numpy(),
            "wins": best.sum().to_numpy(),
            "n_summaries": len(ranks),
            "auc": [report.auc.value for report in reports.values()],
            "auc_error": [report.auc.error for report in reports.values()],
            "auc_rank": pd.Series([report.auc.value for report in reports.values()]).rank(method="average"),
            "nearest_ratio": [np.nan if found is None else found.ratio for found in near.values()],
            "n_copies": [np.nan if found is None else found.n_copies for found in near.values()],
        }
    )
    return ranking.sort_values("mean_rank", kind="stable", ignore_index=True)[list(RANKING_COLUMNS)]
