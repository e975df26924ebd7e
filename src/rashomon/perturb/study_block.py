"""Resampling of whole studies: what one laboratory found must not rest on that laboratory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from rashomon.core import UsageError, first_few
from rashomon.perturb.donor_block import donor_blocks

__all__ = ["keep_studies", "plan_study_blocks"]


def keep_studies(
    x: np.ndarray, rows: np.ndarray, batch: np.ndarray, *, keep: Sequence[int]
) -> tuple[np.ndarray, np.ndarray]:
    """Keep the receptors of some studies (or batches); receptors of unknown study are dropped.

    Parameters
    ----------
    x
        Receptors as `rashomon.dataset.receptor_items` makes them, shape ``(n,)``; any array whose first axis is rows.
    rows
        Positions of the receptors in the data set, shape ``(n,)``.
    batch
        Study codes of the whole data set, shape ``(n_obs,)``; negative is missing.
    keep
        Codes of the studies to keep, 0 or more.

    Returns
    -------
    x, rows
        The receptors that are left, in their order.

    Raises
    ------
    UsageError
        When a code is negative, or no receptor is left.

    Examples
    --------
    >>> keep_studies(np.arange(3), np.arange(3), np.array([0, 1, -2]), keep=[1])[1].tolist()
    [1]
    """
    kept = np.flatnonzero(np.isin(batch[rows], keep))
    if min(keep, default=-1) < 0 or kept.size == 0:
        raise UsageError(
            f"studies {first_few(keep)} leave {kept.size} receptors",
            where="study_block(keep=)",
            expected="codes of studies that have receptors, 0 or more",
            fix="plan the blocks with plan_study_blocks",
        )
    return x[kept], rows[kept]


def plan_study_blocks(
    n_replicates: int, *, donors: np.ndarray | None, rng: np.random.Generator
) -> list[dict[str, Any]]:
    """Return the blocks of studies as parameters, chosen as `donor_blocks` chooses donors.

    Parameters
    ----------
    n_replicates
        Number of replicates wanted, 0 or more.
    donors
        Codes of the blocks of this perturbation, here the studies, shape ``(n_obs,)``; negative is missing. None
        without studies.
    rng
        Source of the halves.

    Returns
    -------
    Six studies or more: complementary halves. Two to five: each study left out in turn. Fewer: nothing.

    Examples
    --------
    >>> plan_study_blocks(2, donors=np.array([0, 1, 1]), rng=np.random.default_rng(0))
    [{'keep': [1]}, {'keep': [0]}]
    """
    blocks = [] if donors is None else donor_blocks(donors, n_replicates=n_replicates, rng=rng)
    return [{"keep": block} for block in blocks]
