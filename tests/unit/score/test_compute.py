"""Computing by name: needs are checked, undefined has a reason, both policies are at hand."""

import dataclasses
import math

import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.core import UsageError
from rashomon.score import SCORES, score, score_pair
from rashomon.score.compute import pair_record

A, B = np.array([0, 0, 1, 1, -1, -2]), np.array([0, 0, 0, 1, 1, 1])
VIEW = np.arange(12.0).reshape(6, 2)
GRAPH = sp.csr_matrix(1 - np.eye(6))


def test_a_result_says_what_it_rests_on():
    """Items, clusters without singletons, and the share of items assigned in both."""
    result = score("ari", A, B)
    assert (result.n_obs, result.n_a, result.n_b, result.coverage) == (5, 2, 2, 0.8)
    assert (result.status, result.reason) == ("ok", "")
    left_out = score("ari", A, B, unassigned="left_out")
    assert (left_out.n_obs, left_out.coverage) == (4, 0.8)
    assert left_out.value != result.value


def test_a_result_of_one_labeling_has_no_truth():
    """Scores on a view count the judged labeling alone."""
    result = score("silhouette", A, view=VIEW)
    assert (result.n_obs, result.n_a, result.n_b, result.coverage) == (5, 2, 0, 0.8)
    assert score("modularity", A, graph=GRAPH, unassigned="left_out").n_obs == 4


def test_several_scores_equal_one_at_a_time():
    """One table for all gives what each gives alone."""
    names = [name for name, record in SCORES.items() if record.needs == "labels"]
    for unassigned in ("singletons", "left_out"):
        together = score_pair(names, A, B, unassigned=unassigned)
        assert together == {name: score(name, A, B, unassigned=unassigned) for name in names}


def test_a_record_of_ones_own_is_a_score():
    """Extension needs no registration to try."""
    own = dataclasses.replace(SCORES["ari"], name="mine", function="rashomon.score.element:element_centric")
    assert score(own, A, B).value == score("element_centric", A, B).value


UNDEFINED = [
    ("ari", [0, 0, 0], [1, 1, 1], "one cluster in both"),
    ("ami", [0, 1, 2], [2, 1, 0], "every item is its own cluster in both"),
    ("nmi", [-1, -1, -1], [2, 1, 0], "every item is its own cluster in both"),
    ("element_centric", [0, -2, 1], [-2, 0, -2], "no item is labelled in both"),
    ("best_jaccard", [], [], "no item is labelled in both"),
    ("ari", [3, -2, -2], [3, 0, 0], "one cluster in both"),
    ("homogeneity", [0, 1, 1], [4, 4, 4], "the truth has one class"),
    ("completeness", [4, 4, 4], [0, 1, 1], "there is one cluster"),
]


@pytest.mark.parametrize(("name", "a", "b", "reason"), UNDEFINED)
def test_undefined_has_a_reason_and_no_value(name, a, b, reason):
    """Where other libraries answer 1.0 or 0.0 there is NaN and one sentence."""
    result = score(name, np.array(a, dtype=int), np.array(b, dtype=int))
    assert math.isnan(result.value)
    assert (result.status, result.reason) == ("undefined", reason)


@pytest.mark.parametrize(("name", "needs"), [("silhouette", {"view": VIEW}), ("modularity", {"graph": GRAPH})])
@pytest.mark.parametrize(
    ("labels", "reason"),
    [
        ([0, 0, 0, 0, 0, -2], "there is one cluster"),
        ([0, 1, 2, -1, -1, -2], "every item is its own cluster"),
        ([-2] * 6, "no item is labelled"),
    ],
)
def test_undefined_alone_has_a_reason(name, needs, labels, reason):
    """One cluster and all singletons say nothing about a view or a graph."""
    result = score(name, np.array(labels), **needs)
    assert math.isnan(result.value)
    assert (result.status, result.reason) == ("undefined", reason)


def test_modularity_without_edges_has_a_reason():
    """A graph that is empty on the items is named as the cause."""
    result = score("modularity", np.array([0, 0, 1]), graph=sp.csr_matrix((3, 3)))
    assert (result.status, result.reason) == ("undefined", "no edge joins the items")


@pytest.mark.parametrize(("name", "given"), [("ari", {"b": B}), ("ami", {"b": B})])
def test_one_constant_labeling_is_chance(name, given):
    """One cluster against several is defined, and worth nothing."""
    assert score(name, np.zeros(6, dtype=int), **given).value == pytest.approx(0, abs=1e-15)


def test_what_is_needed_must_be_given():
    """Each missing part is named."""
    with pytest.raises(UsageError, match="silhouette is not computable: needs view"):
        score("silhouette", A)
    with pytest.raises(UsageError, match="modularity is not computable: needs graph"):
        score("modularity", A)
    with pytest.raises(UsageError, match="ari is not computable: needs a second labeling"):
        score("ari", A)


def test_what_does_not_apply_is_refused():
    """No argument is ignored in silence."""
    with pytest.raises(UsageError, match="ari does not use view"):
        score("ari", A, B, view=VIEW)
    with pytest.raises(UsageError, match="silhouette does not use a second labeling"):
        score("silhouette", A, B, view=VIEW)


def test_a_score_of_two_labelings_needs_no_view():
    """Tables of agreement take scores of labels alone."""
    with pytest.raises(UsageError, match="modularity is not computable: needs graph"):
        pair_record("modularity")
    with pytest.raises(UsageError, match="silhouette is not computable: needs view"):
        score_pair(["ari", "silhouette"], A, B)
