"""How unequal clones are, at equal depth."""

from __future__ import annotations

import numpy as np

from rashomon.sim.repertoire_realism.prepared import Prepared

__all__ = ["d50", "hill_numbers", "rank_abundance"]

_RANKS = 2 ** np.arange(13)
"""Ranks at which abundances are read: 1, 2, 4, ..., 4,096."""


def rank_abundance(repertoire: Prepared) -> np.ndarray:
    """Return log10 of the share of the reads of the `repertoire` that its clone at rank 1, 2, 4, ..., 4,096 has.

    Returns
    -------
    Shape ``(13,)``; NaN at ranks beyond the last clone.
    """
    sizes = repertoire.clone_sizes
    found = np.full(_RANKS.size, np.nan)
    there = sizes.size >= _RANKS
    found[there] = np.log10(sizes[_RANKS[there] - 1] / sizes.sum())
    return found


def hill_numbers(repertoire: Prepared) -> np.ndarray:
    """Return the natural logarithms of the Hill numbers of orders 0, 1, 2 and infinity of the `repertoire`.

    Returns
    -------
    Shape ``(4,)``: of the number of clones, the exponential of the entropy, the inverse Simpson index, and the inverse
    share of the largest clone (Hill 1973, Ecology 54:427).
    """
    shares = repertoire.clone_sizes / repertoire.clone_sizes.sum()
    entropy = -np.sum(shares * np.log(shares))
    return np.array([np.log(shares.size), entropy, -np.log(np.sum(shares**2)), -np.log(shares[0])])


def d50(repertoire: Prepared) -> np.ndarray:
    """Return the smallest share of the clones of the `repertoire` that has half of the reads, shape ``(1,)``."""
    reached = np.cumsum(repertoire.clone_sizes)
    n_needed = int(np.searchsorted(reached, reached[-1] / 2)) + 1
    return np.array([n_needed / reached.size])
