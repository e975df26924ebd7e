"""Where names stand on a map: beside each other where they would lie on each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

__all__ = ["apart"]

_ROUNDS = 300
"""Moves of every pair at most; sixty names in one spot are apart after about a hundred."""


def apart(middles: np.ndarray, sizes: Sequence[tuple[float, float]]) -> np.ndarray:
    """Return places for boxes, moved from their middles as little as keeps them from lying on each other.

    Two boxes that overlap move apart by half of the overlap each, along the side on which it is smaller, until none
    does. Nothing is random: the same boxes always find the same places.

    Parameters
    ----------
    middles
        Wanted middles, shape ``(n, 2)``.
    sizes
        Width and height of each box, in the same unit.

    Returns
    -------
    The middles, shape ``(n, 2)``; where there is no room within 300 rounds some boxes still overlap.

    Examples
    --------
    >>> apart(np.array([[0.0, 0.0], [0.0, 1.0]]), [(4.0, 2.0), (4.0, 2.0)]).tolist()
    [[0.0, -0.5], [0.0, 1.5]]
    """
    placed = np.array(middles, dtype=float)
    size = np.asarray(sizes, dtype=float).reshape(len(placed), 2)
    if len(placed) < 2:
        return placed
    a, b = np.triu_indices(len(placed), 1)
    room = (size[a] + size[b]) / 2
    for _ in range(_ROUNDS):
        between = placed[b] - placed[a]
        overlap = room - np.abs(between)
        hit = np.flatnonzero((overlap > 1e-9).all(axis=1))
        if not hit.size:
            break
        side = overlap[hit].argmin(axis=1)
        # the later of two in the same place moves up, or to the right
        way = np.where(between[hit, side] < 0, -1.0, 1.0)
        move = np.zeros_like(placed)
        np.add.at(move, (a[hit], side), -way * overlap[hit, side] / 2)
        np.add.at(move, (b[hit], side), way * overlap[hit, side] / 2)
        # a box pushed by many at once would jump over its neighbours
        placed += move / np.maximum(1.0, np.bincount(np.r_[a[hit], b[hit]], minlength=len(placed)))[:, None]
    return placed
