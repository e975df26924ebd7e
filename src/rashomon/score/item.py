"""Which items a score rests on: checked codes, and the two negative codes resolved."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np

from rashomon.core import UsageError, did_you_mean
from rashomon.core.labels import MISSING, UNASSIGNED
from rashomon.score.record import Unassigned

__all__ = ["check_codes", "clusters", "lowest_code", "same_length"]

_LARGEST = 2**26


def check_codes(labels: Any, *, where: str) -> np.ndarray:
    """Return label codes as a fresh ``int32`` vector, so that kernels are compiled for one type only.

    Parameters
    ----------
    labels
        Integer codes, shape ``(n_obs,)``: a cluster, ``-1`` unassigned, ``-2`` not observed.
    where
        Name of the labeling, for messages.

    Raises
    ------
    UsageError
        When the labels are no vector of integers, or a code is below -2 or absurdly large.

    Examples
    --------
    >>> check_codes([0, 0, 1, -2], where="a")
    array([ 0,  0,  1, -2], dtype=int32)
    """
    codes = np.asarray(labels)
    if codes.ndim != 1 or (codes.size and codes.dtype.kind not in "iu"):
        raise UsageError(
            f"labels have shape {codes.shape} and type {codes.dtype}",
            where=where,
            expected="a vector of integer codes",
            fix="make codes with Partitions.from_frame or Truth.from_series",
        )
    if codes.size and (codes.min() < MISSING or codes.max() >= _LARGEST):
        raise UsageError(
            f"label codes lie in [{codes.min()}, {codes.max()}]",
            where=where,
            expected="-2 (not observed), -1 (unassigned), 0, 1, 2, ...",
            fix="number the clusters from 0",
        )
    return np.array(codes, dtype=np.int32)


def lowest_code(unassigned: Unassigned) -> int:
    """Return the lowest code that takes part in a comparison: -1 when unassigned items are singletons, else 0.

    Raises
    ------
    UsageError
        When `unassigned` is no policy.

    Examples
    --------
    >>> lowest_code("left_out")
    0
    """
    lowest: dict[str, int] = dict(zip(get_args(Unassigned), (UNASSIGNED, UNASSIGNED + 1), strict=True))
    if unassigned not in lowest:
        raise UsageError(
            f"unknown policy {unassigned!r}",
            where="unassigned",
            fix=did_you_mean(str(unassigned), lowest),
        )
    return lowest[unassigned]


def same_length(a: int, b: int, *, where: str) -> None:
    """Check that two parts speak about the same items.

    Raises
    ------
    UsageError
        When the numbers of items differ.
    """
    if a != b:
        raise UsageError(f"the parts have {a} and {b} items", where=where, expected="the same items in both")


def clusters(labels: np.ndarray, *, unassigned: Unassigned) -> tuple[np.ndarray, np.ndarray]:
    """Return the items that take part in judging one labeling, and their clusters numbered without gaps.

    Parameters
    ----------
    labels
        Codes, shape ``(n_obs,)``.
    unassigned
        ``"singletons"``: each item with code -1 gets a cluster of its own, after the others; ``"left_out"``.

    Returns
    -------
    items
        Ascending positions, ``int64``.
    cluster
        ``int32``, one per item, 0..k-1 without gaps.

    Examples
    --------
    >>> clusters(np.array([4, -1, -2, 4, 2]), unassigned="singletons")
    (array([0, 1, 3, 4]), array([1, 2, 1, 0], dtype=int32))
    """
    codes = check_codes(labels, where="labels")
    items = np.flatnonzero(codes >= lowest_code(unassigned))
    kept = codes[items].astype(np.int64)
    free = kept < 0
    kept[free] = _LARGEST + np.arange(int(free.sum()))
    return items, np.unique(kept, return_inverse=True)[1].astype(np.int32)
