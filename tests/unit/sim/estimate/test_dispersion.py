"""Likelihood of dispersions."""

import numpy as np
import pytest
import scipy.sparse as sp
from scipy import stats
from scipy.special import logsumexp

from rashomon.sim.estimate.design import make_design
from rashomon.sim.estimate.dispersion import LOG_GRID, dispersion_likelihood
from rashomon.sim.estimate.profile import Profile


def sample(rng, *, n=1500, p=12, phi=0.5, scale=1.0):
    """Counts of two types with the profile and design they were drawn from; genes have the dispersions `phi`."""
    base = rng.normal(0, 1.5, p)
    base -= logsumexp(base)
    types = rng.normal(0, 0.5, (2, p))
    profile = Profile(base, (types, np.zeros((1, p)), np.zeros((1, p))))
    codes = np.column_stack([rng.integers(0, 2, n), np.zeros((n, 2), int)])
    depth = scale * np.exp(rng.normal(3, 0.5, n))
    design = make_design(codes, depth, n_levels=(2, 1, 1))
    mean = depth[:, None] * np.exp(profile.log_rates(design.combinations, slice(None)))[design.member]
    size = 1 / np.broadcast_to(phi, p)
    return rng.negative_binomial(size, size / (size + mean)).astype(np.float32), mean, profile, design


@pytest.mark.parametrize("scale", [1.0, 200.0])
def test_likelihood_is_that_of_scipy(rng, scale):
    """Differences of the log likelihood are scipy's, with Cox and Reid's adjustment, to 2 % or 1.5."""
    counts, mean, profile, design = sample(rng, scale=scale)
    found = dispersion_likelihood(sp.csc_matrix(counts), profile, design)
    kinds = [design.codes[:, 0] == z for z in range(2)]
    for g in range(0, 12, 3):
        for a, b in ((8, 24), (16, 30)):
            value = []
            for phi in np.exp(LOG_GRID[[a, b]]):
                size = 1 / phi
                plain = stats.nbinom.logpmf(counts[:, g], size, size / (size + mean[:, g])).sum()
                value.append(plain + sum(0.5 * np.log1p(phi * mean[kind, g].mean()) for kind in kinds))
            change = value[1] - value[0]
            assert found[g, b] - found[g, a] == pytest.approx(change, rel=0.02, abs=1.5)


def test_the_maximum_is_near_the_dispersion(rng):
    """Genes with 1,500 informative cells have their maximum within 0.3 log units of the truth, and no bias of 0.1."""
    phi = np.exp(rng.uniform(-2, 0.5, 40))
    counts, _, profile, design = sample(rng, p=40, phi=phi, scale=20.0)
    best = LOG_GRID[dispersion_likelihood(sp.csc_matrix(counts), profile, design).argmax(axis=1)]
    assert np.quantile(np.abs(best - np.log(phi)), 0.9) < 0.35
    assert abs(np.mean(best - np.log(phi))) < 0.1


def test_poisson_genes_have_none(rng):
    """Poisson counts are most likely without dispersion, or with one below 0.02."""
    _, mean, profile, design = sample(rng, scale=20.0)
    counts = sp.csc_matrix(rng.poisson(mean).astype(np.float32))
    assert (np.exp(LOG_GRID[dispersion_likelihood(counts, profile, design).argmax(axis=1)]) < 0.02).mean() > 0.8


def test_genes_without_counts_say_nothing(rng):
    """A gene with hardly any molecule has a likelihood that is flat to 1."""
    counts, _, profile, design = sample(rng, scale=1e-4)
    found = dispersion_likelihood(sp.csc_matrix(np.zeros_like(counts)), profile, design)
    assert np.isfinite(found).all()
    assert np.ptp(found, axis=1).max() < 1.0
