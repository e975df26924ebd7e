"""Directions along which groups would show."""

import numpy as np
import pytest
from sklearn.cluster import KMeans

from rashomon.core import RashomonError
from rashomon.structure.dip import dip
from rashomon.structure.direction import directions, largest_dip, two_modes


def whitened(columns):
    """Left singular vectors, scaled to variance 1."""
    left = np.linalg.svd(columns - columns.mean(axis=0), full_matrices=False)[0]
    return np.ascontiguousarray(left * np.sqrt(len(columns)))


def two_groups(rng, *, n=300, k=5, apart=6.0, share=0.5):
    """Cells of two groups along a random direction."""
    groups = rng.random(n) < share
    return whitened(
        rng.normal(size=(n, k)) + np.outer(groups, apart * np.eye(k)[0]) @ np.linalg.qr(rng.normal(size=(k, k)))[0]
    ), groups


def test_directions_are_the_components_their_rotation_and_a_split(rng):
    """The first K directions are the scores; all have mean 0 and variance 1; the rest lie in their span."""
    scores = whitened(rng.normal(size=(100, 4)))
    found = directions(scores, rng=rng)
    assert found.names == ("pc1", "pc2", "pc3", "pc4", "ic1", "ic2", "ic3", "ic4", "split")
    np.testing.assert_array_equal(found.values[:, :4], scores)
    np.testing.assert_allclose(found.values.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(found.values.std(axis=0), 1)
    np.testing.assert_allclose(scores @ (scores.T @ found.values) / 100, found.values, atol=1e-10)


def test_largest_dip_is_the_largest(rng):
    """No direction has a larger dip than the one returned, whose dip is that of `dip`."""
    scores = whitened(rng.normal(size=(90, 3)))
    best = largest_dip(scores, rng=np.random.default_rng(5))
    dips = [dip(column) for column in directions(scores, rng=np.random.default_rng(5)).values.T]
    assert best.value == max(dips) == dip(best.direction)


@pytest.mark.parametrize("share", [0.5, 0.2])
def test_finds_the_direction_between_groups(share, rng):
    """The direction separates two groups, and the modes are their medians along it."""
    scores, groups = two_groups(rng, apart=8.0, share=share)
    best = largest_dip(scores, rng=rng)
    assert abs(np.corrcoef(best.direction, groups)[0, 1]) > 0.95
    medians = sorted([np.median(best.direction[groups]), np.median(best.direction[~groups])])
    np.testing.assert_allclose([best.low, best.high], medians, atol=0.05)


def test_split_is_the_direction_between_the_means_of_2_means(rng):
    """From two groups, the split is that of scikit-learn's 2-means."""
    scores, _ = two_groups(rng)
    split = directions(scores, rng=rng).values[:, -1]
    centres = KMeans(2, n_init=5, random_state=0).fit(scores).cluster_centers_
    assert abs(np.corrcoef(split, scores @ (centres[1] - centres[0]))[0, 1]) > 0.9999


def test_rotating_the_scores_keeps_the_groups(rng):
    """Groups are found along whatever direction they lie."""
    scores, _ = two_groups(rng)
    turned = scores @ np.linalg.qr(rng.normal(size=(5, 5)))[0]
    first, second = (largest_dip(np.ascontiguousarray(each), rng=rng) for each in (scores, turned))
    assert first.value == pytest.approx(second.value, rel=0.1)


def test_one_column_is_its_own_direction(rng):
    """Of one column there is nothing to search."""
    column = whitened(rng.normal(size=(40, 1)))
    found = largest_dip(column, rng=rng)
    assert (found.name, found.value) == ("pc1", dip(column[:, 0]))


def test_two_modes_of_a_hand_made_sample():
    """The cut lies in the widest gap of two equal crowds."""
    assert two_modes(np.array([9.0, 0.0, 1.0, 10.0, 2.0, 11.0])) == (1.0, 10.0)


def test_refuses_scores_that_are_not_whitened(rng):
    """Principal components that keep their variance, tables that are too wide and missing numbers are refused."""
    with pytest.raises(RashomonError, match="not whitened"):
        directions(rng.normal(size=(50, 3)) * 3, rng=rng)
    with pytest.raises(RashomonError, match="have the shape"):
        directions(np.zeros((3, 3)), rng=rng)
    with pytest.raises(RashomonError, match="not finite"):
        directions(np.full((9, 2), np.nan), rng=rng)
