"""All pairs of runs: matrices and tables against pair by pair."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rashomon.core import UsageError
from rashomon.partitions import Partitions
from rashomon.score import SCORES, agreement_matrix, pair_table, score
from rashomon.score.agreement_record import AGREEMENT
from tests.strategies import partitions

NAMES = [record.name for record in AGREEMENT]


@given(partitions(), st.sampled_from(["singletons", "left_out"]))
def test_matrices_equal_single_scores(parts, unassigned):
    """Rows are judged, columns take the place of the truth; NaN exactly where a score has no value."""
    found = agreement_matrix(parts.labels, scores=NAMES, unassigned=unassigned)
    for name in NAMES:
        expected = [[score(name, a, b, unassigned=unassigned).value for b in parts.labels.T] for a in parts.labels.T]
        shape = (parts.n_runs, parts.n_runs)
        np.testing.assert_allclose(found[name], np.reshape(expected, shape), atol=1e-11, rtol=0)


@given(partitions())
def test_symmetric_scores_give_symmetric_matrices(parts):
    """To the last bit, since each pair is computed once."""
    for name, matrix in agreement_matrix(parts.labels, scores=NAMES).items():
        if SCORES[name].symmetric:
            np.testing.assert_array_equal(matrix, matrix.T)


def test_threads_and_neighbours_in_a_block_change_nothing(rng):
    """The same bits for one and three threads, and for a pair alone and among 190 others."""
    labels = rng.integers(-2, 25, size=(500, 20))
    one = agreement_matrix(labels, scores=NAMES)
    three = agreement_matrix(labels, scores=NAMES, n_threads=3)
    alone = agreement_matrix(labels[:, [4, 17]], scores=NAMES)
    for name in NAMES:
        np.testing.assert_array_equal(one[name], three[name])
        np.testing.assert_array_equal(one[name][np.ix_([4, 17], [4, 17])], alone[name])


def test_many_clusters_take_the_way_without_dense_tables(rng):
    """A run with a cluster per item, and one with half as many: equal to single scores."""
    labels = np.stack([np.arange(400), rng.permutation(400) // 2, rng.integers(5, size=400)], axis=1)
    found = agreement_matrix(labels, scores=["ami", "ari", "pair_sets"])
    for name, matrix in found.items():
        expected = [[score(name, a, b).value for b in labels.T] for a in labels.T]
        np.testing.assert_allclose(matrix, expected, atol=1e-10)


def test_table_says_what_each_value_rests_on():
    """Pairwise complete, with the number of items; undefined pairs keep their reason and have no value."""
    frame = pd.DataFrame({"x": ["a", "a", "b", None], "y": ["1", "1", "1", "1"], "z": ["2", "2", "2", "2"]})
    table = pair_table(Partitions.from_frame(frame), scores=["ari", "homogeneity"])
    assert table[["judged", "against", "score", "n_obs"]].values.tolist() == [
        ["x", "y", "ari", 3],
        ["x", "z", "ari", 3],
        ["y", "z", "ari", 4],
        ["x", "y", "homogeneity", 3],
        ["x", "z", "homogeneity", 3],
        ["y", "z", "homogeneity", 4],
        ["y", "x", "homogeneity", 3],
        ["z", "x", "homogeneity", 3],
        ["z", "y", "homogeneity", 4],
    ]
    assert table.loc[2, ["status", "reason"]].tolist() == ["undefined", "one cluster in both"]
    assert table.loc[3, "reason"] == "the truth has one class"
    assert (table["value"].isna() == (table["status"] == "undefined")).all()
    assert table["value"].dropna().tolist() == [0.0, 0.0, 0.0, 0.0]


def test_scores_that_need_more_are_refused():
    """A view is not part of a pair of runs."""
    with pytest.raises(UsageError, match="silhouette is not computable: needs view"):
        agreement_matrix(np.zeros((3, 2), dtype=int), scores=["silhouette"])


def test_labels_with_nan_are_refused():
    """Missing labels are -2, never NaN."""
    with pytest.raises(UsageError, match="type float64"):
        agreement_matrix(np.array([[0.0, np.nan], [1.0, 1.0]]))
