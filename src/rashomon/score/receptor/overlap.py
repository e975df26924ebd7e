"""Which clusters meet more often than their donors explain: exact tests of pairs of codes within strata."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
from scipy.special import gammaln

from rashomon.score.item import check_codes, same_length

__all__ = ["Overlaps", "stratified_overlaps"]


class Overlaps(NamedTuple):
    """How often codes of two kinds meet, one entry per pair that does.

    Parameters
    ----------
    a, b
        The pair.
    observed
        Items with both.
    expected
        Their mean when codes change places within strata.
    odds
        Common odds ratio over strata (Mantel & Haenszel 1959), 1 by chance, larger is more; infinite where no item of
        a stratum they share has one code without the other, NaN where strata leave nothing open.
    p
        Probability of at least as many, exactly: the sum over strata of hypergeometric numbers.
    n_tests
        Pairs that could meet in a stratum, those that do not meet included: the number of tests.
    """

    a: np.ndarray
    b: np.ndarray
    observed: np.ndarray
    expected: np.ndarray
    odds: np.ndarray
    p: np.ndarray
    n_tests: int


def stratified_overlaps(a: np.ndarray, b: np.ndarray, strata: np.ndarray) -> Overlaps:
    """Test which codes of `a` and of `b` meet in more items than strata explain.

    Parameters
    ----------
    a, b
        Codes of the same items, shape ``(n,)``; a negative code is none, and the item still counts in its stratum.
    strata
        Donor of each, shape ``(n,)``; items with a negative code are left out.

    Returns
    -------
    Pairs that meet, in the order of `a` and then `b`. A pair that does not meet has a p of 1.

    Raises
    ------
    UsageError
        When the vectors differ in length, or hold no codes.

    Notes
    -----
    The test of Cochran (1954) and Mantel & Haenszel in its exact form, against more than expected.

    Examples
    --------
    >>> found = stratified_overlaps(np.array([0, 0, 1, 1]), np.array([0, 0, -1, -1]), np.zeros(4, dtype=int))
    >>> found.a.tolist(), found.observed.tolist(), found.expected.tolist(), found.p.round(4).tolist()
    ([0], [2], [1.0], [0.1667])
    """
    codes = {"a": check_codes(a, where="a"), "b": check_codes(b, where="b"), "strata": check_codes(strata, where="s")}
    for name, values in codes.items():
        same_length(codes["a"].size, values.size, where=f"a and {name}")
    kept = codes["strata"] >= 0
    first, second = codes["a"][kept], codes["b"][kept]
    stratum = np.unique(codes["strata"][kept], return_inverse=True)[1]
    size = np.bincount(stratum, minlength=1)
    of_a, of_b = _counts(first, stratum, size.size), _counts(second, stratum, size.size)
    both = (first >= 0) & (second >= 0)
    key = np.where(both, first.astype(np.int64) * of_b.shape[0] + second, -1)
    pairs = np.unique(key[both])
    meet = _counts(np.searchsorted(pairs, key) * both - ~both, stratum, size.size)
    pair_a, pair_b = np.divmod(pairs, max(of_b.shape[0], 1))
    rows = [_tested(_row(of_a, i), _row(of_b, j), _row(meet, at), size) for at, (i, j) in _numbered(pair_a, pair_b)]
    found = np.array(rows).reshape(len(rows), 3)
    observed = np.asarray(meet.sum(axis=1)).ravel().astype(np.int64)
    could = sp.csr_matrix(of_a @ of_b.T)
    return Overlaps(pair_a, pair_b, observed, found[:, 0], found[:, 1], found[:, 2], int(could.nnz))


def _counts(codes: np.ndarray, stratum: np.ndarray, n_strata: int) -> sp.csr_matrix:
    some = codes >= 0
    shape = (int(codes.max(initial=-1)) + 1, n_strata)
    found = sp.csr_matrix((np.ones(int(some.sum()), dtype=np.int64), (codes[some], stratum[some])), shape=shape)
    found.sum_duplicates()
    return found


def _row(table: sp.csr_matrix, row: int) -> np.ndarray:
    values = np.zeros(table.shape[1], dtype=np.int64)
    inside = slice(table.indptr[row], table.indptr[row + 1])
    values[table.indices[inside]] = table.data[inside]
    return values


def _numbered(a: np.ndarray, b: np.ndarray) -> Iterator[tuple[int, tuple[int, int]]]:
    return enumerate(zip(a.tolist(), b.tolist(), strict=True))


def _tested(in_a: np.ndarray, in_b: np.ndarray, in_both: np.ndarray, size: np.ndarray) -> tuple[float, float, float]:
    """Return expectation, odds ratio and p of one pair from its numbers per stratum."""
    used = np.flatnonzero((in_a > 0) & (in_b > 0))
    x, m, k, n = in_both[used], in_a[used], in_b[used], size[used]
    expected = float((m * k / n).sum())
    with_with, one_other = float((x * (n - m - k + x) / n).sum()), float(((m - x) * (k - x) / n).sum())
    odds = with_with / one_other if one_other > 0 else (np.inf if with_with > 0 else np.nan)
    total = np.ones(1)
    for at in range(used.size):
        low, high = max(0, m[at] + k[at] - n[at]), min(m[at], k[at])
        chances = np.zeros(high + 1)
        chances[low:] = _chances(np.arange(low, high + 1), m[at], k[at], n[at])
        total = np.convolve(total, chances)
    return expected, odds, float(min(1.0, total[int(x.sum()) :].sum()))


def _chances(x: np.ndarray, m: int, k: int, n: int) -> np.ndarray:
    """Return the hypergeometric probabilities of `x` items in common."""

    def log_choose(a: np.ndarray | int, b: np.ndarray | int) -> np.ndarray:
        return np.asarray(gammaln(np.add(a, 1.0)) - gammaln(np.add(b, 1.0)) - gammaln(np.subtract(a, b) + 1.0))

    return np.asarray(np.exp(log_choose(m, x) + log_choose(n - m, k - x) - log_choose(n, k)))
