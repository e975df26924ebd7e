"""How each cluster differs in each nuisance, and how far one nuisance alone says who is in the cluster."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import norm, rankdata

from rashomon.ask.confounding.nuisance import Score, quartiles
from rashomon.ask.request import Request
from rashomon.dataset import Truth
from rashomon.score import score
from rashomon.score.receptor.permutation import combined_strata

__all__ = ["FEWEST", "NUISANCE_COLUMNS", "OVERALL_COLUMNS", "fold_auc", "nuisance_table", "overall_table"]

NUISANCE_COLUMNS = {
    "cluster": "name of the cluster",
    "nuisance": "a quantity measured per cell, or a technical column",
    "source": "column, or how it was computed",
    "n": "cells of the cluster with a value",
    "median": "median in the cluster; NaN for columns",
    "median_others": "median of all other cells; NaN for columns",
    "difference": "difference of the means of the ranks, in standard deviations of the ranks within; NaN for columns",
    "class": "the class of a column that most of the cluster has; empty for quantities",
    "class_share": "share of the cluster in that class",
    "beyond_chance": "that share above the share of all cells in the class: 0 by chance, 1 where the cluster is pure",
    "cv_auc": "probability that the nuisance alone ranks a cell of the cluster above another, on cells held out",
    "p": "two-sided chance of such a difference when clusters change places within batch and donor (normal limit)",
}
"""Columns of the table of nuisances and what they mean."""

OVERALL_COLUMNS = {
    "nuisance": "a quantity measured per cell",
    "source": "column, or how it was computed",
    "between_clusters": "share of the variance of its ranks that lies between clusters, in [0, 1]",
    "ami": "adjusted mutual information of the clusters and its quartiles",
    "ami_beyond": "the same after its ranks were freed of the others by linear regression",
}
"""Columns of the table of nuisances over all clusters and what they mean."""

FEWEST = 10
"""Cells below which nothing is said of a cluster (a convention)."""

_N_FOLDS = 5


def nuisance_table(request: Request, scores: Sequence[Score], columns: Sequence[Truth]) -> pd.DataFrame:
    """Return how each judged cluster differs in each nuisance.

    Parameters
    ----------
    request
        The judged labels, batches and donors.
    scores
        Quantities, of `rashomon.ask.confounding.nuisance.measured`.
    columns
        Technical columns.

    Returns
    -------
    One row per cluster of at least `FEWEST` cells and nuisance, with `NUISANCE_COLUMNS`.
    """
    codes = request.judged.codes
    fold = request.rng("folds").permutation(codes.size) % _N_FOLDS
    strata = _strata(request)
    rows = []
    for each in scores:
        auc = fold_auc(each.values, codes, fold)
        rows += [_quantity(request, each, cluster, strata, auc[cluster]) for cluster in _large(request)]
    for column in columns:
        rows += [_column(request, column, cluster, fold) for cluster in _large(request)]
    return pd.DataFrame(rows, columns=list(NUISANCE_COLUMNS))


def overall_table(request: Request, scores: Sequence[Score]) -> pd.DataFrame:
    """Return how far all clusters together follow each quantity, and beyond the others.

    Parameters
    ----------
    request
        The judged labels.
    scores
        Of `rashomon.ask.confounding.nuisance.measured`.

    Returns
    -------
    One row per quantity with `OVERALL_COLUMNS`.
    """
    codes = request.judged.codes
    ranks = [rankdata(np.nan_to_num(each.values, nan=np.nanmedian(each.values))) for each in scores]
    rows = []
    for i, each in enumerate(scores):
        others = [rank for j, rank in enumerate(ranks) if j != i]
        left = Score(each.nuisance, np.where(np.isfinite(each.values), _freed(ranks[i], others), np.nan), each.source,
                     each.genes)  # fmt: skip
        ami = [score("ami", codes, quartiles(found).compared).value for found in (each, left)]
        rows.append((each.name, each.source, _between(ranks[i], codes), *ami))
    return pd.DataFrame(rows, columns=list(OVERALL_COLUMNS))


def fold_auc(values: np.ndarray, codes: np.ndarray, fold: np.ndarray) -> np.ndarray:
    """Return how well one quantity ranks the cells of each cluster above all others, on cells held out.

    Parameters
    ----------
    values
        Shape ``(n_obs,)``; NaN unknown: left out.
    codes
        Clusters, shape ``(n_obs,)``; negative codes are among the others.
    fold
        Fold of each cell, shape ``(n_obs,)``. Whether high or low values speak for the cluster is learnt on the others.

    Returns
    -------
    Signed areas, shape ``(n_clusters,)``, in [-1, 1]: the size is the mean area over folds (above 0.5 where the other
    folds chose the right direction), the sign says whether high or low values speak for the cluster. NaN for clusters
    absent from every fold.

    Examples
    --------
    >>> fold_auc(np.array([5.0, 6.0, 1.0, 2.0]), np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])).tolist()
    [1.0, -1.0]
    """
    known = np.isfinite(values)
    k = int(codes.max(initial=-1)) + 1
    size, area = np.zeros((_n_folds(fold), k)), np.full((_n_folds(fold), k), np.nan)
    for each in range(_n_folds(fold)):
        part = np.flatnonzero(known & (fold == each))
        mine = codes[part]
        rank = rankdata(values[part])[mine >= 0]
        size[each] = n = np.bincount(mine[mine >= 0], minlength=k)
        wins = np.bincount(mine[mine >= 0], weights=rank, minlength=k) - n * (n + 1) / 2
        with np.errstate(invalid="ignore", divide="ignore"):
            area[each] = wins / (n * (part.size - n))
    weight = np.where(np.isfinite(area), size, 0.0)
    total = np.where(weight > 0, area * weight, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        # what the other folds say of the direction
        direction = np.where((total.sum(axis=0) - total) / (weight.sum(axis=0) - weight) >= 0.5, 1, -1)
        held_out = np.where(direction > 0, total, weight - total).sum(axis=0) / weight.sum(axis=0)
        overall = np.where(total.sum(axis=0) / weight.sum(axis=0) >= 0.5, 1, -1)
    return np.asarray(overall * held_out)


def _n_folds(fold: np.ndarray) -> int:
    return int(fold.max(initial=-1)) + 1


def _large(request: Request) -> list[int]:
    return [int(code) for code in np.flatnonzero(request.judged.sizes >= FEWEST)]


def _strata(request: Request) -> np.ndarray:
    """Return the crossed batches and donors; items without one are a group like any other."""
    roles = request.dataset.roles
    columns = [column.codes for column in (roles.batch, roles.donor) if column is not None]
    return combined_strata(*columns) if columns else np.zeros(request.dataset.n_obs, dtype=np.int32)


def _quantity(request: Request, each: Score, cluster: int, strata: np.ndarray, auc: float) -> dict[str, object]:
    known = np.isfinite(each.values) & (request.judged.codes > -2)
    mine = (request.judged.codes == cluster)[known]
    values = each.values[known]
    row: dict[str, object] = dict.fromkeys(NUISANCE_COLUMNS, np.nan)
    row |= {"cluster": request.judged.categories[cluster], "nuisance": each.name, "source": each.source, "class": ""}
    row |= {"n": int(mine.sum()), "cv_auc": abs(auc)}
    if not mine.any() or mine.all():
        return row
    ranks = rankdata(values)
    within = np.sqrt((mine.sum() * ranks[mine].var() + (~mine).sum() * ranks[~mine].var()) / mine.size)
    gap = float(ranks[mine].mean() - ranks[~mine].mean())
    return row | {
        "median": float(np.median(values[mine])),
        "median_others": float(np.median(values[~mine])),
        "difference": gap / within if within > 0 else np.nan,
        "p": _stratified_p(values, mine, strata[known]),
    }


def _stratified_p(values: np.ndarray, mine: np.ndarray, strata: np.ndarray) -> float:
    """Return the two-sided p of the sum of ranks within strata, by the moments of its permutations (van Elteren)."""
    off, variance = 0.0, 0.0
    for stratum in np.unique(strata):
        part = strata == stratum
        n, m = int(part.sum()), int(mine[part].sum())
        if n < 2 or m in {0, n}:
            continue
        rank = rankdata(values[part]) / (n + 1)
        off += float(rank[mine[part]].sum() - m * rank.mean())
        variance += m * (n - m) / (n - 1) * float(rank.var())
    return float(2 * norm.sf(abs(off) / np.sqrt(variance))) if variance > 0 else np.nan


def _column(request: Request, column: Truth, cluster: int, fold: np.ndarray) -> dict[str, object]:
    codes = request.judged.codes
    known = (column.codes >= 0) & (codes > -2)
    mine = known & (codes == cluster)
    row: dict[str, object] = dict.fromkeys(NUISANCE_COLUMNS, np.nan)
    row |= {"cluster": request.judged.categories[cluster], "nuisance": column.name, "class": "", "n": int(mine.sum())}
    row["source"] = f"column {column.name!r}"
    if not mine.any():
        return row
    n_classes = len(column.categories)
    inside = np.bincount(column.codes[mine], minlength=n_classes) / mine.sum()
    base = np.bincount(column.codes[known], minlength=n_classes) / known.sum()
    top = int(inside.argmax())
    return row | {
        "class": column.categories[top],
        "class_share": float(inside[top]),
        "beyond_chance": float((inside[top] - base[top]) / (1 - base[top])) if base[top] < 1 else np.nan,
        "cv_auc": _column_auc(column.codes[known], mine[known], fold[known], n_classes),
        "p": _stratified_p((column.codes[known] == top).astype(float), mine[known], _donors(request)[known]),
    }


def _donors(request: Request) -> np.ndarray:
    donor = request.dataset.roles.donor
    return np.zeros(request.dataset.n_obs, dtype=np.int32) if donor is None else donor.codes


def _column_auc(column: np.ndarray, mine: np.ndarray, fold: np.ndarray, n_classes: int) -> float:
    """Return the area under the curve of the cluster's rate in a cell's class, learnt on the other folds."""
    areas, weights = [], []
    for each in range(_n_folds(fold)):
        test = fold == each
        total = np.bincount(column[~test], minlength=n_classes)
        rate = np.bincount(column[~test & mine], minlength=n_classes) / np.maximum(total, 1)
        inside = mine[test]
        n, others = int(inside.sum()), int((~inside).sum())
        if n and others:
            areas.append((rankdata(rate[column[test]])[inside].sum() - n * (n + 1) / 2) / (n * others))
            weights.append(n)
    return float(np.average(areas, weights=weights)) if weights else np.nan


def _freed(rank: np.ndarray, others: list[np.ndarray]) -> np.ndarray:
    """Return what a linear regression of ranks on other ranks leaves."""
    design = np.column_stack([np.ones(rank.size), *others])
    left: np.ndarray = rank - design @ np.linalg.lstsq(design, rank, rcond=None)[0]
    # rounding is no residual
    return np.round(left, 6)


def _between(rank: np.ndarray, codes: np.ndarray) -> float:
    kept = codes >= 0
    if not kept.any() or rank[kept].var() == 0:
        return np.nan
    n = np.bincount(codes[kept])
    mean = np.bincount(codes[kept], weights=rank[kept]) / np.maximum(n, 1)
    return float(np.dot(n, (mean - rank[kept].mean()) ** 2) / kept.sum() / rank[kept].var())
