"""Question 7: are there enough cells, donors and molecules; could a group have been found at all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from rashomon.ask.answer import Assumption
from rashomon.ask.power.cluster import cluster_power
from rashomon.ask.power.donor import clone_power, cluster_donors, donor_power
from rashomon.ask.power.draw import with_draws
from rashomon.ask.power.grid import Grid, grid_of, grid_units
from rashomon.ask.power.grid import typical_depth as geometric_depth
from rashomon.ask.power.group import least_share, smallest_groups
from rashomon.ask.power.limit import ENOUGH, Setting, fewest_cells
from rashomon.ask.power.line import limit_lines
from rashomon.ask.power.outcome import DETECTABILITY_COLUMNS, draw_table, point_table
from rashomon.ask.power.profile import Profiles, estimate_profiles
from rashomon.ask.power.word import FOLD, MARKERS, Smallest, cannot_tell, power_answer, receptor_answer
from rashomon.ask.question import Answered, Finished
from rashomon.ask.request import Request
from rashomon.dataset import Expression
from rashomon.encode.dispersion import standardised_dispersion
from rashomon.encode.log_normalise import log_normalise
from rashomon.multiverse import Unit

__all__ = ["LIMIT_COLUMNS", "conclude", "plan", "slots"]

LIMIT_COLUMNS = {
    "limit": "what is limited",
    "value": "the limit; NaN where it is undefined",
    "unit": "of the value",
    "meaning": "in words, with its formula",
}
"""Columns of the table of limits and what they mean."""

_FEWEST_DRAWN = 10
"""Cells that a type of the twin must have."""
_MIN_CELLS = 3
_DEFAULTS = {"n_pcs": 50, "n_neighbours": 15, "n_genes": 2000}


def slots(request: Request) -> dict[str, Any]:
    """Return the judged labels as the slot that the twin is fitted with.

    Parameters
    ----------
    request
        What is asked about.
    """
    from rashomon.sim.twin_step import TYPES

    return {TYPES: request.judged.codes}


def plan(request: Request) -> list[Unit]:
    """Return the draws of a twin of the data over cells and depth; none at budget quick, or where there is no twin.

    Parameters
    ----------
    request
        What is asked about.
    """
    grid, _ = _grid(request)
    if grid is None or request.multiverse is None:
        return []
    pipeline = request.multiverse.default if request.standin is None else request.standin.pipeline
    return grid_units(request, grid, pipeline, request.multiverse)


def conclude(request: Request, finished: Sequence[Finished]) -> Answered:
    """Return what could have been found: a row per cluster, and the smallest group that would have been seen.

    Parameters
    ----------
    request
        What is asked about.
    finished
        The units of `plan`.
    """
    donors = _donors(request)
    if request.dataset.item == "receptor":
        n = int((request.judged.codes >= -1).sum())
        clones = clone_power(n)
        return Answered(receptor_answer(clones, n=n), {"power": clones, **donors})
    reason = request.why_no_counts or request.lone.rstrip(".")
    if reason:
        step = request.counts_step if request.why_no_counts else "Give labels with clusters."
        return Answered(cannot_tell(reason, step), donors)
    return _of_cells(request, finished, donors)


def _of_cells(request: Request, finished: Sequence[Finished], donors: dict[str, pd.DataFrame]) -> Answered:
    expression = request.dataset.expression
    assert expression is not None  # noqa: S101 - why_no_counts has said so
    sizes, names = request.judged.sizes, request.cluster_names
    if sizes.max(initial=0) < _FEWEST_DRAWN:
        return Answered(cannot_tell(f"no cluster has {_FEWEST_DRAWN} cells", "Give larger clusters."), donors)
    whole = estimate_profiles(expression.x, request.judged.codes)
    profiles = whole.of_genes(_used_genes(expression, _level(request, "n_genes")))
    setting = Setting(profiles.n_cells, profiles.depth, _level(request, "n_pcs"), _level(request, "n_neighbours"))
    table = cluster_power(profiles, setting, names=names, sizes=sizes)
    grid, why_not = _grid(request)
    draws = draw_table(finished)
    points = point_table(draws, names)
    if grid is not None:
        fit = next((each.record for each in finished if each.unit.facts["perturbation"] == "fit"), None)
        why_not = fit.reason if fit is not None and fit.status != "ok" else why_not
        table = with_draws(table, points, draws, depth=grid.depth, entropy=request.entropy, why_not=why_not)
    table = _with_donors(request, table)
    simulated = bool(len(points)) and bool(points["rate"].notna().any())
    share = least_share(profiles, setting, n_markers=MARKERS, fold=FOLD)
    smallest = Smallest(share, profiles.n_cells, simulated, why_not)
    lines = {} if grid is None else {"power_lines": _lines(profiles, setting, table, grid, names)}
    tables = {
        "power": table,
        **lines,
        "detectability": points if len(points) else pd.DataFrame(columns=list(DETECTABILITY_COLUMNS)),
        "smallest_groups": smallest_groups(profiles, setting),
        "power_limits": _limits(profiles, setting, share, _totals(request)),
        **donors,
    }
    return Answered(power_answer(table, smallest, _assumptions(request, simulated=simulated)), tables)


def _with_donors(request: Request, table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with how many donors every cluster needs, where donors are declared."""
    donor = request.dataset.roles.donor
    if donor is None or not (donor.codes >= 0).any():
        return table
    return pd.concat([table, cluster_donors(request.judged.codes, donor.codes, n_clusters=len(table))], axis=1)


