"""Splits: pairs of complementary half-samples of items, or of whole donors."""

from __future__ import annotations

import numpy as np

from rashomon.core import UsageError
from rashomon.score.item import check_codes, same_length

__all__ = ["MIN_BLOCKS", "count_units", "half_splits", "too_few"]

MIN_BLOCKS = 6
"""Fewer donors than this give no interval."""


def half_splits(
    n_items: int, *, n_pairs: int = 100, blocks: np.ndarray | None = None, rng: np.random.Generator
) -> np.ndarray:
    """Draw pairs of complementary half-samples of the items, or of whole blocks.

    Parameters
    ----------
    n_items
        Number of items.
    n_pairs
        Number of splits; each gives two half-samples.
    blocks
        Block (donor) of each item; negative codes belong to no block. None: items are drawn.
    rng
        Random numbers.

    Returns
    -------
    ``int8``, shape ``(n_pairs, n_items)``: 0 in the first half, 1 in the second, -1 for items in no block. With an odd
    number of units the first half is the smaller one.

    Raises
    ------
    UsageError
        When there are fewer than two items or blocks.

    Examples
    --------
    >>> half_splits(4, n_pairs=1, blocks=np.array([5, 5, 7, -2]), rng=np.random.default_rng(0)).tolist()
    [[0, 0, 1, -1]]
    """
    codes = np.arange(n_items) if blocks is None else check_codes(blocks, where="blocks")
    same_length(n_items, codes.size, where="items and blocks")
    names, unit = np.unique(codes, return_inverse=True)
    n_free = int(np.count_nonzero(names < 0))
    n_units = names.size - n_free
    if n_units < 2:
        raise UsageError(f"cannot halve {n_units} units", where="half-samples", expected="at least two")
    splits = np.empty((n_pairs, n_items), dtype=np.int8)
    for k in range(n_pairs):
        half = np.full(names.size, -1, dtype=np.int8)
        half[n_free:] = 1
        half[n_free + rng.permutation(n_units)[: n_units // 2]] = 0
        splits[k] = half[unit]
    return splits


def count_units(observed: np.ndarray, *, blocks: np.ndarray | None = None) -> int:
    """Return the number of units that would be halved: observed items, or blocks with an observed item.

    Parameters
    ----------
    observed
        Whether each item is observed, shape ``(n_obs,)``.
    blocks
        Block of each item; negative codes belong to no block.

    Examples
    --------
    >>> count_units(np.array([True, True, False]), blocks=np.array([3, 3, 4]))
    1
    """
    if blocks is None:
        return int(np.count_nonzero(observed))
    return int(np.unique(np.asarray(blocks)[observed & (np.asarray(blocks) >= 0)]).size)


def too_few(observed: np.ndarray, *, blocks: np.ndarray | None = None) -> str:
    """Return why there can be no interval: fewer than two items, or fewer than `MIN_BLOCKS` blocks; else empty text.

    Parameters
    ----------
    observed, blocks
        See `count_units`.

    Examples
    --------
    >>> too_few(np.ones(4, dtype=bool), blocks=np.array([0, 0, 1, 1]))
    'no interval: 2 blocks (donors), fewer than 6'
    """
    n_units = count_units(observed, blocks=blocks)
    if blocks is not None and n_units < MIN_BLOCKS:
        return f"no interval: {n_units} blocks (donors), fewer than {MIN_BLOCKS}"
    return "no interval: fewer than two items" if n_units < 2 else ""
