"""Which batches can tell two sides apart: those that have cells on both."""

from __future__ import annotations

import numpy as np

__all__ = ["shared_cells"]

_FEWEST = 10
"""Cells of both sides together that a batch must have: its mean is taken off, and that of fewer is noise."""


def shared_cells(batch: np.ndarray, side: np.ndarray) -> np.ndarray:
    """Return which cells are of a batch with cells on both sides.

    A batch that lies wholly on one side says nothing: what sets it apart may be the batch. Where no batch has both
    sides, the split is confounded.

    Parameters
    ----------
    batch
        Any labels, shape ``(n,)``.
    side
        True on one side, shape ``(n,)``.

    Returns
    -------
    ``bool``, shape ``(n,)``.

    Examples
    --------
    >>> batch = np.repeat([0, 1, 2], 10)
    >>> side = np.concatenate([np.arange(10) < 5, np.zeros(10, bool), np.ones(10, bool)])
    >>> int(shared_cells(batch, side).sum())
    10
    """
    codes = np.unique(batch, return_inverse=True)[1]
    right = np.bincount(codes, weights=side)
    total = np.bincount(codes)
    both = (right > 0) & (right < total) & (total >= _FEWEST)
    return np.asarray(both[codes])
