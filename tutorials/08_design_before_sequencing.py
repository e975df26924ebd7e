# %% [markdown]
# # Design before sequencing
#
# You have a small pilot, and the question everybody asks: how many cells, how many molecules per cell, how many donors?
# Rules of thumb do not know how far your types differ. A pilot knows something about it. This page takes a pilot, asks
# `rs.tl.power` what could have been found in it and what is missing, and then does what a laboratory cannot: it
# sequences every design that was proposed, several times, to see whether the advice was any good.
#
# For that the pilot has to come from a world in which the truth is known: simulated cells of four types, one of them
# small. With your own pilot only the last check is missing. The page runs in less than a minute; with
# `RASHOMON_TUTORIAL=full` in the environment it draws more repeats, which takes minutes. scanpy is not needed.

# %%
import math
import os

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import rashomon as rs

FULL = os.environ.get("RASHOMON_TUTORIAL") == "full"
SMALL = "type_4"

tissue = rs.sim.World(
    "tissue",
    {
        "n_genes": 400,
        "n_groups": 4,
        "proportions": [0.4, 0.28, 0.24, 0.08],
        "n_markers": 25,  # of each type
        "effect_size": 1.3,  # log2 fold of the markers
        "depth": 800.0,  # molecules per cell
        "depth_sd": 0.3,
        "n_donors": 4,
        "composition_variation": 0.01,  # donors differ in their shares of types
    },
    n_obs=240,
)
pilot = tissue.sample(rng=1)
adata = pilot.to_anndata()
pd.crosstab(adata.obs["type"], adata.obs["donor"])

# %% [markdown]
# Would you have seen the small type in this pilot? Rows are types, columns the clusters of the default pipeline.

# %%
found = rs.sim.cluster(pilot, rng=0)
pd.crosstab(pilot.obs["type"].to_numpy(), found.labels, rownames=["type"], colnames=["cluster"])

# %% [markdown]
# ## What could have been found, and what is missing?
#
# `power` takes the counts and labels of the cells. With real data these are your annotation, or clusters that you
# suspect; here they are the types. It fits a look-alike (see *A look-alike of my data*), draws it again and again with
# fewer and more cells, shallower and deeper, with types nearer and farther, clusters every draw as your data would be
# clustered, and looks how often each cluster comes back.

# %%
power = rs.tl.power(adata, "type", donor_key="donor", rng=0)
print(power.answer)

# %%
clusters = power.tables["power"].assign(type=lambda table: table["name"].str.split(" ").str[0]).set_index("type")
clusters[["n", "rate", "rate_low", "rate_high", "ceiling", "cells_needed", "depth_needed"]].round(2)

# %%
for name, row in clusters.iterrows():
    print(f"{name}: {row['says']}")

# %% [markdown]
# `rate` is how often the cluster came back in draws like the pilot. `cells_needed` and `depth_needed` are for 80 % of
# draws, one at a time; infinity means beyond what was drawn. **Look at** `ceiling` beside `rate`: how often the
# *oracle* finds the cluster, which knows the parameters of the look-alike. No method can do better on average. Where
# the ceiling is 1 and the rate is not, the cells do hold what is needed, and the pipeline cannot get at it: a better
# method may be the cheaper answer. Where the ceiling is low as well, only more sequencing helps.
#
# ## The map
#
# The same for the small type as a picture: the fuller the dot, the more often it comes back; the ring is the ceiling.
# The diamond is the pilot, around the dot that is the rate of the table above.

# %%
axes = rs.pl.power(power.tables, clusters.loc[SMALL, "name"], show=True)

# %% [markdown]
# **Look at** which way from the diamond leads to full dots. To the right is more cells, upwards is more molecules in
# each cell. They do not cost the same, and they do not buy the same: more cells bring more neighbours, deeper cells
# bring *better* ones.
#
# ## Was it good advice?
#
# Now sequence. Four designs from the true world: the pilot again, twice the cells, the depth that was advised, and
# both. `detectability` draws each, new donors and all, and looks for the type.

# %%
limits = power.tables["power_limits"].set_index("limit")["value"]
factor = math.ceil(10 * clusters.loc[SMALL, "depth_needed"] / limits["typical depth"]) / 10
print(f"advised for {SMALL}: {factor:g} times the depth of the pilot")

cells, depths = [tissue.n_obs, 2 * tissue.n_obs], [tissue.knobs["depth"], round(factor * tissue.knobs["depth"])]
designs = rs.sim.detectability(
    tissue, SMALL, grid={"n_obs": cells, "depth": depths}, n_replicates=30 if FULL else 8, rng=0
)
designs.table[["n_obs", "depth", "n_replicates", "n_recovered", "rate", "low", "high"]].round(2)

# %%
axes = rs.pl.detectability(designs.table, x="n_obs", y="depth", show=True)

# %%
rate = designs.table.set_index(["n_obs", "depth"])["rate"]
drawn = power.tables["detectability"]
like_pilot = (drawn["strength"] == 1) & np.isclose(drawn["depth"], limits["typical depth"])
said = drawn[like_pilot & (drawn["name"] == clusters.loc[SMALL, "name"])].set_index("n_obs")["rate"]
print(f"the pilot again: found in {rate[cells[0], depths[0]]:.0%} of draws; the look-alike said {said[cells[0]]:.0%}")
print(f"twice the cells: found in {rate[cells[1], depths[0]]:.0%}; the look-alike said {said[cells[1]]:.0%}")
print(f"{factor:g} times the depth: found in {rate[cells[0], depths[1]]:.0%}; wanted were 80%")

