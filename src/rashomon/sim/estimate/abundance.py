"""Shares of rare genes: draws from what their few molecules leave open.

A gene with one molecule in the data may have an expectation of 0.3 or of 3. If its estimate is taken for the truth and
cells are drawn, chance comes in twice, and the drawn data have more undetected genes than the real ones. Draws from
the posterior under a prior learnt from all rare genes have the law of totals that the data have.
"""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln

__all__ = ["RARE", "draw_totals"]

RARE = 20
"""Molecules up to which a gene's expectation is drawn; beyond, the law of totals does not feel the chance in them."""

_TAUGHT = 60
_LEAST, _STEP = 0.02, 0.1
_ROUNDS = 200


def draw_totals(total: np.ndarray, *, rng: np.random.Generator) -> np.ndarray:
    """Return the expected total of each gene: a draw from its posterior where it is rare, its total where it is not.

    Parameters
    ----------
    total
        Molecules of each gene in all cells, shape ``(n_genes,)``.
    rng
        Draws.

    Returns
    -------
    Above 0, shape ``(n_genes,)``.

    Notes
    -----
    Totals are Poisson given their expectation, which has a law on a logarithmic grid; its weights are learnt by EM from
    the genes of at most 60 molecules (Robbins' empirical Bayes). Overdispersion between cells adds little to the chance
    in a total of 20 or less, and is left out.

    Examples
    --------
    >>> draw_totals(np.array([0.0, 1.0, 500.0]), rng=np.random.default_rng(0))[2]
    500.0
    """
    chosen = np.flatnonzero(total <= RARE)
    if not chosen.size:
        return np.asarray(total, dtype=float)
    grid = np.exp(np.arange(np.log(_LEAST), np.log(2 * _TAUGHT), _STEP))
    values, size = np.unique(total[total <= _TAUGHT], return_counts=True)
    likelihood = np.exp(values[:, None] * np.log(grid) - grid - gammaln(values + 1)[:, None])
    share = np.full(grid.size, 1.0 / grid.size)
    for _ in range(_ROUNDS):
        weight = likelihood * share
        share = (size / size.sum()) @ (weight / weight.sum(axis=1, keepdims=True))
    upper = np.cumsum(likelihood * share, axis=1)
    row = np.searchsorted(values, total[chosen])
    chance = rng.random(chosen.size) * upper[row, -1]
    place = np.minimum((upper[row] < chance[:, None]).sum(axis=1), grid.size - 1)
    result = np.array(total, dtype=float)
    # uniform inside the cell of the grid
    result[chosen] = grid[place] * np.exp(_STEP * (rng.random(chosen.size) - 0.5))
    return result
