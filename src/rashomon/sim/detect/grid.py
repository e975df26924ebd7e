"""Detectability of a planted group: draws of a world over a grid of settings, clustered and searched for the group."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from rashomon.core import Listener, Progress, RNGLike, UsageError, child, did_you_mean, root_entropy, silent
from rashomon.sim.bayes import consult
from rashomon.sim.detect.best import best_set
from rashomon.sim.detect.recovery import recovery
from rashomon.sim.detect.summary import summarise
from rashomon.sim.judge import cluster
from rashomon.sim.mechanism import KNOBS
from rashomon.sim.record import cell_table
from rashomon.sim.simulation import Simulation, refuse_few
from rashomon.sim.world import World

__all__ = ["MOST_DRAWS", "Detectability", "detectability"]

MOST_DRAWS = 5000
"""Draws above which a grid is refused: about an hour of small data sets."""

_N_OBS = "n_obs"
_AXES = ("count", "number", "share", "word")


@dataclass(frozen=True, eq=False)
class Detectability:
    """How often a planted group is recovered, over a grid of settings.

    Parameters
    ----------
    table
        One row per grid point: its settings, and `rashomon.sim.detect.POINT_COLUMNS`.
    draws
        One row per draw: settings, ``replicate``, ``prevalence``, ``n_clusters``, ``f1``, ``complement_f1``,
        ``null_f1``, ``recovered``, ``ceiling_f1``, ``ceiling_recovered``, ``ceiling_kind``, ``status`` (ok, absent or
        failed) and ``reason``.
    axes
        Columns of the settings, in the order of the grid.
    truth, group
        What was searched for.
    """

    table: pd.DataFrame
    draws: pd.DataFrame
    axes: tuple[str, ...]
    truth: str
    group: str


@dataclass(frozen=True, eq=False)
class _Search:
    truth: str
    group: str
    resolution: float
    ceiling: bool


def detectability(  # noqa: PLR0913 - what is searched for, where, and how often, all by keyword
    world: World,
    group: str,
    *,
    grid: Mapping[str, Sequence[Any]],
    truth: str = "type",
    n_replicates: int = 30,
    resolution: float = 1.0,
    ceiling: bool = False,
    max_draws: int = MOST_DRAWS,
    rng: RNGLike = None,
    listener: Listener = silent,
) -> Detectability:
    """Measure how often the default pipeline finds a planted group, at every combination of settings of a grid.

    Replicate `j` uses the same random numbers at every grid point: neighbouring points differ only by what the setting
    changes, and more cells contain the fewer.

    Parameters
    ----------
    world
        Where the group is planted.
    group
        Name of a class of `truth`, present at every grid point: ``"type_2"``.
    grid
        Values by knob of the world, or by ``"n_obs"`` (number of cells); all combinations are drawn. Without
        ``"n_obs"``, `n_obs` of the world.
    truth
        Column of the label definition that has the group.
    n_replicates
        Draws of each grid point, at least 1; 30 give a rate to about 0.15.
    resolution
        Of Leiden, above 0.
    ceiling
        Whether to ask the posterior of the world too: the set of cells with the largest expected F1, from the true
        parameters, is about the best that any method could give. An assisted oracle is an upper bound only.
    max_draws
        Grids with more draws are refused. Cost: a draw and a clustering each.
    rng
        Seed of everything.
    listener
        Told how many draws are done.

    Returns
    -------
    Tables of grid points and of draws. A draw that the pipeline cannot cluster is a row with the reason; a draw without
    a cell of the group is one in which it is not recovered.

    Raises
    ------
    UsageError
        When the grid is empty or too large, a knob, value, truth or group does not exist, or a number is out of range;
        always before the first draw.

    Examples
    --------
    >>> world = World("two", {"n_groups": 2, "n_genes": 80, "n_markers": 15, "depth": 500.0}, n_obs=90)
    >>> found = detectability(world, "type_2", grid={"effect_size": [0.0, 4.0]}, n_replicates=2, rng=1)
    >>> found.table[["effect_size", "n_replicates", "n_recovered", "rate"]].values.tolist()
    [[0.0, 2.0, 0.0, 0.0], [4.0, 2.0, 2.0, 1.0]]
    """
    _check_numbers(n_replicates, resolution)
    _check_grid(grid, n_replicates, max_draws)
    points = [dict(zip(grid, values, strict=True)) for values in product(*grid.values())]
    worlds = [_at(world, point, truth=truth, group=group) for point in points]
    search, root = _Search(truth, group, resolution, ceiling), root_entropy(rng)
    rows = []
    for point, each in zip(points, worlds, strict=True):
        for replicate in range(n_replicates):
            seed = int(child(root, "replicate", replicate).integers(2**63))
            rows.append({**point, "replicate": replicate, **_draw(each, search, seed)})
            listener(Progress("draws", len(rows), len(points) * n_replicates))
    draws = pd.DataFrame(rows)
    return Detectability(summarise(draws, axes=tuple(grid)), draws, tuple(grid), truth, group)


def _draw(world: World, search: _Search, seed: int) -> dict[str, Any]:
    """Return what is found in one draw."""
    simulated = world.sample(rng=seed)
    member = (simulated.obs[search.truth] == search.group).to_numpy(dtype=bool)
    best = _ceiling(simulated, search, member)
    try:
        found = cluster(simulated, resolution=search.resolution, rng=seed)
    except UsageError as error:
        nothing = {"prevalence": float(member.mean()), "n_clusters": np.nan, "f1": np.nan, "complement_f1": np.nan}
        reason = " ".join(f"{error.what}: {error.fix}".split())
        return {**nothing, "null_f1": np.nan, "recovered": False, **best, "status": "failed", "reason": reason}
    each = recovery(found.labels, member)
    return {
        "prevalence": each.prevalence,
        "n_clusters": found.n_clusters,
        "f1": each.f1,
        "complement_f1": each.complement_f1,
        "null_f1": each.null_f1,
        "recovered": each.recovered,
        **best,
        "status": "absent" if each.reason else "ok",
        "reason": each.reason,
    }


def _ceiling(simulated: Simulation, search: _Search, member: np.ndarray) -> dict[str, Any]:
    """Return what the posterior of the world recovers."""
    none = {"ceiling_f1": np.nan, "ceiling_recovered": np.nan}
    if not search.ceiling:
        return {**none, "ceiling_kind": "not asked for"}
    oracle = consult(simulated)
    if search.truth not in oracle.posterior:
        return {**none, "ceiling_kind": f"no posterior of {search.truth}: {oracle.availability}"}
    column = oracle.classes[search.truth].index(search.group)
    each = recovery(best_set(oracle.posterior[search.truth][:, column]).astype(np.int32), member)
    kind = oracle.availability.kind
    return {"ceiling_f1": each.f1, "ceiling_recovered": float(each.recovered), "ceiling_kind": kind}


def _at(world: World, point: Mapping[str, Any], *, truth: str, group: str) -> World:
    """Return the world at a grid point, which must have the group."""
    n_obs = point.get(_N_OBS, world.n_obs)
    # the knobs are given, not turned by an intervention: each point is a world of its own
    knobs = {name: value for name, value in point.items() if name != _N_OBS}
    made = replace(world, given={**world.given, **knobs}, n_obs=n_obs)
    refuse_few(made, n_obs)
    table, declared = cell_table(made.scene(1, root=0).cells(np.arange(1)))
    where = f"detectability at {point}"
    if truth not in declared:
        raise UsageError(f"the world has no truth {truth!r}", where=where, fix=did_you_mean(truth, declared))
    classes = [str(name) for name in table[truth].cat.categories]
    if group not in classes:
        raise UsageError(f"{truth} has no group {group!r}", where=where, fix=did_you_mean(group, classes))
    return made


def _check_numbers(n_replicates: int, resolution: float) -> None:
    if n_replicates < 1:
        raise UsageError(
            f"n_replicates is {n_replicates}", where="detectability", expected="1 or more", fix="use n_replicates=30"
        )
    if not (math.isfinite(resolution) and resolution > 0):
        raise UsageError(f"resolution is {resolution}", where="detectability", expected="a number above 0")


def _check_grid(grid: Mapping[str, Sequence[Any]], n_replicates: int, max_draws: int) -> None:
    where = "detectability(grid=)"
    if not grid or not all(len(values) for values in grid.values()):
        empty = next((name for name, values in grid.items() if not len(values)), None)
        what = "the grid is empty" if empty is None else f"{empty} has no values"
        raise UsageError(what, where=where, expected="values of at least one knob", fix='try {"n_obs": [200, 800]}')
    for name, values in grid.items():
        if name != _N_OBS and name not in KNOBS:
            raise UsageError(f"there is no knob {name!r}", where=where, fix=did_you_mean(name, [_N_OBS, *KNOBS]))
        if name != _N_OBS and KNOBS[name].kind not in _AXES:
            raise UsageError(f"{name} is a list", where=where, expected="a knob with one number or word")
        if len(set(values)) < len(values):
            raise UsageError(f"a value of {name} is there twice", where=where, expected="different values")
    n_points = math.prod(len(values) for values in grid.values())
    if n_points * n_replicates > max_draws:
        raise UsageError(
            f"{n_points:,} grid points with {n_replicates} replicates are {n_points * n_replicates:,} draws",
            where=where,
            expected=f"at most {max_draws:,}",
            fix="use fewer values, or raise max_draws",
        )
