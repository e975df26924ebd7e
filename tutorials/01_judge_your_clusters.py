# %% [markdown]
# # Judge your clusters
#
# You have counts, and you cluster the cells. Would the same clusters come back in other cells, with fewer counts, or
# if a colleague had chosen other settings? And what do they follow: the biology, or the way the cells were prepared?
#
# We use data where the right answer is known: 499 cells of **three** human lung cancer cell lines, mixed before
# sequencing. The line of each cell was read from its genotype, that is, from sequence variants in its RNA and not
# from how much RNA of each gene was there. The cells were sequenced with **two** protocols (Tian et al. 2019).
#
# This page runs in less than a minute and needs nothing but Rashomon.

# %%
import tempfile
from pathlib import Path

import pandas as pd

import rashomon as rs

adata = rs.datasets.sc_mixology()
adata

# %%
pd.crosstab(adata.obs["cell_line_demuxlet"], adata.obs["protocol"])

# %% [markdown]
# ## Ask
#
# One call. `truths` names label columns that the clusters may follow, and says where each comes from: this one is
# `biological` and was measured outside the expression (`external`). `batch_key` names the technical column; it
# competes with the truths. We give no clustering of our own, so the default pipeline (Leiden on 50 principal
# components) is run and judged. With your own data you would write `labels="leiden"`.
#
# `n_replicates=4` keeps this page short. For real work leave it at 20.

# %%
audit = rs.audit(
    adata,
    truths=["cell_line_demuxlet=biological:external"],
    batch_key="protocol",
    budget="quick",
    n_replicates=4,
    rng=0,
)

for answer in audit.answers.values():
    print(f"- {answer.sentence}")

# %% [markdown]
# ## Do the clusters come back?
#
# The same pipeline was run again with other random seeds, with half of the counts taken away, and in half of the
# cells; and all cells were clustered again with every other combination of defensible settings. A cluster is *found
# again* in a repeat when some cluster there is much the same: the cells in both are at least half of the cells in
# either (a Jaccard index of 0.5 or more). It *comes back* when this happens in at least 80 % of the repeats of every
# kind. Both numbers are conventions.
#
# **Look at** the column `verdict`, then at the kind of repeat in which a cluster was lost. Each cluster is named by
# its majority among the cell lines. k-means stands `beside`: it asks another question than Leiden, and does not
# decide.

# %%
shown = ["name", "size", "verdict", *[name for name in audit.clusters if name.startswith("recovered")], "action"]
audit.clusters[shown]

# %% [markdown]
# The same as a picture: one row per cluster, one panel per kind of repeat. A dot is the mean over the repeats, its
# line where most of them lie; a hollow dot means "on average not found again".

# %%
panels = rs.pl.cluster_recovery(audit.tables["rungs"], audit.clusters, show=True)

# %% [markdown]
# ## What not to conclude
#
# There are three cell lines. How many clusters come back?

# %%
came_back = audit.clusters.loc[audit.clusters["class"] == "comes back", "cluster"].astype(str)
print(f"{len(came_back)} clusters come back, {adata.obs['cell_line_demuxlet'].nunique()} cell lines were mixed")

# %% [markdown]
# More clusters come back than there are lines. Count the cells of every cluster by line *and* by protocol:

# %%
pd.crosstab(adata.obs["rashomon_labels"], [adata.obs["cell_line_demuxlet"], adata.obs["protocol"]])

# %% [markdown]
# Each cluster lies in **one protocol**, and the same line comes back as two clusters, one per protocol. Whatever
# differs between the protocols is in the data each time they are analysed, so it comes back each time. So:
#
# - **"Comes back" is not "is real"**, and not "is a cell type". It says: *whatever made this cluster is still there
#   in half of the cells and under other settings*. That can be a batch effect.
# - A cluster that does **not** come back is no evidence against a cell type. A rare type can be lost in half of the
#   cells. Here, two clusters merge with each other in some repeats: the cut between them is unsure, not the cells.
# - **Nothing was held against a null yet.** An algorithm also cuts cells of one kind into pieces, and can do so in
#   the same way each time. How often that happens has not been asked here, and the audit says so itself:

# %%
for assumption in audit.answers["stability"].assumptions:
    print(f"{assumption.status:>9}: {assumption.statement}")

# %% [markdown]
# ## Whose truth do they follow?
#
# Agreement is measured by adjusted mutual information (`ami`): 0 is chance, 1 is identical. `random_mean` is what
# shuffled labels reach, `attainable` is what could be predicted from the neighbours of each cell. **Look at**
# `homogeneity` of the protocol: 1 means that no cluster mixes protocols.

# %%
audit.tables["truths"][["truth", "kind", "ami", "low", "high", "random_mean", "attainable", "homogeneity"]]

# %%
axes = rs.pl.truth_agreement(audit.tables["truths"], audit.tables["truth_matrix"], show=True)

# %%
print(audit.answers["truths"])

# %% [markdown]
# ## Which settings drive the result?
#
# **Look at** the setting at the top; it belongs into your methods section. A small share does not mean that a setting
# never matters, only that it did not here, between these levels.

# %%
print(audit.answers["choices"])

# %% [markdown]
# ## Go on in scanpy
#
# The audit has added three plain columns to `adata.obs` and a note to `adata.uns["rashomon"]`, and changed nothing
# else. So `sc.pl.umap(adata, color=["rashomon_labels", "rashomon_stability"])` draws them, and `adata.write_h5ad`
# keeps them.

# %%
adata.obs[["rashomon_labels", "rashomon_stability", "rashomon_verdict"]].head()

# %% [markdown]
# Stability of a cell, in [0, 1]: how much of its cluster stays together with it when half of the cells are analysed
# anew.

# %%
adata.obs.groupby("rashomon_labels", observed=True)["rashomon_stability"].describe()[["count", "mean", "min"]].round(2)

# %% [markdown]
# ## Keep a report
#
# One HTML file that opens without a network, with all tables, figures and a paragraph for the methods section. Here
# it goes into a folder that is thrown away; choose your own.

# %%
with tempfile.TemporaryDirectory() as folder:
    report = Path(folder) / "report.html"
    rs.report.write(audit, report)
    print(f"the report has {report.stat().st_size / 1e6:.1f} MB")

# %% [markdown]
# ## The conclusion, as a check
#
# More clusters come back than there are lines; each lies in one protocol; at least one line has come back twice, once
# per protocol; and the audit has noticed. The next step is the one it named: cluster within each protocol, or
# integrate over it, and ask again.

# %%
cells = adata.obs[adata.obs["rashomon_labels"].isin(came_back)]
majority = cells.groupby("rashomon_labels", observed=True)[["cell_line_demuxlet", "protocol"]].agg(
    lambda labels: labels.mode()[0]
)
within = pd.crosstab(cells["rashomon_labels"], cells["protocol"], normalize="index").max(axis=1)

assert len(came_back) > adata.obs["cell_line_demuxlet"].nunique()
assert within.min() > 0.95
assert majority.groupby("cell_line_demuxlet", observed=True)["protocol"].nunique().max() == 2
assert "protocol divides them" in audit.answers["truths"].sentence
majority
