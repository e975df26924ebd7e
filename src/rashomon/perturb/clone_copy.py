"""Samples of the copies of receptors: fewer cells or reads, in which rare clones are no longer seen."""

from __future__ import annotations

from typing import Any

import numpy as np

from rashomon.core import UsageError, first_few

__all__ = ["plan_copies", "thin_copies"]

_SHARE = 0.8
"""Share of the copies kept by default, as that of the cells in `subsample`."""


def thin_copies(
    x: np.ndarray,
    rows: np.ndarray,
    copies: np.ndarray,
    *,
    share: float,
    replicate: int,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Keep every copy of every receptor with a fixed probability, and the receptors of which a copy is left.

    A receptor with c copies stays with probability ``1 - (1 - share)**c``: expanded clones hardly ever leave, those
    seen once leave as cells leave a subsample.

    Parameters
    ----------
    x
        Receptors as `rashomon.dataset.receptor_items` makes them, shape ``(n,)``; any array whose first axis is rows.
    rows
        Positions of the receptors in the data set, shape ``(n,)``.
    copies
        Cells or reads of each receptor of the whole data set, shape ``(n_obs,)``; whole numbers, 1 or more.
    share
        Probability that a copy is kept, in (0, 1].
    replicate
        Number of the replicate; it names the random stream.
    rng
        The stream of the replicate.

    Returns
    -------
    x, rows
        The receptors that are still seen, in their order; the likeliest one where none would be.

    Raises
    ------
    UsageError
        When `share` is out of range, or copies are no whole numbers of 1 or more.

    Notes
    -----
    As with subsamples, most of two such samples is the same: the spread over them is no interval.

    Examples
    --------
    >>> items, rows, rng = np.arange(4), np.arange(4), np.random.default_rng(1)
    >>> thin_copies(items, rows, np.array([1, 1, 1, 900]), share=0.1, replicate=0, rng=rng)[1].tolist()
    [1, 3]
    """
    del replicate
    if not 0 < share <= 1:
        raise UsageError(f"share is {share}", where="clone_copies", expected="a number in (0, 1]", fix="use share=0.8")
    count = np.asarray(copies)[rows]
    # NaN fails every comparison
    wrong = np.flatnonzero(~((count >= 1) & (count < 2**62) & (np.floor(count) == count)))
    if wrong.size:
        raise UsageError(
            f"{wrong.size} receptors have copies that cannot be drawn from",
            where=f"copies of rows {first_few(rows[wrong].tolist())}",
            expected="whole numbers, 1 or more",
            fix="give counts of cells, molecules or reads, not frequencies",
        )
    left = rng.binomial(count.astype(np.int64), share) > 0
    if count.size and not left.any():
        left[np.argmax(count)] = True
    kept = np.flatnonzero(left)
    return x[kept], rows[kept]


def plan_copies(n_replicates: int, *, donors: np.ndarray | None, rng: np.random.Generator) -> list[dict[str, Any]]:
    """Return `n_replicates` samples of 80 % of the copies; `donors` and `rng` are not used."""
    del donors, rng
    return [{"share": _SHARE, "replicate": replicate} for replicate in range(n_replicates)]
