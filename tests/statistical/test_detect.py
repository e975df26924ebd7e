"""Detection rates rise with effect and cells, stay near 0 where nothing is planted, and are smoothed honestly."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit, ndtri

from rashomon.core import child
from rashomon.sim import WORLDS, World, cluster
from rashomon.sim.detect import detectability, recovery, smooth, threshold

IDEAL = dict(WORLDS["ideal"].knobs)
CELLS, EFFECTS = (100, 200, 400), (0.5, 1.1, 2.0)
N_TABLES = 200


@pytest.mark.statistical
def test_the_rate_rises_with_effect_and_cells(record):
    """The ideal world, 9 points of 20 draws: from nothing to everything, and no neighbour is far below the other."""
    world = World("ideal", IDEAL)
    grid = {"n_obs": CELLS, "effect_size": EFFECTS}
    found = detectability(world, "type_1", grid=grid, n_replicates=20, rng=601)
    rates = found.table.pivot_table(index="n_obs", columns="effect_size", values="rate")
    surface = smooth(found.table, axes=found.axes, draws=found.draws)
    needed = threshold(surface, at={"effect_size": 1.1}, rng=601)
    figures = {
        "rates": {str(n): row.tolist() for n, row in zip(rates.index, rates.to_numpy(), strict=True)},
        "effects": list(EFFECTS),
        "mean_f1": found.table["mean_f1"].round(3).tolist(),
        "slopes": surface.coefficients.tolist(),
        "correlation": surface.correlation,
        "misfit": surface.misfit,
        "needed_at_effect_1.1": needed.said,
    }
    record("detect_rate", claim="the rate of recovery rises with effect and cells", seed=601, figures=figures)
    assert (rates[0.5] <= 0.1).all()
    assert rates[2.0].iloc[-1] >= 0.95
    # 20 draws: a fall of more than 0.2 between neighbours with common seeds is no noise
    assert (np.diff(rates.to_numpy(), axis=0) >= -0.2).all()
    assert (np.diff(rates.to_numpy(), axis=1) >= -0.2).all()
    assert (surface.coefficients[1:] > 0).all()


@pytest.mark.statistical
@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_group_that_does_not_exist_is_not_found(share, record):
    """Effect 0, 100 draws of two groups of which one has 20, 50 or 90 %: at most 5 % false recoveries.

    At 90 % the best cluster of a pipeline that gave one cluster would have an F1 of 0.95. Such a clustering of the same
    cells is judged beside, and never counts.
    """
    knobs = {**IDEAL, "n_groups": 2, "effect_size": 0.0, "n_genes": 300, "proportions": [share, 1 - share]}
    world = World("nothing", knobs, n_obs=200)
    # a low resolution too: there the pipeline itself gives one or two clusters
    rates, f1 = {}, {}
    for resolution in (1.0, 0.1):
        grid = {"effect_size": [0.0]}
        found = detectability(world, "type_1", grid=grid, n_replicates=100, resolution=resolution, rng=602)
        rates[resolution], f1[resolution] = float(found.table["rate"][0]), float(found.table["mean_f1"][0])
        assert int(found.table["n_failed"][0]) == 0
    giant = []
    for seed in range(100):
        member = (world.sample(rng=seed).obs["type"] == "type_1").to_numpy()
        giant.append(recovery(np.zeros(200, dtype=int), member))
    counted = sum(each.recovered for each in giant)
    figures = {
        "n_draws": 100,
        "share": share,
        "false_recoveries_by_resolution": {str(name): value for name, value in rates.items()},
        "mean_f1_by_resolution": {str(name): value for name, value in f1.items()},
        "giant_cluster": {"mean_f1": float(np.mean([each.f1 for each in giant])), "recovered": counted},
    }
    record(f"detect_nothing_{share}", claim="false recoveries at effect 0", seed=602, figures=figures)
    assert max(rates.values()) <= 0.05
    assert counted == 0


@pytest.mark.statistical
def test_the_interval_of_the_threshold_covers(record):
    """200 tables of known logistic surfaces, 20 points of 30 draws: the 95 % interval covers in 90 % or more.

    Where replicates share half of their luck it covers in 85 % or more, if the draws are given.
    """
    grid = [(n, effect) for n in (100, 200, 400, 800, 1600) for effect in (0.0, 0.7, 1.4, 2.1)]
    base = pd.DataFrame(grid, columns=["n_obs", "effect_size"]).assign(n_replicates=30)
    outcome = {"independent": [], "common seeds": [], "common seeds, draws not given": []}
    widths, errors = [], []
    for i in range(N_TABLES):
        rng = child(603, "table", i)
        slope, effect = rng.uniform(0.7, 2.5), rng.uniform(1.0, 2.0)
        needed = math.exp(rng.uniform(math.log(150), math.log(1200)))
        odds = logit(0.8) + slope * np.log(base["n_obs"] / needed) + 3.0 * (base["effect_size"] - effect)
        rate = expit(odds.to_numpy())
        table = base.assign(n_recovered=rng.binomial(30, rate))
        surface = smooth(table, axes=["n_obs", "effect_size"])
        found = threshold(surface, at={"effect_size": effect}, rng=i)
        outcome["independent"].append(found.low <= needed <= found.high)
        widths.append(math.log(min(found.high, 1600) / max(found.low, 100)))
        if math.isfinite(found.value):
            errors.append(math.log(found.value / needed))
        # replicates that share half of their luck over the grid
        latent = math.sqrt(0.5) * rng.standard_normal((30, 1)) + math.sqrt(0.5) * rng.standard_normal((30, len(base)))
        hit = latent < ndtri(rate)
        draws = pd.concat(
            [base.assign(replicate=r, recovered=row, status="ok") for r, row in enumerate(hit)], ignore_index=True
        )
        shared = base.assign(n_recovered=hit.sum(axis=0))
        for name, given in (("common seeds", draws), ("common seeds, draws not given", None)):
            surface = smooth(shared, axes=["n_obs", "effect_size"], draws=given)
            each = threshold(surface, at={"effect_size": effect}, rng=i)
            outcome[name].append(each.low <= needed <= each.high)
    covered = {name: float(np.mean(each)) for name, each in outcome.items()}
    figures = {
        "n_tables": N_TABLES,
        "coverage": covered,
        "median_ratio_of_ends": float(np.exp(np.median(widths))),
        "mean_log_error": float(np.mean(errors)),
        "sd_log_error": float(np.std(errors)),
    }
    record("detect_threshold", claim="the interval of the 80 % threshold covers", seed=603, figures=figures)
    assert covered["independent"] >= 0.9
    assert covered["common seeds"] >= 0.85
    assert abs(figures["mean_log_error"]) < 0.05


@pytest.mark.statistical
def test_clusters_of_one_population_are_not_its_random_halves(record):
    """What is found at full effect is found because of the effect: the same clusters do not find a permuted label."""
    world = World("ideal", {**IDEAL, "effect_size": 2.0}, n_obs=300)
    true, permuted = [], []
    for i in range(30):
        simulated = world.sample(rng=i)
        labels = cluster(simulated, rng=i).labels
        member = (simulated.obs["type"] == "type_1").to_numpy()
        true.append(recovery(labels, member).recovered)
        permuted.append(recovery(labels, child(604, i).permutation(member)).recovered)
    figures = {"n_draws": 30, "true": int(sum(true)), "permuted": int(sum(permuted))}
    record("detect_permuted", claim="a permuted label is not recovered", seed=604, figures=figures)
    assert sum(true) >= 28
    assert sum(permuted) == 0
