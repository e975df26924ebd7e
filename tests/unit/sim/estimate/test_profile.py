"""Profiles and evidence."""

import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.sim.estimate.design import make_design
from rashomon.sim.estimate.profile import expected_totals, gather_evidence, gene_blocks, level_totals, pooled_profile


@pytest.fixture
def data(rng):
    """Counts of two types with their design."""
    codes = np.column_stack([rng.integers(0, 2, 80), np.zeros((80, 2), int)])
    counts = sp.csr_matrix(rng.poisson(2.0, (80, 15)).astype(np.float32))
    depth = np.asarray(counts.sum(axis=1)).ravel()
    return counts, make_design(codes, depth, n_levels=(2, 1, 1))


def test_blocks_cover_the_genes_once():
    """Slices follow each other without gap or overlap."""
    assert np.concatenate([np.arange(25)[part] for part in gene_blocks(25, 10)]).tolist() == list(range(25))


def test_totals_are_sums_of_cells(data):
    """Totals of types equal those of numpy, and the only batch holds everything."""
    counts, design = data
    totals = level_totals(counts, design)
    dense = counts.toarray()
    np.testing.assert_allclose(totals[0][1], dense[design.codes[:, 0] == 1].sum(axis=0))
    np.testing.assert_allclose(totals[1][0], dense.sum(axis=0))


def test_pooled_shares_are_ratios_of_sums(data):
    """The base is the log of the share of all molecules; a gene without molecules gets half a one."""
    counts, design = data
    totals = level_totals(counts, design)
    whole = totals[0].sum(axis=0)
    np.testing.assert_allclose(np.exp(pooled_profile(totals).gene_mean), whole / whole.sum())
    totals[0][:, 0] = 0.0
    rest = pooled_profile(totals).gene_mean
    assert np.exp(rest[0] - rest[1]) == pytest.approx(0.5 / totals[0][:, 1].sum())
    assert np.exp(rest).sum() == pytest.approx(1.0)


def test_evidence_is_the_log_ratio_without_the_own_effect(data):
    """Changing an effect changes nothing in its own evidence; the ratio and its variance are those of the cells."""
    counts, design = data
    totals, phi = level_totals(counts, design), np.full(15, 0.3)
    profile = pooled_profile(totals)
    plain = gather_evidence(profile, design, axis=0, totals=totals[0], dispersion=phi)
    moved = profile.changed(0, np.full((2, 15), 0.7))
    again = gather_evidence(moved, design, axis=0, totals=totals[0], dispersion=phi)
    np.testing.assert_allclose(plain.value, again.value)
    inside = design.codes[:, 0] == 1
    mean = design.depth[inside, None] * np.exp(profile.gene_mean)
    seen = counts.toarray()[inside].sum(axis=0)
    np.testing.assert_allclose(plain.value[1], np.log((seen + 0.5) / (mean.sum(axis=0) + 0.5)), rtol=1e-6, atol=1e-9)
    variance = 1 / (seen + 0.5) + 0.3 * (mean**2).sum(axis=0) / mean.sum(axis=0) ** 2
    np.testing.assert_allclose(plain.variance[1], variance, rtol=1e-6)


def test_variances_are_those_of_draws(rng):
    """The delta method gives the variance of log ratios over repeated negative binomial draws, within 15 %."""
    depth = rng.uniform(50, 150, 60)
    design = make_design(np.zeros((60, 3), int), depth, n_levels=(1, 1, 1))
    share, phi = np.array([0.1, 0.9]), np.array([0.5, 0.2])
    mean = depth[:, None] * share
    draws = rng.negative_binomial(1 / phi, 1 / (1 + phi * mean), (3000, 60, 2)).sum(axis=1)
    profile = pooled_profile((share[None] * 1e6, np.zeros((1, 2)), np.zeros((1, 2))))
    found = [gather_evidence(profile, design, axis=0, totals=t[None].astype(float), dispersion=phi) for t in draws[:50]]
    expected = np.mean([one.variance[0] for one in found], axis=0)
    np.testing.assert_allclose(np.log(draws).var(axis=0), expected, rtol=0.15)


def test_expected_totals_are_sums_over_cells(data):
    """The total and its concentration are those of the dense table of means; of equal cells the latter is 1 / n."""
    counts, design = data
    profile = pooled_profile(level_totals(counts, design)).changed(0, np.outer([0.0, 0.5], np.ones(15)))
    mean = design.depth[:, None] * np.exp(profile.log_rates(design.codes, slice(None)))
    whole, concentration = expected_totals(profile, design)
    np.testing.assert_allclose(whole, mean.sum(axis=0))
    np.testing.assert_allclose(concentration, (mean**2).sum(axis=0) / mean.sum(axis=0) ** 2)
    alike = make_design(np.zeros((80, 3), int), np.full(80, 9.0), n_levels=(1, 1, 1))
    alone = pooled_profile(level_totals(counts, alike))
    np.testing.assert_allclose(expected_totals(alone, alike)[1], 1 / 80)
