"""Complementary half samples of the cells."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp

from rashomon.core import UsageError

__all__ = ["HALVES", "plan_halves", "take_half"]

HALVES = "halves"
"""Name of the perturbation that no audit goes without: verdicts and intervals come from it."""


def take_half(
    x: sp.csr_matrix, rows: np.ndarray, *, pair: int, half: int, rng: np.random.Generator
) -> tuple[sp.csr_matrix, np.ndarray]:
    """Take one half of the cells; the two halves of a pair share no cell and together hold all.

    Parameters
    ----------
    x
        Expression, shape ``(n_cells, n_genes)``.
    rows
        Positions of the cells in the data set, shape ``(n_cells,)``.
    pair
        Number of the pair; it names the random stream, so that both halves come from one permutation.
    half
        0 (``n_cells // 2`` cells) or 1 (the others).
    rng
        The stream of the pair.

    Returns
    -------
    x, rows
        The cells of the half, in their order.

    Raises
    ------
    UsageError
        When `half` is neither 0 nor 1, or there are fewer than 2 cells.

    Examples
    --------
    >>> x = sp.csr_matrix(np.eye(4, dtype=np.float32))
    >>> halves = [take_half(x, np.arange(4), pair=0, half=h, rng=np.random.default_rng(1))[1] for h in (0, 1)]
    >>> np.sort(np.concatenate(halves)).tolist()
    [0, 1, 2, 3]
    """
    del pair
    n = rows.size
    if half not in {0, 1} or n < 2:
        raise UsageError(
            f"half {half} of {n} cells", where="halves", expected="half 0 or 1 of at least 2 cells", fix="use 0 or 1"
        )
    order = rng.permutation(n)
    kept = np.sort(order[: n // 2] if half == 0 else order[n // 2 :])
    return x[kept], rows[kept]


def plan_halves(n_replicates: int, *, donors: np.ndarray | None, rng: np.random.Generator) -> list[dict[str, Any]]:
    """Return both halves of as many pairs as give at least `n_replicates`."""
    del donors, rng
    n_pairs = -(-n_replicates // 2)
    return [{"pair": pair, "half": half} for pair in range(n_pairs) for half in (0, 1)]
