"""Permutation baselines: what a score is when the labels, or the donors, say nothing about the clusters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Literal, NamedTuple

import numba
import numpy as np

from rashomon.core import UsageError
from rashomon.score.item import check_codes, same_length
from rashomon.score.receptor.grouping import Grouping, Tally

__all__ = ["Baseline", "baseline", "combined_strata", "orders", "permuted_scores", "permuted_vector_scores"]

TallyFunction = Callable[[Tally], float]

_DENSE = 16
"""Span of codes, per item, up to which a table of them is faster than a sort."""


class Baseline(NamedTuple):
    """What permutations give, and where the observed value lies among them.

    Parameters
    ----------
    mean, low, high
        Mean, 2.5 % and 97.5 % point of the permuted values; NaN without any.
    p
        ``(1 + number at least as good) / (number + 1)``; NaN without any. It is never below ``1 / (number + 1)``.
    reason
        Why there is no baseline; empty when there is one.
    """

    mean: float
    low: float
    high: float
    p: float
    reason: str = ""


def baseline(value: float, draws: np.ndarray, *, direction: Literal[1, -1] = 1) -> Baseline:
    """Compare a value with values of permuted data.

    Parameters
    ----------
    value
        The observed one.
    draws
        The permuted ones, shape ``(n_permutations,)``; NaN where undefined.
    direction
        +1 when larger is better, -1 when smaller is.

    Examples
    --------
    >>> baseline(0.9, np.array([0.5, 0.6, 0.7])).p
    0.25
    """
    some = draws[np.isfinite(draws)]
    if not np.isfinite(value) or not some.size:
        reason = "no baseline: the score is undefined" + ("" if some.size else " in every permutation")
        return Baseline(np.nan, np.nan, np.nan, np.nan, reason)
    # sums of the same shares in another order may differ in the last bit
    as_good = int(np.count_nonzero(direction * some >= direction * value - 1e-12))
    low, high = np.quantile(some, [0.025, 0.975])
    return Baseline(float(some.mean()), float(low), float(high), (1 + as_good) / (some.size + 1))


def combined_strata(*codes: np.ndarray) -> np.ndarray:
    """Return one code per combination of codes: receptors of one V gene and one length, for instance.

    Parameters
    ----------
    codes
        Vectors of the same length, each shape ``(n,)``; a negative code is a group like any other.

    Returns
    -------
    ``int32``, shape ``(n,)``, counted from 0.

    Raises
    ------
    UsageError
        When there are none, or their lengths differ.

    Examples
    --------
    >>> combined_strata(np.array([0, 0, 1, 1]), np.array([14, 15, 14, 14])).tolist()
    [0, 1, 2, 2]
    """
    if not codes:
        raise UsageError("no codes to combine", where="strata", expected="V genes, lengths, donors, ...")
    group = np.zeros(np.asarray(codes[0]).size, dtype=np.int64)
    for each in codes:
        same_length(group.size, np.asarray(each).size, where="strata")
        place, n_names = _ranked(np.asarray(each))
        group, _ = _ranked(group * n_names + place)
    return group.astype(np.int32)


def _ranked(codes: np.ndarray) -> tuple[np.ndarray, int]:
    """Return the rank of each code among the distinct ones, as ``np.unique`` does, and how many there are."""
    low, high = (int(codes.min()), int(codes.max())) if codes.size else (0, -1)
    if codes.dtype.kind not in "iu" or high - low >= _DENSE * max(codes.size, 1):
        names, place = np.unique(codes, return_inverse=True)
        return place.astype(np.int64), int(names.size)
    # no sort where the codes lie close together
    place = codes.astype(np.int64) - low
    found = np.zeros(high - low + 1, dtype=bool)
    found[place] = True
    rank = np.cumsum(found, dtype=np.int64) - 1
    return rank[place], int(found.sum())


def orders(
    n: int, *, strata: np.ndarray | None = None, n_permutations: int, rng: np.random.Generator
) -> Iterator[np.ndarray]:
    """Yield permutations of 0, ..., n - 1 that stay within strata.

    Parameters
    ----------
    n
        Number of items.
    strata
        Code of the stratum of each item, shape ``(n,)``; items with a negative code form one of their own. None: all
        items may change places.
    n_permutations
        How many.
    rng
        Random numbers.

    Raises
    ------
    UsageError
        When `strata` has another length, or there is nothing to permute.

    Examples
    --------
    >>> found = next(orders(4, strata=np.array([0, 1, 0, 1]), n_permutations=1, rng=np.random.default_rng(3)))
    >>> sorted(found[[0, 2]].tolist()), sorted(found[[1, 3]].tolist())
    ([0, 2], [1, 3])
    """
    if n_permutations < 1:
        raise UsageError(f"{n_permutations} permutations", where="permutation baseline", expected="at least 1")
    codes = np.zeros(n, dtype=np.int64) if strata is None else np.maximum(np.asarray(strata), -1)
    same_length(n, codes.size, where="items and strata")
    home = np.argsort(codes, kind="stable")
    first = np.flatnonzero(np.diff(codes[home], prepend=-2))
    start = np.append(first, n).astype(np.int64)
    for _ in range(n_permutations):
        order = np.empty(n, dtype=np.int64)
        order[home] = _shuffled(home.astype(np.int64), start, rng.random(n))
        yield order


def permuted_scores(
    grouping: Grouping,
    functions: Sequence[TallyFunction],
    *,
    strata: np.ndarray | None = None,
    n_permutations: int = 100,
    rng: np.random.Generator,
) -> np.ndarray:
    """Compute scores of labels with the label sets permuted among the labelled receptors.

    A receptor gets all labels of another one, so that how many labels receptors carry, and together with which, stays
    as it is. Clusters stay; so does the retention.

    Parameters
    ----------
    grouping
        The labelled receptors and their clusters.
    functions
        Scores of a `Tally`.
    strata
        Permute within these only; codes of all receptors, shape ``(n,)``: V gene, length, donor, or a combination
        (`combined_strata`). See `orders`.
    n_permutations
        At least 100 for a reported baseline.
    rng
        Random numbers.

    Returns
    -------
    ``float64``, shape ``(n_permutations, n_functions)``; NaN where undefined.

    Examples
    --------
    >>> import scipy.sparse as sp
    >>> from rashomon.score.receptor.grouping import group
    >>> from rashomon.score.receptor.purity import purity
    >>> grouping = group(np.repeat(np.arange(50), 2), sp.csr_matrix(np.eye(2, dtype=bool)[np.repeat([0, 1], 50)]))
    >>> draws = permuted_scores(grouping, [purity], rng=np.random.default_rng(0))
    >>> bool(0.7 < draws.mean() < 0.8)
    True
    """
    within = None if strata is None else np.asarray(strata)[grouping.items]
    shuffled = orders(grouping.items.size, strata=within, n_permutations=n_permutations, rng=rng)
    tallies = (grouping.tally(order) for order in shuffled)
    return np.array([[function(tally) for function in functions] for tally in tallies])


def permuted_vector_scores(
    codes: np.ndarray,
    functions: Sequence[Callable[[np.ndarray], float]],
    *,
    strata: np.ndarray | None = None,
    n_permutations: int = 100,
    rng: np.random.Generator,
) -> np.ndarray:
    """Compute scores of a vector of codes (donors) that is permuted among the receptors that have a code.

    Parameters
    ----------
    codes
        Shape ``(n,)``; negative codes stay where they are.
    functions
        Scores of such a vector.
    strata, n_permutations, rng
        See `permuted_scores`.

    Returns
    -------
    ``float64``, shape ``(n_permutations, n_functions)``.

    Examples
    --------
    >>> first = lambda codes: float(codes[0])
    >>> permuted_vector_scores(np.array([1, -1, 1]), [first], n_permutations=2, rng=np.random.default_rng(0)).tolist()
    [[1.0], [1.0]]
    """
    values = check_codes(codes, where="codes")
    known = np.flatnonzero(values >= 0)
    within = None if strata is None else np.asarray(strata)[known]
    draws = []
    for order in orders(known.size, strata=within, n_permutations=n_permutations, rng=rng):
        moved = values.copy()
        moved[known] = values[known[order]]
        draws.append([function(moved) for function in functions])
    return np.array(draws)


@numba.njit(cache=True, nogil=True)
def _shuffled(items: np.ndarray, start: np.ndarray, uniform: np.ndarray) -> np.ndarray:
    """Shuffle each block of `items` (Fisher and Yates), with one number in [0, 1) per item."""
    for b in range(start.size - 1):
        for i in range(start[b + 1] - 1, start[b], -1):
            j = start[b] + int(uniform[i] * (i - start[b] + 1))
            items[i], items[j] = items[j], items[i]
    return items