# %% [markdown]
# **Compare** what was said with what was found. The look-alike was fitted to few cells, and its differences between
# types are shrunken, so that it is not easier than the data: here it promised too little rather than too much. The
# intervals of the table are wide on this short page; a real decision deserves more draws.
#
# ## Before any pilot: closed forms
#
# How different must a group be to be seen at all among so many cells? `smallest_groups` says by how many times its
# marker genes must be higher, for groups of several sizes, from the cells and depth of the pilot. No draws are needed,
# so `budget="quick"` has it, too.

# %%
groups = power.tables["smallest_groups"]
folds = groups.pivot_table(index="share", columns="n_markers", values="fold").replace(np.inf, np.nan).dropna(how="all")
with rs.pl.house_style():
    figure, axis = plt.subplots(figsize=(5.2, 3.2), layout="constrained")
    for (n_markers, fold), colour in zip(folds.items(), ("#D55E00", "#0072B2", "#009E73"), strict=True):
        axis.plot(100 * folds.index, fold, "o-", color=colour, label=f"{n_markers} markers")
    axis.set(xscale="log", yscale="log", xlabel=f"share of the group among {adata.n_obs} cells (%)")
    axis.set_ylabel("fold that is needed")
    axis.set_xticks(100 * folds.index, [f"{100 * share:g}" for share in folds.index])
    axis.set_yticks([2, 4, 8, 16, 32, 64], ["2", "4", "8", "16", "32", "64"])
    axis.minorticks_off()
    axis.legend()
    plt.show()

# %% [markdown]
# A share that is missing is a group that no fold up to 64 shows, or one of fewer than five cells. A group with few
# markers needs folds that few genes have.
#
# ## How many donors?
#
# No number of cells makes up for donors. Who has a cluster differs from person to person, and a comparison of few
# donors cannot give a small p value whatever their cells say. What the pilot says of people:

# %%
for name, row in clusters.iterrows():
    print(f"{name}: {row['donors_say']}")

# %% [markdown]
# And before any pilot, exactly, for studies of other sizes. Rows: donors. Columns: the chance that *none* of them has
# a cluster that this share of people has, and the smallest p value that a comparison of so many donors can give.

# %%
rows = []
for n_donors in (2, 3, 4, 6, 8, 12):
    several = tissue.do(n_donors=n_donors).sample(rng=1).to_anndata()
    asked = rs.tl.power(several, "type", donor_key="donor", budget="quick", rng=0)
    rows.append(asked.tables["power_donors"])
donors = pd.concat(rows, ignore_index=True)
least_p = donors.groupby("n_donors")["least_p"].first()
donors.pivot_table(index="n_donors", columns="share_of_people", values="chance_missed").assign(least_p=least_p).round(3)

# %%
with rs.pl.house_style():
    figure, axis = plt.subplots(figsize=(5.2, 3.2), layout="constrained")
    for (share, table), colour in zip(
        donors.query("share_of_people in [0.1, 0.25, 0.5]").groupby("share_of_people"),
        ("#D55E00", "#0072B2", "#009E73"),
        strict=True,
    ):
        axis.plot(table["n_donors"], table["chance_missed"], "o-", color=colour, label=f"{share:.0%} of people have it")
    axis.axhline(0.05, color="#8a8a8a", linestyle=":")
    axis.set(xlabel="donors", ylabel="chance that no donor has it", ylim=(0, 1))
    axis.legend()
    plt.show()

# %%
enough = int(least_p.index[least_p < 0.05][0])
missed = donors.set_index(["n_donors", "share_of_people"])["chance_missed"]
print(f"a p value below 0.05 needs at least {enough} donors of those looked at; with 4 it is {least_p[4]:.3f} at best")
print(f"a cluster that a quarter of people have is missed in all of 4 donors with a chance of {missed[4, 0.25]:.0%}")

# %% [markdown]
# ## What to do with your own pilot
#
# 1. Run `rs.tl.power(adata, "leiden", donor_key="donor")`. Read `says` of the clusters that you care about, and its
#    interval. If it is wide, the pilot is too small to plan with.
# 2. Compare `rate` with `ceiling`. If they are far apart, try another method before you buy more cells.
# 3. Decide about donors first, about cells and depth within a donor afterwards.
#
# ## What not to conclude
#
# - Power is about clusters that were labelled in the pilot. What the pilot did not show at all, it cannot plan for;
#   there only the closed forms help.
# - The labels were taken as right. If they were made from the same counts, some of the difference between them is
#   noise that they were chosen by, and the advice is too hopeful.
# - Eighty per cent is a convention, and all of this is for the default pipeline.
#
# ## The conclusion, as a check

# %%
assert said[cells[0]] < 0.8  # the pilot is not enough, and power says so
assert rate[cells[0], depths[0]] < 0.8  # which is true
assert rate[cells[0], depths[1]] >= 0.8  # the depth that it advises is enough
assert rate[cells[0], depths[1]] > rate[cells[1], depths[0]]  # and better than twice the cells
assert rate[cells[1], depths[0]] >= said[cells[1]]  # of more cells it promised too little rather than too much
assert clusters.loc[SMALL, "ceiling"] > said[cells[0]] + 0.2  # the pipeline is the bottleneck, not the counts
assert least_p[4] > 0.05 > least_p[enough]  # four donors cannot show a difference at 5 %
assert missed[4, 0.25] > 0.3
rate
