"""The batch of each cell of a part of the data."""

from __future__ import annotations

import numpy as np

from rashomon.core import UsageError

__all__ = ["batch_of_cells"]


def batch_of_cells(batch: np.ndarray, rows: np.ndarray, *, where: str) -> np.ndarray:
    """Return the batch code of each cell that is left.

    Parameters
    ----------
    batch
        Codes of all cells of the data set, shape ``(n_obs,)``; negative is missing.
    rows
        Positions of the cells that are left, shape ``(n_cells,)``.
    where
        Name of the step, for messages.

    Raises
    ------
    UsageError
        When the batch of a cell is missing: cells of unknown batch are neither a batch nor part of one.

    Examples
    --------
    >>> batch_of_cells(np.array([1, -2, 0], dtype=np.int32), np.array([0, 2]), where="harmony").tolist()
    [1, 0]
    """
    codes = np.asarray(batch[rows])
    n_missing = int((codes < 0).sum())
    if n_missing:
        raise UsageError(
            f"the batch of {n_missing:,} of {codes.size:,} cells is missing",
            where=where,
            expected="a batch for every cell",
            fix="drop these cells, or declare no batch",
        )
    return codes
