import networkx as nx
import numpy as np
import pandas as pd
import pytest
from sklearn import metrics

from rashomon.core import UsageError
from rashomon.multiverse import Executor, slots_of
from rashomon.score.step import VIEW_STEPS
from rashomon.sim import World
from rashomon.sim.judge import AGAINST_TRUTH, DEFAULT_SCORES, JUDGEABLE, cluster, judge
from rashomon.study import AuditOptions
from rashomon.study.forecast import multiverse_units, plan_multiverse

KNOBS = {"n_groups": 3, "n_genes": 120, "n_markers": 15, "effect_size": 1.5, "depth": 400.0, "n_batches": 2}


@pytest.fixture(scope="module")
def simulated():
    """Three types that mix a little, in two batches that do not differ."""
    return World("three", KNOBS).sample(150, rng=4)


@pytest.fixture(scope="module")
def found(simulated):
    return cluster(simulated, rng=7)


@pytest.fixture(scope="module")
def table(simulated):
    return judge(simulated, n_repeats=3, rng=7)


def value(table, score, truth=""):
    """One value of the table."""
    return table.set_index(["score", "truth"])["value"][score, truth]


def test_clusters_are_those_that_an_audit_judges(simulated, found):
    """Labels equal those of the default pipeline in the plan of an audit, run with the same seed."""
    data, options = simulated.dataset, AuditOptions(rng=7)
    multiverse = plan_multiverse(data, None, options=options, entropy=7)
    default = multiverse.default
    units = [u for u in multiverse_units(multiverse)[0] if {name: u.facts[name] for name in default} == default]
    (record,) = Executor(slots_of(data), 7).run(units, task="audit")
    assert np.array_equal(found.labels, record.slots["labels"])
    assert found.pipeline == multiverse.name(default)


def test_scores_against_truths_equal_those_of_scikit_learn(simulated, found, table):
    """ARI, AMI, homogeneity and completeness of the same labels, for each truth."""
    theirs = {
        "ari": metrics.adjusted_rand_score,
        "ami": metrics.adjusted_mutual_info_score,
        "homogeneity": metrics.homogeneity_score,
        "completeness": metrics.completeness_score,
    }
    for truth in ("type", "batch"):
        for score, function in theirs.items():
            expected = function(simulated.obs[truth], found.labels)
            assert value(table, score, truth) == pytest.approx(expected, abs=1e-9)


def test_scores_on_the_view_and_the_graph_equal_those_of_others(found, table):
    """Silhouette as by scikit-learn on the view, modularity as by networkx on the graph."""
    assert value(table, "silhouette") == pytest.approx(metrics.silhouette_score(found.view, found.labels), abs=1e-5)
    graph = nx.from_scipy_sparse_array(found.graph)
    clusters = [np.flatnonzero(found.labels == code).tolist() for code in range(found.n_clusters)]
    assert value(table, "modularity") == pytest.approx(nx.community.modularity(graph, clusters), abs=1e-5)


def test_the_table_has_one_row_per_score_and_truth(simulated, found, table):
    """In the order asked for, with the number of clusters in each row and as a score of its own."""
    truths = list(simulated.dataset.truths)
    expected = [(name, kind) for name in DEFAULT_SCORES for kind in (truths if name in AGAINST_TRUTH else [""])]
    assert list(zip(table["score"], table["truth"], strict=True)) == expected
    assert value(table, "n_clusters") == found.n_clusters
    assert set(table["n_clusters"]) == {found.n_clusters}
    assert set(table["status"]) == {"ok"}


def test_every_judgeable_score_can_be_asked_for(simulated):
    """Each gives one row (per truth), a value or a reason; they come from the registries."""
    found = judge(simulated, scores=JUDGEABLE, truths=["type"], n_repeats=2, rng=1)
    assert found["score"].tolist() == list(JUDGEABLE)
    assert (found["value"].notna() | (found["reason"] != "")).all()
    assert set(VIEW_STEPS) <= set(JUDGEABLE)


def test_the_same_seed_judges_the_same(simulated, table):
    """All random streams follow from the seed; asking for fewer scores or truths changes none of them."""
    again = judge(simulated, scores=["pairwise_ami", "ari"], truths=["type"], n_repeats=3, rng=7)
    assert value(again, "pairwise_ami") == value(table, "pairwise_ami")
    assert value(again, "ari", "type") == value(table, "ari", "type")


def test_reruns_agree_where_types_are_far_apart_and_not_in_noise():
    """Agreement between samples of the cells is near 1 for three clear types and near 0 for one population."""
    clear = World("clear", {**KNOBS, "effect_size": 4.0, "depth": 1500.0}).sample(150, rng=1)
    noise = World("noise", {"n_genes": 800, "depth": 800.0}).sample(150, rng=1)
    asked = {"scores": ["pairwise_ami"], "n_repeats": 3, "rng": 1}
    assert value(judge(clear, **asked), "pairwise_ami") > 0.95
    assert value(judge(noise, **asked), "pairwise_ami") < 0.4


def test_a_higher_resolution_gives_more_clusters(simulated, found):
    """The resolution is that of Leiden."""
    assert cluster(simulated, resolution=3.0, rng=7).n_clusters > found.n_clusters
    assert value(judge(simulated, scores=["n_clusters"], resolution=3.0, rng=7), "n_clusters") > found.n_clusters


def test_empty_cells_are_dropped_and_marked():
    """Cells without molecules have no label, no row in view and graph, and no part in the scores."""
    simulated = World("thin", {**KNOBS, "depth": 12.0, "depth_sd": 1.0}).sample(150, rng=2)
    empty = np.asarray(simulated.counts.sum(axis=1)).ravel() == 0
    found = cluster(simulated, rng=0)
    assert 0 < empty.sum() < 30
    assert np.array_equal(found.labels == -2, empty)
    assert found.view.shape[0] == found.graph.shape[0] == found.rows.size == (~empty).sum()
    expected = metrics.adjusted_rand_score(simulated.obs["type"][~empty], found.labels[~empty])
    assert value(judge(simulated, scores=["ari"], truths=["type"], rng=0), "ari", "type") == pytest.approx(expected)


def test_any_data_set_can_be_clustered(simulated, found):
    """A data set gives the labels that its simulation gives."""
    assert np.array_equal(cluster(simulated.dataset, rng=7).labels, found.labels)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"scores": ["arid"]}, "there is no score 'arid'"),
        ({"scores": ["bras"]}, "there is no score 'bras'"),
        ({"truths": ["types"]}, "there is no truth 'types'"),
        ({"n_repeats": 1}, "n_repeats is 1"),
    ],
)
def test_what_cannot_be_judged_is_refused(simulated, asked, said):
    """Unknown names and a single re-run are errors before anything is computed."""
    with pytest.raises(UsageError, match=said):
        judge(simulated, rng=0, **asked)


def test_cells_without_molecules_cannot_be_clustered():
    """Where the pipeline fails, the step that failed is named."""
    nothing = World("nothing", {**KNOBS, "depth": 0.0}).sample(30, rng=0)
    for function in (cluster, judge):
        with pytest.raises(UsageError, match=r"the default pipeline failed\n.*nothing"):
            function(nothing, rng=0)


def test_no_truth_leaves_the_scores_of_clusters_alone():
    """A world without truths is judged by what needs none."""
    simulated = World("one", {"n_genes": 60}).sample(80, rng=0)
    found = judge(simulated, scores=["n_clusters", "ari", "silhouette"], rng=0)
    assert found["score"].tolist() == ["n_clusters", "silhouette"]
    assert pd.api.types.is_float_dtype(found["value"])
