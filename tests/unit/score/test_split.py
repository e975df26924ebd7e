"""Splits: complementary halves of items, or of whole blocks."""

import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.score import MIN_BLOCKS, half_splits
from rashomon.score.split import count_units, too_few


@pytest.mark.parametrize("n_items", [2, 9, 10])
def test_every_split_halves_the_items(n_items, rng):
    """Half of the items, rounded down, lie in the first half, and the others in the second."""
    splits = half_splits(n_items, n_pairs=20, rng=rng)
    assert splits.shape == (20, n_items)
    assert ((splits == 0).sum(axis=1) == n_items // 2).all()
    assert ((splits == 1).sum(axis=1) == n_items - n_items // 2).all()


def test_every_item_is_equally_likely_in_the_first_half(rng):
    """Over 4,000 splits each share is within 5 standard errors of one half (false alarms below 1 in 10^5)."""
    share = (half_splits(10, n_pairs=4000, rng=rng) == 0).mean(axis=0)
    assert np.abs(share - 0.5).max() < 5 * 0.5 / np.sqrt(4000)


def test_blocks_stay_whole(rng):
    """All items of a block are in one half; items without a block are in none."""
    blocks = np.array([4, 4, 7, -2, 9, 9, 9, 2, -1])
    splits = half_splits(9, n_pairs=30, blocks=blocks, rng=rng)
    assert (splits[:, blocks < 0] == -1).all()
    for block in (2, 4, 7, 9):
        members = splits[:, blocks == block]
        assert (members == members[:, :1]).all()
        assert set(members.ravel()) == {0, 1}
    firsts = [len(set(blocks[split == 0])) for split in splits]
    assert set(firsts) == {2}


def test_the_same_generator_gives_the_same_splits():
    """Splits depend on nothing but the generator."""
    one, other, third = (half_splits(20, rng=np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(one, other)
    assert not np.array_equal(one, third)


def test_one_unit_cannot_be_halved(rng):
    """One item, or one block, has no half."""
    with pytest.raises(UsageError, match="cannot halve 1 units"):
        half_splits(1, rng=rng)
    with pytest.raises(UsageError, match="cannot halve 1 units"):
        half_splits(3, blocks=np.array([5, 5, -2]), rng=rng)


def test_blocks_belong_to_the_items(rng):
    """As many blocks as items."""
    with pytest.raises(UsageError, match="the parts have 4 and 3 items"):
        half_splits(4, blocks=np.array([0, 1, 2]), rng=rng)


def test_only_observed_units_are_counted():
    """A donor all of whose items are missing is no donor of this comparison."""
    observed, blocks = np.array([True, True, False, True]), np.array([0, 1, 2, -2])
    assert count_units(observed) == 3
    assert count_units(observed, blocks=blocks) == 2


def test_six_blocks_are_enough_and_five_are_not():
    """The limit is inclusive."""
    observed = np.ones(MIN_BLOCKS, dtype=bool)
    assert too_few(observed, blocks=np.arange(MIN_BLOCKS)) == ""
    assert too_few(observed, blocks=np.r_[np.arange(MIN_BLOCKS - 1), 0]).startswith("no interval: 5 blocks")
    assert too_few(observed[:1]) == "no interval: fewer than two items"
