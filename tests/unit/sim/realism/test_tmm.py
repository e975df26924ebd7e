import numpy as np
import pytest
import scipy.sparse as sp
from scipy.stats import gmean, trim_mean

from rashomon.sim.realism.tmm import tmm_factors


def test_depth_alone_changes_nothing():
    """Cells of one composition have factor 1 at any depth."""
    base = np.array([5, 1, 7, 3, 11, 2])
    factors = tmm_factors(sp.csr_matrix(np.stack([base, 3 * base, 10 * base])))
    np.testing.assert_allclose(factors, 1.0)


def test_geometric_mean_is_one(rng):
    """Factors are relative to each other."""
    assert gmean(tmm_factors(sp.csr_matrix(rng.poisson(3.0, size=(30, 200))))) == pytest.approx(1.0)


def test_few_high_genes_lower_the_factor_by_what_they_take(rng):
    """When ten genes take half of a cell, the other genes look halved, and the factor says so."""
    mean = np.full((2, 2_000), 50.0)
    mean[1, :10] += 2_000 * 50.0 / 10
    factors = tmm_factors(sp.csr_matrix(rng.poisson(mean)))
    assert factors[1] / factors[0] == pytest.approx(0.5, rel=0.02)


def test_equal_weights_give_a_trimmed_mean():
    """Where all counts are nearly equal so are the weights, and the factor is the mean of the middle 40 % of ratios."""
    n = 1_000
    ratio = np.linspace(-0.05, 0.08, n) ** 2 * 3
    x = np.round(1e8 * np.stack([np.ones(n), np.exp2(ratio)]))
    a, b = np.log2(x / x.sum(axis=1, keepdims=True))
    factors = tmm_factors(sp.csr_matrix(x))
    level = (a + b) / 2
    low, high = np.quantile(level, [0.05, 0.95])
    middle = (level >= low) & (level <= high)
    # the trims of ratio and level act on ranks of all genes
    inner = np.argsort(np.argsort(b - a))
    kept = middle & (inner >= 0.3 * n) & (inner < 0.7 * n)
    assert np.log2(factors[1] / factors[0]) == pytest.approx((b - a)[kept].mean(), abs=1e-4)
    assert np.log2(factors[1] / factors[0]) == pytest.approx(trim_mean(b - a, 0.3), abs=2e-3)


def test_empty_cells_have_no_factor_and_disjoint_ones_keep_one():
    """An empty cell has none; a cell that shares no gene with the reference cannot be compared and stays at 1."""
    x = sp.csr_matrix(np.array([[9, 8, 0, 0], [0, 0, 1, 1], [0, 0, 0, 0]]))
    factors = tmm_factors(x)
    assert factors[:2].tolist() == [1.0, 1.0]
    assert np.isnan(factors[2])
    assert np.isnan(tmm_factors(sp.csr_matrix((2, 3)))).all()
