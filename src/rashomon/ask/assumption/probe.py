"""What the user's data say of each assumption: one function per statement that they can speak to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
import pandas as pd

from rashomon.ask.request import Request
from rashomon.ask.tripwire.record import Finding
from rashomon.ask.which_score.wire import circular_truth, giant_cluster, null_stability
from rashomon.dataset import Truth
from rashomon.score import score

__all__ = [
    "approximate_neighbours",
    "batch_not_driving",
    "cells_exchangeable",
    "depth_independent",
    "dispersion_trend",
    "index_picks_k",
    "labels_independent",
    "no_chaining",
    "one_resolution",
    "preprocessing",
    "stable_is_true",
    "variable_genes",
]

Tables = Mapping[str, pd.DataFrame]
Told = tuple[Literal["holds", "violated", "untested"], str]

_SMALL = 0.05
"""Agreement, and share of variance, below which something plays no part (a convention)."""
_WORSE = 0.1
"""Jaccard index by which a resolution may be worse for one type than the best one (a convention)."""
_NO_MULTIVERSE: Told = ("untested", "labels alone cannot be re-made")


def stable_is_true(request: Request, tables: Tables) -> Told:
    """Say that it is violated where clusters of one population are stable, too; else data cannot tell.

    Parameters
    ----------
    request, tables
        The population of the request; no table.
    """
    del tables
    found = null_stability(request, None, jaccard=0.75)
    return ("violated" if found.status == "fired" else "untested"), found.said


def index_picks_k(request: Request, tables: Tables) -> Told:
    """Say that it holds where twins showed that a score picks the resolution well.

    Parameters
    ----------
    request, tables
        ``score_track``.
    """
    del request
    table = tables.get("score_track")
    rows = None if table is None else table[(table["strength"] == 1.0) & (table["among"] == "resolution")]
    if rows is None or rows.empty:
        return "untested", "no twin was drawn"
    good = rows.loc[rows["verdict"] == "believe", "score"].unique()
    if good.size:
        return "holds", f"on twins, of {', '.join(good)}; of no other score"
    losing = rows.loc[(rows["verdict"] == "do not believe") & (rows["regret"] > _SMALL), "score"].nunique()
    status: Literal["violated", "untested"] = "violated" if losing else "untested"
    return status, f"on twins, {losing} of {rows['score'].nunique()} scores lose agreement by their pick"


def one_resolution(request: Request, tables: Tables) -> Told:
    """Say that it holds where one resolution of the default pipeline suits every class of the naming truth.

    Parameters
    ----------
    request, tables
        The finished multiverse; no table.
    """
    del tables
    truth = request.naming_truth
    if request.parts is None or request.multiverse is None or truth is None:
        return "untested", "no label column and no multiverse to ask"
    fits = _fits(request, truth)
    if fits.shape[0] < 2:
        return "untested", "one resolution was run"
    lost = (fits.max(axis=0) - fits).max(axis=1)
    worst = truth.categories[int((fits.max(axis=0) - fits)[lost.argmin()].argmax())]
    said = f"the best single resolution loses {lost.min():.2f} (Jaccard) of its own best for {worst}"
    return ("holds" if lost.min() <= _WORSE else "violated"), said


def _fits(request: Request, truth: Truth) -> np.ndarray:
    """Return the Jaccard index of each class (columns) with its best cluster, per run of the default pipeline."""
    if request.parts is None or request.multiverse is None:
        return np.empty((0, 0))
    default = request.multiverse.name(request.multiverse.default)
    runs = request.parts.runs
    mine = np.flatnonzero(((runs["pipeline"] == default) & (runs["status"] == "ok")).to_numpy())
    classes = np.unique(truth.codes[truth.codes >= 0])
    return np.array([[_best_jaccard(request.parts.labels[:, run], truth.codes == c) for c in classes] for run in mine])


def _best_jaccard(labels: np.ndarray, inside: np.ndarray) -> float:
    found = labels >= 0
    size = np.bincount(labels[found], minlength=1)
    both = np.bincount(labels[found & inside], minlength=size.size)
    return float((both / np.maximum(size + inside.sum() - both, 1)).max())


def preprocessing(request: Request, tables: Tables) -> Told:
    """Say that it holds where all pipelines agree with the judged labels to within 0.05.

    Parameters
    ----------
    request, tables
        The finished multiverse; no table.
    """
    del tables
    means = _means(request, request.judged.codes, "pipeline")
    if means.size < 2:
        return "untested", "fewer than two settings were run"
    spread = float(np.ptp(means))
    said = f"agreement with {request.judged.name} ranges over {spread:.2f} between settings"
    return ("holds" if spread < _SMALL else "violated"), said


def variable_genes(request: Request, tables: Tables) -> Told:
    """Say that it holds where the number of genes does not change the agreement with the truth that names the clusters.

    Parameters
    ----------
    request, tables
        The finished multiverse; no table.
    """
    del tables
    truth = request.naming_truth
    if truth is None:
        return "untested", "no label column was declared"
    means = _means(request, truth.compared, "n_genes")
    if means.size < 2:
        return "untested", "one number of genes was run"
    spread = float(np.ptp(means))
    said = f"mean agreement with {truth.name} ranges over {spread:.2f} between numbers of genes"
    return ("holds" if spread < _SMALL else "violated"), said


def _means(request: Request, codes: np.ndarray, column: str) -> np.ndarray:
    """Return the mean agreement (AMI) of equivalent runs with `codes`, per level of a column of the table of runs."""
    if request.parts is None or column not in request.parts.runs:
        return np.empty(0)
    runs = request.parts.runs
    usable = np.flatnonzero(((runs["status"] == "ok") & (runs["branch"] == "")).to_numpy())
    values = [score("ami", request.parts.labels[:, run], codes).value for run in usable]
    found = pd.Series(values).groupby(runs[column].to_numpy()[usable]).mean()
    return found.dropna().to_numpy()


def approximate_neighbours(request: Request, tables: Tables) -> Told:
    """Say that it holds where every pipeline searched exactly, or the search changes labels no more than another seed.

    Parameters
    ----------
    request, tables
        The multiverse; no table.
    """
    del tables
    if request.multiverse is None:
        return _NO_MULTIVERSE
    choices = [choice for choice in request.multiverse.choices if choice.name == "neighbour_search"]
    if not choices or set(choices[0].levels) == {"exact"}:
        return "holds", "neighbours are searched exactly"
    between = _between(request, "neighbour_search")
    if not np.isfinite(between):
        return "untested", "no pipeline was run with both searches: add exact to neighbour_search"
    seeds = [_between(request, choice.name) for choice in request.multiverse.choices if choice.replicate]
    again = max((value for value in seeds if np.isfinite(value)), default=1.0)
    said = f"runs that differ in the search alone agree at {between:.2f} (AMI), in the seed alone at {again:.2f}"
    return ("holds" if between >= again - _SMALL else "violated"), said


def _between(request: Request, name: str) -> float:
    """Return the mean agreement (AMI) of pairs of runs that differ in one choice alone; NaN where there are none."""
    if request.parts is None or request.multiverse is None:
        return float("nan")
    runs = request.parts.runs[request.parts.runs["status"] == "ok"].dropna(subset=[name])
    others = [choice.name for choice in request.multiverse.choices if choice.name != name]
    groups = runs.groupby(others, dropna=False) if others else [((), runs)]
    labels = request.parts.labels
    pairs = [each.drop_duplicates(name).index[:2] for _, each in groups]
    values = [score("ami", labels[:, pair[0]], labels[:, pair[1]]).value for pair in pairs if len(pair) > 1]
    return float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")


def batch_not_driving(request: Request, tables: Tables) -> Told:
    """Say that it holds where the judged labels have less than 0.05 adjusted mutual information with the batch.

    Parameters
    ----------
    request, tables
        Labels and roles; no table.
    """
    del tables
    return _apart(request, request.dataset.roles.batch, "batch")


def cells_exchangeable(request: Request, tables: Tables) -> Told:
    """Say that it holds where the judged labels have less than 0.05 adjusted mutual information with the donor.

    Parameters
    ----------
    request, tables
        Labels and roles; no table.
    """
    del tables
    return _apart(request, request.dataset.roles.donor, "donor")


def _apart(request: Request, column: Truth | None, role: str) -> Told:
    if column is None:
        return "untested", f"no {role} column was declared"
    value = score("ami", request.judged.codes, column.codes).value
    if not np.isfinite(value):
        return "untested", f"there is one {role} or one cluster"
    said = f"adjusted mutual information of {request.judged.name} and {column.name}: {value:.2f}"
    return ("holds" if value < _SMALL else "violated"), said


def labels_independent(request: Request, tables: Tables) -> Told:
    """Say that it is violated where a declared column was made from the matrix that made the clusters.

    Parameters
    ----------
    request, tables
        Declared columns; no table.
    """
    del tables
    return _from_wire(circular_truth(request, None))


def no_chaining(request: Request, tables: Tables) -> Told:
    """Say that it is violated where one cluster holds more than 30 % of the clustered receptors.

    Parameters
    ----------
    request, tables
        Labels of receptors; no table.
    """
    del tables
    if request.lone:
        return "untested", request.lone.rstrip(".")
    return _from_wire(giant_cluster(request, None, share=0.3))


def _from_wire(found: Finding) -> Told:
    status: dict[str, Literal["holds", "violated", "untested"]] = {"fired": "violated", "quiet": "holds"}
    return status.get(found.status, "untested"), found.said


def dispersion_trend(request: Request, tables: Tables) -> Told:
    """Say that it is violated where genes of the largest cluster scatter about the trend alike in both halves of it.

    Scatter by chance differs between halves of the cells; scatter that is the genes' own comes back.

    Parameters
    ----------
    request, tables
        Counts and labels; no table.
    """
    del tables
    expression, judged = request.dataset.expression, request.judged
    if expression is None or expression.kind != "counts":
        return "untested", "there are no raw counts"
    if request.lone:
        return "untested", request.lone.rstrip(".")
    largest = int(judged.sizes.argmax())
    cells = request.rng("dispersion").permutation(np.flatnonzero(judged.codes == largest))[:_MOST]
    x = expression.x[np.sort(cells)]
    depth, means = np.asarray(x.sum(axis=1)).ravel(), np.asarray(x.mean(axis=0)).ravel()
    known = np.flatnonzero(means >= _MIN_MEAN)
    known = known[np.argsort(-means[known], kind="stable")[:_MOST]]
    if cells.size < _MIN_CELLS or known.size < _MIN_CELLS:
        return "untested", f"the largest cluster has {cells.size} cells and {known.size} genes with enough counts"
    counts = x[:, known].toarray().astype(np.float64)
    side = request.rng("dispersion halves").permutation(cells.size) % 2
    # a gene that only one half has counts of has no dispersion in the other
    counts = counts[:, counts[side == 0].any(axis=0) & counts[side == 1].any(axis=0)]
    one, two = (_about_trend(counts[side == half], depth[side == half]) for half in (0, 1))
    value = float(np.corrcoef(one, two)[0, 1])
    said = f"in {judged.categories[largest]}, scatter about the trend has correlation {value:.2f} between halves"
    return ("holds" if value < _COMES_BACK else "violated"), said


_MIN_MEAN, _MIN_CELLS, _COMES_BACK, _MOST = 0.5, 50, 0.2, 2000
"""Mean count of a gene; fewest cells and genes; correlation of scatter that is the genes' own; most cells and genes."""


