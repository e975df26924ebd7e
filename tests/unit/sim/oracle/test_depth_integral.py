"""Integrals over the depth where the integrand is hard."""

from itertools import pairwise

import numpy as np
import pytest
import scipy.sparse as sp
from scipy import stats
from scipy.special import logsumexp

from rashomon.sim.oracle import DepthTable, LogNormalDepth, log_likelihood

NODES, WEIGHTS = np.polynomial.legendre.leggauss(12)


def by_gauss(x, dispersion, density, points):
    """Log probability of a count of one gene with rate 1: Gauss-Legendre between points that lie close together."""
    a, b = points[:-1, None], points[1:, None]
    t = a + (b - a) * (NODES + 1) / 2
    mean = np.exp(t)
    size = 1 / dispersion if dispersion else 1.0
    mass = stats.nbinom.logpmf(x, size, size / (size + mean)) if dispersion else stats.poisson.logpmf(x, mean)
    return logsumexp(mass + density(t), b=WEIGHTS * (b - a) / 2)


@pytest.mark.parametrize("x", [0, 1, 5, 1000])
@pytest.mark.parametrize("sd", [0.05, 0.5, 2.0])
@pytest.mark.parametrize("dispersion", [0.0, 0.5, 10.0])
def test_one_gene_under_a_normal_law(x, sd, dispersion):
    """Skewed, flat and conflicting integrands: no count under a large depth, many under a small one."""
    mean = np.log(30.0)
    law = LogNormalDepth(mean, sd)
    found = log_likelihood(sp.csr_matrix([[float(x)]]), np.ones((1, 1)), dispersion=np.full(1, dispersion), depth=law)
    points = np.linspace(mean - 12, mean + 12, 2001)
    expected = by_gauss(x, dispersion, lambda t: stats.norm.logpdf(t, mean, sd), points)
    assert found[0, 0] == pytest.approx(expected, abs=1e-7)


def test_two_modes_are_both_counted():
    """A strong gene without counts beside a weak one with some: an extra zero or a small depth, and the sum of both."""
    rates, extra = np.array([0.8, 0.2]), 1e-4
    counts = np.array([0.0, 6.0])
    depth = LogNormalDepth(np.log(60.0), 1.0)
    found = log_likelihood(
        sp.csr_matrix(counts[None]), rates[None], dispersion=np.zeros(2), depth=depth, extra_zeros=extra
    )
    t = np.linspace(-5, 10, 200_001)
    mean = np.exp(t)[:, None] * rates
    mass = np.log(extra + (1 - extra) * np.exp(-mean[:, 0])) + np.log1p(-extra) + stats.poisson.logpmf(6, mean[:, 1])
    integrand = mass + stats.norm.logpdf(t, np.log(60.0), 1.0)
    tops = np.flatnonzero((np.diff(integrand)[:-1] > 0) & (np.diff(integrand)[1:] < 0))
    assert tops.size == 2
    assert found[0, 0] == pytest.approx(logsumexp(integrand) + np.log(t[1] - t[0]), abs=1e-7)


@pytest.mark.parametrize("x", [0, 3, 400])
@pytest.mark.parametrize("edges", [[2.0, 5.0], [0.0, 0.1, 0.2, 6.0], [4.0, 4.5, 4.6]])
def test_one_gene_under_quantiles(x, edges):
    """A likelihood with its mode inside, at the edge or far outside of the table is integrated over the table."""
    edges = np.array(edges)
    found = log_likelihood(
        sp.csr_matrix([[float(x)]]), np.ones((1, 1)), dispersion=np.zeros(1), depth=DepthTable(edges[None])
    )[0, 0]
    share = 1 / (edges.size - 1)
    parts = [
        by_gauss(x, 0.0, lambda t: 0.0, np.linspace(a, b, 401)) + np.log(share / (b - a)) for a, b in pairwise(edges)
    ]
    assert found == pytest.approx(logsumexp(parts), abs=1e-7)


def test_gamma_depth_has_a_closed_form():
    """Quantiles of log-gamma depths make Poisson counts negative binomial: the table converges to scipy's law."""
    shape, scale, probability = 4.0, 5.0, np.linspace(0, 1, 4001)
    probability[[0, -1]] = 1e-9, 1 - 1e-9
    table = np.log(stats.gamma.ppf(probability, shape, scale=scale))[None]
    counts = np.arange(60.0)
    found = log_likelihood(
        sp.csr_matrix(counts[:, None]), np.ones((1, 1)), dispersion=np.zeros(1), depth=DepthTable(table)
    )[:, 0]
    np.testing.assert_allclose(np.exp(found), stats.nbinom.pmf(counts, shape, 1 / (1 + scale)), atol=1e-4)
