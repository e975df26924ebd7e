"""Integration of batches."""

from __future__ import annotations

import numpy as np

from rashomon.core import UsageError
from rashomon.encode.batch import batch_of_cells

__all__ = ["harmony"]

_LEAST = 30
"""Cells per cluster of Harmony's default; with fewer than half of it there would be no cluster."""


def harmony(view: np.ndarray, batch: np.ndarray, rows: np.ndarray, *, seed: int = 0) -> np.ndarray:
    """Move the cells of all batches onto each other with Harmony.

    Soft clusters are made in which batches are mixed, and the difference of the batches within each is taken away. What
    differs between batches for a biological reason goes too: results answer another question than those without.
    Equal to ``harmonypy.run_harmony`` with its defaults and one thread.

    Parameters
    ----------
    view
        Principal components, shape ``(n_cells, n_dims)``.
    batch
        Batch codes of all cells of the data set, shape ``(n_obs,)``; negative is missing.
    rows
        Positions of the cells in the data set, shape ``(n_cells,)``.
    seed
        Seed of Harmony's clustering, 0 or more.

    Returns
    -------
    ``float32``, shape ``(n_cells, n_dims)``, C-contiguous.

    Raises
    ------
    UsageError
        When there is one batch only, the batch of a cell is missing, or there are fewer than 30 cells.

    Examples
    --------
    >>> rng, batch = np.random.default_rng(0), np.arange(300) % 2
    >>> view = (8 * np.eye(4)[np.arange(300) % 3] + rng.normal(size=(300, 4))).astype(np.float32)
    >>> view[:, 3] += 3 * batch
    >>> moved = harmony(view, batch, np.arange(300))[:, 3]
    >>> bool(abs(moved[batch == 1].mean() - moved[batch == 0].mean()) < 1)
    True
    """
    codes = batch_of_cells(batch, rows, where="harmony")
    if np.unique(codes).size < 2 or codes.size < _LEAST:
        raise UsageError(
            f"{codes.size} cells of {np.unique(codes).size} batch(es)",
            where="harmony",
            expected=f"at least {_LEAST} cells of two batches",
            fix="leave integration out",
        )
    from harmonypy import run_harmony
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):
        found = run_harmony(view, {"batch": codes}, "batch", random_state=seed, ncores=1, verbose=False)
    return np.ascontiguousarray(found.Z_corr, dtype=np.float32)
