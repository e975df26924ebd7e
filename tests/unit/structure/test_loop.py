"""Ways round: circles and arcs are found, groups are not."""

import numpy as np
import pytest

from rashomon.core import RashomonError
from rashomon.structure.direction import largest_dip
from rashomon.structure.loop import closed_loop


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


def test_few_cells_in_the_middle_say_nothing(rng):
    """With fewer than ten cells between the modes, nothing is measured."""
    found = judged(ring(2, 30.0)[rng.integers(0, 2, 200)], rng)
    assert not found.found
    assert np.isnan([found.ratio, found.p, found.bend, found.p_bend, found.gap]).all()


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
