"""Scores of near-identical beta chains of the public database VDJdb, against an implementation in plain pandas."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from rashomon.dataset import Truth
from rashomon.perturb.matched_background import shuffle_within_strata
from rashomon.score.receptor import (
    ScoreOptions,
    combined_strata,
    excess,
    group,
    percolation_clustered,
    receptor_score_table,
    warning,
)
from rashomon.score.receptor.retention import retention

pytestmark = pytest.mark.realdata

EXPECTED = {
    "Hamming": {"clusters": 1498, "clustered": 8414, "largest": 1685, "purity": 0.6110, "purity_90": 0.5147},
    "Levenshtein": {"clusters": 1276, "clustered": 9476, "largest": 4624, "purity": 0.4904, "purity_90": 0.5509},
}
"""On the 28,100 unique human CDR3b of the subset; the full database (30,903) gives purity 0.545 and 0.438."""


@pytest.fixture(scope="module")
def table(real_data):
    """Rows of human beta chains, with the position of their sequence among the unique ones."""
    columns = ["cdr3b", "v_b", "j_b", "species", "epitope", "subject_key"]
    rows = pd.read_csv(real_data / "vdjdb" / "vdjdb_dev.tsv.gz", sep="\t", usecols=columns, dtype=str)
    rows = rows[(rows["species"] == "HomoSapiens") & rows["cdr3b"].notna()]
    return rows.assign(item=rows["cdr3b"].astype("category").cat.codes)


@pytest.fixture(scope="module")
def truth(table):
    """Epitopes of each unique sequence, several where it was seen with several."""
    epitope, n = pd.Categorical(table["epitope"]), table["item"].max() + 1
    pairs = pd.DataFrame({"item": table["item"], "code": epitope.codes}).drop_duplicates()
    sets = sp.csr_matrix(
        (np.ones(len(pairs), dtype=bool), (pairs["item"], pairs["code"])), shape=(n, epitope.categories.size)
    )
    single = pairs.groupby("item")["code"].agg(lambda codes: codes.iloc[0] if len(codes) == 1 else -1)
    return Truth("epitope", "biological", single.to_numpy(dtype=np.int32), tuple(epitope.categories), sets=sets)


def near(sequences, *, gaps):
    """Connected components of sequences one substitution (and with `gaps` one insertion) apart; singletons are -1."""
    place, first, ends = {text: i for i, text in enumerate(sequences)}, {}, []
    for text, i in place.items():
        for k in range(len(text)):
            rest = text[:k] + text[k + 1 :]
            ends.append((first.setdefault((k, rest), i), i))
            if gaps and rest in place:
                ends.append((place[rest], i))
    rows, columns = np.array(ends).T
    graph = sp.csr_matrix((np.ones(len(ends)), (rows, columns)), shape=(len(place), len(place)))
    labels = connected_components(graph, directed=False)[1]
    return np.where(np.bincount(labels)[labels] >= 2, labels, -1).astype(np.int32)


@pytest.fixture(scope="module")
def clusterings(table):
    """Labels by metric."""
    sequences = table["cdr3b"].astype("category").cat.categories
    return {"Hamming": near(sequences, gaps=False), "Levenshtein": near(sequences, gaps=True)}


def by_hand(table, labels):
    """Numbers from a table of sequences and epitopes, one row for each pair."""
    pairs = table[["item", "epitope"]].drop_duplicates()
    pairs = pairs.assign(cluster=labels[pairs["item"]])
    pairs = pairs[pairs["cluster"] >= 0]
    size = pairs.groupby("cluster")["item"].nunique()
    counts = pairs.groupby(["cluster", "epitope"]).size()
    most = counts.groupby("cluster").max()
    left, matched = counts.sort_values(ascending=False, kind="stable").reset_index(), 0
    taken = {"cluster": set(), "epitope": set()}
    for row in left.itertuples():
        if row.cluster not in taken["cluster"] and row.epitope not in taken["epitope"]:
            taken["cluster"].add(row.cluster)
            taken["epitope"].add(row.epitope)
            matched += row[-1]
    return {
        "clusters": len(size), "clustered": int(size.sum()), "largest": int(size.max()),
        "purity": most.sum() / size.sum(), "purity_90": (most / size >= 0.9).mean(),
        "consistency": matched / size.sum(), "retention": size.sum() / table["item"].nunique(),
    }  # fmt: skip


@pytest.mark.parametrize("metric", EXPECTED)
def test_scores_equal_plain_pandas_and_the_pinned_numbers(table, truth, clusterings, metric):
    """Every number equals that of pandas, and the two consistencies differ by the retention exactly."""
    labels = clusterings[metric]
    expected = by_hand(table, labels)
    assert {name: round(expected[name], 4) for name in EXPECTED[metric]} == EXPECTED[metric]
    options = ScoreOptions(n_permutations=100, n_pairs=20)
    found = receptor_score_table(labels, truth, options=options, rng=np.random.default_rng(0)).set_index("score")
    value = found["value"]
    for name in ("retention", "purity", "purity_90"):
        assert value[name] == pytest.approx(expected[name])
    assert value["consistency_clustered_greedy"] == pytest.approx(expected["consistency"])
    for rule in ("", "_greedy"):
        ratio = value[f"consistency_all{rule}"] / value[f"consistency_clustered{rule}"]
        assert ratio == pytest.approx(expected["retention"], rel=1e-12)
    assert found.loc["purity", ["n_items", "n_clusters"]].tolist() == [28100, expected["clusters"]]
    # purity by chance is far above 0: the number alone says little
    assert 0.2 < found.loc["purity", "random_mean"] < value["purity"]
    assert found.loc["purity", "p"] == pytest.approx(1 / 101)


def test_one_more_kind_of_edit_chains(clusterings):
    """Insertions join half of the clustered sequences into one component: flagged, where substitutions are not."""
    assert percolation_clustered(clusterings["Levenshtein"]) == pytest.approx(4624 / 9476)
    assert warning(clusterings["Levenshtein"]) == "percolates: the largest cluster holds 16 % of the receptors"
    assert warning(clusterings["Hamming"]) == ""


def test_clusters_follow_epitopes_beyond_v_j_and_length(table, truth, clusterings):
    """Within V, J and length the agreement is about one half, and so is no consequence of germline alone."""
    first = table.drop_duplicates("item").sort_values("item")
    strata = combined_strata(*(pd.factorize(first[name])[0] for name in ("v_b", "j_b")), first["cdr3b"].str.len())
    options = ScoreOptions(n_pairs=5)
    found = receptor_score_table(
        clusterings["Hamming"], truth, strata=strata, options=options, rng=np.random.default_rng(0)
    ).set_index("score")
    beyond, pure = found.loc["conditional_agreement"], found.loc["purity"]
    assert 0.45 < beyond["value"] < 0.55
    assert abs(beyond["random_mean"]) < 1e-9
    # permuting within strata keeps what V, J and length explain: the level by chance is higher
    assert pure["random_mean"] > 0.4
    assert pure["value"] > pure["random_high"]


def test_retention_exceeds_a_matched_background(table, truth, clusterings):
    """Shuffled residues of the same strata keep a third of the retention; the rest is excess."""
    first = table.drop_duplicates("item").sort_values("item")
    aa = first["cdr3b"].to_numpy(dtype="S")
    v, j = (pd.factorize(first[name])[0] for name in ("v_b", "j_b"))
    rng, background = np.random.default_rng(0), []
    for _ in range(3):
        shuffled = pd.Series(shuffle_within_strata(aa, v, j, rng=rng).aa.astype(str)).astype("category")
        labels = near(shuffled.cat.categories, gaps=False)[shuffled.cat.codes]
        background.append(float(np.mean(labels >= 0)))
    found = excess(retention(group(clusterings["Hamming"], truth.label_sets).tally()), np.array(background))
    assert 2 < found.ratio < 3
    assert found.difference_low > 0.15
