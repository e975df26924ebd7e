from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from rapidfuzz.distance import Hamming
from sklearn import metrics

from rashomon.core import UsageError
from rashomon.dataset import Roles, unique_receptors
from rashomon.multiverse import receptor_multiverse
from rashomon.sim import World
from rashomon.sim.judge_receptor import (
    BESIDE_TRUTH,
    DEFAULT_RECEPTOR_SCORES,
    JUDGEABLE_RECEPTORS,
    cluster_receptors,
    judge_receptors,
    receptors_of,
)

KNOBS = {
    "n_donors": 3, "n_epitopes": 2, "binder_share": 0.8, "orphan_share": 0.5, "hla_restriction": 0.0, "v_bias": 1.0,
    "public_share": 0.5, "n_public": 8,
}  # fmt: skip


@pytest.fixture(scope="module")
def simulated():
    """Two epitopes and some public receptors in three donors."""
    return World("two", KNOBS, parts=("receptors",)).sample(300, rng=4)


@pytest.fixture(scope="module")
def found(simulated):
    return cluster_receptors(simulated, rng=7)


@pytest.fixture(scope="module")
def table(simulated):
    return judge_receptors(simulated, n_repeats=3, rng=7)


def value(table, score, truth=""):
    """One value of the table."""
    return table.set_index(["score", "truth"])["value"][score, truth]


def test_receptors_are_unique_within_their_donor(simulated, found):
    """Copies within a donor are one receptor, those of two donors are two, whether or not the file declares a donor."""
    frame = pd.DataFrame({"aa": simulated.receptors.junction, "donor": simulated.obs["donor"].astype(str).to_numpy()})
    frame["v"], frame["j"] = simulated.receptors.v.texts, simulated.receptors.j.texts
    expected = len(frame.drop_duplicates())
    assert found.dataset.n_obs == expected < len(frame)
    declared = replace(simulated.dataset, roles=Roles(donor=simulated.dataset.truths["donor"]))
    assert unique_receptors(declared)[0].n_obs == expected
    assert receptors_of(declared).n_obs == expected


def test_default_clusters_are_components_of_exchanged_residues(found):
    """Components of all pairs of one length that differ in one residue at most, as rapidfuzz counts them."""
    receptors = found.dataset.receptors
    aa = [text.decode() for text in receptors.junction_aa]
    close = np.array([[len(a) == len(b) and Hamming.distance(a, b) <= 1 for b in aa] for a in aa])
    components = sp.csgraph.connected_components(sp.csr_matrix(close))[1]
    size = np.bincount(components)
    assert np.array_equal(found.labels >= 0, size[components] > 1)
    large = found.labels >= 0
    assert metrics.adjusted_rand_score(components[large], found.labels[large]) == pytest.approx(1.0)
    assert found.n_clusters == (size > 1).sum()


def test_clusters_are_those_of_the_default_pipeline_of_an_audit(found):
    """Nothing is asked for, so the pipeline is that of the multiverse of the same receptors."""
    default = receptor_multiverse(found.dataset).default
    assert {name: default[name] for name in ("chain", "distance", "cutoff", "v_match")} == {
        "chain": "vdj", "distance": "hamming", "cutoff": 1, "v_match": "none"
    }  # fmt: skip
    assert np.array_equal(cluster_receptors(found.dataset, pipeline=dict(default), rng=1).labels, found.labels)


def test_another_pipeline_can_be_asked_for(simulated, found):
    """Where V must agree, clusters are parts of those where it need not."""
    strict = cluster_receptors(simulated, pipeline={"v_match": "gene"}, rng=7).labels
    together = found.labels[strict >= 0]
    assert 0 < (strict >= 0).sum() <= (found.labels >= 0).sum()
    assert (together >= 0).all()
    assert metrics.homogeneity_score(together, strict[strict >= 0]) == pytest.approx(1.0)


def test_scores_are_those_of_others(found, table):
    """Retention and purity as counted by hand, AMI of the clustered ones as by scikit-learn."""
    truth = found.dataset.truths["epitope"].codes
    frame = pd.DataFrame({"cluster": found.labels, "epitope": truth})[(truth >= 0) & (found.labels > -2)]
    size = frame[frame["cluster"] >= 0].groupby("cluster")["epitope"].agg(["size", lambda x: x.value_counts().max()])
    large = size[size["size"] > 1]
    assert value(table, "retention", "epitope") == pytest.approx(large["size"].sum() / len(frame))
    assert value(table, "purity", "epitope") == pytest.approx(large.iloc[:, 1].sum() / large["size"].sum())
    inside = frame[frame["cluster"] >= 0]
    expected = metrics.adjusted_mutual_info_score(inside["epitope"], inside["cluster"])
    assert value(table, "clustered_ami", "epitope") == pytest.approx(expected, abs=1e-9)


def test_the_table_has_one_row_per_score_and_truth(found, table):
    """In the order asked for; V, J and length are truths, too."""
    truths = list(found.dataset.truths)
    assert {"donor", "epitope", "v_gene", "j_gene", "cdr3_length"} <= set(truths)
    expected = [
        (name, truth) for name in DEFAULT_RECEPTOR_SCORES for truth in (truths if name in BESIDE_TRUTH else [""])
    ]
    assert list(zip(table["score"], table["truth"], strict=True)) == expected
    assert set(table["n_clusters"]) == {found.n_clusters} == {value(table, "n_clusters")}
    assert table.columns.tolist() == ["score", "truth", "value", "n_clusters", "status", "reason"]


def test_every_judgeable_score_can_be_asked_for(simulated):
    """Each gives a value or a reason."""
    found = judge_receptors(simulated, scores=JUDGEABLE_RECEPTORS, truths=["epitope"], n_repeats=2, rng=1)
    assert found["score"].tolist() == list(JUDGEABLE_RECEPTORS)
    assert (found["value"].notna() | (found["reason"] != "")).all()


def test_the_same_seed_judges_the_same(simulated, table):
    """Asking for fewer scores or truths changes none of them."""
    asked = ["pairwise_ami", "purity_by_chance", "clustered_ami"]
    again = judge_receptors(simulated, scores=asked, truths=["epitope"], n_repeats=3, rng=7)
    assert value(again, "pairwise_ami") == value(table, "pairwise_ami")
    for score in asked[1:]:
        assert value(again, score, "epitope") == value(table, score, "epitope")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"scores": ["puritty"]}, "there is no score 'puritty'"),
        ({"scores": ["silhouette"]}, "there is no score 'silhouette'"),
        ({"truths": ["epitopes"]}, "there is no truth 'epitopes'"),
        ({"n_repeats": 1}, "n_repeats is 1"),
        ({"pipeline": {"distances": "hamming"}}, "there is no choice 'distances'"),
        ({"pipeline": {"distance": "euclid"}}, "distance has no level 'euclid'"),
    ],
)
def test_what_cannot_be_judged_is_refused(simulated, asked, said):
    """Unknown names and a single re-run are errors."""
    with pytest.raises(UsageError, match=said):
        judge_receptors(simulated, rng=0, **asked)


def test_cells_without_receptors_are_refused():
    """A world of expression has nothing to cluster here."""
    with pytest.raises(UsageError, match="there are no receptors"):
        cluster_receptors(World("cells", {"n_genes": 20}).sample(5, rng=0))
