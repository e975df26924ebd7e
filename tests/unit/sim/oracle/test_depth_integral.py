"""Integrals over the depth where the integrand is hard."""

import numpy as np
import pytest
import scipy.sparse as sp
from scipy import stats
from scipy.integrate import quad

from rashomon.sim.oracle import DepthTable, LogNormalDepth, log_likelihood


def by_quad(x, dispersion, density, points):
    """Probability of a count of one gene with rate 1, by scipy's adaptive quadrature."""

    def integrand(t):
        mean = np.exp(t)
        size = 1 / dispersion if dispersion else np.inf
        mass = stats.nbinom.pmf(x, size, size / (size + mean)) if dispersion else stats.poisson.pmf(x, mean)
        return mass * density(t)

    pieces = zip(points[:-1], points[1:], strict=True)
    return sum(quad(integrand, a, b, epsabs=0, epsrel=1e-10, limit=200)[0] for a, b in pieces)


@pytest.mark.parametrize("x", [0, 1, 5, 1000])
@pytest.mark.parametrize("sd", [0.05, 0.5, 2.0])
@pytest.mark.parametrize("dispersion", [0.0, 0.5, 10.0])
def test_one_gene_under_a_normal_law(x, sd, dispersion):
    """Skewed, flat and conflicting integrands: no count under a large depth, many under a small one."""
    mean = np.log(30.0)
    found = log_likelihood(
        sp.csr_matrix([[float(x)]]),
        np.ones((1, 1)),
        dispersion=np.array([dispersion]),
        depth=LogNormalDepth(mean, sd),
    )[0, 0]
    points = np.unique(np.concatenate([mean + sd * np.linspace(-40, 40, 81), np.linspace(0, 9, 91)]))
    expected = by_quad(x, dispersion, lambda t: stats.norm.pdf(t, mean, sd), points)
    if expected > 1e-250:
        assert found == pytest.approx(np.log(expected), abs=1e-6)
    else:
        assert found < -500


@pytest.mark.parametrize("x", [0, 3, 400])
@pytest.mark.parametrize("edges", [[2.0, 5.0], [0.0, 0.1, 0.2, 6.0], [4.0, 4.5, 4.6]])
def test_one_gene_under_quantiles(x, edges):
    """A likelihood with its mode inside, at the edge or far outside of the table is integrated over the table."""
    edges = np.array(edges)
    found = log_likelihood(
        sp.csr_matrix([[float(x)]]), np.ones((1, 1)), dispersion=np.zeros(1), depth=DepthTable(edges[None])
    )[0, 0]
    share = 1 / (edges.size - 1)
    density = [by_quad(x, 0.0, lambda t: 1.0, [a, b]) * share / (b - a) for a, b in zip(edges, edges[1:], strict=False)]
    assert found == pytest.approx(np.log(sum(density)), abs=1e-6)


def test_gamma_depth_has_a_closed_form():
    """Quantiles of log-gamma depths make Poisson counts negative binomial: the table converges to scipy's law."""
    shape, scale, probability = 4.0, 5.0, np.linspace(0, 1, 4001)
    probability[[0, -1]] = 1e-9, 1 - 1e-9
    table = np.log(stats.gamma.ppf(probability, shape, scale=scale))[None]
    counts = np.arange(60.0)
    found = log_likelihood(
        sp.csr_matrix(counts[:, None]), np.ones((1, 1)), dispersion=np.zeros(1), depth=DepthTable(table)
    )[:, 0]
    np.testing.assert_allclose(found, stats.nbinom.logpmf(counts, shape, 1 / (1 + scale)), atol=2e-3)
