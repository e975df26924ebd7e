"""Depths against the error of the best rule at that depth."""

import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.sim.limit import count_log_affinity, depth_needed, error_bounds, molecule_log_affinity, molecules_needed


@pytest.fixture
def profiles(rng):
    """Profiles of forty genes, a quarter of them different."""
    a = np.exp(rng.normal(0, 1, 40))
    b = a.copy()
    b[:10] *= np.exp(rng.normal(0, 0.8, 10))
    return a / a.sum(), b / b.sum()


def test_bounds_are_reached_at_these_molecules_and_not_one_before(profiles):
    """At `high` the upper bound is at most the error, one molecule earlier above it; so for `low` and the lower."""
    each = molecule_log_affinity(*profiles)
    low, high = molecules_needed(*profiles, error=0.05)
    assert error_bounds(high * each).high <= 0.05 < error_bounds((high - 1) * each).high
    assert error_bounds(low * each).low <= 0.05 < error_bounds((low - 1) * each).low
    assert low < high


def test_the_best_rule_on_simulated_molecules(profiles, rng):
    """The likelihood ratio errs less than allowed at `high`, and more at half of `low`."""
    a, b = profiles
    low, high = molecules_needed(a, b, error=0.1)

    def error(n, cells=20_000):
        ratio = np.log(a / b)
        return (
            np.mean(rng.multinomial(n, a, cells) @ ratio < 0) + np.mean(rng.multinomial(n, b, cells) @ ratio > 0)
        ) / 2

    assert error(int(high)) < 0.1
    assert error(int(low) // 2) > 0.1


def test_equal_and_disjoint_profiles():
    """Equal profiles need infinitely many molecules, disjoint ones a single one."""
    np.testing.assert_array_equal(molecules_needed([1, 2], [2, 4], error=[0.1, 0.2]), np.full((2, 2), np.inf))
    np.testing.assert_array_equal(molecules_needed([1, 0], [0, 3], error=0.01), [1.0, 1.0])


def test_poisson_depth_has_a_closed_form(profiles):
    """Without dispersion the depth is log(1 / (2 e)) over half the squared Hellinger distance."""
    a, b = profiles
    squared = ((np.sqrt(a) - np.sqrt(b)) ** 2).sum() / 2
    low, high = depth_needed(a, 5 * b, error=[0.2, 0.01], dispersion=0.0)
    e = np.array([0.2, 0.01])
    np.testing.assert_allclose(high, -np.log(2 * e) / squared)
    np.testing.assert_allclose(low, -np.log(4 * e * (1 - e)) / (2 * squared))


def test_depth_with_dispersion_meets_the_bounds(profiles):
    """At the two depths the two bounds equal the error; dispersion asks for more depth."""
    a, b = profiles
    dispersion = np.linspace(0, 0.2, 40)

    def total(depth):
        return count_log_affinity(depth * a, depth * b, dispersion_a=dispersion, dispersion_b=dispersion).sum()

    low, high = depth_needed(a, b, error=0.1, dispersion=dispersion)
    assert error_bounds(total(low)).low == pytest.approx(0.1)
    assert error_bounds(total(high)).high == pytest.approx(0.1)
    assert high > depth_needed(a, b, error=0.1, dispersion=0.0).high


def test_overdispersion_leaves_an_error_that_no_depth_removes(profiles):
    """The affinity tends to the product of ((a + b) / (2 sqrt(a b)))^(-1 / f); errors below its bound need infinity."""
    a, b = profiles
    floor = -(np.log((a + b) / (2 * np.sqrt(a * b))) / 0.5).sum()
    deep = count_log_affinity(1e12 * a, 1e12 * b, dispersion_a=0.5, dispersion_b=0.5).sum()
    assert deep == pytest.approx(floor, rel=1e-6)
    lowest = error_bounds(floor)
    never = depth_needed(a, b, error=[0.95 * lowest.low, 1.05 * lowest.high], dispersion=0.5)
    assert never.low[0] == np.inf
    assert np.isfinite(never.low[1])
    assert never.high[0] == np.inf
    assert np.isfinite(never.high[1])


def test_an_error_of_guessing_needs_nothing(profiles):
    """The largest number below 1/2 needs one molecule at most, and no depth."""
    almost = np.nextafter(0.5, 0)
    np.testing.assert_array_equal(molecules_needed(*profiles, error=almost), [1.0, 1.0])
    np.testing.assert_allclose(depth_needed(*profiles, error=almost, dispersion=0.1), 0, atol=1e-9)


def test_refusals_name_the_place():
    """Errors of 1/2 or 0, and arrays that do not fit."""
    for error in (0.0, 0.5):
        with pytest.raises(UsageError, match=rf"(?s)error holds {error:g}.*molecules_needed.*\(0, 0\.5\)"):
            molecules_needed([1, 2], [2, 1], error=error)
    with pytest.raises(UsageError, match=r"(?s)profiles of 2 and 2 genes, dispersion of shape \(3,\).*depth_needed"):
        depth_needed([1, 2], [2, 1], error=0.1, dispersion=[0.1, 0.1, 0.1])
