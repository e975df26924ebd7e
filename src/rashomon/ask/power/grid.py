"""Detectability by draws of the twin of the data: which clusters come back with fewer or more cells and molecules."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from rashomon.ask.question import Finished
from rashomon.ask.request import Request
from rashomon.core.labels import MISSING
from rashomon.engine import Record
from rashomon.multiverse import Multiverse, Pipeline, Unit
from rashomon.multiverse.base import label_unit

__all__ = ["DETECTABILITY_COLUMNS", "Grid", "draw_table", "grid_of", "grid_units", "point_table", "typical_depth"]

PERTURBATION = "twin"
"""Value of the fact ``perturbation`` of units on draws of the twin."""

DETECTABILITY_COLUMNS = {
    "cluster": "code of the judged cluster that was planted",
    "name": "its name",
    "n_obs": "cells of a draw",
    "depth": "typical molecules per cell (geometric mean)",
    "n_replicates": "draws that were asked for",
    "n_failed": "draws that the pipeline could not cluster; they count neither as recovered nor as not",
    "n_absent": "draws without a cell of the cluster; there it is not recovered",
    "n_recovered": "draws in which a cluster has F1 of 0.8 or more with it, and more than by chance",
    "rate": "n_recovered / (n_replicates - n_failed)",
    "low": "lower end of the 95 % interval of the rate (Wilson)",
    "high": "upper end",
    "smooth": "rate of the monotone logistic surface over cells and depth",
    "mean_f1": "mean F1 of the best-matching cluster",
    "prevalence": "mean share of the planted cluster",
    "mean_clusters": "mean number of clusters",
    "status": "ok; failed where every draw failed",
    "reason": "why draws failed",
}
"""Columns of the table of grid points and what they mean."""

AXES = ("n_obs", "depth")
_MIN_F1, _LEVEL = 0.8, 0.95

_FEWEST = 60
"""Cells of a draw: the default pipeline needs more than its 50 components."""


@dataclass(frozen=True)
class Grid:
    """Settings at which the twin is drawn.

    Parameters
    ----------
    points
        Cells, and factor of the depth, of each point.
    n_replicates
        Draws of each.
    depth
        Typical depth of the data, to which the factors refer.
    """

    points: tuple[tuple[int, float], ...]
    n_replicates: int
    depth: float

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
    crossed: bool


_SIZES = {
    "default": _Size(8, 2000, (0.25, 0.5, 1.0, 2.0), (0.5, 1.0, 2.0), crossed=False),
    "full": _Size(30, 8000, (0.25, 0.5, 1.0, 2.0, 4.0), (0.5, 1.0, 2.0), crossed=True),
}
"""How much is drawn by budget: 48 draws of at most 2,000 cells, or 450 of at most 8,000."""


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
    >>> grid_of(400, 900.0, budget="default").points
    ((100, 1.0), (200, 1.0), (400, 1.0), (800, 1.0), (400, 0.5), (400, 2.0))
    """
    size = _SIZES.get(budget)
    if size is None:
        return None
    # the largest draw is within what the budget affords, and the data lie inside the grid where they are small enough
    centre = min(n_cells, int(size.most_cells / max(size.cells)))
    cells = sorted({max(round(centre * factor), _FEWEST) for factor in size.cells})
    if size.crossed:
        points = [(n, factor) for factor in size.depths for n in cells]
    else:
        points = [(n, 1.0) for n in cells] + [(centre, factor) for factor in size.depths if factor != 1.0]
    # data of fewer cells than are drawn at least have one point for several sizes
    points = list(dict.fromkeys((max(n, _FEWEST), factor) for n, factor in points))
    return Grid(tuple(points), size.n_replicates, depth)


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
    for n_obs, factor in grid.points:
        # at factor 1 nothing is said, so that the twin's own depth stays as it was fitted
        knobs = {} if factor == 1.0 else {"depth": grid.depth * factor}
        for replicate in range(grid.n_replicates):
            start = (fitted, draw_call(roles, replicate=replicate, n_obs=n_obs, knobs=knobs))
            facts = {
                "perturbation": PERTURBATION,
                "replicate": replicate,
                "n_obs": n_obs,
                "depth": grid.depth * factor,
            }
            for version in versions:
                unit = label_unit(version, multiverse, start=start, facts=facts)
                units.append(replace(unit, keep=(*unit.keep, PLANTED)))
    return units


