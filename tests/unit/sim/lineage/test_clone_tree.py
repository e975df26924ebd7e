"""Topology of clones."""

import numpy as np
import pytest
from scipy import stats

from rashomon.core import UsageError
from rashomon.sim.lineage import TOPOLOGIES, clone_trees
from rashomon.sim.stream import stream_key

KEY = stream_key(3, "clone")


@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_trees_are_trees(topology):
    """Parents stand before their children in the same clone, depth is the summed length, members are as asked."""
    sizes = np.array([1, 2, 7, 30])
    trees = clone_trees(sizes, KEY, topology=topology, trunk=0.5)
    below = np.flatnonzero(trees.parent >= 0)
    assert (trees.parent[below] < below).all()
    np.testing.assert_array_equal(trees.clone[trees.parent[below]], trees.clone[below])
    np.testing.assert_allclose(trees.depth[below], trees.depth[trees.parent[below]] + trees.length[below])
    first = trees.parent < 0
    np.testing.assert_array_equal(trees.node[first], 0)
    np.testing.assert_array_equal(trees.depth[first], 0.5)
    np.testing.assert_array_equal(np.bincount(trees.clone[first]), 1)
    np.testing.assert_array_equal(np.bincount(trees.clone[trees.member]), sizes)
    assert (trees.length >= 0).all()


@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_a_clone_depends_on_its_unit_alone(topology):
    """A clone drawn alone has the tree that it has among others."""
    sizes, units = np.array([4, 9, 5]), np.array([7, 100, 3])
    together = clone_trees(sizes, KEY, units=units, topology=topology)
    alone = clone_trees(sizes[1:2], KEY, units=units[1:2], topology=topology)
    rows = np.flatnonzero(together.clone == 1)
    np.testing.assert_array_equal(together.length[rows], alone.length)
    np.testing.assert_array_equal(np.maximum(together.parent[rows] - rows[0], -1), alone.parent)


def test_a_larger_birth_tree_continues_a_smaller_one():
    """The first members of a clone stay where they are when it has more."""
    small, large = (clone_trees(np.array([n]), KEY) for n in (5, 50))
    np.testing.assert_array_equal(large.parent[:5], small.parent)


def test_depth_of_births_follows_the_harmonic_numbers():
    """The k-th member of a random recursive tree is 1 + 1/2 + ... + 1/(k - 1) below the first (4.5 standard errors)."""
    n, size = 4000, 12
    depth = clone_trees(np.full(n, size), KEY, trunk=0.0).depth.reshape(n, size)
    expected = np.concatenate([[0.0], np.cumsum(1.0 / np.arange(1, size))])
    error = depth.std(axis=0) / np.sqrt(n)
    assert (np.abs(depth.mean(axis=0) - expected) <= 4.5 * error + 1e-12).all()


def test_coalescent_has_kingman_times_and_topology():
    """Time to the last common ancestor has mean 2 (1 - 1/n); times of pairs are exponential; joins are even."""
    n, size = 6000, 5
    trees = clone_trees(np.full(n, size), KEY, topology="coalescent", trunk=0.0)
    height = trees.depth[trees.member].reshape(n, size)
    np.testing.assert_allclose(height, height[:, :1].repeat(size, axis=1))
    assert abs(height[:, 0].mean() - 2 * (1 - 1 / size)) < 4.5 * height[:, 0].std() / np.sqrt(n)
    pairs = clone_trees(np.full(n, 2), KEY, topology="coalescent", trunk=0.0)
    assert stats.kstest(pairs.length[pairs.member][::2], "expon").pvalue > 1e-4
    # which two of five tips meet first: each of the 10 pairs equally often
    parent = (trees.parent - np.arange(n).repeat(2 * size - 1) * (2 * size - 1)).reshape(n, -1)[:, size - 1 :]
    cherry = np.argwhere(parent == size - 2)[:, 1].reshape(n, 2)
    counts = np.bincount(cherry[:, 0] * size + cherry[:, 1], minlength=size**2).reshape(size, size)[
        np.triu_indices(size, 1)
    ]
    assert counts.sum() == n
    assert stats.chisquare(counts).pvalue > 1e-4


def test_wrong_input_is_refused():
    """Unknown topologies, empty clones and units that do not fit are refused."""
    with pytest.raises(UsageError, match="unknown topology 'births'"):
        clone_trees(np.array([1]), KEY, topology="births")
    with pytest.raises(UsageError, match="with 0"):
        clone_trees(np.array([2, 0]), KEY)
    with pytest.raises(UsageError, match="sizes of type float64"):
        clone_trees(np.array([2.0]), KEY)
    with pytest.raises(UsageError, match="2 units"):
        clone_trees(np.array([2]), KEY, units=np.arange(2))
    with pytest.raises(UsageError, match="trunk"):
        clone_trees(np.array([2]), KEY, trunk=-1.0)
