# %% [markdown]
# # Which truth do my TCR clusters follow?
#
# You have T-cell receptors, and you cluster them by sequence: one residue may differ, and what is linked is one
# cluster. Papers call such clusters *specificities*. Are they?
#
# We use 1,924 receptors of 78 mice, each sorted by the epitope it binds (Dash et al. 2017), so that the epitope is
# known for every one. **Look for** three things on this page: what the clusters follow *besides* the epitope, how much
# of it is left once V gene, J gene and length are held constant, and what one more allowed edit does.
#
# This page runs in less than a minute, without scanpy; `RASHOMON_TUTORIAL=full` in the environment compares more
# settings with more repeats, which takes minutes.

# %%
import os

import pandas as pd

import rashomon as rs
from rashomon.core import silent

FULL = os.environ.get("RASHOMON_TUTORIAL") == "full"

table = rs.datasets.dash_mouse()
table.head(3)

# %% [markdown]
# ## The unit is a receptor of a donor, not a row
#
# A clone that was sequenced twice is one observation: copies are always in the same cluster, and would make every
# cluster look pure. `receptor_dataset` reads and checks the table; `unique_receptors` keeps one row per receptor and
# mouse. Everything that was repaired or dropped is said.

# %%
rows = rs.tl.receptor_dataset(table, truths=["epitope=biological:external"], donor_key="subject")
print(*rows.rows.notes, sep="\n")

# %% [markdown]
# ## Ask
#
# `epitope` is `biological` and was measured outside the sequence (`external`). V gene, J gene and length are added as
# controls; J and length are part of the junction itself and cannot win. The short page compares beta chains, by one
# exchanged residue and by TCRdist; for real work leave out `multiverse` and `n_replicates`.

# %%
short = {"multiverse": {"chain": ["vdj"], "distance": ["hamming", "tcrdist"], "seed": [0]}, "n_replicates": 3}
settings = {"donor_key": "subject", "announce": silent, "progress": silent, "rng": 0}
settings |= {} if FULL else short | {"n_jobs": 1}
audit = rs.tl.audit_receptors(table, truths=["epitope=biological:external"], **settings)

for answer in audit.answers.values():
    print(f"- {answer.sentence}")

# %% [markdown]
# ## Nearly every cluster is pure. Is that news?
#
# Purity is the share of clustered receptors that carry the most frequent label of their cluster. **Compare three
# columns**: the value, the value when labels are shuffled among all receptors, and the value when they are shuffled
# only among receptors with the same V gene, J gene and length.

# %%
scores = audit.tables["receptor_scores"]
wide = scores[scores["score"] == "purity"].pivot_table(index="truth", columns="strata", values=["value", "random_mean"])
purity = pd.DataFrame(
    {
        "purity": wide["value", ""],
        "shuffled": wide["random_mean", ""],
        "shuffled within V, J, length": wide["random_mean", "V, J and length"],
        "clusters of a background": wide["random_mean", "background"],
    }
)
purity.round(2)

# %% [markdown]
# The epitope is matched almost perfectly, and far better than by shuffled labels. But so it is when labels are
# shuffled within V, J and length: in these mice, whoever has the V gene, the J gene and the length of a response has
# its epitope. The last column clusters receptors in which nothing but V, J, length and composition is shared: even
# their clusters have a high purity. `beyond` asks the question in one number: 0 says that the clusters know nothing of
# the label once V, J and length are known, 1 that they know all the rest.

# %%
audit.tables["beyond"][["truth", "value", "low", "high"]].round(2)

# %% [markdown]
# That is no proof against specificity. It says that *these data* cannot separate "binds the same epitope" from "was
# made from the same genes": a focused response uses few genes. A sentence such as "sequence clustering recovers
# specificity" is not shown by purity.
#
# ## Where links chain
#
# More lenient cutoffs keep more receptors, until clusters run together. `retention` is the share of receptors in a
# cluster; read it beside `background_retention`, that of as many receptors with the same V, J and lengths in which
# nothing else is shared.

# %%
audit.tables["percolation"].round(2)

# %%
axes = rs.pl.percolation(audit.tables["percolation"], show=True)

# %% [markdown]
# ## Cluster by cluster
#
# Every cluster gets a word with its reason. *Same-target candidate* needs more than V and J, and two donors; *shared by
# generation* has no more links than its background; *cannot tell* says what is missing.

# %%
clusters = audit.tables["receptor_clusters"]
clusters["verdict"].value_counts()

# %% [markdown]
# The picture shows what the receptors of a cluster have in common, the largest first. **Look at** the last panel:
# nearly every cluster is of one epitope, and the hollow dots say that this is no more than its V, J and length promise.
# The mice, on the other hand, are mixed.

# %%
panels = rs.pl.receptor_clusters(clusters, n=15, show=True)

# %%
clusters[["name", "n", "n_donors", "top_v", "label", "label_share", "links", "expected_links", "verdict"]].head(
    8
).round(2)

# %% [markdown]
# ## Back to your rows
#
# One line per row of the table, in its order: the receptor it belongs to, its cluster, and the word of the cluster.

# %%
audit.tables["row_labels"].head(3)

# %% [markdown]
# ## What to do with your own table
#
#     rashomon audit receptors.tsv --truth epitope --truth v_call --donor donor --batch study -o audit/
#
# AIRR, 10x, BD Rhapsody and VDJdb-like tables are recognised by their columns. With `--batch study` the cutoff is
# also calibrated: what a link says about a shared epitope, learned in other studies.

# %%
epitope = purity.loc["epitope"]
beyond = audit.tables["beyond"].set_index("truth").loc["epitope"]
lenient = audit.tables["percolation"].query("metric == 'levenshtein'")["largest_share"]
print(
    f"epitope: purity {epitope['purity']:.2f}, shuffled {epitope['shuffled']:.2f}, "
    f"beyond V, J and length {beyond['value']:.2f}"
)

assert epitope["purity"] > 2 * epitope["shuffled"]  # pure, far above shuffled labels
assert epitope["purity"] - epitope["shuffled within V, J, length"] < 0.05  # and yet hardly above its matched control
assert beyond["low"] < 0.1  # little or nothing beyond V, J and length
assert not (clusters.nlargest(15, "n")["label_q"] <= 0.05).any()  # no large cluster is purer than its genes promise
assert lenient.iloc[-1] > 2 * lenient.iloc[0]  # one more edit chains clusters together
assert pd.Series(audit.tables["row_labels"]["row"]).size == len(table)  # no row vanished