def draw_table(finished: Sequence[Finished]) -> pd.DataFrame:
    """Return one row per draw and planted cluster: settings, and what was recovered.

    Parameters
    ----------
    finished
        The units of `grid_units` and what came of them.

    Returns
    -------
    ``cluster`` (code of the judged cluster), ``n_obs``, ``depth``, ``replicate``, ``prevalence``, ``n_clusters``,
    ``f1``, ``recovered``, ``status`` and ``reason``. Empty where the twin could not be fitted, or has one type.
    """
    columns = [
        "cluster", *AXES, "replicate", "prevalence", "n_clusters", "f1", "recovered", "status", "reason",
    ]  # fmt: skip
    fits = [each for each in finished if each.unit.facts["perturbation"] == "fit"]
    if not fits or fits[0].record.status != "ok":
        return pd.DataFrame(columns=columns)
    codes = _planted_codes(fits[0].record)
    groups: dict[tuple[int, float, int], list[Finished]] = {}
    for each in finished:
        facts = each.unit.facts
        if facts["perturbation"] == PERTURBATION:
            groups.setdefault((facts["n_obs"], facts["depth"], facts["replicate"]), []).append(each)
    rows = [
        {"cluster": code, "n_obs": n, "depth": depth, "replicate": replicate, **found}
        for (n, depth, replicate), each in groups.items()
        for code, found in zip(codes, _recovered(each, codes), strict=True)
    ]
    return pd.DataFrame(rows, columns=columns)


def _planted_codes(record: Record) -> list[int]:
    """Return the judged codes of the types of the twin, which draws have, too; clusters of few cells are left out."""
    from rashomon.sim.twin_step import twin_world

    names = twin_world(record.slots["twin"]).labels.get("type", ())
    return [int(name.rpartition("_")[2]) for name in names]


def _recovered(versions: Sequence[Finished], codes: Sequence[int]) -> list[dict[str, object]]:
    """Return, for each planted cluster of one draw, the best F1 over resolutions and whether any recovers it."""
    from rashomon.sim.detect import recovery
    from rashomon.sim.twin_step import PLANTED

    ran = [each.record for each in versions if each.record.status == "ok"]
    if not ran:
        failed = {
            "prevalence": math.nan, "n_clusters": math.nan, "f1": math.nan, "recovered": False, "status": "failed",
            "reason": versions[0].record.reason,
        }  # fmt: skip
        return [failed] * len(codes)
    # a draw keeps its planted types of all cells; cells that the pipeline dropped have no label
    planted = [np.asarray(record.slots[PLANTED]) for record in ran]
    labels = [np.full(truth.size, MISSING, dtype=np.int32) for truth in planted]
    for record, found in zip(ran, labels, strict=True):
        found[record.slots["rows"]] = record.slots["labels"]
    f1 = np.stack([_best_f1(found, truth, max(codes) + 1) for found, truth in zip(labels, planted, strict=True)])
    # several resolutions are several chances, so the best must exceed a higher quantile of chance
    level = 1 - (1 - _LEVEL) / len(ran)
    rows: list[dict[str, object]] = []
    for code in codes:
        version = int(f1[:, code].argmax())
        best = recovery(labels[version], planted[version] == code, min_f1=_MIN_F1, level=level)
        rows.append(
            {
                "prevalence": best.prevalence,
                "n_clusters": np.unique(labels[version][labels[version] >= 0]).size,
                "f1": best.f1,
                "recovered": best.recovered,
                "status": "absent" if best.reason else "ok",
                "reason": best.reason,
            }
        )
    return rows


def _best_f1(labels: np.ndarray, planted: np.ndarray, n_types: int) -> np.ndarray:
    """Return the F1 of the best-matching cluster of each type, shape ``(n_types,)``; 0 without a cluster."""
    both = (labels >= 0) & (planted >= 0)
    n_clusters = int(labels.max(initial=0)) + 1
    shared = np.bincount(labels[both] * n_types + planted[both], minlength=n_clusters * n_types)
    shared = shared.reshape(n_clusters, n_types).astype(float)
    seen = labels != MISSING
    members = np.bincount(planted[seen & (planted >= 0)], minlength=n_types)
    sizes = np.bincount(labels[labels >= 0], minlength=n_clusters)
    return np.asarray((2 * shared / np.maximum(members + sizes[:, None], 1)).max(axis=0))


def point_table(draws: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Return one row per cluster and grid point; see `DETECTABILITY_COLUMNS`.

    Parameters
    ----------
    draws
        From `draw_table`.
    names
        Names of all judged clusters, by code.
    """
    from rashomon.sim.detect import smooth
    from rashomon.sim.detect.summary import summarise

    tables = []
    for code, part in draws.groupby("cluster", sort=True):
        given = part.assign(ceiling_recovered=math.nan, ceiling_kind="not asked for")
        table = summarise(given, axes=AXES)
        rates = np.full(len(table), math.nan)
        if table["rate"].notna().any():
            surface = smooth(table, axes=AXES, draws=part)
            rates[surface.points] = surface.rates
        tables.append(table.assign(cluster=code, name=names[int(str(code))], smooth=rates))
    columns = list(DETECTABILITY_COLUMNS)
    return pd.concat(tables, ignore_index=True)[columns] if tables else pd.DataFrame(columns=columns)
