"""The ceiling of a continuum: how near any method can come to the position of a cell on a line or a cycle."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from rashomon.core import UsageError
from rashomon.sim.oracle.posterior import check_posterior

__all__ = ["PositionLimit", "position_limit"]


@dataclass(frozen=True, eq=False)
class PositionLimit:
    """The best estimates of position, and the errors that no method goes below in expectation.

    Parameters
    ----------
    mean
        Posterior mean of each cell (on a cycle: the mean direction, in [0, period)), shape ``(n_cells,)``.
    median
        The grid point with the smallest expected absolute error (on a cycle: along the shorter arc).
    rms_error
        Root of the expected squared error of `mean`, over all cells. On a cycle the error is the chord, as long as a
        small arc and shorter than a large one: the mean direction is optimal for it.
    absolute_error
        Expected absolute error of `median`, mean over all cells.
    cell_error
        The same for each cell.
    """

    mean: np.ndarray
    median: np.ndarray
    rms_error: float
    absolute_error: float
    cell_error: np.ndarray


def position_limit(posterior: np.ndarray, grid: np.ndarray, *, period: float | None = None) -> PositionLimit:
    """Return the best estimates of the position of each cell, and their expected errors.

    Parameters
    ----------
    posterior
        Probability of each grid point, shape ``(n_cells, n_points)``.
    grid
        Positions, ascending, shape ``(n_points,)``.
    period
        Length of the cycle; None: a line.

    Raises
    ------
    UsageError
        When the grid does not fit the posterior, does not ascend, or is longer than the period.

    Notes
    -----
    The median of a distribution on a grid is a grid point, on a line and on a cycle: between two points the expected
    absolute error is linear, or bends downwards. Cost: ``n_cells * n_points**2`` multiplications.

    Examples
    --------
    >>> found = position_limit(np.array([[0.25, 0.5, 0.25]]), np.array([0.0, 1.0, 2.0]))
    >>> found.mean.tolist(), found.median.tolist(), found.absolute_error, round(found.rms_error, 3)
    ([1.0], [1.0], 0.5, 0.707)
    >>> position_limit(np.array([[0.5, 0.0, 0.5]]), np.array([1.0, 5.0, 9.0]), period=10.0).absolute_error
    1.0
    """
    table, points = check_posterior(posterior), np.asarray(grid, dtype=np.float64)
    if points.shape != table.shape[1:] or not (np.diff(points) > 0).all():
        raise UsageError("the grid does not fit", where="grid", expected=f"{table.shape[1]} ascending numbers")
    if period is not None and not points[-1] - points[0] < period:
        raise UsageError(f"the grid is longer than the period {period}", where="grid", fix="leave one end out")
    gap = np.abs(points[:, None] - points)
    if period is not None:
        gap = np.minimum(gap, period - gap)
    expected = table @ gap
    best = expected.argmin(axis=1)
    cell_error = expected[np.arange(table.shape[0]), best]
    mean, squared = _mean_on_line(table, points) if period is None else _mean_on_cycle(table, points, period)
    empty = table.shape[0] == 0
    return PositionLimit(
        mean,
        points[best],
        math.nan if empty else math.sqrt(float(squared.mean())),
        math.nan if empty else float(cell_error.mean()),
        cell_error,
    )


def _mean_on_line(table: np.ndarray, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    mean = table @ points
    return mean, (table * (points - mean[:, None]) ** 2).sum(axis=1)


def _mean_on_cycle(table: np.ndarray, points: np.ndarray, period: float) -> tuple[np.ndarray, np.ndarray]:
    radius = period / (2 * np.pi)
    resultant = table @ np.exp(1j * points / radius)
    squared_chord = 2 * radius**2 * np.maximum(1 - np.abs(resultant), 0.0)
    return np.mod(np.angle(resultant) * radius, period), squared_chord
