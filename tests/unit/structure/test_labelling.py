"""What is merged, and what is not."""

import numpy as np
import pytest

from rashomon.structure.judged_tree import JudgedSplit, JudgedTree
from rashomon.structure.labelling import LABELLINGS, labelling


def split(left, right, verdict, **given):
    """A tested split."""
    return JudgedSplit(tuple(left), tuple(right), 50, 50, verdict=verdict, **given)


def tree(nodes, pairs=(), n_clusters=3):
    """A tree over clusters on a line."""
    at = np.arange(n_clusters, dtype=float)
    distance = tuple(map(tuple, np.abs(at[:, None] - at)))
    return JudgedTree(tuple(nodes), tuple(pairs), tuple(range(n_clusters)), distance, 150, 150)


@pytest.mark.parametrize(
    ("verdict", "recommended", "conservative"),
    [
        ("separated", 2, 2),
        ("not separated", 1, 1),
        ("cannot tell", 2, 1),
        ("closed gradient", 2, 1),
        ("gap elsewhere", 2, 1),
    ],
)
def test_each_verdict_merges_in_one_both_or_neither(verdict, recommended, conservative):
    """Number of clusters left of two."""
    found = tree([split([0], [1], verdict)], n_clusters=2)
    left = [
        len(set(labelling(found, merged=LABELLINGS[name]).group.values())) for name in ("recommended", "conservative")
    ]
    assert left == [recommended, conservative]


def test_one_odd_cluster_does_not_merge_the_others():
    """No gap at the root merges the two clusters that touch there; a gap below stays."""
    nodes = [split([0], [1, 2], "not separated", contact=(0, 1)), split([1], [2], "separated")]
    assert labelling(tree(nodes), merged=LABELLINGS["recommended"]).group == {0: 0, 1: 0, 2: 2}


def test_the_nearest_clusters_touch_where_no_neighbours_were_counted():
    """Without a contact the nearest centroids are taken."""
    nodes = [split([0], [1, 2], "cannot tell"), split([1], [2], "separated")]
    assert labelling(tree(nodes), merged=LABELLINGS["conservative"]).group == {0: 0, 1: 0, 2: 2}


def test_a_gap_between_the_touching_clusters_keeps_branches_apart():
    """What a union hides, the pair shows."""
    nodes = [split([0], [1, 2], "not separated", contact=(0, 1)), split([1], [2], "separated")]
    found = tree(nodes, [split([0], [1], "separated")])
    assert labelling(found, merged=LABELLINGS["conservative"]).group == {0: 0, 1: 1, 2: 2}


@pytest.mark.parametrize(("wrong", "left"), [(0.0, 3), (0.9, 2)])
def test_a_proven_gap_above_keeps_a_pair_apart_unless_one_lies_beyond_it(wrong, left):
    """A pair without a gap is merged only where the split above does not set both apart."""
    nodes = [split([0], [1, 2], "separated", wrong=(0.0, wrong, 0.0)), split([1], [2], "separated")]
    found = labelling(tree(nodes, [split([0], [1], "not separated")]), merged=LABELLINGS["recommended"])
    assert len(set(found.group.values())) == left


def test_a_cluster_that_straddles_a_gap_does_not_bridge_it():
    """It is merged with one side; the sides stay apart."""
    nodes = [split([0], [1, 2], "not separated", contact=(0, 1)), split([1], [2], "separated")]
    found = tree(nodes, [split([0], [2], "not separated")])
    assert labelling(found, merged=LABELLINGS["conservative"]).group == {0: 0, 1: 0, 2: 2}


def test_without_structure_all_clusters_are_one():
    """Whatever the splits say."""
    found = labelling(
        tree([split([0], [1, 2], "separated"), split([1], [2], "separated")]), merged=(), none_at_all=True
    )
    assert set(found.group.values()) == {0}


def test_codes_follow_and_cells_of_no_cluster_stay():
    """Each cell gets the lowest code of its group."""
    found = labelling(
        tree([split([0], [1, 2], "separated"), split([1], [2], "not separated")]), merged=("not separated",)
    )
    assert found.codes(np.array([0, 1, 2, -1, -2])).tolist() == [0, 1, 1, -1, -2]


def test_a_cluster_that_stays_names_the_split_that_keeps_it():
    """The pair with its nearest of another group where that was told, else the split above."""
    nodes = [split([0], [1, 2], "separated"), split([1], [2], "separated")]
    told = tree(nodes, [split([0], [1], "separated")])
    untold = tree(nodes, [split([0], [1], "cannot tell")])
    assert labelling(told, merged=()).because[0] == told.pairs[0]
    assert labelling(untold, merged=()).because[0] == nodes[0]
