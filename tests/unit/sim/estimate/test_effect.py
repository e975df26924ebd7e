"""Effects of types, batches and donors."""

import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.sim.estimate.design import CROSSED, make_design
from rashomon.sim.estimate.effect import fit_profile

N, P, PHI = 600, 300, 0.2


def planted(rng):
    """Counts with types (few genes), batches and donors nested in batches; truths with the counts."""
    base = rng.normal(0, 1, P)
    types = np.where(rng.random((3, P)) < 0.1, rng.normal(0, 1.5, (3, P)), 0.0)
    batches, donors = rng.normal(0, 0.4, (2, P)), rng.normal(0, 0.15, (6, P))
    donors -= np.repeat(donors.reshape(2, 3, P).mean(axis=1), 3, axis=0)
    donor = rng.integers(0, 6, N)
    codes = np.column_stack([rng.integers(0, 3, N), donor // 3, donor])
    rate = np.exp(base + types[codes[:, 0]] + batches[codes[:, 1]] + donors[codes[:, 2]])
    depth = np.exp(rng.normal(6.5, 0.4, N))
    mean = depth[:, None] * rate / rate.sum(axis=1, keepdims=True)
    counts = rng.negative_binomial(1 / PHI, 1 / (1 + PHI * mean)).astype(np.float32)
    design = make_design(codes, counts.sum(axis=1), n_levels=(3, 2, 6))
    return sp.csr_matrix(counts), design, (types, batches, donors)


def centred(table):
    """A table of effects less the mean of its levels, and less the shift that is due to shares adding up to 1."""
    table = table - table.mean(axis=0)
    return table - np.median(table, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def fitted():
    """The planted data and their fit."""
    counts, design, truth = planted(np.random.default_rng(4))
    return counts, design, truth, fit_profile(counts, design, dispersion=np.full(P, PHI))


def test_shares_sum_to_one(fitted):
    """The base sums to 1, so does it with each type, and so do the shares of a batch's cells on average."""
    _, design, _, profile = fitted
    assert np.exp(profile.gene_mean).sum() == pytest.approx(1.0)
    np.testing.assert_allclose(np.exp(profile.gene_mean + profile.effects[0]).sum(axis=1), 1.0)
    total = np.exp(profile.log_rates(design.combinations, slice(None))).sum(axis=1)
    weight = design.power_sums(1)
    for donor in range(6):
        inside = design.combinations[:, 2] == donor
        assert np.average(total[inside], weights=weight[inside]) == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize(("axis", "least"), [(0, 0.93), (1, 0.95), (2, 0.6)])
def test_planted_effects_are_found(fitted, axis, least):
    """Effects correlate with the planted ones, up to what all levels share."""
    _, _, truth, profile = fitted
    a, b = centred(profile.effects[axis]).ravel(), centred(truth[axis]).ravel()
    assert np.corrcoef(a, b)[0, 1] > least
    assert np.polyfit(b, a, 1)[0] < 1.05


def test_shrunken_type_effects_are_nearer_to_the_truth(fitted):
    """Their mean square error is below that of raw log ratios of shares."""
    counts, design, truth, profile = fitted
    share = np.array([counts[design.codes[:, 0] == z].toarray().sum(axis=0) + 0.5 for z in range(3)])
    raw = centred(np.log(share / share.sum(axis=1, keepdims=True)))
    target = centred(truth[0])
    assert np.mean((centred(profile.effects[0]) - target) ** 2) < 0.7 * np.mean((raw - target) ** 2)


def test_donor_deviations_sum_to_zero_within_batches(fitted):
    """Up to the constant that keeps the depth, donors of one batch sum to zero for every gene."""
    _, _, _, profile = fitted
    for first in (0, 3):
        total = profile.effects[2][first : first + 3].sum(axis=0)
        assert np.ptp(total) < 1e-9


def test_nothing_is_found_where_nothing_is(rng):
    """Batches and donors drawn at random have effects that are hardly any."""
    codes = np.column_stack([np.zeros(400, int), rng.integers(0, 2, 400), rng.integers(0, 3, 400)])
    counts = sp.csr_matrix(rng.poisson(np.exp(rng.normal(0, 1, 200)), (400, 200)).astype(np.float32))
    design = make_design(codes, counts.toarray().sum(axis=1), n_levels=(1, 2, 3))
    profile = fit_profile(counts, design, dispersion=np.zeros(200))
    assert not profile.effects[0].any()
    assert profile.effects[1].std() < 0.02
    assert profile.effects[2].std() < 0.02


def crossed(rng, *, size):
    """Counts of two types in two batches, 200 cells each; effects of types within batches in a tenth of the genes."""
    base, batch = rng.normal(0, 1, P), rng.normal(0, 0.3, (2, P))
    inner = np.where(rng.random((4, P)) < 0.1, rng.normal(0, size, (4, P)), 0.0)
    codes = np.zeros((800, 3), int)
    codes[:, 0], codes[:, 1] = np.arange(800) % 2, np.arange(800) // 400
    rate = np.exp(base + batch[codes[:, 1]] + inner[codes[:, 1] * 2 + codes[:, 0]])
    mean = 700 * rate / rate.sum(axis=1, keepdims=True)
    counts = rng.negative_binomial(1 / PHI, 1 / (1 + PHI * mean)).astype(np.float32)
    design = make_design(codes, counts.sum(axis=1), n_levels=(2, 2, 1))
    return sp.csr_matrix(counts), design, rate / rate.sum(axis=1, keepdims=True), codes


def test_types_within_batches_are_found(rng):
    """Shares of every type in every batch correlate with the truth beyond 0.99; their cells sum to 1."""
    counts, design, share, codes = crossed(rng, size=1.0)
    profile = fit_profile(counts, design, dispersion=np.full(P, PHI))
    found = profile.log_rates(codes, slice(None))
    assert all(np.corrcoef(found[i], np.log(share[i]))[0, 1] > 0.98 for i in (0, 1, 400, 401))
    without = found - profile.crossed[codes[:, 1] * 2 + codes[:, 0]]
    assert np.mean((found - np.log(share)) ** 2) < 0.7 * np.mean((without - np.log(share)) ** 2)


def test_types_within_batches_are_none_where_none_are(rng):
    """Without effects of types within batches hardly any are found; with one batch there is no table of them."""
    counts, design, _, _ = crossed(rng, size=0.0)
    assert fit_profile(counts, design, dispersion=np.full(P, PHI)).own(CROSSED).std() < 0.02
    codes = design.codes * [1, 0, 1]
    alone = make_design(codes, design.depth, n_levels=(2, 1, 1))
    assert fit_profile(counts, alone, dispersion=np.full(P, PHI)).own(CROSSED) is None


def test_a_type_that_a_batch_lacks_has_no_effect_there(rng):
    """Where a batch has no cell of a type the row of both is zero, and every table is finite."""
    counts, design, _, codes = crossed(rng, size=1.0)
    keep = (codes[:, 0] == 0) | (codes[:, 1] == 0)
    part = make_design(codes[keep], design.depth[keep], n_levels=(2, 2, 1))
    profile = fit_profile(counts[keep], part, dispersion=np.full(P, PHI))
    assert not profile.crossed[3].any()
    assert np.isfinite(profile.crossed).all()
