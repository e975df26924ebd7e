"""Panels of residuals."""

import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.sim.estimate import residual as module
from rashomon.sim.estimate.design import make_design
from rashomon.sim.estimate.effect import fit_profile
from rashomon.sim.estimate.residual import make_panel


@pytest.fixture
def data(rng):
    """Poisson counts of two types in two batches, with their panel."""
    codes = np.column_stack([rng.integers(0, 2, 300), rng.integers(0, 2, 300), np.zeros(300, int)])
    mean = np.exp(rng.normal(0, 1, 60)) * np.exp(rng.normal(0, 0.4, (300, 1)))
    counts = sp.csr_matrix(rng.poisson(mean).astype(np.float32))
    design = make_design(codes, counts.toarray().sum(axis=1), n_levels=(2, 2, 1))
    profile = fit_profile(counts, design, dispersion=np.zeros(60))
    panel = make_panel(counts.tocsc(), profile, design, trended=np.zeros(60), rng=rng)
    return counts, design, profile, panel


def test_residuals_of_the_model_have_mean_0_and_variance_1(data):
    """Of Poisson counts they are centred in every group and have variance 1 on average."""
    counts, _, _, panel = data
    found = panel.residuals(counts.toarray())
    for group in np.unique(panel.groups):
        np.testing.assert_allclose(found[panel.groups == group].mean(axis=0), 0.0, atol=1e-4)
    assert found.var() == pytest.approx(1.0, abs=0.05)


def test_large_residuals_are_clipped(data):
    """One count of a million moves no residual beyond 20: 10 for the clip, as much for the centre."""
    counts, _, _, panel = data
    dense = counts.toarray()
    dense[0, 0] = 1e6
    assert np.abs(panel.residuals(dense)).max() <= 20


def test_permuting_keeps_each_gene_within_its_group(data, rng):
    """Values of a gene in a group are the same after permuting; those of two genes are no longer in the same cells."""
    counts, _, _, panel = data
    found = panel.residuals(counts.toarray())
    mixed = panel.permuted(found, rng=rng)
    for group in np.unique(panel.groups):
        inside = panel.groups == group
        np.testing.assert_array_equal(np.sort(mixed[inside], axis=0), np.sort(found[inside], axis=0))
    assert (mixed != found).mean() > 0.5


def test_a_panel_has_limits(data, rng, monkeypatch):
    """No more cells and genes than allowed; the genes are those with the most variable residuals."""
    counts, design, profile, _ = data
    monkeypatch.setattr(module, "MAX_CELLS", 100)
    monkeypatch.setattr(module, "MAX_GENES", 5)
    noisy = counts.toarray()
    noisy[:, [3, 9]] *= rng.integers(0, 4, (300, 2))
    panel = make_panel(sp.csc_matrix(noisy), profile, design, trended=np.zeros(60), rng=rng)
    assert panel.mean.shape == (100, 5)
    assert {3, 9} <= set(panel.genes.tolist())
    assert (np.diff(panel.cells) > 0).all()


def test_small_combinations_are_centred_with_their_type():
    """Combinations of fewer than five cells share the group of their type, and of no other."""
    codes = np.array([[0, 0, 0]] * 20 + [[0, 1, 0]] * 3 + [[0, 2, 0]] * 4 + [[1, 0, 0]] * 20 + [[1, 1, 0]] * 3)
    counts = sp.csr_matrix(np.ones((50, 4), np.float32))
    design = make_design(codes, np.full(50, 4.0), n_levels=(2, 3, 1))
    profile = fit_profile(counts, design, dispersion=np.zeros(4))
    groups = make_panel(counts.tocsc(), profile, design, trended=np.zeros(4), rng=np.random.default_rng(0)).groups
    assert np.unique(groups[20:27]).size == 1
    assert np.unique(groups).size == 4
    assert groups[20] != groups[47]
