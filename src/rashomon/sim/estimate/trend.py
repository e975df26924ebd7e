"""Dispersion of genes: a trend on the mean, the scatter about it, and what the counts of each gene add.

A null with a trended dispersion rejects every population whose genes scatter about their trend, so the scatter is kept:
the dispersion of a gene is one draw from its posterior. Where a gene is well measured this is its own estimate; where
it is hardly measured it is the trend plus scatter, as large as that of the well measured ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rashomon.sim.estimate.dispersion import LOG_GRID

__all__ = ["Trend", "draw_dispersion", "fit_trend"]

MEASURED = 0.05
"""Mean count from which genes say something about the scatter."""

_STEP = 0.25
_N_BINS, _SMALLEST_BIN = 20, 25
_ROUNDS = 100
_FEW = 20


@dataclass(frozen=True, eq=False)
class Trend:
    """A normal prior of the log dispersion, given the log of the mean count.

    Parameters
    ----------
    centre
        Prior mean of each gene, shape ``(n_genes,)``.
    scatter
        Prior standard deviation, the same for all genes.
    posterior
        Weights on `LOG_GRID` given the gene's counts, rows sum to 1, shape ``(n_genes, len(LOG_GRID))``.
    """

    centre: np.ndarray
    scatter: float
    posterior: np.ndarray

    def mean(self) -> np.ndarray:
        """Return the exponential of the posterior mean of the log dispersion, shape ``(n_genes,)``."""
        return np.asarray(np.exp(self.posterior @ LOG_GRID))


def fit_trend(log_likelihood: np.ndarray, mean: np.ndarray) -> Trend:
    """Return the trend and scatter of dispersions by marginal likelihood, in bins of genes of similar mean.

    Parameters
    ----------
    log_likelihood
        From `rashomon.sim.estimate.dispersion.dispersion_likelihood`, shape ``(n_genes, len(LOG_GRID))``.
    mean
        Mean count per cell, above 0, shape ``(n_genes,)``.

    Returns
    -------
    The scatter is that of genes with a mean of `MEASURED` or more (of all genes if they are few), pooled over bins;
    rarer genes have a trend of their own and this scatter.

    Examples
    --------
    >>> near = -200 * (LOG_GRID - np.linspace(-2, 0, 40)[:, None]) ** 2
    >>> trend = fit_trend(near, np.ones(40))
    >>> round(float(trend.centre[0]), 1), round(trend.scatter, 1)
    (-1.0, 0.6)
    """
    likelihood = np.exp(log_likelihood - log_likelihood.max(axis=1, keepdims=True))
    log_mean = np.log(mean)
    teach = mean >= MEASURED
    if teach.sum() < _FEW:
        teach = np.ones(mean.size, dtype=bool)
    bins = _bins(log_mean[teach])
    rows = np.flatnonzero(teach)
    fits = [_fit_normal(likelihood[rows[inside]]) for inside in bins]
    sizes = np.array([inside.size for inside in bins])
    scatter = float(np.sqrt(np.average([spread**2 for _, spread in fits], weights=sizes)))
    places = [float(log_mean[rows[inside]].mean()) for inside in bins]
    centres = [centre for centre, _ in fits]
    rare = np.flatnonzero(~teach)
    for inside in _bins(log_mean[rare]) if rare.size else []:
        places.append(float(log_mean[rare[inside]].mean()))
        centres.append(_fit_normal(likelihood[rare[inside]], spread=scatter)[0])
    order = np.argsort(places)
    centre = np.interp(log_mean, np.array(places)[order], np.array(centres)[order])
    weight = likelihood * np.exp(_log_normal(centre[:, None], scatter))
    return Trend(centre, scatter, weight / weight.sum(axis=1, keepdims=True))


def draw_dispersion(trend: Trend, *, rng: np.random.Generator) -> np.ndarray:
    """Return one draw of each gene's dispersion from its posterior; 0 where the draw is the least of the grid.

    Parameters
    ----------
    trend
        From `fit_trend`.
    rng
        Draws.

    Examples
    --------
    >>> trend = fit_trend(-200 * (LOG_GRID - np.linspace(-2, 0, 50)[:, None]) ** 2, np.ones(50))
    >>> drawn = np.log(draw_dispersion(trend, rng=np.random.default_rng(0)))
    >>> bool(np.abs(drawn - np.linspace(-2, 0, 50)).max() < 0.4)
    True
    """
    chance = rng.random(trend.centre.size)
    # a draw in the cell of the grid that holds the quantile, uniform inside the cell
    upper = np.cumsum(trend.posterior, axis=1)
    place = np.minimum((upper < chance[:, None]).sum(axis=1), LOG_GRID.size - 1)
    log_phi = LOG_GRID[place] + _STEP * (rng.random(place.size) - 0.5)
    return np.where(place == 0, 0.0, np.exp(log_phi))


def _bins(log_mean: np.ndarray) -> list[np.ndarray]:
    """Return genes in order of their mean, in at most `_N_BINS` bins of equal size."""
    n_bins = int(np.clip(log_mean.size // _SMALLEST_BIN, 1, _N_BINS))
    return list(np.array_split(np.argsort(log_mean, kind="stable"), n_bins))


def _log_normal(centre: float | np.ndarray, spread: float) -> np.ndarray:
    return np.asarray(-0.5 * ((LOG_GRID - centre) / spread) ** 2)


def _fit_normal(likelihood: np.ndarray, *, spread: float | None = None) -> tuple[float, float]:
    """Return mean and standard deviation of the normal prior of log dispersions by EM; the latter as given if it is."""
    centre, width = -1.0, spread if spread is not None else 1.0
    for _ in range(_ROUNDS):
        weight = likelihood * np.exp(_log_normal(centre, width))
        weight /= weight.sum(axis=1, keepdims=True)
        new = float((weight @ LOG_GRID).mean())
        if spread is None:
            # not below the step of the grid, at which it cannot tell a width
            width = max(
                float(np.sqrt((weight @ LOG_GRID**2).mean() - 2 * new * (weight @ LOG_GRID).mean() + new**2)), 0.1
            )
        if abs(new - centre) < 1e-4:
            break
        centre = new
    return centre, width
