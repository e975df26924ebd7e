"""Ways round: circles and arcs are found, groups are not."""

import numpy as np
import pytest
from scipy.stats import binom

from rashomon.core import RashomonError
from rashomon.structure.direction import largest_dip
from rashomon.structure.loop import _p_gap, _windows, closed_loop


def whitened(columns):
    """Left singular vectors, scaled to variance 1."""
    left = np.linalg.svd(columns - columns.mean(axis=0), full_matrices=False)[0]
    return np.ascontiguousarray(left * np.sqrt(len(columns)))


def judged(places, rng):
    """The loop test of places with noise of sd 1 in six dimensions, on the direction of the largest dip."""
    cells = rng.normal(size=(len(places), 6)) * np.array([1, 1, 0.9, 0.8, 0.7, 0.6])
    cells[:, : places.shape[1]] += places
    scores = whitened(cells)
    found = largest_dip(scores, rng=rng)
    return closed_loop(scores, found.direction, low=found.low, high=found.high, rng=rng)


def arc(rng, *, n=400, radius=6.0, share=1.0):
    """Places spread evenly on a part of a circle."""
    angle = rng.uniform(0, 2 * np.pi * share, n)
    return radius * np.column_stack([np.cos(angle), np.sin(angle)])


def ring(n_groups, apart):
    """Places of groups around a ring, neighbours `apart`."""
    angle = 2 * np.pi * np.arange(n_groups) / n_groups
    return apart / (2 * np.sin(np.pi / n_groups)) * np.column_stack([np.cos(angle), np.sin(angle)])


def test_a_circle_is_a_closed_way(rng):
    """Cells of a circle between two modes lie at the top and at the bottom: their mean square approaches 2."""
    found = judged(arc(rng, radius=20.0), rng)
    assert (found.kind, found.found) == ("closed", True)
    assert found.ratio == pytest.approx(2, abs=0.1)
    assert found.p <= 0.01


@pytest.mark.parametrize("share", [0.5, 0.75])
def test_an_arc_is_a_bent_way(share, rng):
    """Cells of an arc between its ends lie at the top."""
    found = judged(arc(rng, share=share), rng)
    assert found.found
    assert found.bend > 0.6
    assert found.p_bend == 0.005


@pytest.mark.parametrize("strength", [4.0, 8.0])
def test_a_horseshoe_is_a_way_round(strength, rng):
    """Cosines of one position, as genes with a peak each make them, are no groups, crowded as their ends are."""
    position = rng.uniform(size=400)
    places = strength * np.column_stack([np.cos(np.pi * position), 0.7 * np.cos(2 * np.pi * position)])
    assert judged(places, rng).found


@pytest.mark.parametrize("apart", [5.0, 8.0])
@pytest.mark.parametrize("n_groups", [2, 3, 4, 5, 6])
def test_groups_are_no_way_round(n_groups, apart, rng):
    """Groups are not joined, not even around a ring."""
    places = ring(n_groups, apart)[rng.integers(0, n_groups, 500)]
    assert not judged(places, rng).found


@pytest.mark.parametrize("shares", [(0.6, 0.3, 0.1), (0.5, 0.3, 0.15, 0.05), (0.4, 0.25, 0.15, 0.1, 0.05, 0.05)])
def test_unequal_groups_in_a_ring_are_no_way_round(shares, rng):
    """Neither are groups of which some are small."""
    places = ring(len(shares), 7.0)[rng.choice(len(shares), 1000, p=shares)]
    assert not judged(places, rng).found


def around(angle, direction_of, rng, noise=0.1):
    """The loop test of a ring with little noise, for a direction that is a function of the angle."""
    ring_of = np.column_stack([np.cos(angle), np.sin(angle)]) + rng.normal(0, 0.1, (len(angle), 2))
    scores = whitened(np.column_stack([ring_of, rng.normal(size=(len(angle), 2))]))
    direction = direction_of(angle) + rng.normal(0, noise, len(angle))
    return closed_loop(scores, direction, low=-0.7, high=0.7, rng=rng)


def test_a_direction_along_the_second_harmonic_is_explained_by_the_ring(rng):
    """Where neither ratio nor bend speaks for a way round, the ring does: it explains the direction."""
    found = around(rng.uniform(0, 2 * np.pi, 600), lambda angle: np.cos(2 * angle + 0.3), rng)
    assert found.ratio < 1.3
    assert found.scatter < 0.25
    assert found.kind == "closed"


