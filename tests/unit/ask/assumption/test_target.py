"""Receptors of a cluster share a target, or a V gene, or neither."""

import numpy as np
import pandas as pd
import pytest

from rashomon.ask import Judged, Request
from rashomon.ask.assumption.target import beyond_v, same_pairs, sequence_is_specificity
from rashomon.ask.receptor.composition import first_chains
from tests.planted_receptors import dataset, frame, judged

N = 240


def ask(seed=0, *, pure=0.0, gene=0.0, **more):
    """Thirty clusters of eight receptors: with chance `pure` a receptor has its cluster's target, `gene` its V gene."""
    rng = np.random.default_rng(seed)
    table = frame(N, rng)
    table["cluster"] = np.arange(N) // 8
    targets = np.array([f"e{i}" for i in rng.integers(0, 6, 30)])
    genes = np.array([f"TRBV{i}*01" for i in rng.integers(1, 21, 30)])
    table["epitope"] = np.where(rng.random(N) < pure, targets[table["cluster"]], table["epitope"])
    table["v"] = np.where(rng.random(N) < gene, genes[table["cluster"]], table["v"])
    return Request(dataset(table, **more), judged(table), 0)


@pytest.mark.parametrize(("pure", "status"), [(0.98, "holds"), (0.3, "violated"), (0.0, "violated")])
def test_pairs_of_a_cluster_share_a_target_or_do_not(pure, status):
    """Nearly pure clusters hold; mixed ones are violated; chance is said beside the share."""
    found, said = sequence_is_specificity(ask(pure=pure), {})
    assert found == status
    assert said.startswith("in 30 clusters ")
    assert "of any two 1" in said or "of any two 2" in said


def test_few_labels_say_nothing_of_specificity():
    """No column of targets, or labelled pairs in fewer than ten clusters."""
    assert sequence_is_specificity(ask(label=False), {})[1] == "no label column says what the receptors bind"
    few = ask(pure=1.0)
    codes = np.where(np.arange(N) < 72, few.judged.codes, -1).astype(np.int32)
    few = Request(few.dataset, Judged("mine", codes, few.judged.categories, own=True), 0)
    assert sequence_is_specificity(few, {})[1] == "9 clusters have two receptors labelled by epitope; 10 are needed"


def test_the_share_of_pairs_is_counted_as_by_hand():
    """Every pair of every cluster, looked at one by one; clusters with one classified item have none."""
    rng = np.random.default_rng(2)
    codes, classes = rng.integers(-1, 6, 60), rng.integers(-1, 3, 60)
    slow = []
    for cluster in range(6):
        mine = classes[(codes == cluster) & (classes >= 0)]
        pairs = [a == b for i, a in enumerate(mine) for b in mine[:i]]
        slow += [np.mean(pairs)] if pairs else []
    assert same_pairs(codes, classes) == pytest.approx(slow)
    assert same_pairs(np.full(3, -1), np.zeros(3, int)).size == 0


def test_targets_within_a_v_gene():
    """Clusters that follow the target beyond V hold, those that do not are not said to."""
    status, said = beyond_v(ask(pure=0.9, gene=0.3, donor=False), {})
    assert (status, "among receptors of one V gene" in said) == ("holds", True)
    assert beyond_v(ask(pure=0.0, gene=0.3, donor=False), {})[0] != "holds"


def test_clusters_that_are_v_genes():
    """The V gene by another name is violated; without labels of targets the agreement with V is said."""
    request = ask(pure=0.9)
    genes, names = pd.factorize(first_chains(request.dataset)["v"])
    of_genes = Judged("mine", genes.astype(np.int32), tuple(names), own=True)
    status, said = beyond_v(Request(request.dataset, of_genes, 0), {})
    assert (status, said) == ("violated", "the clusters are the V genes (adjusted mutual information 1.00)")
    status, said = beyond_v(ask(gene=0.3, label=False), {})
    assert status == "untested"
    assert "adjusted mutual information of the clusters and the V gene" in said
