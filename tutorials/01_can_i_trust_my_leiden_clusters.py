# %% [markdown]
# # Can I trust my Leiden clusters?
#
# You have counts, and scanpy has made clusters. Would the same clusters come back in other cells, with fewer counts, or
# if a colleague had chosen other settings? Which of them should be merged? And what do they follow: the biology, or the
# way the cells were prepared?
#
# We use data where the right answer is known: 499 cells of **three** human lung cancer cell lines, mixed before
# sequencing. The line of each cell was read from its genotype, that is, from sequence variants in its RNA and not
# from how much RNA of each gene was there. The cells were sequenced with **two** protocols (Tian et al. 2019).
#
# As it stands the page is short: a few settings, four repeats, under a minute, without scanpy. With
# `RASHOMON_TUTORIAL=full` in the environment it clusters with scanpy, and compares more settings with more repeats,
# which takes minutes. The conclusions are the same, and the last cell checks them.

# %%
import os
import tempfile
from pathlib import Path

import pandas as pd

import rashomon as rs
from rashomon.core import silent

FULL = os.environ.get("RASHOMON_TUTORIAL") == "full"

adata = rs.datasets.sc_mixology()
pd.crosstab(adata.obs["cell_line_demuxlet"], adata.obs["protocol"])

# %% [markdown]
# ## Cluster, as you would
#
# The usual lines of scanpy; keep the counts in a layer, because Rashomon starts from them. The short page leaves these
# lines out: without `labels`, Rashomon runs its default pipeline, which is these lines.

# %%
if FULL:
    import scanpy as sc

    adata.layers["counts"] = adata.X.copy()
    sc.pp.normalize_total(adata, target_sum=1e4)
    sc.pp.log1p(adata)
    sc.pp.highly_variable_genes(adata, n_top_genes=2000)
    sc.pp.scale(adata, max_value=10)
    sc.pp.pca(adata, n_comps=50, mask_var="highly_variable")
    sc.pp.neighbors(adata, n_neighbors=15)
    sc.tl.leiden(adata, resolution=1.0, flavor="igraph", n_iterations=2, directed=False)
    sc.tl.umap(adata)

# %% [markdown]
# ## Ask
#
# One call. `truths` names label columns that the clusters may follow, and says where each comes from: this one is
# `biological` and was measured outside the expression (`external`). `batch_key` names the technical column; it competes
# with the truths. For your own data leave out `multiverse` and `n_replicates`.

# %%
levels = {"normalise": ["log CP10k"], "n_genes": [1000, 600], "scale": ["clip 10"], "n_pcs": [50, 20]}
short = {"multiverse": levels | {"resolution": [1.0, 0.5], "seed": [0]}, "n_replicates": 4, "n_jobs": 1}
settings = {"batch_key": "protocol", "truths": ["cell_line_demuxlet=biological:external"], "rng": 0}
settings |= {"announce": silent, "progress": silent} | ({} if FULL else short)
audit = rs.audit(adata, labels="leiden" if FULL else None, **settings)

for answer in audit.answers.values():
    print(f"- {answer.sentence}")

# %% [markdown]
# Each line answers one of the seven questions. Before you read them, look at the cells: the cluster, the line and the
# protocol of each. Do two islands carry the same line?

# %%
drawn = {"cluster": audit.cells["label"], "line, by genotype": adata.obs["cell_line_demuxlet"]}
drawn |= {"protocol": adata.obs["protocol"], "stability": audit.cells["stability"]}
panels = rs.pl.cell_panels(audit.view[0], drawn, show=True)

# %% [markdown]
# `stability` of a cell, in [0, 1], is how much of its cluster stays together with it when half of the cells are
# analysed anew. Yellow cells are at home; dark ones change company.
#
# ## One card per cluster
#
# All questions together end in one word per cluster, and in what to do. Each cluster is named by its majority among
# the lines. **Look at** `word`: *holds* is the one you hope for, and it needs more than coming back. *Reproducible but
# technical* means that the cluster comes back, and that something technical explains it.

# %%
cards = audit.tables["cards"].set_index("cluster")
named = audit.clusters.set_index("cluster")["name"]
cards.assign(name=named)[["name", "n", "word", "detail", "action"]]

