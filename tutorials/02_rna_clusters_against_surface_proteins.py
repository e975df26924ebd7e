# %% [markdown]
# # RNA clusters against surface proteins
#
# With CITE-seq you have two opinions about every cell: the cluster that its RNA falls into, and the gate that its
# surface proteins fall into. They were measured by different molecules, so that where they agree, they confirm each
# other. Where they do not, one of them has missed something. How far do they agree, where do they part, and which
# cells decide?
#
# The full page uses cord blood with antibodies (Stoeckius et al. 2017), which does not come with Rashomon: set
# `RASHOMON_TUTORIAL=full`, and `RASHOMON_TEST_DATA` to a folder with `cite_cbmc/cite_cbmc.h5ad` (counts in `X`, counts
# of antibodies in `obsm["adt_counts"]`, their names in `uns["adt_names"]`). It draws a UMAP with scanpy. Otherwise the
# cells are **simulated**: among them one pair of types that the RNA cannot tell apart, and another without an
# antibody. The analysis is the same, line by line, and takes less than a minute.

# %%
import os
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.mixture import GaussianMixture

import rashomon as rs
from rashomon.core import silent
from rashomon.truth import deciding, relations

FULL = os.environ.get("RASHOMON_TUTORIAL") == "full"
given = os.environ.get("RASHOMON_TEST_DATA")
cord_blood = Path(given or "") / "cite_cbmc" / "cite_cbmc.h5ad"
MEASURED = FULL and bool(given) and cord_blood.is_file()
print(
    "measured cord blood" if MEASURED else "simulated cells: the cord blood is not at hand, or this is the short page"
)

# %% [markdown]
# ## The cells
#
# The simulated ones are drawn from a world with five types. Then every cell is stained: an antibody finds its protein
# ten times above background on the types that carry it, with a scatter between cells. T cells are dealt into CD4 and
# CD8 by chance, so that their RNA knows nothing of it (in real cells it knows little); and no antibody tells the two
# kinds of monocytes apart.

# %%
stained = {"CD3": ["CD4 T", "CD8 T"], "CD4": ["CD4 T"], "CD8": ["CD8 T"], "CD19": ["B"], "CD56": ["NK"]}
stained["CD11c"] = ["monocyte 1", "monocyte 2"]
if MEASURED:
    adata = rs.io.read_adata(cord_blood)
    names = [str(name) for name in adata.uns["adt_names"]]
    adt = pd.DataFrame(np.asarray(adata.obsm["adt_counts"]), index=adata.obs_names, columns=names)[list(stained)]
else:
    types = {"blood": ["T", "B", "NK", "monocyte 1", "monocyte 2"]}
    knobs = {"n_genes": 600, "hierarchy": types, "effect_size": 2.0, "n_markers": 25, "proportions": [0.4, *[0.15] * 4]}
    world = rs.sim.World("blood", knobs | {"depth": 1500.0, "depth_sd": 0.3, "dispersion": 0.2}, n_obs=600)
    adata = world.sample(rng=0).to_anndata()
    rng = np.random.default_rng(0)
    helper = rng.random(adata.n_obs) < 0.6
    kind = adata.obs["type"].astype(str).where(adata.obs["type"] != "T", np.where(helper, "CD4 T", "CD8 T"))
    carries = pd.DataFrame({name: kind.isin(types) for name, types in stained.items()})
    amount = 20 * 10.0**carries * rng.lognormal(0, 0.4, carries.shape)
    adt = pd.DataFrame(rng.poisson(amount), index=adata.obs_names, columns=list(stained))
adt.describe().loc[["min", "50%", "max"]].round()

# %% [markdown]
# ## Gate
#
# As on a cytometer: each antibody on a log scale, centred per cell (CLR), and a threshold between background and
# signal. Here two normal distributions are fitted, and a cell is positive or negative where the fit is nine parts in
# ten sure. A cell that fits no gate is `ungated`: no opinion is better than a wrong one.

# %%
logged = np.log1p(adt)
clr = logged.sub(logged.mean(axis=1), axis=0)


def signal(values: pd.Series) -> np.ndarray:
    """Return the probability of each cell to be in the upper of two normal distributions."""
    mixture = GaussianMixture(2, random_state=0, means_init=values.quantile([0.2, 0.95]).to_numpy()[:, None])
    fitted = mixture.fit(values.to_numpy()[:, None])
    return fitted.predict_proba(values.to_numpy()[:, None])[:, fitted.means_[:, 0].argmax()]