def _lines(
    profiles: Profiles, setting: Setting, table: pd.DataFrame, grid: Grid, names: tuple[str, ...]
) -> pd.DataFrame:
    cells = [point.n_obs for point in grid.points]
    n_obs = sorted({round(n) for n in np.geomspace(min(cells), max(cells), 9)})
    lines = limit_lines(profiles, setting, table, n_obs=n_obs, names=names)
    # draws are described by the geometric mean of the depth, closed forms by its median
    return lines.assign(depth=lines["depth"] * grid.depth / setting.depth)


def _grid(request: Request) -> tuple[Grid | None, str]:
    """Return what is drawn, or why nothing is."""
    if request.dataset.item == "receptor" or request.why_no_counts or request.dataset.expression is None:
        return None, request.why_no_counts
    if request.multiverse is None:
        return None, "there is no pipeline to run on look-alikes of the data"
    if (request.judged.sizes >= _FEWEST_DRAWN).sum() < 2:
        return None, f"a look-alike needs two clusters of {_FEWEST_DRAWN} cells"
    totals = _totals(request)
    grid = grid_of(totals.size, geometric_depth(totals), budget=request.budget)
    ask = (
        "with budget='default' look-alikes of the data are simulated, which say with intervals how many more are needed"
    )
    return grid, "" if grid is not None else ask


def _used_genes(expression: Expression, n_top: int | None) -> np.ndarray:
    """Return the genes that the default pipeline would use: the most variable ones, in their order."""
    seen = np.flatnonzero(np.diff(expression.x.tocsc().indptr) >= _MIN_CELLS)
    if n_top is None or seen.size <= n_top:
        return seen
    x = log_normalise(expression.x[:, seen].astype(np.float32), target_sum=1e4)
    score = np.nan_to_num(standardised_dispersion(x, flavor="seurat"), nan=-np.inf)
    return np.asarray(seen[np.sort(np.argsort(-score, kind="stable")[:n_top])])


def _level(request: Request, choice: str) -> Any:
    """Return the level of a choice in the pipeline that stands in; the field's default where it has none."""
    level = None if request.standin is None else request.standin.pipeline.get(choice)
    if choice == "n_genes" and level == "all":
        return None
    return level if isinstance(level, int) else _DEFAULTS[choice]


def _totals(request: Request) -> np.ndarray:
    """Return the molecules of the cells that are in a cluster."""
    assert request.dataset.expression is not None  # noqa: S101 - why_no_counts has said so
    known = request.judged.codes >= 0
    return np.asarray(request.dataset.expression.x[known].sum(axis=1), dtype=float).ravel()


def _limits(profiles: Profiles, setting: Setting, share: float, totals: np.ndarray) -> pd.DataFrame:
    cells = f"{profiles.n_cells:,} cells"
    rows = [
        ("smallest group", share, "share of cells", f"of {MARKERS} genes at {FOLD:g} times, found in 80 % of repeats"),
        ("modularity", fewest_cells(setting), "cells", f"smaller groups are merged: sqrt(n / k) in {cells}"),
        ("cells", float(profiles.n_cells), "cells", "that are in a cluster"),
        ("genes", float(profiles.n_genes), "genes", "that the pipeline uses"),
        ("depth", profiles.depth, "molecules", "median per cell"),
        ("typical depth", geometric_depth(totals), "molecules", "geometric mean per cell, as in the draws"),
        ("dispersion", float(np.median(profiles.dispersion)), "1", "median of the genes used, within clusters"),
        ("dense signal", math.sqrt(profiles.n_genes / profiles.n_cells), "variance of a gene",
         "strength below which PCA of whitened genes sees nothing: sqrt(p / n) (Baik, Ben Arous and Peche 2005)"),
        ("neighbours", ENOUGH, "odds", "of own over other neighbours with which a group is found, by simulation"),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(LIMIT_COLUMNS))


def _donors(request: Request) -> dict[str, pd.DataFrame]:
    donor, condition = request.dataset.roles.donor, request.dataset.roles.condition
    if donor is None:
        return {}
    known = donor.codes >= 0
    n_donors = int(np.unique(donor.codes[known]).size)
    if not n_donors:
        return {}
    groups = None
    if condition is not None:
        both = known & (condition.codes >= 0)
        pairs = np.unique(np.column_stack([donor.codes[both], condition.codes[both]]), axis=0)
        sizes = np.unique(pairs[:, 1], return_counts=True)[1]
        # a donor in both conditions is its own control: signs are exchanged then
        groups = sizes if sizes.size == 2 and np.unique(pairs[:, 0]).size == len(pairs) else None
    return {"power_donors": donor_power(n_donors, groups=groups)}


def _assumptions(request: Request, *, simulated: bool) -> tuple[Assumption, ...]:
    found = (
        Assumption(
            "the differences between the judged clusters are not those that any labels found in these counts have",
            "untested",
            "log folds are shrunken; what the search for clusters adds is not taken off",
        ),
        Assumption("genes of a cluster vary independently", "untested"),
        Assumption(
            "in closed forms: a group is found from odds of 8 for its own neighbours on, a large one from more",
            "untested",
            "holds within about a factor of 2 of cells or depth in simulated groups",
        ),
    )
    return (*found, request.standin.assumption) if simulated and request.standin is not None else found