# %% [markdown]
# ## Do the clusters come back?
#
# The same pipeline was run again with other random seeds, with jittered weights in the graph, with half of the counts
# taken away, and in half of the cells; and all cells were clustered again with other defensible settings. A cluster is
# *found again* in a repeat when some cluster there is much the same: the cells in both are at least half of the cells
# in either (a Jaccard index of 0.5 or more). It *comes back* when this happens in at least 80 % of the repeats of every
# kind. Both numbers are conventions.
#
# One row per cluster, one panel per kind of repeat. A dot is the mean over the repeats, its line where most of them
# lie; a hollow dot means "on average not found again". The grey bar is what clusters of that size reach in data drawn
# from one population, without groups. Harmony stands `beside`: it asks another question, and does not decide.

# %%
panels = rs.pl.cluster_recovery(audit.tables["rungs"], audit.clusters, show=True)

# %%
came_back = audit.clusters.loc[audit.clusters["class"] == "comes back", "cluster"].astype(str)
print(f"{len(came_back)} clusters come back; {adata.obs['cell_line_demuxlet'].nunique()} cell lines were mixed")

# %% [markdown]
# More clusters come back than there are lines. Count the cells of every cluster by line *and* by protocol:

# %%
pd.crosstab(audit.cells["label"], [adata.obs["cell_line_demuxlet"], adata.obs["protocol"]])

# %% [markdown]
# Nearly every cluster lies in **one protocol**, and the same line comes back as two clusters, one per protocol.
# Whatever differs between the protocols is in the data each time they are analysed, so it comes back each time. So:
#
# - **"Comes back" is not "is real"**, and not "is a cell type". It says: *whatever made this cluster is still there
#   in half of the cells and under other settings*. That can be a batch effect.
# - **A gap between clusters is no cell type either.** The first answer above is "Yes (groups)", and that is right:
#   cells between the groups are rare. What keeps them apart is asked elsewhere.
# - A cluster that does **not** come back is no evidence against a cell type. A rare type can be lost in half of the
#   cells.
#
# ## Whose truth do they follow?
#
# Agreement is measured by adjusted mutual information (`ami`): 0 is chance, 1 is identical. The black mark is what
# shuffled labels reach, the triangle what could be predicted from the neighbours of each cell; dots are other settings.

# %%
axes = rs.pl.truth_agreement(audit.tables["truths"], audit.tables["truth_matrix"], show=True)
print(audit.answers["truths"])

# %% [markdown]
# The clusters follow the genotype *and* the protocol. The sentence ends in what to do. So does the next one, which asks
# for technical causes by name:

# %%
print(audit.answers["confounding"])

# %% [markdown]
# ## Do what it says
#
# *Cluster within it.* `within` audits a part of the cells; `questions` keeps to those that matter now.

# %%
part, questions = {"protocol": "CEL-seq2"}, ("structure", "stability", "truths", "confounding")
settings |= {"batch_key": None, "questions": questions}
within = rs.audit(adata, within=part, key_added="celseq2", **settings)
for question in questions:
    print(f"- {within.answers[question].sentence}")

# %%
inside = adata.obs["protocol"] == "CEL-seq2"
drawn = {"cluster": within.cells["label"], "line, by genotype": adata.obs["cell_line_demuxlet"][inside]}
panels = rs.pl.cell_panels(within.view[0], drawn | {"stability": within.cells["stability"]}, show=True)

# %%
named = within.clusters.set_index("cluster")["name"]
within.tables["cards"].set_index("cluster").assign(name=named)[["name", "n", "word", "detail", "action"]]

# %% [markdown]
# Within one protocol the agreement with the genotype rises, and nothing technical is left to explain the clusters. Some
# clusters now *hold*, "in this sample": there is one sample, and no word about other people can come from it.
#
# A line may still have two clusters. Then look at their cards: *should merge* says that the repeats found the two as
# one, *cannot tell* that the repeats disagree. Do not take the genotype as the last word there. It knows three lines; a
# state that some cells of one line are in, such as stress, is invisible to it. No truth knows everything.
#
# ## Which labelling to go on with
#
# `recommended` keeps two clusters apart unless nothing spoke for a gap between them; `conservative` keeps apart only
# what was proven to have one. These labellings know of gaps only. Where a card says *should merge* and the labelling
# keeps a cluster, a gap was seen in all cells and not found again in half of them: leave that one open.
#
# The audit has added both labellings to `adata.obs`, beside the stability and the word of each cell, and has changed
# nothing else. `sc.pl.umap(adata, color=["celseq2_recommended", "celseq2_stability"])` draws them.

# %%
pd.crosstab(adata.obs["celseq2_recommended"], adata.obs["cell_line_demuxlet"])

