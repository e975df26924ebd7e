"""A gap is found where there is one, whoever made the labels, and none where a density is merely cut."""

import numpy as np
import pytest
from sklearn.cluster import KMeans

from rashomon.core import UsageError
from rashomon.structure.split import split_test


def whitened(values):
    """Scores of mean 0, variance 1."""
    left = np.linalg.svd(values - values.mean(axis=0), full_matrices=False)[0]
    return left * np.sqrt(len(values))


def two_groups(rng, n_left, n_right, gap, k=6):
    """Two normal groups `gap` standard deviations apart, whitened."""
    side = np.arange(n_left + n_right) >= n_left
    values = rng.normal(size=(side.size, k))
    values[:, 0] += gap * side
    return whitened(values), side


def test_a_gap_is_found_along_right_labels(rng):
    """Two groups 6 standard deviations apart have a small p, no overlap, and positions on both sides of 0."""
    scores, side = two_groups(rng, 200, 200, 6.0)
    found = split_test(scores, side, rng=rng)
    assert found.p < 0.005
    assert found.overlap < 0.02
    assert ((found.projection > 0) == side).mean() > 0.98


def test_the_sides_may_be_swapped(rng):
    """The same gap from the other side, with positions mirrored."""
    scores, side = two_groups(rng, 300, 100, 6.0)
    one, other = (split_test(scores, sides, rng=np.random.default_rng(1)) for sides in (side, ~side))
    assert (one.p < 0.005, other.p < 0.005) == (True, True)
    assert np.corrcoef(one.projection, other.projection)[0, 1] < -0.99


def test_a_cut_population_has_no_gap(rng):
    """k-means cuts one population in two where it is densest: nothing is found."""
    scores = whitened(rng.normal(size=(400, 6)))
    side = KMeans(2, n_init=3, random_state=0).fit_predict(scores) == 1
    assert split_test(scores, side, rng=rng).p > 0.2


def test_a_uniform_line_cut_in_the_middle_has_no_gap(rng):
    """The widest single mode is what the gap is compared with."""
    p = []
    for _ in range(20):
        line = rng.uniform(-1, 1, 300)
        scores = whitened(np.column_stack([5 * line, rng.normal(size=(300, 3))]))
        p.append(split_test(scores, line > 0, rng=rng).p)
    assert np.sum(np.array(p) <= 0.05) <= 2


def test_a_rare_group_is_found(rng):
    """60 of 1,000 cells: the part of the direction near them is tested."""
    scores, side = two_groups(rng, 940, 60, 7.0)
    found = split_test(scores, side, rng=rng)
    assert found.p < 0.01
    assert found.n < 400


def test_labels_that_cut_across_the_gap_overlap_with_it(rng):
    """Half of one group labelled as the other: the gap is found, and the labels do not run along it."""
    scores, side = two_groups(rng, 200, 200, 8.0)
    wrong = side.copy()
    wrong[:80] = True
    found = split_test(scores, wrong, rng=rng)
    assert found.overlap > 0.2


def test_too_few_cells_are_not_tested(rng):
    """With 10 cells on one side p is NaN."""
    scores, side = two_groups(rng, 100, 10, 8.0)
    found = split_test(scores, side, rng=rng)
    assert np.isnan(found.p)
    assert np.isnan(found.projection).all()


def test_the_same_numbers_give_the_same_test(rng):
    """The result depends on the generator alone."""
    scores, side = two_groups(rng, 100, 100, 3.0)
    one, two = (split_test(scores, side, rng=np.random.default_rng(4)) for _ in range(2))
    assert one[:4] == two[:4]


def test_sides_of_other_cells_are_refused(rng):
    """One side per cell."""
    with pytest.raises(UsageError, match="one per cell"):
        split_test(np.zeros((10, 2)), np.zeros(9, dtype=bool), rng=rng)
