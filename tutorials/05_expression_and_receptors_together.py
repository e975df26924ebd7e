# %% [markdown]
# # Expression and receptors together
#
# Paired data have two clusterings of the same cells: by expression, and by receptor. Papers show that they agree, or
# that expanded clones sit in one cluster, and read biology into it. But cells of a donor are alike for many reasons,
# and cells of a clone share their donor. Here we build a world in which clones prefer a state, look at what an audit
# says, and take that preference away, and nothing else.
#
# The data are simulated, and everything that is made from them says so. This page runs in less than a minute.

# %%
import rashomon as rs
from rashomon.core import silent
from rashomon.sim.graph import graph_facts

world = rs.sim.World(
    "clones with a state",
    {
        "n_genes": 400,
        "n_groups": 3,  # states of T cells
        "n_markers": 25,  # of each state
        "effect_size": 2.0,  # log2 fold of the markers
        "depth": 1500.0,
        "n_donors": 3,
        "composition_variation": 0.1,  # donors differ in their states
        "loci": "TRA+TRB",
        "n_clones": 150,
        "clone_exponent": 0.5,  # a few large clones, many small ones
        "n_epitopes": 3,
        "binder_share": 0.5,
        "state_link": "nested",  # a clone has a state of its own ...
        "link_strength": 0.7,  # ... in which 70 % of its cells are
    },
    parts=("expression", "receptors"),
    n_obs=500,
)
axes = rs.pl.causal_graph(graph_facts(world.graph), show=True)

# %% [markdown]
# `parts` says what the world generates. Receptors are recombined by the V(D)J models of olga, selected as blood is, and
# carry the motif of their epitope where they have one. A clone has one donor and one pair of chains. Its cells may be
# in several states.
#
# `to_mudata` gives the modalities `gex` and `airr`, as scirpy has them: `obsm["airr"]` of the second holds the chains.

# %%
mdata = world.sample(rng=1).to_mudata()
mdata["airr"].obs[["donor", "clone", "epitope", "motif", "type"]].head()

# %% [markdown]
# ## Judge both at once
#
# An audit of a MuData with both modalities clusters the expression, as always, and then looks at the receptors of the
# same cells. On the command line: `rashomon audit world.h5mu --truth type --donor donor -o DIR`.

# %%
settings = {"truths": ["type"], "donor_key": "donor", "max_pipelines": 6, "n_replicates": 2, "rng": 0}
settings |= {"announce": silent, "progress": silent}
audit = rs.audit(mdata, **settings)
audit.tables["paired_counts"]

# %%
columns = ["quantity", "value", "low", "high", "shuffled", "p", "reason"]
audit.tables["paired"][columns].round(2)

# %% [markdown]
# **Look at** `value` beside `shuffled`. On average, a clone has most of its cells in one expression cluster. `shuffled`
# is what clones of the same sizes would have if the cells of each donor were dealt to them at random: far from zero,
# because there are few clusters, and small clones are in one by luck. Only what lies beyond it says that clone and
# state have to do with each other.
#
# The unit is the clone of a donor, never the cell: a clone of fifty cells is one observation of where clones go.
#
# Receptor clusters are another matter: they join *different* clones with similar chains. `reason` says where there are
# too few of them to tell anything, which is how it is in most data sets of this size.
#
# ## Take the preference away
#
# `do` leaves every clone, donor and sequence as it was, and lets the states of cells ignore their clone.

# %%
other = world.do(state_link="independent").sample(rng=1).to_mudata()
same = [name for name in ("donor", "clone", "epitope") if (mdata["airr"].obs[name] == other["airr"].obs[name]).sum()]
print("the same in both:", ", ".join(same))
without = rs.audit(other, **settings)
without.tables["paired"][columns].round(2)

# %% [markdown]
# ## What not to conclude
#
# - Clones that keep to a cluster do not show that the receptor decides the state. Both may follow from when and where
#   the clone met its antigen; `world.graph` is one of many graphs that give such data.
# - Clones that do *not* keep to a cluster are no sign of bad data: a clone spans states.
# - A receptor cluster is no epitope; see *Which truth do my TCR clusters follow?*
#
# ## The conclusion, as a check
#
# All cells were counted and used; clones kept to a cluster beyond chance where the world made them, and not where it
# did not.

# %%
counts = audit.tables["paired_counts"].set_index("step")["n_cells"]
linked, free = (found.tables["paired"].set_index("quantity") for found in (audit, without))
share = "share of a clone in its main cluster"

assert counts["with both"] == 500
assert same == ["donor", "clone", "epitope"]
assert linked.loc[share, "p"] < 0.01
assert linked.loc[share, "value"] > linked.loc[share, "shuffled"] + 0.1
assert free.loc[share, "p"] > 0.01
linked.loc[share, ["value", "shuffled", "p"]], free.loc[share, ["value", "shuffled", "p"]]
