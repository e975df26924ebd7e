"""Clusters of one population as the yardstick of the judged ones: how firmly they come back at the same size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rashomon.ask.structure.population_record import Population

__all__ = ["NULL_COLUMNS", "Bound", "null_bound", "null_bounds", "with_null"]

NULL_COLUMNS = {
    "jaccard_null": "median of `jaccard` over clusters of this size in one population",
    "jaccard_null_95": "their 95 % point",
    "above_null": "whether `low` is above that point; False: `jaccard` is not; None: in between, or no null was run",
    "null_how": "how the two were found: from how many clusters of one population, or why not",
}

_FACTOR = 1.5
"""Clusters of a size within this factor count as of the same size."""

_ENOUGH = 200
"""Clusters of the same size from which their own quantiles are taken; below, a line on the log of the size."""

_FEWEST = 20
"""Clusters below which no line is drawn: the 95 % point would be the largest of them."""

_QUANTILES = (0.5, 0.95)


@dataclass(frozen=True)
class Bound:
    """What clusters of one population reach at some size.

    Parameters
    ----------
    value
        95 % point of the mean best Jaccard index, in [0, 1]; NaN where there is none.
    n_clusters
        Clusters of one population it rests on.
    how
        How it was found, or why there is none.
    median
        Median in place of the 95 % point.
    """

    value: float
    n_clusters: int
    how: str
    median: float = float("nan")


def null_bound(population: Population, size: int, share_of_n: float, *, rung: str = "halves") -> Bound:
    """Return how firmly clusters of one population of this size come back.

    Parameters
    ----------
    population
        Draws with their clusters.
    size
        Cells of the judged cluster, at least 1.
    share_of_n
        Their share of the cells of the data, in (0, 1]. Above one half the cluster is judged on its complement, and
        compared with clusters of the size of that. Where draws have fewer cells than the data, shares are compared.
    rung
        What was varied.

    Returns
    -------
    The 95 % point over the clusters, of all draws, whose size is within a factor of 1.5, where they are 200 or more;
    else by linear quantile regression on the log of the size (Koenker & Bassett 1978) over all clusters; none below 20
    clusters.
    """
    return null_bounds(population, np.array([size]), np.array([share_of_n]), rung=rung)[0]


def null_bounds(population: Population, sizes: np.ndarray, shares: np.ndarray, *, rung: str = "halves") -> list[Bound]:
    """Return `null_bound` of each of many clusters.

    Parameters
    ----------
    population, rung
        See `null_bound`.
    sizes, shares
        Of the judged clusters, shape ``(n_clusters,)``.
    """
    if population.reason:
        return [Bound(np.nan, 0, population.reason)] * len(sizes)
    table = population.clusters
    table = table[(table["rung"] == rung) & table["jaccard"].notna()]
    known, jaccard = _log_size(table["size"], table["share"], population.n_obs), table["jaccard"].to_numpy(dtype=float)
    scale = population.n_obs / max(population.n_data, 1)
    asked = _log_size(np.asarray(sizes) * scale, shares, population.n_obs)
    lines: list[tuple[float, float]] | None = None
    bounds = []
    for at in asked:
        near = np.abs(known - at) <= np.log(_FACTOR) + 1e-12
        if near.sum() >= _ENOUGH:
            median, value = np.quantile(jaccard[near], _QUANTILES)
            how = f"{near.sum()} clusters of one population within a factor {_FACTOR} of its size"
            bounds.append(Bound(float(value), int(near.sum()), how, float(median)))
            continue
        if known.size < _FEWEST:
            found = f"{known.size} clusters of one population; {_FEWEST} are needed"
            bounds.append(Bound(np.nan, known.size, found))
            continue
        lines = lines or [_line(known, jaccard, quantile) for quantile in _QUANTILES]
        bounds.append(_on_line(float(at), known, lines))
    return bounds


def _log_size(sizes: np.ndarray | pd.Series[int], shares: np.ndarray | pd.Series[float], n_obs: int) -> np.ndarray:
    """Return the log of the cells of each cluster, or of its complement where it has most cells."""
    size, share = np.asarray(sizes, dtype=float), np.asarray(shares, dtype=float)
    judged = np.where(share > 0.5, n_obs - size, size)
    # a cluster of everything has an empty complement
    return np.asarray(np.log(np.maximum(judged, 1.0)))


def _line(x: np.ndarray, y: np.ndarray, quantile: float) -> tuple[float, float]:
    """Return intercept and slope of the linear quantile regression of `y` on `x`."""
    from sklearn.linear_model import QuantileRegressor

    if np.ptp(x) == 0:
        return float(np.quantile(y, quantile)), 0.0
    fitted = QuantileRegressor(quantile=quantile, alpha=0.0, solver="highs").fit(x[:, None], y)
    return float(fitted.intercept_), float(fitted.coef_[0])


def _on_line(at: float, known: np.ndarray, lines: list[tuple[float, float]]) -> Bound:
    """Return the bound on the lines, at the nearest size that one population has where `at` is beyond its sizes."""
    inside = float(np.clip(at, known.min(), known.max()))
    median, value = (float(np.clip(intercept + slope * inside, 0.0, 1.0)) for intercept, slope in lines)
    beyond = "" if inside == at else f", of which the nearest has {np.exp(inside):.0f} cells"
    how = f"line on the log of the size through {known.size} clusters of one population{beyond}"
    # two lines may cross where clusters are few
    return Bound(max(median, value), known.size, how, median)


def with_null(rungs: pd.DataFrame, population: Population | None, *, sizes: np.ndarray, n_obs: int) -> pd.DataFrame:
    """Return the rungs with `NULL_COLUMNS`: the same numbers for clusters of one population of the same size.

    Parameters
    ----------
    rungs
        Rows of `rashomon.ask.stability.rung.rung_table`.
    population
        Draws of one population; None where none were planned.
    sizes
        Cells of each judged cluster, shape ``(n_clusters,)``.
    n_obs
        Cells of the data.
    """
    table = rungs.assign(jaccard_null=np.nan, jaccard_null_95=np.nan, null_how="no null was run")
    table["above_null"] = pd.array([pd.NA] * len(table), dtype="boolean")
    if population is not None:
        for rung in table["rung"].unique():
            here = (table["rung"] == rung).to_numpy()
            size = np.asarray(sizes)[table.loc[here, "cluster"].to_numpy(dtype=np.int64)]
            bounds = null_bounds(population, size, size / max(n_obs, 1), rung=str(rung))
            table.loc[here, "jaccard_null"] = [bound.median for bound in bounds]
            table.loc[here, "jaccard_null_95"] = [bound.value for bound in bounds]
            table.loc[here, "null_how"] = [bound.how for bound in bounds]
        above = (table["low"] > table["jaccard_null_95"]).astype("boolean")
        decided = above | (table["jaccard"] <= table["jaccard_null_95"])
        table["above_null"] = above.where(decided)
    return table[[*rungs.columns, *NULL_COLUMNS]]
