# %% [markdown]
# # A world where batch wins
#
# With real data nobody knows the right answer, so nobody can say how far a batch effect has pulled the clusters away
# from it. Here we build a world in which we know: three types of cells, two batches, and a batch effect that is
# stronger than the types. We cluster its cells, ask whose labels the clusters follow, and then do what no laboratory
# can: take the batch effect away, and nothing else.
#
# The data are simulated, and everything that is made from them says so. This page runs in less than a minute.

# %%
import rashomon as rs
from rashomon.core import silent
from rashomon.sim.graph import graph_facts

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
# ## Draw cells, and judge the clusters
#
# `sample` draws; the same seed gives the same cells. The result is an AnnData with counts in `X` and the truths in
# `obs`, as if it had come from a sequencer that also tells the truth. Nothing is integrated, on purpose.

# %%
adata = world.sample(rng=0).to_anndata()
audit = rs.audit(adata, truths=["type", "batch"], max_pipelines=8, n_replicates=4, announce=silent, rng=0)
print(audit.answers["truths"])

# %%
audit.tables["truths"][["truth", "kind", "ami", "low", "high", "homogeneity"]].round(2)

# %% [markdown]
# **Look at** `ami`. The clusters follow the batch more than the types, and here we know that this is an error, because
# we know what a type is. With your own data the same answer is a reason to stop: the clusters may come back in every
# repeat, and still be batches.

# %%
axes = rs.pl.truth_agreement(audit.tables["truths"], audit.tables["truth_matrix"], show=True)

# %% [markdown]
# ## Take the batch effect away
#
# `do` makes the same world with one cause changed. Drawn with the same seed, it shares every random number that the
# change cannot reach: the same cells, of the same types, with the same depths, in the same batches. What differs is
# the effect of the change, and nothing else.

# %%
corrected = world.do(batch_effect=0)
other = corrected.sample(rng=0).to_anndata()
unchanged = {name: bool((adata.obs[name] == other.obs[name]).all()) for name in ("type", "batch", "expected_depth")}
print("the same in both:", ", ".join(name for name, same in unchanged.items() if same))
print(f"entries that changed: {(adata.X != other.X).nnz / adata.X.shape[0] / adata.X.shape[1]:.0%}")

# %% [markdown]
# One pair of draws is an anecdote. `effect` draws five, clusters each side with the default pipeline, and gives the
# average difference with an interval. Because both sides of a pair share their cells, few pairs are enough.

# %%
table = rs.sim.effect(world, do={"batch_effect": 0}, score="ari", truth=["type", "batch"], n_pairs=5, rng=0)
table[["score", "truth", "with_nuisance", "without", "effect", "low", "high"]].round(2)

# %% [markdown]
# **Look at** the sign of `effect`: with the nuisance minus without. The batch effect *costs* agreement with the types
# and *makes* agreement with the batches. Without it, the clusters know nothing of the batch, and find the types better,
# though not perfectly: the rest is counting noise and a clustering that cuts it, which no correction of batches mends.
#
# ## What not to conclude
#
# - The numbers belong to this world. Turn `batch_effect` or `effect_size`, and they change; at some strength the types
#   win. That is what such a world is for: to know what a method would have to withstand.
# - Nothing here says that *your* clusters follow a batch. `rashomon audit` asks that of your data, and
#   `rashomon twin` builds a world that looks like them, with known types.
# - Clusters that follow a batch may come back in every repeat (see *Judge your clusters*): that they do does not make
#   them types.

# %% [markdown]
# ## The conclusion, as a check
#
# The clusters followed the batch more than the types; the types, cells and depths were the same in both worlds; and
# taking the batch effect away helped the types beyond doubt.

# %%
ami = audit.tables["truths"].set_index("truth")["ami"]
by_truth = table.set_index("truth")

assert ami["batch"] > ami["type"]
assert all(unchanged.values())
assert by_truth.loc["batch", "low"] > 0
assert by_truth.loc["type", "high"] < 0
assert abs(by_truth.loc["batch", "without"]) < 0.05
assert by_truth.loc["type", "without"] > by_truth.loc["type", "with_nuisance"] + 0.2
by_truth
