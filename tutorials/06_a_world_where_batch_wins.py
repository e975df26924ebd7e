# %% [markdown]
# # A world where batch wins
#
# With real data nobody knows the right answer, so nobody can say how far a batch effect has pulled the clusters away
# from it. Here we build a world in which we know: three types of cells, two batches, and a batch effect in every gene.
# We cluster its cells, ask whose labels the clusters follow, and then do what no laboratory can: take the batch effect
# away, and nothing else. At the end stands what a developer of methods wants to know: how strong a batch effect may be
# before the batch wins, and whether the types were lost to *everyone*, or only to this pipeline.
#
# The data are simulated, and everything that is made from them says so. This page runs in less than a minute; with
# `RASHOMON_TUTORIAL=full` in the environment it draws more worlds, which takes a few minutes. scanpy is not needed.

# %%
import os
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import rashomon as rs
from rashomon.core import silent
from rashomon.sim.graph import graph_facts

FULL = os.environ.get("RASHOMON_TUTORIAL") == "full"

world = rs.sim.World(
    "batch wins",
    {
        "n_genes": 800,
        "n_groups": 3,  # types
        "n_markers": 25,  # of each type
        "effect_size": 1.1,  # log2 fold of the markers: twice as high
        "n_batches": 2,
        "batch_effect": 0.8,  # log2 fold, in every gene
        "depth": 1500.0,  # molecules per cell
        "depth_sd": 0.3,
    },
    n_obs=600,
)
world.truths

# %% [markdown]
# A world is a description: nothing is random until cells are drawn from it. `truths` lists the label columns that the
# cells come with, and their kind. `mechanism` is what the world was built of, `technical` what came in by measuring.
#
# `rashomon list knobs` shows everything that can be turned; `rashomon simulate` lists worlds that are ready to use.
#
# The world is a graph of causes, drawn from left to right. Types and batches both act on the counts, and a clustering
# is not told which is which.

# %%
causes = world.graph
print("the counts depend on:", ", ".join(sorted(causes.predecessors("mean"))))
axes = rs.pl.causal_graph(graph_facts(causes), show=True)

# %% [markdown]
# ## Draw cells, and look at them
#
# `sample` draws; the same seed gives the same cells. `cluster` runs the pipeline of all defaults, the one that an audit
# judges, and returns its labels, its principal components and its graph. Nothing is integrated, on purpose.


# %%
def look(cells: rs.sim.Simulation, found: Any) -> list[Any]:
    """Draw the first two components of the cells, coloured by type, by batch and by cluster."""
    clusters = pd.Categorical(found.labels.astype(str))
    panels = {name: cells.obs[name].iloc[found.rows] for name in ("type", "batch")}
    return rs.pl.cell_panels(found.view[:, :2], panels | {"clusters": clusters[found.rows]}, show=True)


cells = world.sample(rng=0)
found = rs.sim.cluster(cells, rng=0)
axes = look(cells, found)

# %% [markdown]
# **Look at** which of the first two panels the third one repeats. That is the whole problem in one picture, and a
# picture is no measure. So judge it.

# %%
adata = cells.to_anndata()
audit = rs.audit(
    adata,
    truths=["type", "batch"],
    questions=["truths"],
    max_pipelines=24 if FULL else 6,
    n_replicates=4,
    n_jobs=1,
    announce=silent,
    progress=silent,
    rng=0,
)
print(audit.answers["truths"])

# %%
axes = rs.pl.truth_agreement(audit.tables["truths"], audit.tables["truth_matrix"], show=True)

# %% [markdown]
# The answer names the batch, and here we know that this is an error, because we know what a type is. With your own data
# the same answer is a reason to stop: the clusters may come back in every repeat, and still be batches.
#
# ## Take the batch effect away
#
# `do` makes the same world with one cause changed. Drawn with the same seed, it shares every random number that the
# change cannot reach: the same cells, of the same types, with the same depths, in the same batches. What differs is
# the effect of the change, and nothing else.

# %%
corrected = world.do(batch_effect=0).sample(rng=0)
unchanged = {name: bool((cells.obs[name] == corrected.obs[name]).all()) for name in ("type", "batch", "expected_depth")}
print("the same in both:", ", ".join(name for name, same in unchanged.items() if same))
print(f"entries that changed: {(cells.counts != corrected.counts).nnz / np.prod(cells.counts.shape):.0%}")

# %%
axes = look(corrected, rs.sim.cluster(corrected, rng=0))

# %% [markdown]
# Now the clusters have to do with the types, and nothing with the batches. They are not the types: look at how much of
# each type lies in clusters of another.
#
# One pair of draws is an anecdote. `effect` draws several, clusters each side with the default pipeline, and gives the
# average difference with an interval. Because both sides of a pair share their cells, few pairs are enough.

