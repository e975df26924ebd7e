from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from rashomon.ask.receptor.cluster import CLUSTER_COLUMNS, receptor_clusters, target_truths
from rashomon.ask.receptor.word import RECEPTOR_WORDS
from rashomon.core import UsageError
from rashomon.dataset import Truth
from tests import planted_receptors as plant


def everything(rng):
    """A background and one planted cluster per word, in the order of the words; returns table and distances."""
    noise = plant.frame(4000, rng)
    one_v = {"v": "TRBV3*01", "j": "TRBJ2*01"}
    parts = [noise]

    def add(n, **columns):
        cluster = len(parts) - 1
        rows = plant.frame(n, rng)
        rows["donor"] = [f"d{i % 8}" for i in range(n)]
        parts.append(plant.planted(rows, cluster, **columns))

    add(8, mait=True)
    twin = plant.junctions(1, rng)[0]
    add(4, aa=twin, batch="b0", copies=[400.0, 2.0, 3.0, 1.0], **one_v)
    add(6, donor="d5", copies=[50.0, 1.0, 1.0, 2.0, 1.0, 1.0])
    add(16, v=[f"TRBV{i + 1}*01" for i in range(16)])
    add(12, v="TRBV7*01", epitope=[f"e{i % 6}" for i in range(12)])
    add(8, v=[f"TRBV{i + 1}*01" for i in range(8)], epitope="")
    add(9, v=[f"TRBV{i + 4}*01" for i in range(9)], epitope="e1")
    add(2, epitope="")
    table = pd.concat(parts, ignore_index=True)
    codes = table["cluster"].to_numpy()
    pairs = []
    for code in range(codes.max() + 1):
        mine = np.flatnonzero(codes == code)
        full = [(i, j) for i in mine for j in mine if i < j]
        pairs += list(pairwise(mine)) if code == 3 else full
    return table, plant.linked(table, pairs=pairs)


def test_every_word_is_given_to_its_planted_cluster():
    """One cluster of each kind, each gets its word; the background expects as many links only in the generated one."""
    table, distances = everything(np.random.default_rng(1))
    expected = np.full(8, 0.1)
    expected[[5, 7]] = [26.0, np.nan]
    found = receptor_clusters(plant.judged(table), plant.dataset(table), distances=distances, background_links=expected)
    assert found["verdict"].tolist() == [name for name in RECEPTOR_WORDS if name != "clonal family"]
    assert list(found.columns) == [*CLUSTER_COLUMNS, "epitope: label", "epitope: share", "epitope: p"]
    assert (found["detail"].str.startswith("(") & (found["action"] != "")).all()
    row = found.iloc[6]
    assert (row["label"], row["label_count"], row["n_donors"], row["truth"]) == ("e1", 9, 8, "epitope")
    assert found["links"].tolist() == [28, 6, 15, 15, 66, 28, 36, 1]
    assert found["diameter"].tolist() == [1, 1, 1, 15, 1, 1, 1, 1]
    assert (found.loc[4, "top_v"], found.loc[4, "v_share"]) == ("TRBV7", 1.0)


def test_links_stand_in_for_labels():
    """Without any label a cluster with more links than its background and two donors is a candidate."""
    table, distances = everything(np.random.default_rng(2))
    found = receptor_clusters(
        plant.judged(table),
        plant.dataset(table, label=False),
        distances=distances,
        background_links=np.full(8, 0.1),
    )
    assert found.loc[6, "verdict"].startswith("same-target candidate")
    assert "labels cannot say which target" in found.loc[6, "detail"]
    assert found.loc[6, "links_q"] < 1e-6
    assert np.isnan(found.loc[6, "label_q"])


def test_one_donor_is_no_candidate():
    """Without a donor column, and with one donor, a label in excess is no candidate."""
    table, _ = everything(np.random.default_rng(3))
    nobody = receptor_clusters(plant.judged(table), plant.dataset(table, donor=False))
    assert nobody.loc[6, ["verdict", "detail"]].tolist() == ["cannot tell", "(no donor is declared)"]
    table["donor"] = "me"
    alone = receptor_clusters(plant.judged(table), plant.dataset(table))
    assert alone.loc[6, ["verdict", "detail"]].tolist() == ["cannot tell", "(its receptors are of one donor)"]


def test_label_that_follows_the_gene_is_no_target():
    """A label that every receptor with the gene has, in the cluster or not, is not enriched beyond the gene."""
    rng = np.random.default_rng(4)
    table = plant.frame(600, rng)
    table.loc[table["v"] == "TRBV7*01", "epitope"] = "e0"
    rows = plant.planted(plant.frame(12, rng), 0, v="TRBV7*01", epitope="e0")
    table = pd.concat([table, rows], ignore_index=True)
    row = receptor_clusters(plant.judged(table), plant.dataset(table)).iloc[0]
    assert row["label_p"] == 1.0
    assert not row["verdict"].startswith("same-target")


