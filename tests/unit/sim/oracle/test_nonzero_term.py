"""The nonzero term."""

import numpy as np
import pytest
import scipy.sparse as sp
from scipy.special import gammaln

from rashomon.sim.oracle.depth_integral import Rows
from rashomon.sim.oracle.nonzero_term import Cell, constants, is_impossible, nonzero_slope, nonzero_term
from rashomon.sim.oracle.zero_term import Law


def cell_of(counts, rates, ambient):
    indices = np.flatnonzero(counts).astype(np.int32)
    return Cell(counts[indices].astype(np.int64), indices, rates, ambient, 0, 0, 0.0, np.inf, 0.0, 1.0)


@pytest.fixture
def law(rng):
    rates = rng.dirichlet(np.full(50, 0.3), size=1) + 1e-9
    return Law(rates, np.where(np.arange(50) % 3 == 0, 0.0, 0.7), rng.gamma(1, 0.1, (1, 50)), 0.0)


def direct(counts, law, depths):
    mean = depths[:, None] * law.rates[0] + law.ambient[0]
    value = counts * np.log(mean / (1 + law.dispersion * mean))
    if law.extra_zeros > 0:
        with np.errstate(divide="ignore", invalid="ignore"):
            log_mass = np.where(law.dispersion > 0, -np.log1p(law.dispersion * mean) / law.dispersion, -mean)
        log_share = log_mass - np.log(law.extra_zeros + (1 - law.extra_zeros) * np.exp(log_mass))
        value += np.where(counts > 0, log_share, 0)
    return value.sum(axis=1)


@pytest.mark.parametrize("scale", [0.1, 3.0, 1000.0])
@pytest.mark.parametrize("extra_zeros", [0.0, 0.2])
def test_products_equal_logarithms(law, scale, extra_zeros, rng):
    """Few and many molecules, tiny and large means: the sum is what one logarithm per gene gives."""
    law, counts = law._replace(extra_zeros=extra_zeros), rng.poisson(scale, 50)
    depths, out = np.exp(np.linspace(0, 9, 7)), np.empty(7)
    nonzero_term(cell_of(counts, law.rates[0], law.ambient[0]), law, depths, out)
    np.testing.assert_allclose(out, direct(counts, law, depths), rtol=1e-11, atol=1e-9)


def test_products_do_not_underflow():
    """Rates of 1e-30 and 1e-200 for a thousand molecules leave double precision, and the logarithm does not."""
    law = Law(np.where(np.arange(100) % 2, 1e-30, 1e-200)[None], np.zeros(100), np.zeros((1, 100)), 0.0)
    counts, out = np.full(100, 10), np.empty(1)
    nonzero_term(cell_of(counts, law.rates[0], law.ambient[0]), law, np.ones(1), out)
    assert out[0] == pytest.approx(500 * np.log(1e-30) + 500 * np.log(1e-200))


@pytest.mark.parametrize("extra_zeros", [0.0, 0.2])
def test_slope_is_the_derivative(law, extra_zeros, rng):
    """Both derivatives equal central differences."""
    law, counts = law._replace(extra_zeros=extra_zeros), rng.poisson(2.0, 50)
    t, step = 4.0, 1e-3
    behind, here, ahead = direct(counts, law, np.exp(t + step * np.array([-1, 0, 1])))
    first, second = nonzero_slope(cell_of(counts, law.rates[0], law.ambient[0]), law, np.exp(t))
    assert first == pytest.approx((ahead - behind) / (2 * step), rel=1e-5)
    assert second == pytest.approx((ahead - 2 * here + behind) / step**2, rel=1e-4)


@pytest.mark.parametrize("dispersion", [0.0, 1e-9, 1e-5, 0.5, 20.0])
def test_constants_complete_the_law(dispersion):
    """The terms without state are log gamma terms of the law, for small and large counts and dispersions."""
    counts = sp.csr_matrix(np.array([[1, 2, 0, 7, 31, 32, 33, 500], [0] * 8]))
    law = Law(np.ones((1, 8)), np.full(8, dispersion), np.zeros((1, 8)), 0.0)
    rows, out = Rows(counts.data.astype(np.int64), counts.indices, counts.indptr, np.zeros(2, np.int64)), np.empty(2)
    constants(rows, law, out)
    x = counts.data
    rising = np.array([np.log1p(dispersion * np.arange(k)).sum() for k in x])
    np.testing.assert_allclose(out, [(rising - gammaln(x + 1)).sum(), 0.0], rtol=1e-12)


def test_a_count_without_source_is_impossible():
    """A gene with counts needs a rate or ambient molecules; one without counts needs nothing."""
    rates, ambient = np.array([0.0, 0.0, 1.0]), np.array([0.0, 1.0, 0.0])
    assert is_impossible(cell_of(np.array([1, 0, 0]), rates, ambient))
    assert not is_impossible(cell_of(np.array([0, 1, 1]), rates, ambient))
    assert not is_impossible(cell_of(np.zeros(3, int), rates, ambient))
