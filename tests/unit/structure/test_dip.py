"""The dip, against a linear programme, published tables and hand-made samples."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linprog

from rashomon.core import RashomonError
from rashomon.structure.dip import dip, dip_interval

SAMPLES = arrays(np.float64, st.integers(2, 40), elements=st.integers(-50, 50).map(float))


def programme(value, low, high, k):
    """Rows and bounds for a distribution with its mode at value k: heights up to the mode, heights from it on, and D.

    It rises; it is convex before the mode and concave after it; it stays within D of both ends of each step, except at
    the mode, where it may jump: there its left limit is near the foot of the step, and its height near the top.
    """
    n_left, n_right = k + 1, value.size - k
    before, after = np.eye(n_left, value.size + 2), np.eye(n_right, value.size + 2, n_left)
    width = np.eye(value.size + 2)[-1]
    tops, feet = np.concatenate([high[:k], low[[k]]]), np.concatenate([high[[k]], low[k + 1 :]])
    near = [(before, low[: k + 1], 1), (before, tops, -1), (after, feet, 1), (after, high[k:], -1)]
    rows = [sign * heights - width for heights, _, sign in near]
    bounds = [sign * bound for _, bound, sign in near]
    rising = np.concatenate([before, after])
    bends = [
        -np.diff(np.diff(before, axis=0) / np.diff(value[: k + 1])[:, None], axis=0),
        np.diff(np.diff(after, axis=0) / np.diff(value[k:])[:, None], axis=0),
    ]
    shape = np.concatenate([-np.diff(rising, axis=0), *bends])
    return np.concatenate([*rows, shape]), np.concatenate([*bounds, np.zeros(len(shape))])


def brute_force(values):
    """The definition: over all places of the mode, the smallest distance of a convex-concave distribution."""
    value, counts = np.unique(values, return_counts=True)
    high = np.cumsum(counts) / values.size
    low = high - counts / values.size
    found = []
    for k in range(value.size):
        rows, bounds = programme(value, low, high, k)
        cost = np.eye(value.size + 2)[-1]
        found.append(linprog(cost, A_ub=rows, b_ub=bounds, bounds=(0, 1)).fun)
    return min(found)


@pytest.mark.parametrize("kind", ["normal", "ties", "two groups", "spaced unevenly"])
def test_equals_the_definition(kind, rng):
    """The dip is the smallest distance from any unimodal distribution, found by linear programmes."""
    for _ in range(15):
        n = int(rng.integers(2, 13))
        values = {
            "normal": rng.normal(size=n),
            "ties": rng.integers(0, 6, n).astype(float),
            "two groups": np.concatenate([rng.normal(size=n), rng.normal(5, 1, n // 2)]),
            "spaced unevenly": rng.integers(0, 12, n) ** 1.5,
        }[kind]
        assert dip(values) == pytest.approx(brute_force(values), abs=1e-9)


def test_of_evenly_spaced_values_is_the_smallest():
    """Evenly spaced values have the dip 1 / (2 n), and so have two values."""
    assert dip(np.arange(50.0)) == pytest.approx(1 / 100)
    assert dip(np.array([3.0, 9.0])) == pytest.approx(1 / 4)


def test_of_equal_values_is_zero():
    """One atom has one mode."""
    assert dip(np.full(5, 2.0)) == 0


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5])
def test_of_two_atoms_is_half_the_smaller(share):
    """Two atoms are half the smaller one away from one mode: the mode takes one, a slope the other."""
    values = np.repeat([0.0, 1.0], [round(100 * share), round(100 * (1 - share))])
    assert dip(values) == pytest.approx(share / 2)


def test_modal_interval_of_a_crowd_between_stragglers():
    """The mode lies where the values crowd."""
    found = dip_interval(np.concatenate([[-20.0, -10.0], np.linspace(0, 1, 30), [12.0, 25.0]]))
    assert 0 <= found.low <= found.high <= 1


@given(SAMPLES)
def test_bounds(values):
    """The dip lies in [1 / (2 n), 1/4] unless all values are equal."""
    if np.unique(values).size > 1:
        assert 1 / (2 * values.size) - 1e-12 <= dip(values) <= 0.25 + 1e-12


@given(SAMPLES, st.integers(-5, 5).filter(bool), st.integers(-100, 100), st.randoms(use_true_random=False))
def test_affine_maps_and_order_do_not_matter(values, slope, shift, random):
    """Neither shifting, scaling, mirroring nor shuffling changes the dip, and the mode moves along."""
    shuffled = values.tolist()
    random.shuffle(shuffled)
    before, after = dip_interval(values), dip_interval(np.array(shuffled) * slope + shift)
    assert after.value == pytest.approx(before.value, abs=1e-12)
    if slope > 0:
        assert after.low <= after.high
    assert dip(values.repeat(2)) >= before.value / 2


def test_limit_of_two_far_groups(rng):
    """Two equal groups far apart approach the largest dip, 1/4."""
    values = np.concatenate([rng.normal(size=500), rng.normal(1000, 1, 500)])
    assert dip(values) == pytest.approx(0.25, abs=0.003)


@pytest.mark.parametrize("values", [np.array([]), np.zeros((2, 2))])
def test_refuses_what_is_no_sample(values):
    """An empty sample or a table has no dip."""
    with pytest.raises(RashomonError, match="have the shape"):
        dip(values)


def test_refuses_missing_numbers():
    """Missing numbers are counted and refused."""
    with pytest.raises(RashomonError, match="2 values are not finite"):
        dip(np.array([1.0, np.nan, np.inf]))
