"""Scores between chance and ceiling."""

import math

import pytest

from rashomon.sim.oracle.normalise import normalised


@pytest.mark.parametrize(("value", "expected"), [(0.1, 0.0), (0.5, 1.0), (0.3, 0.5), (0.6, 1.25), (0.0, -0.25)])
def test_chance_is_zero_and_the_ceiling_one(value, expected):
    """The scale is linear, and nothing is clipped: one data set may lie outside."""
    found = normalised(value, 0.1, 0.5, 0.01)
    assert found.value == pytest.approx(expected)
    assert found.reason == ""


def test_smaller_can_be_better():
    """With direction -1 chance lies above the ceiling."""
    assert normalised(1.0, 2.0, 0.5, 0.01, direction=-1).value == pytest.approx(2 / 3)


@pytest.mark.parametrize(("ceiling", "direction"), [(0.129, 1), (0.1, 1), (0.0, 1), (0.5, -1)])
def test_a_ceiling_at_chance_normalises_nothing(ceiling, direction):
    """Within three standard errors of chance, or on its wrong side, there is no value, and a reason."""
    found = normalised(0.2, 0.1, ceiling, 0.01, direction=direction)
    assert math.isnan(found.value)
    assert "does not exceed chance by 3 standard errors" in found.reason


@pytest.mark.parametrize("place", range(4))
def test_missing_numbers_are_named(place):
    """A NaN anywhere gives NaN and the name of what is missing."""
    numbers = [0.2, 0.0, 0.5, 0.01]
    numbers[place] = math.nan
    found = normalised(*numbers)
    assert math.isnan(found.value)
    assert found.reason == f"no {['score', 'chance', 'ceiling', 'error'][place]}"
