"""Ceilings of positions."""

import numpy as np
import pytest
from scipy import stats

from rashomon.core import UsageError
from rashomon.sim.oracle.position import position_limit


def test_normal_posterior_has_known_errors():
    """A normal posterior with sd 0.1 has the error 0.1, and the mean absolute error 0.1 sqrt(2 / pi)."""
    grid = np.linspace(-1, 2, 3001)
    weights = stats.norm.pdf(grid, np.array([[0.3], [0.8]]), 0.1)
    found = position_limit(weights / weights.sum(axis=1, keepdims=True), grid)
    np.testing.assert_allclose(found.mean, [0.3, 0.8], atol=1e-9)
    np.testing.assert_allclose(found.median, [0.3, 0.8], atol=1e-3)
    assert found.rms_error == pytest.approx(0.1, rel=1e-4)
    assert found.absolute_error == pytest.approx(0.1 * np.sqrt(2 / np.pi), rel=1e-4)
    np.testing.assert_allclose(found.cell_error, found.absolute_error, rtol=1e-3)


def test_no_estimate_does_better(rng):
    """No other point of the grid has a smaller expected error, on a line and on a cycle."""
    grid, table = np.sort(rng.random(20)), rng.dirichlet(np.full(20, 0.2), size=15)
    for period in (None, 1.0):
        gap = np.abs(grid[:, None] - grid)
        gap = gap if period is None else np.minimum(gap, 1 - gap)
        found = position_limit(table, grid, period=period)
        np.testing.assert_allclose(found.cell_error, (table @ gap).min(axis=1))
        np.testing.assert_allclose(found.cell_error, [table[i] @ gap[grid == m][0] for i, m in enumerate(found.median)])


def test_cycle_knows_no_ends():
    """Shifting a cycle shifts estimates and leaves errors."""
    grid = np.arange(100) / 100
    weights = stats.vonmises.pdf(2 * np.pi * grid, 5.0, loc=2 * np.pi * 0.98)
    table = (weights / weights.sum())[None]
    one, moved = position_limit(table, grid, period=1.0), position_limit(np.roll(table, 30, axis=1), grid, period=1.0)
    assert one.mean[0] == pytest.approx(0.98)
    assert one.median[0] == pytest.approx(0.98)
    assert moved.mean[0] == pytest.approx(0.28)
    assert moved.absolute_error == pytest.approx(one.absolute_error)
    assert moved.rms_error == pytest.approx(one.rms_error)


def test_small_arcs_are_chords(rng):
    """For a narrow posterior the error on a cycle is the error on a line."""
    grid = np.arange(2000) / 2000
    weights = stats.norm.pdf(grid, 0.5, 0.01)
    table = (weights / weights.sum())[None]
    line, cycle = position_limit(table, grid), position_limit(table, grid, period=1.0)
    assert cycle.rms_error == pytest.approx(line.rms_error, rel=2e-3)
    assert cycle.absolute_error == pytest.approx(line.absolute_error)


def test_nothing_known_on_a_cycle():
    """A uniform posterior leaves a quarter of the period as absolute error."""
    found = position_limit(np.full((1, 400), 1 / 400), np.arange(400) / 100, period=4.0)
    assert found.absolute_error == pytest.approx(1.0)


def test_no_cells_have_no_error():
    """Without cells both errors are undefined."""
    found = position_limit(np.empty((0, 2)), np.arange(2.0))
    assert np.isnan([found.rms_error, found.absolute_error]).all()


@pytest.mark.parametrize(
    ("grid", "period", "what"),
    [([0.0, 0.0], None, "does not fit"), ([0.0, 1.0, 2.0], None, "does not fit"), ([0.0, 1.0], 1.0, "longer than")],
)
def test_grid_fits(grid, period, what):
    """A grid that stands still, has another length, or holds both ends of a cycle is an error."""
    with pytest.raises(UsageError, match=what):
        position_limit(np.array([[0.5, 0.5]]), np.array(grid), period=period)
