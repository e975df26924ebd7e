"""Pairs of codes that meet: one stratum is Fisher's test, several are the sum of hypergeometric numbers."""

import numpy as np
import pytest
from scipy.stats import fisher_exact, hypergeom
from scipy.stats.contingency import odds_ratio

from rashomon.core import UsageError
from rashomon.score.receptor.overlap import stratified_overlaps


def test_one_stratum_is_fishers_exact_test(rng):
    """p and the odds ratio of every pair that meets are those of scipy; pairs that never meet count as tests."""
    a, b = rng.integers(0, 3, 40), rng.integers(-1, 4, 40)
    found = stratified_overlaps(a, b, np.zeros(40, dtype=int))
    assert found.n_tests == 12
    for i, j, n, expected, odds, p in zip(*found[:6], strict=True):
        table = [
            [np.sum((a == i) & (b == j)), np.sum((a == i) & (b != j))],
            [np.sum((a != i) & (b == j)), np.sum((a != i) & (b != j))],
        ]
        assert n == table[0][0] > 0
        assert expected == pytest.approx(np.sum(a == i) * np.sum(b == j) / 40)
        assert p == pytest.approx(fisher_exact(table, alternative="greater").pvalue)
        assert odds == pytest.approx(odds_ratio(table, kind="sample").statistic)


def test_strata_are_convolved(rng):
    """The p of two strata is the tail of the sum of two hypergeometric numbers, summed by hand."""
    a, b, donor = rng.integers(0, 2, 30), rng.integers(0, 2, 30), np.repeat([0, 1], [12, 18])
    found = stratified_overlaps(a, b, donor)
    at = np.flatnonzero((found.a == 1) & (found.b == 0))[0]
    law = [
        hypergeom(np.sum(donor == d), np.sum((a == 1) & (donor == d)), np.sum((b == 0) & (donor == d))) for d in (0, 1)
    ]
    tail = sum(law[0].pmf(x) * law[1].pmf(y) for x in range(19) for y in range(19) if x + y >= found.observed[at])
    assert found.p[at] == pytest.approx(tail)
    assert found.expected[at] == pytest.approx(law[0].mean() + law[1].mean())


def test_what_donors_explain_is_no_excess():
    """Codes that are one per donor meet as often as expected: nothing is left open, and p is 1."""
    donor = np.repeat([0, 1, 2], 6)
    found = stratified_overlaps(donor, donor, donor)
    assert found.observed.tolist() == found.expected.tolist() == [6, 6, 6]
    assert (found.p == 1.0).all()
    assert np.isnan(found.odds).all()


def test_items_without_donor_are_left_out():
    """An item of unknown donor changes nothing; without items there are no pairs and no tests."""
    some = stratified_overlaps(np.array([0, 1, 0]), np.array([0, -1, 0]), np.array([0, 0, -1]))
    alone = stratified_overlaps(np.array([0, 1]), np.array([0, -1]), np.array([0, 0]))
    assert (some.p.tolist(), some.n_tests) == (alone.p.tolist(), alone.n_tests) == ([0.5], 2)
    none = stratified_overlaps(np.array([-1]), np.array([0]), np.array([0]))
    assert (none.p.size, none.n_tests) == (0, 0)


def test_lengths_must_agree():
    """Vectors of different items are refused."""
    with pytest.raises(UsageError, match="a and b"):
        stratified_overlaps(np.zeros(2, dtype=int), np.zeros(3, dtype=int), np.zeros(2, dtype=int))
