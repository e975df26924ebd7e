"""Intervals over data sets: Student's, as scipy computes it."""

import numpy as np
import pytest
from scipy import stats

from rashomon.study.benchmark.interval import mean_over, mean_over_seeds


def test_the_interval_is_that_of_scipy():
    """Mean and both ends equal those of `scipy.stats.ttest_1samp`, column by column."""
    values = np.random.default_rng(0).normal(size=(7, 3))
    expected = stats.ttest_1samp(values, 0.0).confidence_interval(0.95)
    found = mean_over_seeds(values)
    assert found.mean == pytest.approx(values.mean(axis=0))
    assert found.low == pytest.approx(expected.low)
    assert found.high == pytest.approx(expected.high)


def test_missing_values_take_no_part():
    """A column is as if its missing rows were not there; one value has no interval, none has no mean."""
    values = np.array([[1.0, np.nan, np.nan], [2.0, 5.0, np.nan], [6.0, np.nan, np.nan]])
    found = mean_over_seeds(values)
    assert found.n.tolist() == [3, 1, 0]
    assert found.mean[:2].tolist() == [3.0, 5.0]
    assert np.isnan([found.low[1], found.mean[2], found.low[2]]).all()


def test_equal_values_have_an_interval_of_no_width():
    """Nothing is uncertain about a mean of equal values."""
    found = mean_over_seeds(np.full((4, 1), 0.25))
    assert (found.low[0], found.high[0]) == (0.25, 0.25)


def test_means_over_several_axes():
    """NaN are left out, wherever they are."""
    assert mean_over(np.array([[1.0, np.nan], [3.0, 8.0]]), axis=(0, 1)) == 4.0
