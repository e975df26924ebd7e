"""Dispersion of genes: their law given the mean, and what the counts of each gene add.

A null with a trended dispersion rejects every population whose genes scatter about their trend, so the scatter is kept:
the dispersion of a gene is one draw from its posterior. Where a gene is well measured this is its own estimate; where
it is hardly measured it is drawn from the law of genes of about its mean. That law has no fixed shape: most genes lie
near a trend and a few far above it, and a normal law wide enough for those would scatter all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rashomon.sim.estimate.dispersion import LOG_GRID

__all__ = ["Trend", "draw_dispersion", "fit_trend"]

MEASURED = 0.05
"""Mean count from which genes say something about the scatter."""

_STEP = 0.25
_WIDTH = 0.3
"""Standard deviation of the components of a prior: it is no narrower than that."""

_N_BINS, _SMALLEST_BIN = 20, 25
_FIRST_ROUNDS, _ROUNDS = 100, 15
_FEW = 20


@dataclass(frozen=True, eq=False)
class Trend:
    """The law of the log dispersion, given the log of the mean count.

    Parameters
    ----------
    centre
        Mean of the law for each gene, shape ``(n_genes,)``.
    scatter
        Standard deviation of the law, over genes that are measured.
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
    """Return the law of dispersions by marginal likelihood, in bins of genes of similar mean.

    Parameters
    ----------
    log_likelihood
        From `rashomon.sim.estimate.dispersion.dispersion_likelihood`, shape ``(n_genes, len(LOG_GRID))``.
    mean
        Mean count per cell, above 0, shape ``(n_genes,)``.

    Returns
    -------
    The law of a bin is a mixture of normals of standard deviation 0.3 on the grid. Its weights are learnt by EM, from
    those of the bin of the next larger mean on, and in few rounds: where genes are too rare to tell, the law stays. A
    gene has the mean of the laws of the bins about it. The scatter is that of genes with a mean of `MEASURED` or more
    (of all genes if they are few).

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
    bins = [part for chosen in (teach, ~teach) if chosen.any() for part in _bins(log_mean, np.flatnonzero(chosen))]
    kernel = np.exp(-0.5 * ((LOG_GRID - LOG_GRID[:, None]) / _WIDTH) ** 2)
    kernel /= kernel.sum(axis=1, keepdims=True)
    share, laws = np.full(LOG_GRID.size, 1.0 / LOG_GRID.size), np.empty((len(bins), LOG_GRID.size))
    for row, inside in enumerate(bins):
        share = _learn(likelihood[inside] @ kernel.T, share, rounds=_ROUNDS if row else _FIRST_ROUNDS)
        laws[row] = share @ kernel
    prior = _between(laws, np.array([log_mean[inside].mean() for inside in bins]), log_mean)
    weight = likelihood * prior
    centre = prior @ LOG_GRID
    spread = prior[teach] @ LOG_GRID**2 - centre[teach] ** 2
    return Trend(centre, float(np.sqrt(spread.mean())), weight / weight.sum(axis=1, keepdims=True))


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


def _bins(log_mean: np.ndarray, genes: np.ndarray) -> list[np.ndarray]:
    """Return `genes` from the largest mean on, in at most `_N_BINS` bins of equal size."""
    n_bins = int(np.clip(genes.size // _SMALLEST_BIN, 1, _N_BINS))
    return list(np.array_split(genes[np.argsort(-log_mean[genes], kind="stable")], n_bins))


def _learn(likelihood: np.ndarray, share: np.ndarray, *, rounds: int) -> np.ndarray:
    """Return the shares of the components after some rounds of EM."""
    for _ in range(rounds):
        weight = likelihood * share
        share = (weight / weight.sum(axis=1, keepdims=True)).mean(axis=0)
    return share


def _between(laws: np.ndarray, places: np.ndarray, log_mean: np.ndarray) -> np.ndarray:
    """Return the law of each gene, linear between the bins; `places` descend."""
    at = np.interp(log_mean, places[::-1], np.arange(places.size)[::-1])
    low = np.minimum(at.astype(np.int64), max(places.size - 2, 0))
    part = (at - low)[:, None]
    return np.asarray((1.0 - part) * laws[low] + part * laws[np.minimum(low + 1, places.size - 1)])
