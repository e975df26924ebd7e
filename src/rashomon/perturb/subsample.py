"""Samples of most of the cells."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp

from rashomon.core import UsageError

__all__ = ["plan_shares", "take_share"]

_SHARE = 0.8
"""Share of the cells kept by default: the one usually reported, so that rates can be compared."""


def take_share(
    x: sp.csr_matrix, rows: np.ndarray, *, share: float, replicate: int, rng: np.random.Generator
) -> tuple[sp.csr_matrix, np.ndarray]:
    """Take a share of the cells, drawn without replacement.

    Duplicates, as a bootstrap makes them, would be each other's nearest neighbours; a sample without replacement has
    none.

    Parameters
    ----------
    x
        Expression, shape ``(n_cells, n_genes)``.
    rows
        Positions of the cells in the data set, shape ``(n_cells,)``.
    share
        Share of the cells, in (0, 1]; rounded to whole cells, at least one.
    replicate
        Number of the replicate; it names the random stream.
    rng
        The stream of the replicate.

    Returns
    -------
    x, rows
        The cells drawn, in their order.

    Raises
    ------
    UsageError
        When `share` is out of range.

    Notes
    -----
    Two samples of 80 % share most of their cells, so the spread over them is narrower than that over fresh samples: a
    95 % interval read from it covers about 67 %. It is no interval; `take_half` gives those.

    Examples
    --------
    >>> x = sp.csr_matrix(np.eye(5, dtype=np.float32))
    >>> take_share(x, np.arange(5), share=0.8, replicate=0, rng=np.random.default_rng(1))[1].size
    4
    """
    del replicate
    if not 0 < share <= 1:
        raise UsageError(f"share is {share}", where="subsample", expected="a number in (0, 1]", fix="use share=0.8")
    n = rows.size
    kept = np.sort(rng.choice(n, size=max(1, round(share * n)), replace=False))
    return x[kept], rows[kept]


def plan_shares(n_replicates: int, *, donors: np.ndarray | None, rng: np.random.Generator) -> list[dict[str, Any]]:
    """Return `n_replicates` samples of 80 % of the cells."""
    del donors, rng
    return [{"share": _SHARE, "replicate": replicate} for replicate in range(n_replicates)]
