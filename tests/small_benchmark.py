"""A small benchmark of cells, run once per process: two types, three settings, three seeds, four pipelines."""

from functools import cache

import numpy as np

from rashomon.sim import World
from rashomon.study.benchmark import run_plan
from rashomon.study.benchmark.grid import Column, Grid
from rashomon.study.benchmark.measure import measures
from rashomon.study.benchmark.pipeline import Methods
from rashomon.study.benchmark.plan import plan_benchmark
from rashomon.study.benchmark.sweep import sweep

WORLD = World("two", {"n_groups": 2, "n_genes": 80, "n_markers": 15, "effect_size": 3.0, "n_batches": 2})
LEVELS = {"normalise": ["log CP10k"], "n_genes": ["all"], "scale": ["none"], "n_pcs": [10], "integrate": ["none"],
          "n_neighbours": [8], "resolution": [0.5, 2.0], "k": [2, 8], "seed": [0]}  # fmt: skip
SCORES = ("ari", "ami", "homogeneity", "variation_of_information", "silhouette", "davies_bouldin", "modularity")
N_OBS, ENTROPY = 80, 5


def make_plan(
    *, world=WORLD, levels=None, n_seeds=3, scores=SCORES, methods=None, controls=True, truths=("type", "batch")
):
    """Plan a small benchmark."""
    design = sweep(world, kind="one at a time", levels=levels or {"effect_size": [3.0, 0.0], "depth": [300.0]},
                   n_seeds=n_seeds, rng=np.random.default_rng(0))  # fmt: skip
    chosen, _ = measures(scores, receptors="expression" not in world.parts)
    return plan_benchmark(world, design, methods=methods or Methods(multiverse=LEVELS, clusterers=["kmeans"]),
                          measures=chosen, truths=truths, n_obs=N_OBS, controls=controls, entropy=ENTROPY)  # fmt: skip


@cache
def small_plan():
    """Return the plan of the small benchmark."""
    return make_plan()


@cache
def small_benchmark():
    """Return what the small benchmark found."""
    return run_plan(small_plan(), entropy=ENTROPY)


def make_grid(
    value,
    *,
    positive=1.0,
    negative=0.0,
    attainable=np.nan,
    tracked=None,
    direction=1,
    controlled=True,
    reason="",
    ceiling=np.nan,
):
    """Return a grid of one column from numbers: 3 settings x 3 seeds x 4 pipelines; `ceiling` has no pipelines."""
    plan = small_plan()
    shape = (len(plan.design.points), plan.design.n_seeds, len(plan.pipelines), 1)

    def full(given):
        given = np.asarray(given, dtype=np.float64)
        return np.broadcast_to(given[..., None] if given.ndim else given, shape).astype(np.float64).copy()

    column = Column("mine", "type", "", "type", direction, controlled)
    value = full(value)
    return Grid(plan, (column,), value, full(positive), full(attainable), full(negative), full(0.0),
                full(np.nan if tracked is None else tracked), np.where(np.isnan(value), reason, ""),
                np.broadcast_to(np.asarray(ceiling, dtype=np.float64), shape[:2])[..., None].copy())  # fmt: skip
