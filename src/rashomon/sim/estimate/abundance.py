"""Shares of rare genes: draws from what their few molecules leave open.

A gene with one molecule in the data may have an expectation of 0.3 or of 3. If its estimate is taken for the truth and
cells are drawn, chance comes in twice, and the drawn data have more undetected genes than the real ones. Draws from
the posterior under a prior learnt from all rare genes have the law of totals that the data have.
"""

from __future__ import annotations

import numpy as np
from scipy.special import xlog1py, xlogy

__all__ = ["RARE", "draw_totals"]

RARE = 20
"""Molecules up to which a gene's expectation is drawn; beyond, the law of totals does not feel the chance in them."""

_TAUGHT = 60
_LEAST, _STEP = 0.02, 0.1
_ROUNDS = 200
_POISSON = 1e-6
"""Spread below which a total is Poisson for all purposes."""


def draw_totals(total: np.ndarray, spread: np.ndarray, *, rng: np.random.Generator) -> np.ndarray:
    """Return the expected total of each gene: a draw from its posterior where it is rare, its total where it is not.

    Parameters
    ----------
    total
        Molecules of each gene in all cells, shape ``(n_genes,)``.
    spread
        Squared coefficient of variation of the total beyond that of a Poisson law, 0 or more, shape ``(n_genes,)``: the
        dispersion times the sum of the squared means of cells over the square of their sum.
    rng
        Draws.

    Returns
    -------
    Above 0, shape ``(n_genes,)``.

    Notes
    -----
    Totals are negative binomial given their expectation, which has a law on a logarithmic grid; its weights are learnt
    by EM from the genes of at most 60 molecules (Robbins' empirical Bayes).

    Examples
    --------
    >>> drawn = draw_totals(np.array([0.0, 1.0, 500.0]), np.zeros(3), rng=np.random.default_rng(0))
    >>> bool(0 < drawn[1] < 10), float(drawn[2])
    (True, 500.0)
    """
    result = np.array(total, dtype=float)
    genes = np.flatnonzero(total <= _TAUGHT)
    chosen = total[genes] <= RARE
    if not chosen.any():
        return result
    grid = np.exp(np.arange(np.log(_LEAST), np.log(2 * _TAUGHT), _STEP))
    likelihood = _likelihood(result[genes, None], np.maximum(spread[genes, None], _POISSON), grid)
    share = np.full(grid.size, 1.0 / grid.size)
    for _ in range(_ROUNDS):
        weight = likelihood * share
        share = (weight / weight.sum(axis=1, keepdims=True)).mean(axis=0)
    upper = np.cumsum(likelihood[chosen] * share, axis=1)
    chance = rng.random(len(upper)) * upper[:, -1]
    place = np.minimum((upper < chance[:, None]).sum(axis=1), grid.size - 1)
    # uniform inside the cell of the grid
    result[genes[chosen]] = grid[place] * np.exp(_STEP * (rng.random(place.size) - 0.5))
    return result


def _likelihood(total: np.ndarray, spread: np.ndarray, grid: np.ndarray) -> np.ndarray:
    """Return the probability of a total (rows) at each expectation, up to a factor by row."""
    log = xlogy(total, grid) - xlog1py(total + 1.0 / spread, spread * grid)
    return np.asarray(np.exp(log - log.max(axis=1, keepdims=True)))
