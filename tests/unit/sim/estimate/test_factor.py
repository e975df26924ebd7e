"""Factors: number, scores and loadings."""

import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.sim.estimate.design import make_design
from rashomon.sim.estimate.effect import fit_profile
from rashomon.sim.estimate.factor import count_factors, leading, regress_loadings
from rashomon.sim.estimate.residual import make_panel

N, P = 700, 400


def drawn(rng, *, strengths):
    """Poisson counts with log-normal factors on half of the genes; counts, loadings, scores, fit and panel."""
    loading = np.array([s * rng.choice([-1, 1], P) * (rng.random(P) < 0.5) for s in strengths]).reshape(-1, P)
    score = rng.standard_normal((N, loading.shape[0]))
    mean = np.exp(rng.normal(0.5, 0.7, P)) * np.exp(score @ loading - 0.5 * (loading**2).sum(axis=0))
    counts = sp.csr_matrix(rng.poisson(mean * np.exp(rng.normal(0, 0.2, (N, 1)))).astype(np.float32))
    design = make_design(np.zeros((N, 3), int), counts.toarray().sum(axis=1), n_levels=(1, 1, 1))
    profile = fit_profile(counts, design, dispersion=np.zeros(P))
    panel = make_panel(counts.tocsc(), profile, design, trended=np.zeros(P), rng=rng)
    return counts, loading, score, profile, design, panel


@pytest.mark.parametrize("shape", [(150, 90), (90, 150), (600, 500), (500, 600)])
def test_eigenvalues_are_those_of_numpy(rng, shape):
    """Eigenvalues and scores equal those of the covariance, exactly for small tables and to 1 % for large ones."""
    residual = rng.standard_normal(shape) + 3 * np.outer(rng.standard_normal(shape[0]), rng.standard_normal(shape[1]))
    values, scores = leading(residual, 3)
    expected = np.linalg.eigvalsh(residual.T @ residual / shape[0])[::-1][:3]
    np.testing.assert_allclose(values, expected, rtol=0.01)
    np.testing.assert_allclose((scores**2).mean(axis=0), 1.0, rtol=1e-6)
    np.testing.assert_allclose(((residual.T @ scores) ** 2).sum(axis=0) / shape[0] ** 2, values, rtol=0.02)


@pytest.mark.parametrize("strengths", [(), (0.3,), (0.3, 0.25)])
def test_factors_are_counted(rng, strengths):
    """Independent genes have no factor, and one or two planted factors are counted."""
    counts, *_, panel = drawn(rng, strengths=strengths)
    residual = panel.residuals(counts.toarray()[panel.cells][:, panel.genes])
    n, edge = count_factors(panel, residual, rng=rng)
    assert n == len(strengths)
    if strengths:
        return
    # the largest eigenvalue of noise, Marchenko and Pastur
    assert edge == pytest.approx((1 + np.sqrt(P / N)) ** 2, rel=0.1)


def test_regression_on_true_scores_finds_the_loadings(rng):
    """On the scores they were drawn with, loadings have hardly a bias, and genes without loadings get none."""
    counts, loading, score, profile, design, panel = drawn(rng, strengths=(0.3, 0.25))
    found = regress_loadings(
        counts.tocsc(), profile, design, panel=panel, scores=score[panel.cells], dispersion=np.zeros(P)
    )
    for k in range(2):
        assert np.corrcoef(found[k], loading[k])[0, 1] > 0.95
        assert np.polyfit(loading[k], found[k], 1)[0] == pytest.approx(1.0, abs=0.12)
    assert np.abs(found[0][loading[0] == 0]).mean() < 0.04
