"""Detectability by draws of the twin of the data: which clusters come back with fewer or more cells and molecules."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from rashomon.ask.power.ceiling import CEILING, KIND, ceiling_call
from rashomon.ask.request import Request
from rashomon.engine import Call
from rashomon.multiverse import Multiverse, Pipeline, Unit
from rashomon.multiverse.base import label_unit
from rashomon.structure.step import tree_step

__all__ = [
    "AXES",
    "BEST",
    "ENOUGH_RATE",
    "NODE",
    "PERTURBATION",
    "RISING",
    "Grid",
    "Point",
    "grid_of",
    "grid_units",
    "typical_depth",
]

PERTURBATION, NODE, BEST = "twin", "node", "ceiling"
"""Values of the fact ``perturbation`` of units on draws of the twin: its clusters, its nodes, its oracle."""

ENOUGH_RATE = 0.8
"""Share of draws from which on a cluster is called found."""

AXES = ("n_obs", "depth", "strength")
RISING = AXES
"""Along all of them a cluster only becomes easier to find."""

_FEWEST = 60
"""Cells of a draw: the default pipeline needs more than its 50 components."""


class Point(NamedTuple):
    """Cells, factor of the depth, and factor of the differences between clusters."""

    n_obs: int
    depth: float = 1.0
    strength: float = 1.0


@dataclass(frozen=True)
class Grid:
    """Settings at which the twin is drawn.

    Parameters
    ----------
    points
        Cells, and factors of depth and strength, of each point.
    n_replicates
        Draws of each.
    depth
        Typical depth of the data, to which the factors refer.
    n_tested, n_ceilings
        Draws of each whose nodes are tested, and for which the oracle is asked.
    """

    points: tuple[Point, ...]
    n_replicates: int
    depth: float
    n_tested: int = 0
    n_ceilings: int = 0

    @property
    def n_draws(self) -> int:
        """Number of draws."""
        return len(self.points) * self.n_replicates


@dataclass(frozen=True)
class _Size:
    n_replicates: int
    most_cells: int
    cells: tuple[float, ...]
    depths: tuple[float, ...]
    strengths: tuple[float, ...]
    n_tested: int
    n_ceilings: int
    crossed: bool


_SIZES = {
    "default": _Size(8, 2000, (0.25, 0.5, 1.0, 2.0), (0.5, 1.0, 2.0), (0.5, 1.0, 2.0), 4, 2, crossed=False),
    "full": _Size(30, 8000, (0.25, 0.5, 1.0, 2.0, 4.0), (0.5, 1.0, 2.0), (0.5, 1.0, 2.0), 30, 5, crossed=True),
}
"""How much is drawn by budget: 64 draws of at most 2,000 cells, or 750 of at most 8,000."""


def typical_depth(totals: np.ndarray) -> float:
    """Return the geometric mean of the molecules of cells that have any; NaN without one.

    Parameters
    ----------
    totals
        Molecules of each cell, shape ``(n_cells,)``.

    Examples
    --------
    >>> round(typical_depth(np.array([10.0, 1000.0, 0.0])))
    100
    """
    seen = totals[totals > 0]
    return float(np.exp(np.log(seen).mean())) if seen.size else math.nan


def grid_of(n_cells: int, depth: float, *, budget: str) -> Grid | None:
    """Return the grid of a budget around the user's data; None at the budget quick.

    Parameters
    ----------
    n_cells
        Cells that are in a cluster.
    depth
        Their `typical_depth`.
    budget
        Its name.

    Examples
    --------
    >>> grid = grid_of(400, 900.0, budget="default")
    >>> [tuple(point) for point in grid.points][:5]
    [(100, 1.0, 1.0), (200, 1.0, 1.0), (400, 1.0, 1.0), (800, 1.0, 1.0), (400, 0.5, 1.0)]
    """
    size = _SIZES.get(budget)
    if size is None:
        return None
    # the largest draw is within what the budget affords, and the data lie inside the grid where they are small enough
    centre = min(n_cells, int(size.most_cells / max(size.cells)))
    cells = sorted({max(round(centre * factor), _FEWEST) for factor in size.cells})
    across = cells if size.crossed else [centre]
    points = [(n, 1.0, 1.0) for n in cells]
    points += [(n, factor, 1.0) for factor in size.depths for n in across]
    points += [(n, 1.0, factor) for factor in size.strengths for n in across]
    # data of fewer cells than are drawn at least have one point for several sizes
    distinct = dict.fromkeys(Point(max(n, _FEWEST), depth_, strength) for n, depth_, strength in points)
    return Grid(tuple(distinct), size.n_replicates, depth, size.n_tested, size.n_ceilings)


def grid_units(request: Request, grid: Grid, pipeline: Pipeline, multiverse: Multiverse) -> list[Unit]:
    """Return the units that fit the twin, and draw and cluster it at every point; the fit is shared.

    The pipeline is run at all its resolutions: a cluster comes back if any of them has it.

    Parameters
    ----------
    request
        The data and their roles; the slot ``types`` has the judged labels.
    grid
        From `grid_of`.
    pipeline, multiverse
        What is run on each draw.
    """
    from rashomon.sim.twin_step import PLANTED, draw_call, fit_call, twin_roles

    roles = twin_roles(request.dataset)
    fitted = fit_call(roles, null=False)
    units = [Unit((fitted,), ("twin",), {"perturbation": "fit"})]
    granular = [choice.name for choice in multiverse.choices if choice.granularity]
    versions = list(multiverse.siblings(pipeline, vary=granular))
    for point in grid.points:
        knobs = _knobs(point, grid)
        for replicate in range(grid.n_replicates):
            draw = draw_call(roles, replicate=replicate, n_obs=point.n_obs, knobs=knobs)
            facts = {
                "perturbation": PERTURBATION,
                "replicate": replicate,
                "n_obs": point.n_obs,
                "depth": grid.depth * point.depth,
                "strength": point.strength,
            }
            for version in versions:
                unit = label_unit(version, multiverse, start=(fitted, draw), facts=facts)
                units.append(replace(unit, keep=(*unit.keep, PLANTED)))
            if replicate < grid.n_tested:
                tested = Call(tree_step(roles, PLANTED), {})
                units.append(Unit((fitted, draw, tested), ("tree",), {**facts, "perturbation": NODE}))
            if replicate < grid.n_ceilings:
                best = ceiling_call(replicate=replicate, n_obs=point.n_obs, knobs=knobs)
                units.append(Unit((fitted, best), (CEILING, KIND), {**facts, "perturbation": BEST}))
    return units


def _knobs(point: Point, grid: Grid) -> dict[str, float]:
    """Return what is turned: at factor 1 nothing is said, so that the twin stays as it was fitted."""
    knobs = {} if point.depth == 1.0 else {"depth": grid.depth * point.depth}
    return knobs if point.strength == 1.0 else {**knobs, "type_strength": point.strength}
