"""Molecules per cell: what batches add to the log depth, and quantiles of the rest for each type."""

from __future__ import annotations

import numpy as np

__all__ = ["FEWEST", "N_QUANTILES", "batch_depths", "depth_quantiles"]

N_QUANTILES = 200

FEWEST = 30
"""Cells from which a type has a shape of its own."""


def batch_depths(depth: np.ndarray, codes: np.ndarray, *, n_levels: tuple[int, int]) -> np.ndarray:
    """Return what each batch adds to the natural log of depth, given the types of its cells.

    Parameters
    ----------
    depth
        Molecules of each cell, above 0, shape ``(n_cells,)``.
    codes
        Type and batch of each cell, shape ``(n_cells, 2)``.
    n_levels
        Number of types and batches, each with a cell.

    Returns
    -------
    Shape ``(n_batches,)``: least squares with types, 0 on average over batches.

    Examples
    --------
    >>> codes = np.array([[0, 0], [0, 1], [1, 1], [1, 1]])
    >>> batch_depths(np.exp(np.array([1.0, 3.0, 5.0, 5.0])), codes, n_levels=(2, 2)).round(6)
    array([-1.,  1.])
    """
    n_types, n_batches = n_levels
    combinations, member, size = np.unique(codes, axis=0, return_inverse=True, return_counts=True)
    mean = np.bincount(member.ravel(), weights=np.log(depth)) / size
    table = np.hstack([np.eye(n_types)[combinations[:, 0]], np.eye(n_batches)[combinations[:, 1]]])
    weight = np.sqrt(size)
    effect = np.linalg.lstsq(table * weight[:, None], mean * weight, rcond=None)[0][n_types:]
    return np.asarray(effect - effect.mean())


def depth_quantiles(depth: np.ndarray, types: np.ndarray, *, n_types: int) -> np.ndarray:
    """Return quantiles of the natural log of depth at the probabilities ``(j + 1/2) / 200``, for each type.

    Parameters
    ----------
    depth
        Molecules of each cell, above 0, shape ``(n_cells,)``.
    types
        Codes in ``[0, n_types)``, shape ``(n_cells,)``.
    n_types
        Number of types; each has a cell.

    Returns
    -------
    Ascending in rows, shape ``(n_types, 200)``; interpolated between order statistics (Hazen). A type of fewer than 30
    cells has the shape of all types about their means, moved to its own mean.

    Examples
    --------
    >>> depth_quantiles(np.exp(np.arange(200.0)), np.zeros(200, int), n_types=1)[0, [0, 99, 199]]
    array([  0.,  99., 199.])
    """
    chances = (np.arange(N_QUANTILES) + 0.5) / N_QUANTILES
    log_depth = np.log(depth)
    size = np.bincount(types, minlength=n_types)
    mean = np.bincount(types, weights=log_depth, minlength=n_types) / size
    shape = np.quantile(log_depth - mean[types], chances, method="hazen")
    rows = [
        np.quantile(log_depth[types == z], chances, method="hazen") if size[z] >= FEWEST else mean[z] + shape
        for z in range(n_types)
    ]
    return np.array(rows)
