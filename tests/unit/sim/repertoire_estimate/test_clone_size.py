"""Sizes of clones."""

import numpy as np
import pytest

from rashomon.sim.repertoire_estimate.clone_size import EDGES, size_quantiles


def test_the_mean_is_that_of_the_data():
    """Means between ranks, weighted by the ranks they span, have the mean of the clones, the largest included."""
    copies = np.random.default_rng(1).zipf(2.0, 5000).astype(float)
    table = np.exp(size_quantiles(copies, np.zeros(5000, dtype=int), n_donors=1))
    np.testing.assert_allclose(table[0] @ np.diff(EDGES), copies.mean())
    assert table[0, -1] == pytest.approx(copies.max())
    assert (np.diff(table[0]) >= -1e-9).all()


def test_small_donors_have_the_sizes_of_all():
    """Nineteen clones are too few for sizes of their own, twenty are not."""
    copies, donors = np.repeat([1.0, 5.0, 7.0], [200, 20, 19]), np.repeat([0, 1, 2], [200, 20, 19])
    table = np.exp(size_quantiles(copies, donors, n_donors=3))
    np.testing.assert_allclose(table[1], 5.0)
    np.testing.assert_allclose(table[2], np.exp(size_quantiles(copies, donors * 0, n_donors=1))[0])
