"""Resampling of whole donors."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb
from typing import Any

import numpy as np
import scipy.sparse as sp

from rashomon.core import UsageError, first_few

__all__ = ["donor_blocks", "keep_donors", "plan_donor_blocks"]

_LEAST_FOR_HALVES = 6
"""Below this many donors a half says little; each donor is left out in turn instead."""


def keep_donors(
    x: sp.csr_matrix, rows: np.ndarray, donor: np.ndarray, *, keep: Sequence[int]
) -> tuple[sp.csr_matrix, np.ndarray]:
    """Keep the cells of some donors; cells of unknown donor are dropped.

    Parameters
    ----------
    x
        Expression, shape ``(n_cells, n_genes)``.
    rows
        Positions of the cells in the data set, shape ``(n_cells,)``.
    donor
        Donor codes of the whole data set, shape ``(n_obs,)``; negative is missing.
    keep
        Codes of the donors to keep, 0 or more.

    Returns
    -------
    x, rows
        The cells that are left, in their order.

    Raises
    ------
    UsageError
        When a code is negative, or no cell is left.

    Examples
    --------
    >>> x = sp.csr_matrix(np.eye(3, dtype=np.float32))
    >>> keep_donors(x, np.arange(3), np.array([0, 1, -2]), keep=[1])[1].tolist()
    [1]
    """
    kept = np.flatnonzero(np.isin(donor[rows], keep))
    if min(keep, default=-1) < 0 or kept.size == 0:
        raise UsageError(
            f"donors {first_few(keep)} leave {kept.size} cells",
            where="donor_block(keep=)",
            expected="codes of donors that have cells, 0 or more",
            fix="plan the blocks with donor_blocks",
        )
    return x[kept], rows[kept]


def donor_blocks(codes: np.ndarray, *, n_replicates: int, rng: np.random.Generator) -> list[list[int]]:
    """Return which donors each replicate keeps.

    Parameters
    ----------
    codes
        Donor codes, shape ``(n_obs,)``; negative is missing.
    n_replicates
        Number of replicates wanted, 0 or more.
    rng
        Source of the halves.

    Returns
    -------
    Six donors or more: complementary halves of the donors, one after the other, all pairs different; `n_replicates`
    rounded up to whole pairs, or all pairs there are. Two to five donors: all but one, for each donor in turn,
    whatever `n_replicates` is (unless 0). Fewer: nothing.

    Examples
    --------
    >>> donor_blocks(np.array([0, 0, 1, 2, -2]), n_replicates=10, rng=np.random.default_rng(0))
    [[1, 2], [0, 2], [0, 1]]
    """
    donors = np.unique(codes[codes >= 0])
    if donors.size < 2 or n_replicates == 0:
        return []
    if donors.size < _LEAST_FOR_HALVES:
        return [np.delete(donors, left_out).tolist() for left_out in range(donors.size)]
    half = donors.size // 2
    n_distinct = comb(donors.size, half) // (1 if donors.size % 2 else 2)
    n_pairs = min(-(-n_replicates // 2), n_distinct)
    pairs: dict[frozenset[tuple[int, ...]], tuple[tuple[int, ...], tuple[int, ...]]] = {}
    while len(pairs) < n_pairs:
        order = rng.permutation(donors).tolist()
        first, second = tuple(sorted(order[:half])), tuple(sorted(order[half:]))
        pairs.setdefault(frozenset((first, second)), (first, second))
    return [list(block) for pair in pairs.values() for block in pair]


def plan_donor_blocks(
    n_replicates: int, *, donors: np.ndarray | None, rng: np.random.Generator
) -> list[dict[str, Any]]:
    """Return the donor blocks as parameters; none without donors."""
    blocks = [] if donors is None else donor_blocks(donors, n_replicates=n_replicates, rng=rng)
    return [{"keep": block} for block in blocks]
