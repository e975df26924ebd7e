"""Trees of types."""

from itertools import pairwise

import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.sim.tree import Tree

NAMED = {"lymphoid": ["T", "B"], "T": ["CD4", "CD8"], "myeloid": ["mono"]}


def test_counted_children_multiply():
    """[2, 3, 2] gives 12 types: two lineages of three branches of two, each type below one node of every level."""
    tree = Tree.make([2, 3, 2], n_groups=1)
    assert tree.n_types == 12
    assert [len(names) for names, _ in tree.levels] == [2, 6, 12]
    np.testing.assert_array_equal(tree.levels[0][1], np.repeat([0, 1], 6))
    np.testing.assert_array_equal(tree.levels[1][1], np.repeat(np.arange(6), 2))
    np.testing.assert_array_equal(tree.levels[2][1], np.arange(12))


def test_no_hierarchy_is_one_level():
    """Empty, and a single level of as many children, are the same flat tree."""
    flat, counted = Tree.make([], n_groups=4), Tree.make([4], n_groups=1)
    assert flat.leaves == counted.leaves == ("type_1", "type_2", "type_3", "type_4")
    assert len(flat.levels) == len(counted.levels) == 1


def test_named_trees_keep_names_and_order():
    """Leaves come in the order written; a leaf that is reached early stays itself at deeper levels."""
    tree = Tree.make(NAMED, n_groups=1)
    assert tree.leaves == ("CD4", "CD8", "B", "mono")
    assert [names for names, _ in tree.levels] == [("lymphoid", "myeloid"), ("T", "B", "mono"), tree.leaves]
    np.testing.assert_array_equal(tree.levels[1][1], [0, 0, 1, 2])


def test_levels_are_nested():
    """Types together at one level are together at every coarser one."""
    for spec in ([2, 2, 2], NAMED):
        levels = [nodes for _, nodes in Tree.make(spec, n_groups=1).levels]
        for coarse, fine in pairwise(levels):
            assert len({*zip(fine, coarse, strict=True)}) == len(set(fine))


def test_siblings_share_a_parent():
    """Siblings are symmetric, never oneself; in a flat tree all others; an only child has none."""
    named = Tree.make(NAMED, n_groups=1).siblings()
    assert named.tolist() == [[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]
    flat = Tree.make([], n_groups=3).siblings()
    np.testing.assert_array_equal(flat, ~np.eye(3, dtype=bool))
    np.testing.assert_array_equal(Tree.make([2, 2], n_groups=1).siblings().sum(axis=1), [1, 1, 1, 1])


@pytest.mark.parametrize(
    ("spec", "what"),
    [
        ({"a": ["b"], "b": ["a"]}, "the hierarchy has a cycle: a > b"),
        ({"a": ["a"]}, "the hierarchy has a cycle: a"),
        ({"a": ["c"], "b": ["c", "d"]}, "these have more than one parent: c"),
        ({"a": []}, "the hierarchy has no type"),
    ],
)
def test_what_is_no_tree_is_refused(spec, what):
    """Cycles, second parents and trees without types are named, and a neighbour that is a tree is accepted."""
    with pytest.raises(UsageError, match=what) as error:
        Tree.make(spec, n_groups=1)
    assert error.value.code == "world.tree"
    assert Tree.make({"a": ["b", "c"], "b": ["d", "e"]}, n_groups=1).n_types == 3


def test_numbers_of_types_must_agree():
    """A hierarchy of four types with n_groups=3 is refused; 4, or 1 for nothing said, is not."""
    with pytest.raises(UsageError, match="the hierarchy has 4 types and n_groups is 3") as error:
        Tree.make([2, 2], n_groups=3)
    assert error.value.fix == "leave n_groups out"
    assert Tree.make([2, 2], n_groups=4).n_types == Tree.make([2, 2], n_groups=1).n_types == 4


def test_a_chain_is_one_type():
    """Levels with one child each make one type, which no node tells apart."""
    tree = Tree.make([1, 1], n_groups=1)
    assert tree.n_types == 1
    assert not tree.siblings().any()


def test_a_child_written_twice_is_refused():
    """One parent that lists a child twice has not the types that it seems to have."""
    with pytest.raises(UsageError, match="b"):
        Tree.make({"a": ["b", "b", "c"]}, n_groups=1)