on = pd.DataFrame({name: signal(clr[name]) for name in clr}, index=adt.index)
yes, no = on > 0.9, on < 0.1
gates = {
    "CD4 T": yes["CD3"] & yes["CD4"] & no["CD8"] & no["CD19"],
    "CD8 T": yes["CD3"] & yes["CD8"] & no["CD4"] & no["CD19"],
    "B": yes["CD19"] & no["CD3"] & no["CD11c"],
    "NK": yes["CD56"] & no["CD3"] & no["CD19"] & no["CD11c"],
    "monocyte": yes["CD11c"] & no["CD3"] & no["CD19"],
}
adata.obs["gate"] = np.select(list(gates.values()), list(gates), default="ungated")
adata.obs["gate"].value_counts()

# %%
colour = dict(zip([*gates, "ungated"], ["C0", "C3", "C2", "C1", "C4", "0.8"], strict=True))
figure, panels = plt.subplots(1, 3, figsize=(13, 4), layout="constrained")
for axes, (x, y) in zip(panels, [("CD3", "CD19"), ("CD4", "CD8"), ("CD56", "CD11c")], strict=True):
    for name, group in clr.groupby(adata.obs["gate"], sort=False):
        axes.scatter(group[x], group[y], s=6, color=colour[name], label=name, linewidths=0)
    axes.set(xlabel=f"{x} (CLR)", ylabel=f"{y} (CLR)")
panels[-1].legend(loc="center left", bbox_to_anchor=(1, 0.5), markerscale=3, frameon=False)
plt.show()

# %% [markdown]
# ## Ask
#
# The gate is an `annotation`, and it was made from `protein`, not from the matrix that is clustered. That one word
# decides whether agreement counts as evidence. `unassigned` names the word that means "no class".

# %%
if MEASURED:
    import scanpy as sc

    adata.layers["counts"] = adata.X.copy()
    sc.pp.normalize_total(adata, target_sum=1e4)
    sc.pp.log1p(adata)
    sc.pp.scale(adata, max_value=10)
    sc.pp.pca(adata, n_comps=50)
    sc.pp.neighbors(adata, n_neighbors=15)
    sc.tl.leiden(adata, resolution=1.0, flavor="igraph", n_iterations=2, directed=False)
    sc.tl.umap(adata)
short = {"multiverse": {"n_genes": [400], "scale": ["clip 10"], "n_pcs": [20, 10], "resolution": [1.0, 0.5]}}
short |= {"n_replicates": 4, "n_jobs": 1}
audit = rs.audit(
    adata,
    labels="leiden" if MEASURED else None,
    truths=["gate=annotation:protein"],
    unassigned=["ungated"],
    announce=silent,
    progress=silent,
    rng=0,
    **({} if MEASURED else short),
)
print(audit.answers["truths"])

# %%
gate = adata.obs["gate"].where(adata.obs["gate"] != "ungated")
drawn = {"RNA cluster": audit.cells["label"], "gate, by protein": gate, "stability": audit.cells["stability"]}
panels = rs.pl.cell_panels(audit.view[0], drawn, show=True)

# %% [markdown]
# **Look for** two things: one cluster in two colours of the gate, which is where the RNA is blind; and one gate in
# several clusters, which is where the antibodies are, or where the RNA cuts one kind of cell into pieces. A short page
# draws the first two components only: groups that lie on each other there may lie apart in others.
#
# ## Where do they part?

# %%
parts = pd.DataFrame({"RNA cluster": audit.cells["label"], "gate": gate})
axes = rs.pl.alluvial(parts, truths=["RNA cluster", "gate"], show=True)

# %%
share = pd.crosstab(parts["RNA cluster"], parts["gate"], normalize="index")
cards = audit.tables["cards"].set_index("cluster")
shown = share.round(2).assign(gated=gate.notna().groupby(audit.cells["label"]).mean().round(2))
shown.join(cards[["n", "word", "detail"]])

# %% [markdown]
# A row per cluster: the share of its gated cells in each gate, the share of its cells that were gated at all, and the
# word of its card.
#
# - **Two large shares in a row.** If the cluster *holds* or comes back, the RNA will not separate the two, however
#   often you look: name the cluster by both, or cut it with the proteins.
# - **Two rows with the same gate.** Is the cut between them real? The cards say where no gap or no repeat speaks for
#   it. Where it comes back, the RNA has seen something that no antibody of this panel can confirm or deny.
# - **Should merge, and yet different gates.** The card speaks of the RNA alone. The proteins have settled it: keep the
#   two apart, and say by what. In the cord blood this is the lot of the CD8 T cells.
# - **Few cells gated**, into gates that do not belong together: the cluster carries none of these proteins, and its
#   gated cells were gated by background. In the cord blood one large cluster is like that. Mouse cells had been added
#   to that experiment, so look there for genes of mice.
#
# ## How do the two definitions relate?
#
# `relation` says whether two label columns are the same, one refines the other, or they overlap. `n_deciding` counts
# the cells for which the two name groups that share less than half of their members. These cells decide which of the
# two definitions a method will seem to follow, so look at them before any others. The word speaks of all cells
# together: definitions that are nearly *same* can still differ in a whole type.

