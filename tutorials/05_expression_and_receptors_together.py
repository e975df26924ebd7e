# %% [markdown]
# # Expression and receptors together
#
# Paired data have two clusterings of the same cells: by expression, and by receptor. Papers show that expanded clones
# sit in one cluster, and read biology into it. But cells of a donor are alike for many reasons, and cells of a clone
# share their donor. What can be said from a real experiment of ordinary size, and what not?
#
# We take 500 T cells from blood and lung of four people with acute respiratory distress, with the receptors of those
# cells where they were found (PMID 33622974, as packed by scRepertoire). Then we build a world of the same kind in
# which we know whether clones have a state of their own, and take that away, and nothing else.
#
# This page runs in less than a minute, without scanpy; `RASHOMON_TUTORIAL=full` in the environment compares more
# settings with more repeats, which takes minutes.

# %%
import os
import warnings

import pandas as pd

import rashomon as rs
from rashomon.core import silent
from rashomon.sim.graph import graph_facts

# anndata says of every object with receptors that its support of such arrays is experimental
warnings.filterwarnings("ignore", message="Support for Awkward Arrays")
FULL = os.environ.get("RASHOMON_TUTORIAL") == "full"

adata = rs.datasets.ards()
chains = rs.datasets.ards_airr()
pd.crosstab(adata.obs["donor"], adata.obs["tissue"])

# %% [markdown]
# ## Put the two together
#
# The chains are a table with one row per chain (AIRR, with `cell_id`). `receptors_from_frame` reads and repairs it and
# says what it repaired; `write_airr_obsm` puts it where scirpy has it, `obsm["airr"]`. Data that come from scirpy, or a
# MuData with the modalities `gex` and `airr`, need none of this.

# %%
receptors = rs.io.receptors_from_frame(chains)
rs.io.write_airr_obsm(adata, receptors)
print(*receptors.rows.notes, sep="\n")

# %% [markdown]
# ## Judge both at once
#
# An audit clusters the expression, as always, and then looks at the receptors of the same cells. V genes of receptors
# are among the genes of T-cell data; the default pipeline leaves them out, because clusters made of them would follow
# the clone for the wrong reason.

# %%
levels = {"normalise": ["log CP10k"], "n_genes": [1000], "scale": ["clip 10"], "n_pcs": [20], "seed": [0]}
short = {"multiverse": levels | {"resolution": [1.0, 0.5]}, "n_replicates": 3, "n_jobs": 1}
quiet = {"announce": silent, "progress": silent, "rng": 0}
questions = ("structure", "stability", "truths", "confounding")
asked = {"truths": ["tissue=biological:external"], "donor_key": "donor", "questions": questions}
audit = rs.audit(adata, **asked, **quiet, **({} if FULL else short))
for question in questions:
    print(f"- {audit.answers[question].sentence}")

# %%
counts = audit.tables["paired_counts"]
counts

# %% [markdown]
# **Count first.** Every cell is accounted for: which had expression, which a receptor, which both, and why the others
# were left out. What follows speaks of `used` cells only.

# %%
clone = audit.tables["paired_cells"].set_index("cell")["clone_cells"].reindex(adata.obs_names)
size = clone.map(lambda n: "none found" if pd.isna(n) or n < 1 else "1 cell" if n == 1 else "2 or more")
drawn = {"cluster": audit.cells["label"], "tissue": adata.obs["tissue"], "donor": adata.obs["donor"]}
panels = rs.pl.cell_panels(audit.view[0], drawn | {"cells of its clone": size}, show=True)

# %% [markdown]
# ## Do clones keep to a cluster?
#
# The unit is the clone of a donor, never the cell: a clone of fifty cells is one observation of where clones go.

# %%
columns = ["quantity", "value", "low", "high", "shuffled", "p", "n", "reason"]
audit.tables["paired"][columns].round(3)

# %% [markdown]
# **Look at** `value` beside `shuffled`. On average, a clone has most of its cells in one expression cluster. `shuffled`
# is what clones of the same sizes would have if the cells of each donor were dealt to them at random: far from zero,
# because there are few clusters, and small clones are in one by luck. Only what lies beyond it says that clone and
# state have to do with each other.
#
# The first rows are about *receptor clusters*, which join different clones with similar chains. `reason` says that
# there are too few of them to tell anything. That is how it is in most data of this size, and a figure of receptor
# clusters over expression clusters would show the eye what is not there.

