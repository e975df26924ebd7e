"""The rungs of the perturbation ladder: what was varied, how often, and how each cluster fared."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from rashomon.ask.structure.match import RECOVERED
from rashomon.dataset import Item
from rashomon.dataset.noun import in_items
from rashomon.perturb import PERTURBATIONS

__all__ = ["PIPELINES", "best_granularity", "rung_table", "rung_words", "setting_table"]

PIPELINES = "settings"
"""Rung of the multiverse: other defensible settings on the same cells."""


def best_granularity(matches: pd.DataFrame, *, by: str | list[str]) -> pd.DataFrame:
    """Return, per cluster and repeat, the match at the resolution (or k) that found it best.

    Resolution is granularity, not disagreement: a cluster is recovered if any resolution recovers it.

    Parameters
    ----------
    matches
        Rows of `rashomon.ask.structure.match.match_runs`.
    by
        Column or columns that name a repeat.
    """
    keys = [by] if isinstance(by, str) else by
    order = matches.sort_values(["jaccard"], ascending=False, kind="stable")
    return order.drop_duplicates([*keys, "cluster"]).sort_values([*keys, "cluster"]).reset_index(drop=True)


def rung_words(rung: str, item: Item = "cell") -> str:
    """Return what the repeats of a rung are, in words.

    Parameters
    ----------
    rung
        Its name.
    item
        What a row is.

    Examples
    --------
    >>> rung_words("settings"), rung_words("halves")
    ('other settings', 'half-samples of cells')
    """
    return in_items(PERTURBATIONS[rung].repeats, item) if rung in PERTURBATIONS else f"other {rung}"


def rung_table(best: pd.DataFrame, *, rung: str, decides: bool = True) -> pd.DataFrame:
    """Return how each cluster fared over the repeats of one rung.

    Parameters
    ----------
    best
        One row per cluster and repeat (`best_granularity`).
    rung
        Name of the rung.
    decides
        Whether it counts for the verdict; branches that are not equivalent are shown beside.

    Returns
    -------
    One row per cluster: ``cluster, rung, n`` (repeats in which it had items), ``recovered`` (share with Jaccard of 0.5
    or more), ``jaccard`` (mean), ``low``, ``high`` (2.5 % and 97.5 % points over the repeats; for half-samples, whose
    spread needs no rescaling, a 95 % interval for what another sample of half the cells would give), ``decides``.
    """
    rows = []
    for cluster, group in best.dropna(subset=["jaccard"]).groupby("cluster"):
        values = group["jaccard"].to_numpy()
        low, high = np.quantile(values, [0.025, 0.975])
        rows.append((cluster, rung, values.size, float((values >= RECOVERED).mean()), values.mean(), low, high))
    table = pd.DataFrame(rows, columns=["cluster", "rung", "n", "recovered", "jaccard", "low", "high"])
    return table.assign(decides=decides)


def setting_table(best: pd.DataFrame, *, choices: list[str]) -> pd.DataFrame:
    """Return, per cluster and level of each choice, in which share of the pipelines with it the cluster is recovered.

    Parameters
    ----------
    best
        One row per cluster and pipeline, with one column per choice; missing where a choice does not apply.
    choices
        Columns to look at; those with a single level say nothing and are left out.

    Returns
    -------
    ``cluster, choice, level, recovered, elsewhere, n``: recovery at this level and in the pipelines at other levels.
    """
    known = best.dropna(subset=["jaccard"]).sort_values("cluster", kind="stable")
    cluster, hit = known["cluster"].to_numpy(), known["jaccard"].to_numpy() >= RECOVERED
    levels = {choice: known[choice].astype(object).to_numpy() for choice in choices}
    # -1 where a choice does not apply
    codes = {choice: pd.factorize(values)[0] for choice, values in levels.items()}
    rows = []
    for low, high in pairwise([*np.flatnonzero(np.diff(cluster, prepend=-1)), cluster.size]):
        for choice in choices:
            code, seen = codes[choice][low:high], hit[low:high]
            first = np.sort(np.unique(code, return_index=True)[1])
            found = [at for at in first if code[at] >= 0]
            for at in found if len(found) > 1 else ():
                here, there = code == code[at], (code >= 0) & (code != code[at])
                level = levels[choice][low + at]
                rows.append((cluster[low], choice, level, seen[here].mean(), seen[there].mean(), int(here.sum())))
    return pd.DataFrame(rows, columns=["cluster", "choice", "level", "recovered", "elsewhere", "n"])
