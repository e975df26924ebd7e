"""Best Jaccard index: against sets, with ties, splits, merges and unobserved items."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

from rashomon.score import best_matches
from rashomon.score.contingency import tabulate
from rashomon.score.jaccard import best_jaccard
from tests.strategies import labeling_pairs


def reference(judged, found):
    """Compute the table from sets, one cluster at a time."""
    seen = (judged > -2) & (found > -2)
    rows = []
    for code in np.unique(judged[judged >= 0]):
        own = set(np.flatnonzero(seen & (judged == code)))
        best = (0.0, 0, 0, -1)
        for other in np.unique(found[found >= 0]):
            items = set(np.flatnonzero(seen & (found == other)))
            if own & items:
                best = max(best, (len(own & items) / len(own | items), len(items), -other, other))
        jaccard, size, _, match = best
        shared = len(own & set(np.flatnonzero(seen & (found == match)))) if match >= 0 else 0
        rows.append(
            {
                "cluster": code,
                "size": len(own),
                "match": match,
                "match_size": size,
                "jaccard": jaccard if own else np.nan,
                "share_in_match": shared / len(own) if own else np.nan,
                "share_of_match": shared / size if size else np.nan,
            }
        )
    names = ["cluster", "size", "match", "match_size", "jaccard", "share_in_match", "share_of_match"]
    return pd.DataFrame(rows, columns=names)


@given(labeling_pairs(min_size=0))
def test_table_equals_sets(pair):
    """Every column, for any labelings, with unassigned and missing items."""
    pd.testing.assert_frame_equal(best_matches(*pair), reference(*pair), check_dtype=False)


@given(labeling_pairs(lowest=0))
def test_score_is_the_mean_of_the_table(pair):
    """Where all items are assigned the score is the plain mean over clusters."""
    assert best_jaccard(tabulate(*pair)) == pytest.approx(best_matches(*pair)["jaccard"].mean(), abs=1e-14)


@given(labeling_pairs(lowest=-1))
def test_score_counts_singletons_as_clusters(pair):
    """Unassigned items give the same score as a new code for each."""
    full = [np.where(x < 0, 100 + np.arange(x.size), x) for x in pair]
    assert best_jaccard(tabulate(*pair)) == pytest.approx(best_jaccard(tabulate(*full)), abs=1e-14)


def test_a_split_and_a_merge_are_told_apart():
    """A half of a split cluster fills its match; a merged cluster lies inside its match."""
    judged, found = np.array([0, 0, 0, 0, 1, 1, 2, 2]), np.array([0, 0, 1, 1, 2, 2, 2, 2])
    table = best_matches(judged, found).set_index("cluster")
    assert table.loc[0, ["share_in_match", "share_of_match"]].tolist() == [0.5, 1.0]
    assert table.loc[1, ["share_in_match", "share_of_match"]].tolist() == [1.0, 0.5]


def test_ties_go_to_the_larger_cluster():
    """2 of 6 items alone, or 4 of 6 with 6 others, are both one third: the larger match is taken."""
    judged, found = np.array([0] * 6 + [1] * 6), np.array([0] * 2 + [1] * 10)
    row = best_matches(judged, found).loc[0]
    assert row["jaccard"] == 2 / 6 == 4 / 12
    assert row[["match", "match_size"]].tolist() == [1, 10]


def test_ties_of_equal_size_go_to_the_smaller_code():
    """Two halves of a cluster are equally good; the order of items does not matter."""
    for found in ([5, 5, 3, 3], [3, 3, 5, 5]):
        assert best_matches(np.zeros(4, dtype=int), np.array(found)).loc[0, "match"] == 3


def test_a_cluster_without_observed_items_is_listed():
    """It has size 0 and no value, so that tables of many resamples keep their rows."""
    row = best_matches(np.array([0, 0, 1, 1]), np.array([0, 0, -2, -2])).loc[1]
    assert row[["size", "match", "match_size"]].tolist() == [0, -1, 0]
    assert row[["jaccard", "share_in_match", "share_of_match"]].isna().all()


def test_a_cluster_that_dissolved_into_unassigned_items_has_jaccard_zero():
    """Nothing found overlaps it."""
    row = best_matches(np.array([0, 0, 1, 1]), np.array([0, 0, -1, -1])).loc[1]
    assert row[["size", "match", "jaccard"]].tolist() == [2, -1, 0.0]