# %%
within.tables["labellings"][["cluster", "n", "recommended", "conservative", "why_recommended"]]

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
# ## Blood cells, if you have them
#
# The 2,700 blood cells of every scanpy tutorial do not come with Rashomon. Where `RASHOMON_TEST_DATA` names a folder
# with `pbmc3k/pbmc3k_counts.h5ad` (counts, and the column `seurat_cell_type`), the full page audits them as well.

# %%
given = os.environ.get("RASHOMON_TEST_DATA")
blood_file = Path(given or "") / "pbmc3k" / "pbmc3k_counts.h5ad"
blood = None
if not FULL:
    print("skipped: the short page leaves the blood cells out")
elif not given or not blood_file.is_file():
    print("skipped: RASHOMON_TEST_DATA names no folder with pbmc3k/pbmc3k_counts.h5ad")
else:
    cells = rs.io.read_adata(blood_file)
    cells.layers["counts"] = cells.X.copy()
    sc.pp.normalize_total(cells, target_sum=1e4)
    sc.pp.log1p(cells)
    sc.pp.highly_variable_genes(cells, n_top_genes=2000)
    sc.pp.scale(cells, max_value=10)
    sc.pp.pca(cells, n_comps=50, mask_var="highly_variable")
    sc.pp.neighbors(cells, n_neighbors=15)
    sc.tl.leiden(cells, resolution=1.0, flavor="igraph", n_iterations=2, directed=False)
    sc.tl.umap(cells)
    blood = rs.audit(
        cells, labels="leiden", truths=["seurat_cell_type=annotation:expression"], announce=silent, progress=silent
    )
    print(*(f"- {answer.sentence}" for answer in blood.answers.values()), sep="\n")

# %%
if blood:
    drawn = {"leiden": cells.obs["leiden"], "recommended": cells.obs["rashomon_recommended"]}
    drawn |= {"seurat_cell_type": cells.obs["seurat_cell_type"], "stability": cells.obs["rashomon_stability"]}
    rs.pl.cell_panels(blood.view[0], drawn, show=True)
    named = blood.clusters.set_index("cluster")["name"]
    words = blood.tables["cards"].set_index("cluster").assign(name=named)
    print(words[["name", "n", "word", "detail", "markers"]])
    naive, memory, b_cells = (named.index[named.str.contains(name)][0] for name in ("Naive CD4", "Memory CD4", "% B"))
    merged = blood.tables["labellings"].set_index("cluster")["recommended"]
    assert merged[naive] == merged[memory]
    assert words.loc[b_cells, "word"] == "holds"

# %% [markdown]
# B cells *hold*; naive and memory CD4 T cells *should merge*, as there is no gap between them: a border there is your
# choice and not the data's, whatever a resolution makes of it. With 34 dendritic cells and 15 platelets the audit is at
# its limit. Their markers say what they are; that their clusters come and go in half of the cells says how many cells
# of them you would want. And it names no winner among the labels: the names were given by the expression of markers.

# %% [markdown]
# ## The conclusion, as a check
#
# More clusters come back than there are lines, and nearly all cells of each lie in one protocol; the audit has noticed,
# and said what to do. Doing it raised the agreement with the genotype, and left no technical cause.

# %%
purity = pd.crosstab(audit.cells["label"], adata.obs["protocol"], normalize="index").max(axis=1)[came_back]
ami = audit.tables["truths"].set_index("truth")["ami"]["cell_line_demuxlet"]
ami_within = within.tables["truths"].set_index("truth")["ami"]["cell_line_demuxlet"]
lines = pd.crosstab(within.cells["label"], adata.obs["cell_line_demuxlet"][inside], normalize="index").max(axis=1)
cards_within = within.tables["cards"].set_index("cluster")

assert len(came_back) > adata.obs["cell_line_demuxlet"].nunique()
assert purity.min() > 0.9
assert "protocol divides them" in audit.answers["truths"].sentence
assert (cards["word"] == "reproducible but technical").sum() > adata.obs["cell_line_demuxlet"].nunique()
assert not (cards["word"] == "holds").any()
assert ami_within > ami + 0.1
assert lines[cards_within.index[cards_within["word"] == "holds"]].min() > 0.95
assert (cards_within["word"] == "holds").sum() >= 2
assert "Nothing technical" in within.answers["confounding"].sentence
print(f"agreement with the genotype: {ami:.2f} over both protocols, {ami_within:.2f} within one")
