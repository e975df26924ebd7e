# %% [markdown]
# # Labels you already have
#
# You have a table of cells with several label columns: a clustering, an annotation, perhaps a cell-cycle phase. How
# far do they agree, where do they part, and what would agreement prove? None of this needs the expression matrix, and
# nothing is clustered again.
#
# The data: 700 human blood cells that come with scanpy. `louvain` is a clustering; `bulk_labels` names, for each
# cell, the sorted population whose expression is most similar; `phase` is a cell-cycle phase.
#
# This page runs in a few seconds.

# %%
import numpy as np
import pandas as pd

import rashomon as rs
from rashomon.truth import deciding, relations

adata = rs.datasets.pbmc68k_reduced()
adata.obs[["louvain", "bulk_labels", "phase"]].head()

# %% [markdown]
# ## Two kinds of label columns
#
# *Partitions* are judged: one column per labeling, as many as you like. A *truth* judges: one definition of the right
# answer, with a note of where it came from. Nothing in the data says which is which. You do.
#
# Beside the clustering we put two controls: the same labels shuffled over the cells, and the same clusters cut at
# random into eight pieces each. The first knows nothing; the second has added nothing but pieces.

# %%
rng = np.random.default_rng(0)
louvain = adata.obs["louvain"].astype(str)
columns = pd.DataFrame(
    {
        "louvain": louvain,
        "louvain, shuffled": rng.permutation(louvain),
        "louvain, in pieces": louvain + "." + rng.integers(8, size=len(louvain)).astype(str),
    }
)
parts = rs.Partitions.from_obs(columns, list(columns))
truth = rs.Truth.from_series(adata.obs["bulk_labels"], kind="annotation", derived_from="expression")
print(f"{parts.n_runs} labelings of {parts.n_obs} cells; the truth has {len(truth.categories)} classes")

# %% [markdown]
# ## How far do they agree?
#
# Three scores of agreement. `ami` (shared information) and `ari` (pairs of cells) are corrected for chance: 0 is
# chance, 1 is identical. `homogeneity` is not; it asks only whether each cluster holds one class.
#
# `low` and `high` are a 95 % interval over half-samples of these cells with the labels kept as they are. They say
# nothing about other donors, nor about what another clustering would have given.

# %%
table = rs.score.agreement(parts, truth, scores=("ami", "ari", "homogeneity"), rng=rng)
table.pivot_table(index="run", columns="score", values=["value", "low", "high"], sort=False).round(2)

# %% [markdown]
# **Look at** three things.
#
# - The shuffled labels score about 0 in `ami` and `ari`, as they should: this is the floor.
# - Cutting clusters at random *raises* homogeneity and lowers `ami`. A score that is not corrected for chance can be
#   bought with more clusters.
# - `ami` and `ari` of the same column differ. `ari` counts pairs of cells, so large clusters decide it. State which
#   score you used.

# %% [markdown]
# ## Where do they part?
#
# For each cluster the class that it shares most with. `jaccard` is 1 when the cluster is exactly that class;
# `share_in_match` is the share of the cluster that lies in the class, `share_of_match` the share of the class that
# lies in the cluster.

# %%
names = parts.runs.set_index("run")["categories"]
matches = rs.score.best_matches(parts.column("louvain"), truth.codes)
matches["cluster"] = [names["louvain"][code] for code in matches["cluster"]]
matches["match"] = [truth.categories[code] for code in matches["match"]]
matches.round(2)

# %% [markdown]
# **Look at** rows with a high `share_in_match` and a low `share_of_match`: several clusters share one class, so the
# clustering is finer there, which may be noise or something the annotation had no name for. The opposite, a low
# `share_in_match`, is a cluster that mixes classes. This table cannot tell which of the two columns is right.

# %% [markdown]
# ## How do the definitions relate?
#
# Compare label columns with one another before you choose one to judge by. `relation` says whether two are the same,
# one refines the other, they overlap or are independent, and "cannot tell" where the interval allows more than one.
# `n_deciding` counts the cells for which the two name groups that share less than half of their members: these cells
# decide which definition a clustering will seem to follow.

# %%
truths = {name: rs.Truth.from_series(adata.obs[name]) for name in ("louvain", "bulk_labels", "phase")}
relations(truths)[["truth_a", "truth_b", "ami", "relation", "n_deciding"]].round(2)

# %%
deciding(truths["louvain"], truths["bulk_labels"]).query("n_obs >= 10").head(6).round(2)

# %% [markdown]
# ## Judge a column
#
# Now the question itself: *whose truth do the clusters follow?* We declare where the labels come from. Both
# `bulk_labels` and `phase` were made from the expression, the same matrix that made the clusters. `labels_only=True`
# leaves the matrix alone.

# %%
audit = rs.audit(
    adata,
    labels="louvain",
    truths=["bulk_labels=annotation:expression", "phase=annotation:expression"],
    labels_only=True,
)
print(audit.answers["truths"])

# %%
audit.tables["truths"][["truth", "circular", "ami", "low", "high", "random_mean", "random_high"]].round(3)

# %% [markdown]
# The agreement with `bulk_labels` is far above chance, and still the answer is *cannot tell*. That is on purpose.
# When the clusters and the labels were made from the same matrix, they share its noise and its batch effects too;
# they would agree even if both were wrong. Such labels are `circular`: they are shown and can never win.
#
# **What would change the answer** is a label that was measured in another way: a genotype, a protein gate, a sorted
# sample. Declare it as such (`"protein_gate=annotation:protein"`) only if it is true.
#
# Whether the clusters *come back*, and which settings made them, cannot be answered from labels:

# %%
for question in ("stability", "choices"):
    print(f"{question}: {audit.answers[question].text}")

# %% [markdown]
# ## The conclusion, as a check
#
# High agreement, far above the shuffled labels; and no winner, because agreement with labels from the same matrix
# confirms nothing.

# %%
value = table.set_index(["run", "score"])["value"]

assert value["louvain", "ami"] > 0.5
assert abs(value["louvain, shuffled", "ami"]) < 0.05
assert value["louvain, in pieces", "homogeneity"] > value["louvain", "homogeneity"]
assert value["louvain, in pieces", "ami"] < value["louvain", "ami"]
assert audit.tables["truths"]["circular"].all()
assert audit.answers["truths"].status == "cannot tell"