def test_a_ring_beside_the_direction_is_no_way(rng):
    """A ring that does not explain the direction, as a cell cycle in both of two groups, joins nothing."""
    found = around(rng.uniform(0, 2 * np.pi, 600), lambda angle: rng.choice([-1.0, 1.0], angle.size), rng, 0.4)
    assert found.scatter < 0.25
    assert found.kind == "none"


@pytest.mark.parametrize("n", [400, 1000])
def test_an_uneven_circle_stays_closed(n, rng):
    """Three times as many cells on one side make no gap."""
    angle = rng.uniform(0, 2 * np.pi, 5 * n)
    angle = angle[rng.random(5 * n) < (2 + np.cos(angle)) / 3][:n]
    found = judged(5 * np.column_stack([np.cos(angle), np.sin(angle)]), rng)
    assert found.kind == "closed"
    assert found.p_gap > 0.5


def test_one_gap_makes_a_bent_way_and_two_make_groups():
    """Two crowds of 40: joined on neither side, on one, on both."""
    crowd, few = [40] * 6, [1] * 30
    assert _p_gap(np.array(crowd + few + crowd + few)) < 0.001
    assert _p_gap(np.array(crowd + few + crowd + [40] * 30)) > 0.9
    assert _p_gap(np.full(72, 40)) > 0.99


def test_p_of_a_gap_is_binomial():
    """Of one emptier place on either side: the tail of a binomial, by scipy; the way out is the better of the two."""
    counts = np.array([30, 3, 20, 5])
    assert _p_gap(counts) == pytest.approx(binom.cdf(5, 25, 0.3 / 1.3))
    assert _p_gap(np.roll(counts, 1)) == pytest.approx(_p_gap(counts))


def test_windows_count_every_cell_as_often():
    """A window of 20 degrees holds a cell at 4 of the 72 places; counts go round with the angle."""
    angle = np.random.default_rng(3).uniform(-np.pi, np.pi, 50)
    counts = _windows(angle)
    assert counts.sum() == 200
    np.testing.assert_array_equal(_windows(angle + np.pi / 36), np.roll(counts, 1))


def test_few_cells_in_the_middle_say_nothing(rng):
    """With fewer than ten cells between the modes, nothing is measured there."""
    found = judged(ring(2, 30.0)[rng.integers(0, 2, 200)], rng)
    assert not found.found
    assert np.isnan([found.ratio, found.p, found.bend, found.p_bend, found.p_gap]).all()


def test_the_ratio_is_that_of_the_definition(rng):
    """The ratio is the largest mean square, across the direction, of the middle 40 % between the modes."""
    scores = whitened(rng.normal(size=(300, 3)))
    found = closed_loop(scores, scores[:, 0], low=-1.0, high=1.0, rng=rng)
    middle = np.abs(scores[:, 0]) < 0.4
    assert found.ratio == pytest.approx((scores[middle, 1:] ** 2).mean(axis=0).max())
    assert found.bend == pytest.approx(np.abs(scores[middle, 1:].mean(axis=0)).max())


def test_components_beyond_the_fourth_are_not_looked_at(rng):
    """Only the first four components can show a way round."""
    scores = whitened(np.column_stack([rng.normal(size=(300, 4)), arc(rng, n=300)]))
    changed = scores.copy()
    changed[:, 4:] = 0
    first, second = (
        closed_loop(each, scores[:, 0], low=-1.0, high=1.0, rng=np.random.default_rng(1)) for each in (scores, changed)
    )
    assert first == second


def test_one_component_has_no_other_way(rng):
    """On a line there is no way round."""
    scores = whitened(rng.normal(size=(100, 1)))
    assert not closed_loop(scores, scores[:, 0], low=-1.0, high=1.0, rng=rng).found


def test_refuses_a_direction_of_other_cells(rng):
    """A direction of other cells, or one mode, is refused."""
    scores = whitened(rng.normal(size=(50, 3)))
    with pytest.raises(RashomonError, match="direction of 40 cells for 50"):
        closed_loop(scores, scores[:40, 0], low=-1.0, high=1.0, rng=rng)
    with pytest.raises(RashomonError, match="low < high"):
        closed_loop(scores, scores[:, 0], low=1.0, high=1.0, rng=rng)
