"""Exactness on drawn labelings: scikit-learn, clusim and genieclust are oracles wherever they define the value."""

import numpy as np
import pytest
from clusim.clustering import Clustering
from clusim.sim import element_sim
from genieclust.compare_partitions import pair_sets_index
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment
from sklearn import metrics

from rashomon.score import best_matches, element_centric_items, score
from tests.strategies import labeling_pairs

seeds = st.integers(0, 2**32 - 1)


def explicit(codes):
    """Give every unassigned item a code of its own."""
    return np.where(codes == -1, 1000 + np.arange(codes.size), codes)


def best_mean_f1(a, b):
    """F1 of every class with every cluster, and the assignment that makes their sum largest."""
    table = metrics.cluster.contingency_matrix(a, b)
    f1 = 2 * table / (table.sum(axis=1)[:, None] + table.sum(axis=0))
    return f1[linear_sum_assignment(f1, maximize=True)].sum() / table.shape[1]


# ours is (judged, truth); scikit-learn takes the truth first
ORACLES = {
    "ari": lambda a, b: metrics.adjusted_rand_score(b, a),
    "ami": lambda a, b: metrics.adjusted_mutual_info_score(b, a),
    "nmi": lambda a, b: metrics.normalized_mutual_info_score(b, a),
    "homogeneity": lambda a, b: metrics.homogeneity_score(b, a),
    "completeness": lambda a, b: metrics.completeness_score(b, a),
    "v_measure": lambda a, b: metrics.v_measure_score(b, a),
    "fowlkes_mallows": lambda a, b: metrics.fowlkes_mallows_score(b, a),
    "pair_sets": lambda a, b: pair_sets_index(*(np.unique(codes, return_inverse=True)[1] for codes in (a, b))),
    "macro_f1": best_mean_f1,
    "element_centric": lambda a, b: element_sim(
        *(Clustering().from_membership_list(codes.tolist()) for codes in (a, b)), alpha=0.9
    ),
}


@pytest.mark.parametrize("name", ORACLES)
@given(pair=labeling_pairs())
def test_equals_the_oracle_where_defined(name, pair):
    """Equal to 1e-10 on the observed items, singletons spelt out; elsewhere undefined."""
    a, b = pair
    seen = (a > -2) & (b > -2)
    result = score(name, a, b)
    if result.status == "ok":
        assert result.value == pytest.approx(ORACLES[name](explicit(a)[seen], explicit(b)[seen]), abs=1e-10)
    else:
        n_a, n_b = np.unique(explicit(a)[seen]).size, np.unique(explicit(b)[seen]).size
        assert n_a in {0, 1, seen.sum()} or n_b in {0, 1, seen.sum()}


@given(pair=labeling_pairs(min_size=3), seed=seeds)
def test_silhouette_equals_scikit_learn(pair, seed):
    """Equal to 1e-10 on float64 views, for any labeling with 2 to n - 1 clusters."""
    a, view = pair[0], np.random.default_rng(seed).normal(size=(pair[0].size, 4)) + 3
    result, seen = score("silhouette", a, view=view), a > -2
    if result.status == "ok":
        expected = metrics.silhouette_score(view[seen], explicit(a)[seen])
        assert result.value == pytest.approx(expected, abs=1e-10)
    else:
        assert np.unique(explicit(a)[seen]).size in {0, 1, seen.sum()}


@given(labeling_pairs(lowest=-1))
def test_items_average_to_the_score(pair):
    """The element-centric values of the items have the score as their mean."""
    result = score("element_centric", *pair)
    if result.status == "ok":
        assert element_centric_items(*pair).mean() == pytest.approx(result.value, abs=1e-13)


@given(labeling_pairs(lowest=0), seeds)
def test_splitting_a_cluster_never_lowers_homogeneity(pair, seed):
    """Refining the judged labeling can only make its clusters purer."""
    a, b = pair
    finer = a * 2 + np.random.default_rng(seed).integers(2, size=a.size)
    coarse, fine = score("homogeneity", a, b), score("homogeneity", finer, b)
    if coarse.status == fine.status == "ok":
        assert fine.value >= coarse.value - 1e-12


@given(labeling_pairs(lowest=0), seeds)
def test_merging_clusters_never_lowers_completeness(pair, seed):
    """Coarsening the judged labeling can only keep more classes together."""
    a, b = pair
    coarser = np.random.default_rng(seed).integers(3, size=6)[a]
    fine, coarse = score("completeness", a, b), score("completeness", coarser, b)
    if fine.status == coarse.status == "ok" and score("homogeneity", a, coarser).status == "ok":
        assert score("homogeneity", a, coarser).value == pytest.approx(1.0)


@given(labeling_pairs())
def test_best_matches_are_mutually_consistent(pair):
    """Jaccard follows from the two shares: 1/J = 1/in + 1/of - 1; and all lie in [0, 1]."""
    table = best_matches(*pair)
    some = table[table["match"] >= 0]
    inverse = 1 / some["share_in_match"] + 1 / some["share_of_match"] - 1
    assert (1 / some["jaccard"]).to_numpy() == pytest.approx(inverse.to_numpy())
    shares = table[["jaccard", "share_in_match", "share_of_match"]].stack()
    assert shares.between(0, 1).all()
