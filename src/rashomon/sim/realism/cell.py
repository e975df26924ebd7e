"""Summaries with one value per cell that need no other cell."""

from __future__ import annotations

import numpy as np

from rashomon.sim.realism.prepared import Prepared

__all__ = [
    "composition_factor",
    "detection",
    "library_undetected",
    "log_effective_library_size",
    "log_library_size",
]


def detection(cells: Prepared) -> np.ndarray:
    """Return the share of the genes detected in each of `cells`, in [0, 1]."""
    counts = cells.cells.counts
    return np.asarray(np.diff(counts.indptr) / counts.shape[1])


def log_library_size(cells: Prepared) -> np.ndarray:
    """Return ``log(1 + total count)`` of each of `cells`."""
    return np.asarray(np.log1p(cells.totals))


def composition_factor(cells: Prepared) -> np.ndarray:
    """Return the trimmed mean of M-values of each of `cells`; NaN for an empty cell. See `tmm_factors`."""
    return cells.composition


def log_effective_library_size(cells: Prepared) -> np.ndarray:
    """Return ``log(1 + total count x composition factor)`` of each of `cells`; NaN for an empty cell."""
    return np.asarray(np.log1p(cells.totals * cells.composition))


def library_undetected(cells: Prepared) -> np.ndarray:
    """Return ``log(1 + total count)`` and the share of the genes not detected, of each of `cells`, as columns."""
    return np.column_stack([log_library_size(cells), 1 - detection(cells)])
