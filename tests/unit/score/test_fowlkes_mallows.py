"""Fowlkes-Mallows: against scikit-learn, and against pairs counted one by one."""

from itertools import combinations
from math import isnan, sqrt

import numpy as np
import pytest
from hypothesis import given
from sklearn.metrics import fowlkes_mallows_score

from rashomon.score import score
from rashomon.score.contingency import tabulate
from rashomon.score.fowlkes_mallows import fowlkes_mallows
from tests.strategies import labeling_pairs


@given(labeling_pairs(lowest=0, max_size=15))
def test_equals_counted_pairs(pair):
    """The definition itself: together in both, over the geometric mean of together in one."""
    a, b = pair
    pairs = list(combinations(range(a.size), 2))
    in_a, in_b = (sum(codes[i] == codes[j] for i, j in pairs) for codes in pair)
    both = sum(a[i] == a[j] and b[i] == b[j] for i, j in pairs)
    if in_a and in_b:
        assert fowlkes_mallows(tabulate(a, b)) == pytest.approx(both / sqrt(in_a * in_b), abs=1e-12)
    else:
        assert isnan(fowlkes_mallows(tabulate(a, b)))


def test_large_labelings_do_not_overflow(rng):
    """At 200,000 items products of pair counts leave 64 bits; still equal to scikit-learn, which takes roots too."""
    a, b = rng.integers(2, size=200_000), rng.integers(3, size=200_000)
    assert fowlkes_mallows(tabulate(a, b)) == pytest.approx(fowlkes_mallows_score(a, b), abs=1e-10)


def test_singletons_in_one_labeling_are_undefined():
    """No pair is together in one labeling: scikit-learn says 0, which would be a statement about pairs."""
    result = score("fowlkes_mallows", np.arange(4), np.array([0, 0, 1, 1]))
    assert (result.status, result.reason) == ("undefined", "one labeling has no two items together")
