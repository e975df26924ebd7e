"""A judged cluster is found again, split, merged or lost, and the table says which."""

import numpy as np
import pandas as pd
import pytest

from rashomon.ask.structure.match import MATCH_COLUMNS, match_clusters, match_runs
from rashomon.partitions import Partitions


def row(judged, found, cluster=0):
    """Return the row of one judged cluster as a mapping."""
    judged, found = np.asarray(judged), np.asarray(found)
    return match_clusters(judged, found, n_clusters=int(judged.max()) + 1).loc[cluster].to_dict()


@pytest.mark.parametrize("labels", [[0, 0, 1, 1, 2], [0, 0, 0, 1], [0, 0, 0]], ids=["three", "large", "one"])
def test_equal_labelings_are_found_again(labels):
    """Every cluster of a labeling is found in itself, whatever its share of the items."""
    table = match_clusters(np.array(labels), np.array(labels), n_clusters=max(labels) + 1)
    assert list(table.columns) == list(MATCH_COLUMNS)
    assert table["found"].tolist() == table["cluster"].tolist()
    for column in ("jaccard", "pieces_jaccard", "merged_jaccard", "n_pieces"):
        assert (table[column] == 1).all()
    assert set(table["partners"]) == {()}


def test_a_split_cluster_is_the_union_of_its_pieces():
    """A cluster cut in two, the rest elsewhere: half is found, and the two pieces together are the cluster."""
    fared = row([0] * 8 + [1] * 12, [0] * 4 + [1] * 4 + [2] * 12)
    assert (fared["jaccard"], fared["n_pieces"], fared["pieces_jaccard"]) == (0.5, 2, 1.0)
    assert fared["partners"] == ()


def test_crumbs_are_no_pieces():
    """A part below a tenth of the cluster is covered by the union and not counted as a piece."""
    fared = row([0] * 20 + [1] * 30, [0] * 10 + [1] * 9 + [2] + [3] * 30)
    assert (fared["n_pieces"], fared["pieces_jaccard"]) == (2, 1.0)


def test_a_merged_cluster_names_its_partners():
    """Two clusters that became one: each names the other, and their union is found whole."""
    judged, found = [0] * 6 + [1] * 4 + [2] * 10, [0] * 10 + [1] * 10
    assert row(judged, found, 0)["partners"] == (1,)
    assert row(judged, found, 1)["partners"] == (0,)
    assert row(judged, found, 2)["partners"] == ()
    assert row(judged, found, 1)["merged_jaccard"] == 1.0
    assert row(judged, found, 1)["jaccard"] == 0.4


def test_a_dissolved_cluster_matches_nothing_well():
    """A cluster scattered over the others has no good match, no pieces and no partners."""
    judged = np.repeat([0, 1, 2, 3], [9, 20, 20, 20])
    found = judged - 1
    found[:9] = np.arange(9) % 3
    fared = row(judged, found)
    assert fared["jaccard"] == 3 / 29
    assert (fared["n_pieces"], fared["pieces_jaccard"], fared["partners"], fared["merged_jaccard"]) == (0, 0, (), 0)


def test_a_large_cluster_is_judged_on_its_complement():
    """A cluster with more than half of the items is not found by a cluster of everything."""
    fared = row([0] * 9 + [1], [0] * 10)
    assert (fared["found"], fared["jaccard"]) == (0, 0.0)
    fared = row([0] * 8 + [1] * 4, [0] * 10 + [1] * 2)
    assert fared["jaccard"] == min(8 / 10, 2 / 4)


def test_half_of_the_items_is_not_more_than_half():
    """A cluster with exactly half of the items is judged on itself."""
    assert row([0] * 5 + [1] * 5, [0] * 9 + [1])["jaccard"] == 5 / 9


def test_items_not_observed_are_left_out():
    """Rows with -2 on either side change nothing."""
    judged, found = np.array([0, 0, 1, 1, 2]), np.array([1, 1, 0, 2, 2])
    more = match_clusters(np.r_[judged, -2, 0, -2], np.r_[found, 2, -2, -2], n_clusters=3)
    pd.testing.assert_frame_equal(more, match_clusters(judged, found, n_clusters=3))


def test_unassigned_items_count_against_a_match():
    """Items that the run left unassigned are lost; judged noise inside a found cluster dilutes it."""
    assert row([0, 0, 0, 0] + [1] * 6, [0, 0, 0, -1] + [1] * 6)["jaccard"] == 3 / 4
    assert row([0, 0, 0, -1] + [1] * 6, [0, 0, 0, 0] + [1] * 6)["jaccard"] == 3 / 4


def test_a_cluster_without_observed_items_is_unknown():
    """Size 0 gives NaN, not 0: nothing was tried."""
    fared = row([0, 0, 1, 1], [-2, -2, 0, 0])
    assert (fared["size"], fared["found"], fared["n_pieces"]) == (0, -1, 0)
    assert np.isnan([fared["jaccard"], fared["pieces_jaccard"], fared["merged_jaccard"]]).all()


def test_a_run_of_noise_finds_nothing():
    """Where everything is unassigned, observed clusters score 0 and unobserved ones NaN."""
    table = match_clusters(np.array([0, 0, -2]), np.array([-1, -1, 0]), n_clusters=2)
    assert list(table.columns) == list(MATCH_COLUMNS)
    assert table["size"].tolist() == [2, 0]
    assert table["jaccard"].isna().tolist() == [False, True]
    assert table.loc[0, "jaccard"] == 0
    assert table["found"].tolist() == [-1, -1]


def runs(*statuses):
    """Return one run per status; the first gives the judged labels, the second one cluster."""
    labels = np.array([[0, 0], [0, 0], [1, 0], [1, 0]])[:, : len(statuses)]
    table = pd.DataFrame({"run": ["a", "b"][: len(statuses)], "status": statuses, "choice": ["x", None]})
    return Partitions(labels, np.array(list("wxyz")), table)


def test_runs_carry_their_facts():
    """One row per cluster and run, with the columns asked for."""
    table = match_runs(np.array([0, 0, 1, 1]), runs("ok", "ok"), n_clusters=2, columns=["choice"])
    assert list(table.columns) == [*MATCH_COLUMNS, "run", "choice"]
    assert table["run"].tolist() == ["a", "a", "b", "b"]
    assert table["choice"].tolist() == ["x", "x", None, None]
    assert table["jaccard"].tolist() == [1.0, 1.0, 0.5, 0.5]


def test_failed_runs_are_left_out():
    """A failed run says nothing about a cluster; without any run the table is empty and has its columns."""
    judged = np.array([0, 0, 1, 1])
    assert match_runs(judged, runs("ok", "failed"), n_clusters=2, columns=[])["run"].tolist() == ["a", "a"]
    none = match_runs(judged, runs("failed", "failed"), n_clusters=2, columns=["choice"])
    assert list(none.columns) == [*MATCH_COLUMNS, "run", "choice"]
    assert none.empty
