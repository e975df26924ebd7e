"""A batch on one side tells nothing about the split."""

import numpy as np

from rashomon.structure.confounded import shared_cells


def test_batches_with_both_sides_are_kept():
    """Of three batches, the one with both sides; of a small one, nothing."""
    batch = np.repeat(["a", "b", "c", "d"], [20, 20, 20, 4])
    side = np.concatenate([np.arange(20) < 3, np.zeros(20), np.ones(20), [0, 1, 0, 1]]).astype(bool)
    assert shared_cells(batch, side).tolist() == [True] * 20 + [False] * 44


def test_batches_that_are_the_sides_leave_nothing():
    """A split that is the batch is confounded."""
    batch = np.repeat([0, 1], 50)
    assert not shared_cells(batch, batch == 1).any()
