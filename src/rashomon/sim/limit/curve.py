"""Ceiling curves: the agreement with the truth that cells, genes and the distance of groups allow."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from rashomon.sim.limit.domain import checked, checked_count
from rashomon.sim.limit.optimum import optimal_two_group_error
from rashomon.sim.limit.score import ari_of_error
from rashomon.sim.limit.spike import detection_threshold, group_error
from rashomon.sim.limit.strength import group_strength

__all__ = ["CEILING_COLUMNS", "ceiling_curve"]

CEILING_COLUMNS = {
    "n_cells": "cells n, in groups of equal size",
    "n_genes": "genes p that are used",
    "distance": "distance between any two centres, in the units of the noise",
    "n_groups": "number of groups",
    "strength": "signal strength of each direction",
    "threshold": "strength above which PCA, and with two groups any method, does better than chance",
    "error_known": "least share of wrong cells where the centres are known: a bound for every method",
    "error_unknown": "least share of wrong cells where they are not; NaN: not known in closed form above two groups",
    "error_pca": "share of wrong cells of PCA",
    "ari_known": "adjusted Rand index at error_known",
    "ari_unknown": "adjusted Rand index at error_unknown, likewise NaN",
    "ari_pca": "adjusted Rand index at error_pca",
}
"""Columns of a ceiling curve and what they mean."""


def ceiling_curve(
    distance: ArrayLike, *, n_cells: ArrayLike, n_genes: ArrayLike, n_groups: int = 2, noise: float = 1.0
) -> pd.DataFrame:
    """Return the adjusted Rand index that can be reached, for every combination of distance, cells and genes.

    Parameters
    ----------
    distance
        Distances between any two centres, at least 0; a number or one row of numbers.
    n_cells
        Numbers of cells, at least 1, likewise.
    n_genes
        Numbers of genes, at least 1, likewise.
    n_groups
        Number of balanced, equidistant groups, at least 2.
    noise
        Standard deviation of a gene within a group.

    Returns
    -------
    One row per combination, distances fastest; see `CEILING_COLUMNS`.

    Raises
    ------
    UsageError
        When a value is outside its domain.

    Notes
    -----
    From `rashomon.sim.limit.group_error`, `rashomon.sim.limit.optimal_two_group_error` and
    `rashomon.sim.limit.ari_of_error`, with their assumptions: whitened normal noise, dense signal, many cells. The
    index of the labels with the fewest errors is taken for the largest index; in balanced groups the two are close.

    Examples
    --------
    >>> curve = ceiling_curve([2.0, 4.0], n_cells=[1000, 4000], n_genes=2000)
    >>> curve[["n_cells", "distance", "ari_pca", "ari_unknown", "ari_known"]].round(2)
       n_cells  distance  ari_pca  ari_unknown  ari_known
    0     1000       2.0     0.00         0.00       0.47
    1     1000       4.0     0.76         0.78       0.91
    2     4000       2.0     0.19         0.20       0.47
    3     4000       4.0     0.88         0.88       0.91
    """
    where = "ceiling_curve"
    k = checked_count(n_groups, "n_groups", where=where, least=2)
    axes = (
        np.atleast_1d(checked(n_cells, "n_cells", where=where, low=1)).ravel(),
        np.atleast_1d(checked(n_genes, "n_genes", where=where, low=1)).ravel(),
        np.atleast_1d(checked(distance, "distance", where=where)).ravel(),
    )
    cells, genes, far = np.array(list(product(*axes))).reshape(-1, 3).T
    ratio, strength = genes / cells, group_strength(far, n_groups=k, noise=noise)
    unknown = optimal_two_group_error(strength, ratio) if k == 2 else np.full(far.shape, np.nan)
    errors = {
        "known": group_error(strength, 0.0, n_groups=k),
        "unknown": unknown,
        "pca": group_error(strength, ratio, n_groups=k),
    }
    columns = {
        "n_cells": cells.astype(np.int64),
        "n_genes": genes.astype(np.int64),
        "distance": far,
        "n_groups": np.full(far.shape, k),
        "strength": strength,
        "threshold": detection_threshold(ratio),
        **{f"error_{name}": error for name, error in errors.items()},
        **{f"ari_{name}": _ari(error, k) for name, error in errors.items()},
    }
    return pd.DataFrame(columns, columns=list(CEILING_COLUMNS))


def _ari(error: np.ndarray, n_groups: int) -> np.ndarray:
    known = np.isfinite(error)
    result = np.full(error.shape, np.nan)
    result[known] = ari_of_error(error[known], n_groups=n_groups)
    return result