def _about_trend(counts: np.ndarray, depth: np.ndarray) -> np.ndarray:
    """Return the log dispersion of each gene less a quadratic trend in its log mean."""
    factor = (np.maximum(depth, 1.0) / np.maximum(depth, 1.0).mean())[:, None]
    level = counts / factor
    mean = level.mean(axis=0)
    dispersion = (level.var(axis=0, ddof=1) - mean * (1 / factor).mean()) / mean**2
    value, x = np.log(np.maximum(dispersion, 1e-3)), np.log(mean)
    return np.asarray(value - np.polyval(np.polyfit(x, value, 2), x))


def depth_independent(request: Request, tables: Tables) -> Told:
    """Say that it holds where the judged clusters explain less than 5 % of the variance of log depth.

    Parameters
    ----------
    request, tables
        Counts and labels; no table.
    """
    del tables
    expression, codes = request.dataset.expression, request.judged.codes
    if expression is None or expression.kind != "counts":
        return "untested", "there are no raw counts"
    depth = np.asarray(expression.x.sum(axis=1), dtype=np.float64).ravel()
    known = (codes >= 0) & (depth > 0)
    value = np.log(depth[known])
    if value.size < 2 or np.ptp(value) == 0:
        return "untested", "depth does not vary"
    count = np.maximum(np.bincount(codes[known]), 1)
    fitted = (np.bincount(codes[known], weights=value) / count)[codes[known]]
    n, k = value.size, np.unique(codes[known]).size
    if n <= k:
        return "untested", "every cell is its own cluster"
    # less what k random groups would explain
    share = 1 - ((value - fitted) ** 2).sum() / (n - k) / (((value - value.mean()) ** 2).sum() / (n - 1))
    said = f"clusters explain {max(0.0, share):.0%} of the variance of log depth"
    return ("holds" if share < _SMALL else "violated"), said
