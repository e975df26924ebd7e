"""Sizes of clones: the quantiles of the copies of the clones of each donor."""

from __future__ import annotations

import numpy as np

__all__ = ["EDGES", "size_quantiles"]

EDGES = np.concatenate([np.linspace(0, 0.9, 90, endpoint=False), 1 - np.geomspace(0.1, 1e-5, 110), [1.0]])
"""Ranks, as shares of the clones, between which sizes are averaged: dense where the largest clones are."""

_FEWEST = 20


def size_quantiles(copies: np.ndarray, donors: np.ndarray, *, n_donors: int) -> np.ndarray:
    """Return log copies of clones by donor, shape ``(n_donors, 200)``, ascending: means between the ranks `EDGES`.

    Parameters
    ----------
    copies
        Of each clone, at least 1.
    donors
        Donor of each.
    n_donors
        Number of donors; those with fewer than 20 clones have the sizes of all.

    Examples
    --------
    >>> table = size_quantiles(np.repeat([1.0, 9.0], 50), np.zeros(100, dtype=int), n_donors=1)
    >>> np.exp(table[0, [0, 49, 50, 199]]).round().tolist()
    [1.0, 1.0, 9.0, 9.0]
    """
    pooled = _quantiles(copies)
    found = [copies[donors == donor] for donor in range(n_donors)]
    return np.log([_quantiles(each) if each.size >= _FEWEST else pooled for each in found])


def _quantiles(copies: np.ndarray) -> np.ndarray:
    """Return the mean copies between the ranks of the sorted clones."""
    ordered = np.sort(copies)
    edges = EDGES * ordered.size
    total = np.interp(edges, np.arange(ordered.size + 1), np.concatenate(([0.0], np.cumsum(ordered))))
    return np.asarray(np.diff(total) / np.diff(edges))
