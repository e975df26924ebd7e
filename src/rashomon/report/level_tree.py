"""The clusters of one pipeline at every level of its granularity, and what neighbouring levels share, as tables."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from rashomon.ask import Judged
from rashomon.perturb import HALVES, PERTURBATIONS
from rashomon.pl.tree import coarse_to_fine
from rashomon.report.once import once
from rashomon.score import best_matches
from rashomon.study import Audit

__all__ = ["granular", "level_edges", "level_nodes", "rerun"]


_FACTS = {"perturbation", "status"}


def rerun(audit: Audit, runs: pd.DataFrame) -> np.ndarray:
    """Return which runs have the settings of the pipeline that was re-run, shape ``(n_runs,)``.

    Parameters
    ----------
    audit
        What was found.
    runs
        One row per run, with a column per choice.
    """
    same = np.ones(len(runs), dtype=bool)
    pipeline = audit.standin.pipeline if audit.standin is not None else {}
    choices = audit.multiverse.choices if audit.multiverse is not None else ()
    for name in [choice.name for choice in choices if choice.name in runs]:
        level = pipeline.get(name)
        same &= (runs[name].isna() if level is None else runs[name] == level).to_numpy(dtype=bool)
    return same & bool(pipeline)


@once
def granular(audit: Audit) -> str | None:
    """Return the choice that sets how fine the clusters of the pipeline that was re-run are; None without one.

    Parameters
    ----------
    audit
        What was found.

    Returns
    -------
    Of several (a cutoff and a resolution) the one of which most levels were run.
    """
    if audit.multiverse is None or audit.standin is None or not audit.standin.usable:
        return None
    names = [choice.name for choice in audit.multiverse.choices if choice.granularity]
    names = [name for name in names if audit.standin.pipeline.get(name) is not None]
    return max(names, key=lambda name: len(_labels(audit, name)), default=None)


def _labels(audit: Audit, name: str | None) -> dict[Any, np.ndarray]:
    """Return the labels on all items at each level of a choice, all else as in the pipeline that was re-run."""
    parts, standin = audit.partitions, audit.standin
    if name is None or parts is None or standin is None or not {*_FACTS, name} <= set(parts.runs.columns):
        return {}
    found: dict[Any, np.ndarray] = {}
    runs = parts.runs
    full = ~runs["perturbation"].isin(list(PERTURBATIONS)) & (runs["status"] == "ok") & runs[name].notna()
    same = rerun(audit, runs.assign(**{name: standin.pipeline[name]}))
    for position in np.flatnonzero(full.to_numpy(dtype=bool) & same):
        found.setdefault(runs[name].iloc[position], parts.labels[:, position])
    return {level: found[level] for level in sorted(found) if found[level].max() >= 0}


@once
def level_nodes(audit: Audit) -> pd.DataFrame:
    """Return the clusters of the re-run pipeline at every level of its granularity.

    Parameters
    ----------
    audit
        What was found.

    Returns
    -------
    ``choice``, ``level``, ``cluster``, ``name`` (the majority of the first column that is not technical), ``size``,
    ``stability`` (mean Jaccard index with the best match in half-samples clustered at the same level; missing without
    half-samples).
    """
    naming = next((truth for truth in audit.dataset.truths.values() if truth.kind != "technical"), None)
    name, tables = granular(audit), []
    for level, codes in _labels(audit, name).items():
        clusters = np.unique(codes[codes >= 0])
        names = Judged("", codes, tuple(map(str, range(int(codes.max()) + 1))), own=False).describe(naming)
        row = {"choice": name, "level": level, "cluster": clusters}
        row |= {"name": [names[code] for code in clusters], "size": np.bincount(codes[codes >= 0])[clusters]}
        tables.append(pd.DataFrame({**row, "stability": _found_again(audit, name, level, codes)}))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


def _found_again(audit: Audit, name: str | None, level: Any, codes: np.ndarray) -> np.ndarray:
    """Return how well each cluster is found again in half-samples clustered at the same level; NaN without any."""
    clusters, parts = np.unique(codes[codes >= 0]), audit.own_partitions
    if parts is None or name is None:
        return np.full(clusters.size, np.nan)
    runs = parts.runs
    halves = (runs["perturbation"] == HALVES) & (runs["status"] == "ok") & (runs[name] == level)
    matches = [best_matches(codes, parts.labels[:, at]) for at in np.flatnonzero(halves.to_numpy(dtype=bool))]
    if not matches:
        return np.full(clusters.size, np.nan)
    mean = pd.concat(matches).groupby("cluster")["jaccard"].mean()
    return np.asarray(mean.reindex(clusters), dtype=float)


@once
def level_edges(audit: Audit) -> pd.DataFrame:
    """Return what the clusters of neighbouring levels share.

    Parameters
    ----------
    audit
        What was found.

    Returns
    -------
    One row per pair with common items: ``level``, ``cluster``, ``next_level``, ``next_cluster``, ``n``,
    ``in_proportion`` (of the items of the next cluster).
    """
    found, tables = _labels(audit, granular(audit)), []
    ordered = coarse_to_fine(level_nodes(audit)) if found else []
    for level, following in pairwise(ordered):
        codes, lower = found[level], found[following]
        both = (codes >= 0) & (lower >= 0)
        shared, n = np.unique(np.stack([codes[both], lower[both]]), axis=1, return_counts=True)
        row = {"level": level, "cluster": shared[0], "next_level": following, "next_cluster": shared[1], "n": n}
        tables.append(pd.DataFrame({**row, "in_proportion": n / np.bincount(lower[lower >= 0])[shared[1]]}))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
