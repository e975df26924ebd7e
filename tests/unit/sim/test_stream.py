"""Random numbers by address."""

import numpy as np
import pytest
from scipy import stats

from rashomon.sim.stream import normals, stream_key, uniforms

KEY = stream_key(5, "depth")


def test_a_row_depends_on_its_unit_alone():
    """Units drawn together, alone or in another order get the same numbers."""
    units = np.array([9, 2, 70_000])
    together = uniforms(KEY, units, 3)
    np.testing.assert_array_equal(together[::-1], uniforms(KEY, units[::-1], 3))
    np.testing.assert_array_equal(together[1:2], uniforms(KEY, np.array([2]), 3))


def test_more_draws_continue_the_same_stream():
    """The first numbers of a longer request are those of a shorter one."""
    np.testing.assert_array_equal(uniforms(KEY, np.arange(4), 6)[:, :2], uniforms(KEY, np.arange(4), 2))


@pytest.mark.parametrize("names", [("depth",), ("donor", 1), ("donor", 2)])
def test_streams_are_uniform_and_independent(names):
    """Across units and draws the numbers are uniform (p > 1e-4), uncorrelated, and unrelated to another stream."""
    one, other = uniforms(stream_key(1, *names), np.arange(50_000), 2), uniforms(KEY, np.arange(50_000))
    assert stats.kstest(one.ravel(), "uniform").pvalue > 1e-4
    correlations = np.corrcoef(np.column_stack([one, other, np.roll(one[:, 0], 1)]).T)
    assert np.abs(correlations[np.triu_indices(4, 1)]).max() < 4.5 / np.sqrt(50_000)


def test_numbers_are_inside_the_open_interval():
    """No uniform number is 0 or 1, so that every inverse is finite."""
    values = uniforms(KEY, np.arange(1000), 100)
    assert values.min() > 0
    assert values.max() < 1
    assert np.isfinite(normals(KEY, np.arange(1000), 100)).all()
