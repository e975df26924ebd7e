"""Closed forms of what the default pipeline finds, against simulated groups; "needs x more cells" against x more."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from rashomon.ask import Judged, Request
from rashomon.ask.power.limit import ENOUGH, Seen, Setting, depth_factor
from rashomon.ask.power.limit import cell_factor as factor_of_cells
from rashomon.ask.power.profile import estimate_profiles
from rashomon.ask.power.question import conclude, plan, slots
from rashomon.ask.question import Finished
from rashomon.core import child
from rashomon.dataset import Dataset, Expression
from rashomon.multiverse import Executor, Wishes, expression_multiverse, slots_of
from rashomon.multiverse.base import label_unit
from rashomon.sim import World
from rashomon.sim.detect import recovery, smooth, threshold

RESOLUTIONS = [1.0, 0.2, 0.5, 1.5, 2.0]
N_DRAWS = 8

# share of the group, markers of each of the two groups, log2 fold, genes, depth, and values of the axis
CELLS = {
    "rare": (0.05, 30, 2.0, 2000, 1500.0, (150, 300, 600, 1200)),
    "clear": (0.1, 20, 2.0, 1000, 1000.0, (150, 250, 400, 700)),
    "weak": (0.1, 20, 1.5, 1000, 1000.0, (500, 1000, 2000, 3000)),
    "many markers": (0.2, 40, 1.0, 1500, 2500.0, (100, 200, 400, 800)),
    "a third": (0.3, 10, 2.0, 1000, 1000.0, (400, 800, 1600, 2500)),
}
DEPTHS = {
    "weak, 600 cells": (0.1, 20, 1.5, 1000, 600, (700.0, 1000.0, 1500.0, 2200.0)),
    "clear, 300 cells": (0.1, 20, 2.0, 1000, 300, (400.0, 700.0, 1100.0, 1800.0)),
    "rare, 400 cells": (0.05, 30, 2.0, 2000, 400, (700.0, 1200.0, 2000.0, 3500.0)),
}


def world(share, n_markers, effect, n_genes, depth):
    """Two groups."""
    knobs = {"n_groups": 2, "n_genes": n_genes, "n_markers": n_markers, "effect_size": effect, "depth": float(depth)}
    return World("two", {**knobs, "rare_share": share, "depth_sd": 0.3})


def as_dataset(simulated):
    """The counts as a data set of their own."""
    names = np.array([f"g{j}" for j in range(simulated.counts.shape[1])], dtype=object)
    obs = pd.DataFrame(index=[f"c{i}" for i in range(simulated.n_obs)])
    return Dataset(obs, Expression(simulated.counts.astype(np.float32), names, "counts"))


def is_found(drawn, *, seed):
    """Whether any resolution of the default pipeline recovers the smaller group."""
    data, member = as_dataset(drawn), (drawn.obs["type"] == "type_2").to_numpy()
    multiverse = expression_multiverse(data, wishes=Wishes({"resolution": RESOLUTIONS}))
    versions = multiverse.siblings(multiverse.default, vary=["resolution"])
    records = Executor(slots_of(data), seed).run([label_unit(p, multiverse, facts={}) for p in versions], task="t")
    for record in records:
        labels = np.full(data.n_obs, -2, dtype=np.int32)
        labels[record.slots["rows"]] = record.slots["labels"]
        if recovery(labels, member).recovered:
            return True
    return False


def simulated_threshold(worlds, sizes, *, axis, values, seed):
    """The value of an axis at which 80 % of draws recover the group, and the rates."""
    rows = []
    for each, n, value in zip(worlds, sizes, values, strict=True):
        for i in range(N_DRAWS):
            draw = int(child(seed, "draw", i).integers(2**63))
            found = is_found(each.sample(n, rng=draw), seed=i)
            rows.append({axis: value, "replicate": i, "recovered": found, "status": "ok"})
    draws = pd.DataFrame(rows)
    table = draws.groupby(axis, as_index=False)["recovered"].sum().rename(columns={"recovered": "n_recovered"})
    table = table.assign(n_replicates=N_DRAWS)
    needed = threshold(smooth(table, axes=[axis], draws=draws), along=axis, rng=seed)
    return needed, (table["n_recovered"] / N_DRAWS).tolist()


def described(each, *, seed):
    """Profiles of the two groups of 2,000 cells of a world, the smaller first."""
    drawn = each.sample(2000, rng=seed)
    labels = (drawn.obs["type"] != "type_2").to_numpy().astype(np.int32)
    return estimate_profiles(drawn.counts.astype(np.float64).tocsr(), labels)


@pytest.mark.statistical
@pytest.mark.parametrize("name", list(CELLS))
def test_the_cells_that_closed_forms_ask_for(name, record, seed_block):
    """Predicted cells for 80 % recovery are within a factor of 2 of simulated ones, for groups of 5 to 30 %."""
    share, n_markers, effect, n_genes, depth, cells = CELLS[name]
    seed = 701 + 1000 * seed_block
    each = world(share, n_markers, effect, n_genes, depth)
    # every draw is a world with markers of its own: 80 % of them are found where 80 % of the predictions are met
    found = []
    for i in range(N_DRAWS):
        profiles = described(each, seed=int(child(seed, "draw", i).integers(2**63)))
        between = Seen.at(profiles, profiles.depth).contrast(0, 1)
        found.append(1000 * factor_of_cells(between, share, 1 - share, Setting(1000, profiles.depth)))
    predicted = float(np.quantile(found, 0.8))
    needed, rates = simulated_threshold([each] * len(cells), cells, axis="n_obs", values=cells, seed=seed)
    figures = {"predicted": predicted, "simulated": needed.value, "interval": [needed.low, needed.high],
               "predictions": found, "cells": cells, "rates": rates, "enough": ENOUGH, "n_draws": N_DRAWS}  # fmt: skip
    record(f"power_cells_{name.replace(' ', '_')}", claim="predicted cells against simulated", seed=seed,
           figures=figures)  # fmt: skip
    # a threshold beyond the grid has only one end
    low, high = (max(needed.value, min(cells)), min(needed.value, max(cells)))
    assert low / 2 <= predicted <= 2 * high


@pytest.mark.statistical
@pytest.mark.parametrize("name", list(DEPTHS))
def test_the_depth_that_closed_forms_ask_for(name, record, seed_block):
    """Predicted depth for 80 % recovery is within a factor of 2 of the simulated one."""
    share, n_markers, effect, n_genes, n, depths = DEPTHS[name]
    seed = 702 + 1000 * seed_block
    worlds = [world(share, n_markers, effect, n_genes, depth) for depth in depths]
    found = []
    for i in range(N_DRAWS):
        profiles = described(worlds[1], seed=int(child(seed, "draw", i).integers(2**63)))
        found.append(profiles.depth * depth_factor(profiles, 0, 1, Setting(n, profiles.depth)))
    predicted = float(np.quantile(found, 0.8))
    needed, rates = simulated_threshold(worlds, [n] * len(depths), axis="depth", values=depths, seed=seed)
    figures = {"predicted": predicted, "simulated": needed.value, "interval": [needed.low, needed.high],
               "predictions": found, "depths": depths, "rates": rates, "n_draws": N_DRAWS}  # fmt: skip
    record(f"power_depth_{name.replace(', ', '_').replace(' ', '_')}", claim="predicted depth against simulated",
           seed=seed, figures=figures)  # fmt: skip
    low, high = (max(needed.value, min(depths)), min(needed.value, max(depths)))
    assert low / 2 <= predicted <= 2 * high


@pytest.mark.statistical
def test_so_many_more_cells_are_enough(record, seed_block):
    """A cluster that needs more cells by the twin of 300 is found with so many in draws of the world itself.

    The rate at the number of cells that the twin asks for is at least 0.4, and above that of 300 cells.
    """
    seed = 703 + 1000 * seed_block
    each = World("three", {"n_groups": 3, "n_genes": 800, "n_markers": 20, "effect_size": 2.0, "depth": 900.0,
                           "proportions": [0.55, 0.35, 0.1], "depth_sd": 0.3})  # fmt: skip
    drawn = each.sample(300, rng=seed)
    data = as_dataset(drawn)
    judged = Judged("type", np.asarray(drawn.obs["type"].cat.codes, dtype=np.int32), ("a", "b", "c"), own=True)
    multiverse = expression_multiverse(data, wishes=Wishes({"resolution": RESOLUTIONS}))
    request = Request(data, judged, seed, multiverse, budget="default")
    units = plan(request)
    executor = Executor({**slots_of(data), **slots(request)}, seed)
    answered = conclude(request, list(map(Finished, units, executor.run(units, task="t"), executor.keys(units))))
    row = answered.tables["power"].iloc[2]
    asked = row["cells_needed"]
    asked = int(asked) if np.isfinite(asked) else 600
    rates = {}
    for n in (300, asked):
        found = []
        for i in range(2 * N_DRAWS):
            other = each.sample(n, rng=int(child(seed, "again", i).integers(2**63)))
            codes = other.obs["type"].cat.rename_categories({"type_3": "type_2", "type_2": "other"})
            other = replace(other, obs=other.obs.assign(type=codes))
            found.append(is_found(other, seed=i))
        rates[n] = float(np.mean(found))
    points = answered.tables["detectability"]
    as_it_is = np.isclose(points["depth"], points["depth"].iloc[0]) & np.isclose(points["strength"], 1.0)
    along = points[(points["cluster"] == 2) & as_it_is].sort_values("n_obs")
    figures = {"asked": float(row["cells_needed"]), "interval": [float(row["cells_low"]), float(row["cells_high"])],
               "says": row["says"], "rates_of_the_world": {str(n): value for n, value in rates.items()},
               "rates_of_the_twin": along["rate"].tolist(), "closed_form": 300 * row["cells_factor"]}  # fmt: skip
    record("power_more_cells", claim="so many more cells are enough", seed=seed, figures=figures)
    assert (np.diff(along["smooth"]) >= 0).all()
    assert (np.diff(along["rate"]) >= -0.25).all()
    assert rates[asked] >= 0.4
    assert asked <= 300 or rates[asked] >= rates[300]
