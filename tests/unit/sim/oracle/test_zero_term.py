"""The zero term."""

import numpy as np
import pytest
from scipy import stats

from rashomon.sim.oracle.zero_term import Law, log_zero_mass, zero_term, zero_value


def law_of(rng, extra_zeros):
    rates = rng.dirichlet(np.ones(40), size=2)
    dispersion = np.where(np.arange(40) % 4 == 0, 0.0, rng.gamma(1, 0.5, 40))
    return Law(rates, dispersion, np.stack([np.zeros(40), rng.gamma(1, 0.3, 40)]), extra_zeros)


def exact(law, group, state, t):
    mean = np.exp(t) * law.rates[state] + law.ambient[group]
    size = 1 / np.maximum(law.dispersion, 1e-300)
    negative_binomial = stats.nbinom.logpmf(0, size, size / (size + mean))
    log_mass = np.where(law.dispersion > 0, negative_binomial, stats.poisson.logpmf(0, mean))
    if law.extra_zeros > 0:
        log_mass = np.log(law.extra_zeros + (1 - law.extra_zeros) * np.exp(log_mass))
    return log_mass.sum()


@pytest.mark.parametrize("extra_zeros", [0.0, 0.01, 0.4])
def test_table_equals_scipy(extra_zeros, rng):
    """Everywhere in the range, for each state and ambient group, Z is the log probability that all counts are zero."""
    law = law_of(rng, extra_zeros)
    table = zero_term(law, -1.0, 9.3)
    for group in (0, 1):
        for state in (0, 1):
            for t in np.linspace(-1.0, 9.3, 23):
                found = zero_value(table, 0, group, state, t)
                assert found == pytest.approx(exact(law, group, state, t), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("extra_zeros", [0.0, 0.1])
def test_derivatives_are_those_of_z(extra_zeros, rng):
    """The tabulated derivatives equal central differences."""
    table = zero_term(law_of(rng, extra_zeros), 0.0, 6.0)
    step = 1e-4
    for t in (0.3, 2.0, 5.5):
        ahead, here, behind = (zero_value(table, 0, 1, 0, t + d) for d in (step, 0.0, -step))
        assert zero_value(table, 1, 1, 0, t) == pytest.approx((ahead - behind) / (2 * step), rel=1e-5)
        assert zero_value(table, 2, 1, 0, t) == pytest.approx((ahead - 2 * here + behind) / step**2, rel=1e-3, abs=1e-3)


def test_range_of_one_point_is_enough():
    """A table from a depth to itself holds that depth."""
    law = Law(np.array([[1.0]]), np.array([2.0]), np.zeros((1, 1)), 0.0)
    assert zero_value(zero_term(law, 3.0, 3.0), 0, 0, 0, 3.0) == pytest.approx(-np.log1p(2 * np.exp(3.0)) / 2)


def test_zero_mass_joins_poisson():
    """A small dispersion gives nearly what dispersion 0 gives."""
    assert log_zero_mass(3.0, 0.0) == -3.0
    assert log_zero_mass(3.0, 1e-12) == pytest.approx(-3.0, rel=1e-10)
