"""Calibration of loadings."""

import numpy as np
import pytest

from rashomon.sim.estimate.calibration import bound, calibrate, deflate, drawn_values
from rashomon.sim.estimate.residual import Panel

N, P = 500, 300


@pytest.fixture
def panel(rng):
    """One group of cells with means about 2, and weights of Poisson counts with a dispersion of 0.5."""
    mean = (np.exp(rng.normal(0.7, 0.5, P)) * np.exp(rng.normal(0, 0.2, (N, 1)))).astype(np.float32)
    spread = np.sqrt(mean + 0.5 * mean**2)
    return Panel(np.arange(N), np.arange(P), mean, spread, np.zeros(N, int), mean.sum(axis=1))


def test_deflation_keeps_the_variance(rng):
    """Counts with factor and what is left of the dispersion have the pooled dispersion; none is negative."""
    loading, pooled = rng.normal(0, 0.4, (2, 50)), rng.uniform(0, 2, 50)
    left = deflate(pooled, loading)
    explained = np.exp((loading**2).sum(axis=0))
    inside = left > 0
    np.testing.assert_allclose(((1 + left) * explained)[inside], (1 + pooled)[inside])
    assert (explained[~inside] >= (1 + pooled)[~inside]).all()


def test_bounded_loadings_explain_at_most_the_dispersion(rng):
    """After bounding, deflation loses no variance; loadings within the bound stay."""
    loading, pooled = rng.normal(0, 0.6, (2, 50)), rng.uniform(0, 1, 50)
    found = bound(loading, pooled)
    assert (np.exp((found**2).sum(axis=0)) <= 1 + pooled + 1e-9).all()
    small = np.exp((loading**2).sum(axis=0)) < 1 + pooled
    np.testing.assert_allclose(found[:, small], loading[:, small])


def test_without_factors_eigenvalues_are_those_of_noise(panel):
    """Negative binomial counts alone have the largest eigenvalue of Marchenko and Pastur, within 15 %."""
    drawn = drawn_values(panel, np.zeros((1, P)), np.full(P, 0.5), n=2, root=3)
    assert drawn[0] == pytest.approx((1 + np.sqrt(P / N)) ** 2, rel=0.15)


@pytest.mark.parametrize("factor", [0.4, 1.8])
def test_wrongly_scaled_loadings_are_put_right(panel, rng, factor):
    """Loadings that are too small or too large end near those with which the target was drawn."""
    truth, pooled = np.vstack([np.full(P, 0.35), rng.choice([-0.2, 0.2], P)]), np.full(P, 0.5)
    target = np.mean([drawn_values(panel, truth, pooled, n=2, root=k) for k in range(4)], axis=0)
    found = calibrate(panel, factor * truth, pooled, target=target, edge=3.2, root=99)
    np.testing.assert_allclose(found.drawn, target, rtol=0.1)
    scale = np.sqrt((found.loading**2).sum(axis=1) / (truth**2).sum(axis=1))
    np.testing.assert_allclose(scale, 1.0, atol=0.12)


def test_draws_depend_on_their_root_alone(panel):
    """The same root gives the same eigenvalues, another root others."""
    loading, pooled = np.full((1, P), 0.3), np.full(P, 0.5)
    one, same, other = (drawn_values(panel, loading, pooled, n=1, root=root)[0] for root in (1, 1, 2))
    assert one == same != other