# %%
truths = {
    "RNA cluster": rs.Truth.from_series(parts["RNA cluster"]),
    "gate": rs.Truth.from_series(parts["gate"], kind="annotation", derived_from="protein"),
}
relations(truths)[["truth_a", "truth_b", "ami", "relation", "n_deciding"]].round(2)

# %%
groups = deciding(truths["RNA cluster"], truths["gate"]).query("n_obs >= 10 and agreement < 0.9")
groups.head(6).round(2)

# %% [markdown]
# ## Agreement that proves nothing
#
# Many label columns were made from the same matrix as the clusters: names given by markers, labels transferred by
# similarity of expression. Such labels share the noise and the batch effects of the clusters; they would agree even if
# both were wrong. As an example serve 700 blood cells that come with scanpy. `louvain` is a clustering, and
# `bulk_labels` names the sorted population whose *expression* is most similar. `labels_only=True` leaves the matrix
# alone.

# %%
cells = rs.datasets.pbmc68k_reduced()
told = {"labels_only": True, "announce": silent}
honest = rs.audit(cells, labels="louvain", truths=["bulk_labels=annotation:expression"], **told)
print(honest.answers["truths"])

# %% [markdown]
# The labels are `circular`: they are shown and can never win. Declare `protein` only where it is true.
#
# How much of an agreement is luck, or bought with more clusters? Two controls: the same labels shuffled over the cells,
# and the same clusters cut at random into eight pieces each.

# %%
louvain = cells.obs["louvain"].astype(str)
control = np.random.default_rng(0)
controls = {
    "shuffled": control.permutation(louvain),
    "in pieces": louvain + "." + control.integers(8, size=700).astype(str),
}
partitions = rs.Partitions.from_obs(pd.DataFrame({"louvain": louvain, **controls}), ["louvain", *controls])
names = rs.Truth.from_series(cells.obs["bulk_labels"], kind="annotation", derived_from="expression")
agreement = rs.score.agreement(partitions, names, scores=("ami", "ari", "homogeneity"), rng=control)
agreement.pivot_table(index="run", columns="score", values="value", sort=False).round(2)

# %% [markdown]
# Shuffled labels score about 0 in `ami` and `ari`, as they should. Cutting clusters at random *raises* homogeneity and
# lowers `ami`: a score that is not corrected for chance can be bought with more clusters. `ari` counts pairs of cells,
# so that large clusters decide it. State which score you used.
#
# ## What to do next
#
# - Name a cluster by its gate where nearly all of its gated cells are in one, and it holds.
# - A cluster with two gates is cut by the proteins, or named by both: more RNA analysis will not do it.
# - A gate with two clusters that hold needs another antibody, or markers (`audit.tables["markers"]`).
# - Ungated cells are not wrong cells. Look at the column `gated` before you speak of a whole cluster.
#
# ## The conclusion, as a check
#
# The RNA clusters follow the proteins far beyond chance, and agreement with labels from the same matrix wins nothing.
# Some gate lies in several clusters. In the simulated cells we also know the rest: the cluster of T cells *holds*, and
# is two types all the same.

# %%
row = audit.tables["truths"].set_index("truth").loc["gate"]
value = agreement.set_index(["run", "score"])["value"]
homes = pd.crosstab(parts["RNA cluster"], parts["gate"]).idxmax(axis=1)

assert row["ami"] > 0.4
assert row["random_mean"] < 0.05
assert not row["circular"]
assert audit.answers["truths"].verdict == "the clusters follow gate"
assert homes.duplicated().any()  # several clusters with the same gate
assert honest.tables["truths"]["circular"].all()
assert honest.answers["truths"].status == "cannot tell"
assert abs(value["shuffled", "ami"]) < 0.05
assert value["in pieces", "homogeneity"] > value["louvain", "homogeneity"]
assert value["in pieces", "ami"] < value["louvain", "ami"]
if MEASURED:
    assert share["CD8 T"].max() > 0.9
    assert cards.loc[share["CD8 T"].idxmax(), "word"] == "should merge"
    assert (shown["gated"][cards.loc[shown.index, "n"] > 500] < 0.4).any()
else:
    mixed = share[["CD4 T", "CD8 T"]].min(axis=1).idxmax()
    assert share.loc[mixed, ["CD4 T", "CD8 T"]].min() > 0.3
    assert cards.loc[mixed, "word"] == "holds"
    assert (cards.loc[homes.index[homes == "monocyte"], "word"] == "holds").sum() == 2
print(f"agreement with the gate: {row['ami']:.2f}; shuffled labels: {row['random_mean']:.2f}")
