"""Shares of donors, of types in donors, and of batches in both."""

from __future__ import annotations

import numpy as np

__all__ = ["composition_tables"]


def composition_tables(codes: np.ndarray, *, n_levels: tuple[int, int, int]) -> dict[str, np.ndarray]:
    """Return what share of the cells belongs where.

    Parameters
    ----------
    codes
        Type, batch and donor of each cell, shape ``(n_cells, 3)``.
    n_levels
        Number K of types, B of batches and D of donors; each level has a cell.

    Returns
    -------
    ``donor_share`` (D,), ``composition`` (D, K): types in each donor, ``batch_share`` (D, K, B): batches given donor
    and type, with the batches of the donor where the donor has no cell of the type. Each sums to 1 over its last axis.

    Examples
    --------
    >>> tables = composition_tables(np.array([[0, 0, 0], [0, 1, 0], [1, 1, 0], [1, 1, 1]]), n_levels=(2, 2, 2))
    >>> tables["batch_share"][0].tolist(), tables["batch_share"][1].tolist()
    ([[0.5, 0.5], [0.0, 1.0]], [[0.0, 1.0], [0.0, 1.0]])
    """
    n_types, n_batches, n_donors = n_levels
    table = np.zeros((n_donors, n_types, n_batches))
    np.add.at(table, (codes[:, 2], codes[:, 0], codes[:, 1]), 1.0)
    cells, donors = table.sum(axis=2), table.sum(axis=(1, 2))
    batches = table.sum(axis=1) / donors[:, None]
    share = np.where(cells[:, :, None] > 0, table / np.maximum(cells, 1.0)[:, :, None], batches[:, None, :])
    return {"donor_share": donors / donors.sum(), "composition": cells / donors[:, None], "batch_share": share}
