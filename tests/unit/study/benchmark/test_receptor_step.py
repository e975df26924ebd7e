"""Scores of a run on receptors: those by which simulated receptors are judged elsewhere."""

import numpy as np
import pytest

from rashomon.core import child
from rashomon.sim import World
from rashomon.sim.judge_receptor import cluster_receptors
from rashomon.sim.judge_receptor_score import JUDGED_RECEPTOR_SCORES, JudgedClusters, JudgedTruth
from rashomon.sim.pack import pack_world
from rashomon.sim.world_step import Sample, dataset_of
from rashomon.study.benchmark.receptor_step import score_receptor_truths, score_receptors

KNOBS = {"n_donors": 3, "public_share": 0.6, "n_public": 20, "n_epitopes": 2, "binder_share": 0.8}
WORLD = World("public", KNOBS, parts=("receptors",))
SAMPLE = Sample(4, 90, {})
AGAINST, ALONE = ["purity", "retention", "ami"], ["n_clusters", "cross_donor_pairs"]


@pytest.fixture(scope="module")
def labels():
    """Clusters of the receptors by the default pipeline."""
    return cluster_receptors(WORLD.sample(90, rng=4), rng=0).labels


@pytest.fixture(scope="module")
def scored(labels):
    """Everything that is scored of them, with one truth that the world does not have."""
    rows = np.flatnonzero(labels > -2)
    names = {"truths": ["epitope", "colour"], "against": AGAINST, "alone": ALONE, "chain": "vdj", "n_negative": 4}
    return score_receptors(pack_world(WORLD), labels[rows], rows, sample=SAMPLE.params, **names,
                           rng=np.random.default_rng(0))  # fmt: skip


def test_values_are_those_of_the_judge(labels, scored):
    """Scores without random numbers are equal, against the truth and alone."""
    dataset = dataset_of(pack_world(WORLD), SAMPLE)
    clusters = JudgedClusters(dataset, labels, "vdj")
    case = JudgedTruth(clusters, dataset.truths["epitope"], child(0, "x"))
    against, reasons, alone, _ = scored
    for j, name in enumerate(AGAINST):
        value, reason = JUDGED_RECEPTOR_SCORES[name].beside(case)
        assert against[0, 0, j] == pytest.approx(value, nan_ok=True)
        assert reasons[0, j] == reason
    assert alone[0, 0] == clusters.n_clusters > 3


def test_random_labels_cluster_as_many_receptors(scored):
    """The number of clusters is that of the found ones, in every draw."""
    _, _, alone, _ = scored
    assert alone.shape == (1 + 2 + 4, 2)
    assert (alone[3:, 0] == alone[0, 0]).all()


def test_a_truth_that_is_not_there_has_no_values(scored):
    """Neither against it, nor of its labels."""
    against, reasons, alone, _ = scored
    assert np.isnan(against[:, 1]).all()
    assert "no such truth" in reasons[1, 0]
    assert np.isnan(alone[2]).all()


def test_the_truth_as_a_clustering_is_pure_and_keeps_everybody():
    """The positive control of purity, retention and AMI is 1; receptors have no oracle."""
    names = {"truths": ["epitope", "colour"], "against": AGAINST, "chain": "vdj"}
    positive, attainable = score_receptor_truths(pack_world(WORLD), sample=SAMPLE.params, **names,
                                                 rng=np.random.default_rng(0))  # fmt: skip
    assert positive[0] == pytest.approx(1.0)
    assert np.isnan(positive[1]).all()
    assert np.isnan(attainable).all()