# %%
table = rs.sim.effect(
    world, do={"batch_effect": 0}, score="ari", truth=["type", "batch"], n_pairs=20 if FULL else 5, rng=0
)
table[["score", "truth", "with_nuisance", "without", "effect", "low", "high"]].round(2)

# %% [markdown]
# **Look at** the sign of `effect`: with the nuisance minus without. The batch effect *costs* agreement with the types
# and *makes* agreement with the batches.
#
# ## At which strength does the batch win? And who has lost?
#
# Two more questions that only a world answers. First, turn the batch effect up in steps. Second, ask the **oracle** of
# each world: the most probable type of each cell given its counts *and* all true parameters. No method can agree better
# with the types on average. What lies between the oracle and a pipeline is not lost in the data; it is lost by the
# pipeline.

# %%
LEVELS, N_DRAWS = (0.0, 0.1, 0.2, 0.3, 0.5, 0.8), 12 if FULL else 3
rows = []
for level in LEVELS:
    changed = world.do(batch_effect=level)
    for seed in range(N_DRAWS):
        drawn = changed.sample(rng=seed)
        judged = rs.sim.judge(drawn, scores=["ami"], truths=["type", "batch"], rng=seed).set_index("truth")["value"]
        rows.append({"batch_effect": level, "seed": seed, **judged})
    ceilings = rs.sim.with_oracle(changed.sample(rng=0), n_draws=20).ceilings
    rows[-1]["oracle"] = next(each.value for each in ceilings if each.score == "ami")
ladder = pd.DataFrame(rows)
by_level = ladder.groupby("batch_effect")[["type", "batch", "oracle"]].mean()
by_level.round(2)

# %%
colours = {"type": "#0072B2", "batch": "#D55E00"}
with rs.pl.house_style():
    figure, axis = plt.subplots(figsize=(5.5, 3.2), layout="constrained")
    for name, colour in colours.items():
        axis.plot(ladder["batch_effect"], ladder[name], "o", color=colour, alpha=0.4, markersize=4)
        axis.plot(by_level.index, by_level[name], color=colour, label=f"default pipeline, {name}")
    axis.plot(by_level.index, by_level["oracle"], "--", color=colours["type"], label="oracle, type")
    axis.set(xlabel="batch effect (log2 fold)", ylabel="agreement (AMI)", ylim=(-0.03, 1.03))
    axis.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    plt.show()

# %%
wins = by_level.index[by_level["batch"] > by_level["type"]]
gap = by_level["oracle"] - by_level["type"]
print(
    f"The batch wins from a batch effect of {wins[0]} on; markers differ by {world.knobs['effect_size']} between types."
)
print(f"The oracle finds the types everywhere: AMI {by_level['oracle'].min():.2f} or more.")
print(f"The pipeline is {gap.iloc[0]:.2f} below it without a batch effect, and {gap.iloc[-1]:.2f} with the strongest.")

# %% [markdown]
# **Look at** two distances. The one between the blue lines on the left is what a better clustering could gain with no
# batch at all: weak markers, few cells. What it grows by to the right is what a correction of batches could gain. A
# batch effect that is much smaller than the difference between types is enough, because it is in *every* gene, and a
# type is in 25. And because the dashed line hardly falls, the types are still in the counts.
#
# ## What not to conclude
#
# - The numbers belong to this world. Turn `effect_size`, `n_markers` or the number of cells, and the crossing moves.
#   That is what such a world is for: to know what a method would have to withstand.
# - The oracle knows the true parameters, among them which batch a cell is in and what that did. It is a ceiling, and no
#   promise that a method without this knowledge can reach it.
# - Nothing here says that *your* clusters follow a batch. `rashomon audit` asks that of your data, and the next page
#   builds a world that looks like them, with known types.
#
# ## The conclusion, as a check
#
# The clusters followed the batch more than the types; the types, cells and depths were the same in both worlds; taking
# the batch effect away helped the types beyond doubt; and the types were in the counts all along.

# %%
ami = audit.tables["truths"].set_index("truth")["ami"]
by_truth = table.set_index("truth")

assert ami["batch"] > ami["type"]
assert all(unchanged.values())
assert by_truth.loc["batch", "low"] > 0
assert by_truth.loc["type", "high"] < 0
assert abs(by_truth.loc["batch", "without"]) < 0.05
assert by_truth.loc["type", "without"] > by_truth.loc["type", "with_nuisance"] + 0.2
assert wins[0] < world.knobs["effect_size"] / 2  # a batch effect far below the difference of types is enough
assert set(wins) == {level for level in LEVELS if level >= wins[0]}  # and from there on the batch always wins
assert by_level["oracle"].min() > 0.9  # the types are in the counts all along
assert gap.iloc[-1] > gap.iloc[0] + 0.2 > 0.3  # lost by the pipeline, more so with the batch effect
by_truth
