"""Quantiles of depth."""

import numpy as np
import pytest
from scipy import stats

from rashomon.sim.estimate.depth import N_QUANTILES, batch_depths, depth_quantiles


def test_quantiles_are_those_of_the_law(rng):
    """Log-normal depths give normal quantiles; each type has its own."""
    types = np.repeat([0, 1], 20_000)
    depth = np.exp(rng.normal(np.where(types == 0, 7.0, 8.0), np.where(types == 0, 0.3, 0.6)))
    found = depth_quantiles(depth, types, n_types=2)
    chances = (np.arange(N_QUANTILES) + 0.5) / N_QUANTILES
    for row, centre, spread in zip(found, (7, 8), (0.3, 0.6), strict=True):
        np.testing.assert_allclose(row[5:-5], stats.norm.ppf(chances, centre, spread)[5:-5], atol=0.06 * spread * 2)


def test_rows_ascend_between_the_extremes(rng):
    """Quantiles ascend, and stay between the smallest and the largest depth."""
    depth, types = rng.integers(100, 9000, 90), np.repeat([0, 1, 1], 30)
    found = depth_quantiles(depth, types, n_types=2)
    assert (np.diff(found, axis=1) >= 0).all()
    assert found.min() >= np.log(depth.min()) - 1e-12
    assert found.max() <= np.log(depth.max()) + 1e-12


def test_small_types_have_the_pooled_shape_at_their_mean(rng):
    """A type of 29 cells has the mean of its own cells and the spread of all."""
    types = np.repeat([0, 1], [3000, 29])
    depth = np.exp(np.where(types == 0, rng.normal(7, 0.5, 3029), 9.0))
    found = depth_quantiles(depth, types, n_types=2)
    assert found[1].mean() == pytest.approx(9.0, abs=0.02)
    assert found[1].std() == pytest.approx(0.5, rel=0.1)


def test_depths_of_batches_are_told_from_those_of_types(rng):
    """With types in unequal shares over batches, what batches add is that of least squares, and sums to zero."""
    codes = np.column_stack([rng.integers(0, 2, 4000), np.zeros(4000, int)])
    codes[:, 1] = rng.random(4000) < 0.2 + 0.6 * codes[:, 0]
    log_depth = 7.0 + 1.5 * codes[:, 0] - 0.8 * codes[:, 1] + rng.normal(0, 0.3, 4000)
    found = batch_depths(np.exp(log_depth), codes, n_levels=(2, 2))
    table = np.column_stack([np.ones(4000), codes])
    slope = np.linalg.lstsq(table, log_depth, rcond=None)[0][2]
    np.testing.assert_allclose(found, [-slope / 2, slope / 2], atol=1e-9)
    assert found[1] - found[0] == pytest.approx(-0.8, abs=0.05)


def test_a_single_batch_adds_nothing(rng):
    """One batch has the depth 0."""
    codes = np.column_stack([rng.integers(0, 3, 60), np.zeros(60, int)])
    assert batch_depths(rng.uniform(100, 900, 60), codes, n_levels=(3, 1)) == pytest.approx([0.0], abs=1e-9)