def test_counts_equal_those_of_pandas():
    """Donors, genes and lengths are those of a table grouped by cluster."""
    rng = np.random.default_rng(5)
    table = plant.frame(300, rng)
    table["cluster"] = rng.integers(-1, 20, 300)
    found = receptor_clusters(plant.judged(table), plant.dataset(table))
    groups = table[table["cluster"] >= 0].assign(length=table["aa"].str.len()).groupby("cluster")
    assert found["n"].tolist() == groups.size().tolist()
    assert found["n_donors"].tolist() == groups["donor"].nunique().tolist()
    np.testing.assert_allclose(
        found["top_donor_share"], groups["donor"].agg(lambda d: d.value_counts(normalize=True).max())
    )
    np.testing.assert_allclose(found["v_share"], groups["v"].agg(lambda v: v.value_counts(normalize=True).max()))
    assert found["min_length"].tolist() == groups["length"].min().tolist()
    assert found["max_length"].tolist() == groups["length"].max().tolist()
    shares = groups["epitope"].value_counts(normalize=True)
    for _, row in found.iterrows():
        assert row["label_share"] == pytest.approx(shares[row["cluster"], row["label"]])


def test_singletons_have_no_row():
    """A cluster of one receptor is none."""
    table = plant.frame(10, np.random.default_rng(6)).assign(cluster=[0, 0, 1, 2, 2, *[-1] * 5])
    assert receptor_clusters(plant.judged(table), plant.dataset(table))["cluster"].tolist() == [0, 2]


def test_targets_are_labels_that_are_not_made_from_sequences():
    """Technical, receptor and sequence columns are no targets; a target can be named."""
    table = plant.frame(10, np.random.default_rng(7)).assign(cluster=0)
    data = plant.dataset(table)
    codes = np.zeros(10, dtype=np.int32)
    more = {
        "clone": Truth("clone", "receptor", codes, ("a",), "sequence"),
        "lane": Truth("lane", "technical", codes, ("a",)),
        "family": Truth("family", "annotation", codes, ("a",), "sequence"),
        "isotype": Truth("isotype", "annotation", codes, ("a",)),
        "antigen.species": Truth("antigen.species", "annotation", codes, ("a",)),
        "dextramer": Truth("dextramer", "receptor", codes, ("a",), "external"),
        "donor": Truth("donor", "biological", codes, ("a",)),
    }
    data = type(data)(**{**vars(data), "truths": {**data.truths, **more}})
    assert [truth.name for truth in target_truths(data)] == ["epitope", "antigen.species", "dextramer"]
    assert receptor_clusters(plant.judged(table), data, targets=["lane"]).loc[0, "truth"] == "lane"
    with pytest.raises(UsageError, match="unknown target 'epitop'"):
        receptor_clusters(plant.judged(table), data, targets=["epitop"])


def test_pgen_stands_beside_its_cluster():
    """What was computed for a cluster is in its row; without, the column is NaN."""
    table = plant.frame(10, np.random.default_rng(8)).assign(cluster=0)
    given = receptor_clusters(plant.judged(table), plant.dataset(table), log10_pgen=np.array([-7.5]))
    assert given["log10_pgen"].tolist() == [-7.5]
    assert receptor_clusters(plant.judged(table), plant.dataset(table))["log10_pgen"].isna().all()


def test_rows_that_are_no_receptors_are_refused():
    """Cells and rows of a table hold copies; matrices of other shapes belong to other data."""
    table = plant.frame(10, np.random.default_rng(8)).assign(cluster=0)
    data = plant.dataset(table)
    with pytest.raises(UsageError, match="rows are cells"):
        receptor_clusters(plant.judged(table), type(data)(**{**vars(data), "item": "cell"}))
    with pytest.raises(UsageError, match=r"background_links have shape \(3,\)"):
        receptor_clusters(plant.judged(table), data, background_links=np.ones(3))
    with pytest.raises(UsageError, match=r"log10_pgen have shape \(4,\)"):
        receptor_clusters(plant.judged(table), data, log10_pgen=np.ones(4))
    with pytest.raises(UsageError, match=r"distances have shape \(600, 600\)"):
        receptor_clusters(
            plant.judged(table), data, distances=plant.linked(plant.frame(600, np.random.default_rng(8)), pairs=[])
        )


def test_no_clusters_are_no_rows():
    """Where no two receptors are together there is nothing to describe, and nothing fails."""
    table = plant.frame(30, np.random.default_rng(2)).assign(cluster=-1)
    found = receptor_clusters(plant.judged(table), plant.dataset(table))
    assert found.empty
    assert list(found.columns) == list(CLUSTER_COLUMNS)


def test_a_cluster_of_the_clone_rule_is_a_clonal_family():
    """What the clone rule connects is a family, not a V-gene group; what it does not connect keeps its word."""
    rng = np.random.default_rng(8)
    rows = plant.planted(plant.frame(6, rng), 0, v="TRBV3*01", j="TRBJ2*01", donor="d1", copies=1.0)
    table = pd.concat([plant.frame(60, rng).assign(cluster=-1), rows], ignore_index=True)
    mine = np.flatnonzero(table["cluster"] == 0)
    whole, half = (plant.linked(table, pairs=list(pairwise(part))) for part in (mine, mine[:3]))
    found = receptor_clusters(plant.judged(table), plant.dataset(table), distances=whole, clones=True).iloc[0]
    assert (found["verdict"], found["clonal"]) == ("clonal family", True)
    assert found["detail"] == "(6 heavy chains of d1 with TRBV3, of one length, alike in nucleotides)"
    for distances, clones in ((half, True), (whole, False)):
        found = receptor_clusters(plant.judged(table), plant.dataset(table), distances=distances, clones=clones)
        assert found["verdict"].tolist() != ["clonal family"]
