"""A finished benchmark without clustering: made-up values, and the tables that the package makes of them.

Four pipelines of growing quality on three data sets of each setting. By construction, at the fixed point every score
but ``dbcv`` ranks them as their agreement does; ``silhouette`` turns round at depth 500; it and
``variation_of_information`` have no value at 250; nothing is attainable without an effect; and ``modularity`` rates a
pipeline above the truth, so that it is invalid.
"""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from rashomon.sim import World
from rashomon.study.benchmark import Benchmark
from rashomon.study.benchmark.break_point import break_table
from rashomon.study.benchmark.control import control_table
from rashomon.study.benchmark.grid import Column, Grid
from rashomon.study.benchmark.level import levels_of
from rashomon.study.benchmark.ranking import ranking_table
from rashomon.study.benchmark.sweep import sweep
from rashomon.study.benchmark.table import effect_table, scores_of, sweep_table

PIPELINES = ("ward | k=3", "ward | k=8", "leiden | resolution=1", "leiden | resolution=2")
LEVELS = {"effect_size": [2.0, 1.0, 0.0], "depth": [250.0, 500.0], "ambient": [0.1]}
COLUMNS = (
    Column("ari", "type", "", "type", 1, controlled=True),
    Column("variation_of_information", "type", "", "type", -1, controlled=True),
    Column("ari", "batch", "", "batch", 1, controlled=True),
    *(Column(name, "", view, "type", 1, controlled=True)
      for view in ("own", "reference") for name in ("silhouette", "dbcv", "modularity")),
)  # fmt: skip
N_SEEDS = 3
ENVIRONMENT = {"rashomon": "0.1.0", "numpy": "2.0.0"}


def benchmark(
    *, kind="one at a time", levels=None, n_points=None, failed=0, reason="out of memory", controls=True, title=None
):
    """Return a benchmark; its last `failed` runs failed for `reason`."""
    world = World("two types", {"effect_size": 2.0})
    design = sweep(world, kind=kind, levels=levels or LEVELS, n_seeds=N_SEEDS, n_points=n_points,
                   rng=np.random.default_rng(0))  # fmt: skip
    grid = _grid(design, failed=failed, reason=reason, controls=controls)
    ranking = ranking_table(grid, levels_of(design))
    tables = {
        "sweep": sweep_table(grid.plan),
        "runs": _runs(grid.plan, failed=failed, reason=reason),
        "scores": scores_of(grid),
        "controls": control_table(grid),
        "effects": effect_table(grid, levels_of(design)),
        "ranking": ranking,
        "break_points": break_table(ranking),
        "not_run": pd.DataFrame([("score", "retention", "it is a score of receptors")],
                                columns=["what", "name", "because"]),
    }  # fmt: skip
    lines = ("a benchmark on cells of the world 'two types', 90 per data set", *design.lines(), "truths: type, batch")
    spec = {"world": "two types", "world_digest": "0123456789abcdef" * 4, "seed": 5} | (
        {"title": title} if title else {}
    )
    return Benchmark(spec, lines, tables, "type", ENVIRONMENT, 1.0)


def _grid(design, *, failed, reason, controls):
    draws = [
        SimpleNamespace(point=point, seed=seed, sample=SimpleNamespace(n_obs=90, seed=10**15 + seed))
        for point in design.points
        for seed in range(design.n_seeds)
    ]
    plan = SimpleNamespace(design=design, draws=draws, pipelines=dict.fromkeys(PIPELINES), n_negative=5 * controls,
                           receptors=False)  # fmt: skip
    shape = (len(design.points), design.n_seeds, len(PIPELINES), len(COLUMNS))
    scatter = np.random.default_rng(1).normal(0, 0.003, shape)
    quality = np.broadcast_to(np.array([0.2, 0.4, 0.6, 0.8])[:, None], shape)
    effect, depth = (
        np.array([point.knobs.get(name, base) for point in design.points])[:, None, None, None]
        for name, base in (("effect_size", 2.0), ("depth", 2000.0))
    )
    of = {column.score: np.array([each.score == column.score for each in COLUMNS]) for column in COLUMNS}
    strength = np.broadcast_to(np.where(effect > 0, 1.0, 0.0), shape)
    value = quality * strength + scatter
    value = np.where(of["silhouette"] & (depth == 500), 0.9 - value, value)
    value = np.where((of["silhouette"] | of["variation_of_information"]) & (depth == 250), np.nan, value)
    value = np.where(of["dbcv"], 0.9 - value, value)
    value = np.where(of["modularity"] & (effect == 1), value + 0.9, value)
    sign = np.array([column.direction for column in COLUMNS])
    against = np.array([bool(column.truth) for column in COLUMNS])
    reasons = np.where(np.isnan(value), "one cluster", "").astype(object)
    value, tracked = value * sign, (quality * strength).copy()
    if failed:
        for array, nothing in ((value, np.nan), (tracked, np.nan), (reasons, reason)):
            array.reshape(-1, len(COLUMNS))[-failed:] = nothing
    none = np.full(shape, np.nan)
    return Grid(
        plan,
        COLUMNS,
        value,
        np.broadcast_to(1.0 * sign, shape),
        np.where(against, strength * sign, np.nan),
        np.zeros(shape) + scatter / 10 if controls else none,
        np.full(shape, 0.05) if controls else none,
        tracked,
        reasons,
        np.where([column.judged_by == "type" for column in COLUMNS], strength[:, :, 0], np.nan),
    )


def _runs(plan, *, failed, reason):
    rows = [
        {"point": draw.point.name, "world_seed": draw.seed, "pipeline": name, "n_clusters": 3, "n_used": 90,
         "status": "ok", "reason": "", "key": f"{number:02d}" * 32}
        for number, (draw, name) in enumerate((draw, name) for draw in plan.draws for name in plan.pipelines)
    ]  # fmt: skip
    for row in rows[len(rows) - failed :]:
        row |= {"n_clusters": 0, "n_used": 0, "status": "failed", "reason": reason}
    return pd.DataFrame(rows)
