"""The gap that would have been seen is seen."""

import numpy as np
import pytest

from rashomon.structure.split import split_test
from rashomon.structure.split_power import CLEAR_GAP, cells_needed, seen_gap


@pytest.mark.parametrize(("n_small", "n_large"), [(50, 50), (40, 360), (200, 200)])
def test_a_gap_of_this_size_is_seen(rng, n_small, n_large):
    """Of 20 data sets with the gap, 14 or more are rejected (a power of .8, less three standard errors, is 11)."""
    gap = seen_gap(n_small, n_large, alpha=0.05)
    side = np.arange(n_small + n_large) < n_small
    rejected = 0
    for _ in range(20):
        scores = rng.normal(size=(side.size, 6))
        scores[:, 0] += gap * side
        scores = (scores - scores.mean(axis=0)) / scores.std(axis=0)
        rejected += split_test(scores, side, rng=rng).p <= 0.05
    assert rejected >= 14


def test_more_cells_see_smaller_gaps():
    """Never more than with fewer cells, and never below 2.5 standard deviations."""
    gaps = [seen_gap(n, n, alpha=0.05) for n in (20, 40, 80, 200, 1000)]
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[-1] >= 2.5


def test_the_sides_are_symmetric_and_the_level_counts():
    """Which side is the smaller does not matter; a stricter level needs a larger gap."""
    assert seen_gap(50, 400, alpha=0.05) == seen_gap(400, 50, alpha=0.05)
    assert seen_gap(50, 400, alpha=0.005) >= seen_gap(50, 400, alpha=0.05)


def test_the_cells_needed_suffice():
    """With that many cells at the same shares a clear gap is seen, and not with four fifths of them."""
    n = cells_needed(10, 90, alpha=0.05)
    assert seen_gap(n // 10, n - n // 10, alpha=0.05) <= CLEAR_GAP
    assert not seen_gap(n * 4 // 50, n * 4 // 5 - n * 4 // 50, alpha=0.05) <= CLEAR_GAP


def test_a_gap_that_one_mode_can_have_needs_more_than_there_are():
    """Two groups 2 standard deviations apart have one mode: no number of cells suffices."""
    assert cells_needed(50, 50, alpha=0.05, gap=2.0) is None