# %%
states = audit.tables["paired_states"].merge(
    audit.tables["cards"][["cluster", "word", "donors", "markers"]],
    left_on=audit.tables["paired_states"]["expression_cluster"].astype(str),
    right_on="cluster",
)
shown = [
    "expression_cluster",
    "n_cells",
    "n_clonotypes",
    "n_expanded",
    "largest_clone",
    "expected",
    "q",
    "word",
    "markers",
]
states.sort_values("q")[shown].head(5).round(3)

# %% [markdown]
# Where are the expanded clones? `n_expanded` are clones of two cells or more, `expected` how many there would be by
# chance given the donors, `q` is corrected for the number of clusters. The cluster at the top has the markers of
# cytotoxic cells (`NKG7`, granzymes): expanded clones are effectors, as one knows.
#
# **Read on to `word`.** The clusters themselves are shaky: few come back, and some follow a tissue or a donor. So the
# sentence to write is "clones kept to a cluster in these donors", and not "this cluster is a clonal population".

# %%
audit.tables["paired_clones"].head(5)[["donor", "receptors", "n_cells", "main_cluster", "main_share", "expected_share"]]

# %% [markdown]
# The largest clone is of one donor. That one person had one expanded clone is an anecdote, however many cells it has.
#
# ## The same, where the answer is known
#
# The data from here on are simulated, and everything that is made from them says so. `parts` says what the world
# generates. Receptors are recombined by the V(D)J models of olga, selected as blood is, and carry the motif of their
# epitope where they have one. A clone has one donor, one pair of chains, and here a state of its own.

# %%
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
# `do` leaves every clone, donor and sequence as it was, and lets the states of cells ignore their clone. Only the
# receptors are in question, so one pipeline is enough.

# %%
free_world = world.do(state_link="independent")
linked_cells, free_cells = (one.sample(rng=1).to_mudata() for one in (world, free_world))
one_pipeline = {"normalise": ["log CP10k"], "scale": ["none"], "n_genes": [300], "n_pcs": [20], "seed": [0]}
one_pipeline |= {"resolution": [1.0]}
settings = {"truths": ["type"], "donor_key": "donor", "multiverse": one_pipeline, "n_replicates": 2, "n_jobs": 1}
linked, free = (
    rs.audit(cells, questions=["truths"], **settings, **quiet).tables["paired"].set_index("quantity")
    for cells in (linked_cells, free_cells)
)
share = "share of a clone in its main cluster"
measured = audit.tables["paired"].set_index("quantity")
compared = {
    "measured": measured.loc[share],
    "clones have a state": linked.loc[share],
    "clones have none": free.loc[share],
}
pd.DataFrame(compared).T[["value", "low", "high", "shuffled", "p", "n"]]

# %% [markdown]
# Where clones have a state, the share lies above the shuffled one; where they have none, it does not, with the same
# clones in the same donors. A share of itself says little: look how high the shuffled ones are.
#
# ## What not to conclude, and what to do next
#
# - Clones that keep to a cluster do not show that the receptor decides the state. Both may follow from when and where
#   the clone met its antigen; the graph above is one of many that give such data.
# - Clones that do *not* keep to a cluster are no sign of bad data: a clone spans states.
# - A receptor cluster is no epitope; see *Which truth do my TCR clusters follow?*
# - More cells of the same people give more cells of the same clones. A claim about people needs more donors.
#
# ## The conclusion, as a check
#
# Every cell is accounted for; clones of the patients keep to a cluster beyond chance, few as they are; nothing can be
# said of receptor clusters; and where the truth is known, the same number finds what is there, and nothing else.

# %%
step = counts.groupby("step")["n_cells"].sum()
same = [
    name
    for name in ("donor", "clone", "epitope")
    if (linked_cells["airr"].obs[name] == free_cells["airr"].obs[name]).all()
]
top = states.sort_values("q").iloc[0]

assert step["with expression"] == 500
assert step["with both"] == step["left out"] + step["used"]
assert measured.loc[share, "p"] < 0.05
assert measured.loc[share, "value"] > measured.loc[share, "shuffled"] + 0.1
assert measured["reason"].str.contains("cannot tell").sum() == 3
assert top["q"] < 0.05
assert "NKG7" in top["markers"]
assert same == ["donor", "clone"]
assert linked.loc[share, "p"] < 0.01
assert linked.loc[share, "value"] > linked.loc[share, "shuffled"] + 0.1
assert free.loc[share, "p"] > 0.01
print(f"measured {measured.loc[share, 'value']:.2f}, shuffled {measured.loc[share, 'shuffled']:.2f}")
