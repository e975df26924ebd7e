"""Adaptive shrinkage."""

import numpy as np

from rashomon.sim.estimate.shrinkage import shrink, shrink_jointly


def effects(rng, n=4000):
    """True effects, most of them none and some large, with estimates of unequal errors."""
    truth = np.where(rng.random(n) < 0.9, 0.0, rng.normal(0, 1.5, n))
    variance = rng.uniform(0.02, 0.6, n)
    return truth, truth + rng.normal(0, np.sqrt(variance)), variance


def test_shrinkage_is_better_than_the_estimates(rng):
    """The mean square error is below a third of that of the estimates, and below that of any one normal prior."""
    truth, value, variance = effects(rng)
    found = shrink(value, variance, teach=np.ones(truth.size, bool))
    error = np.mean((found - truth) ** 2)
    assert error < np.mean((value - truth) ** 2) / 3
    widths = np.linspace(0.05, 2, 60) ** 2
    assert error < min(np.mean((value * width / (width + variance) - truth) ** 2) for width in widths)


def test_strong_effects_are_hardly_shrunken(rng):
    """Effects beyond six standard errors lose less than a fifth; results lie between 0 and the estimate."""
    _, value, variance = effects(rng)
    found = shrink(value, variance, teach=np.ones(value.size, bool))
    strong = np.abs(value) > 6 * np.sqrt(variance)
    assert strong.sum() > 20
    assert (found[strong] / value[strong]).min() > 0.8
    assert ((found / value >= 0) & (found / value <= 1)).all()


def test_pure_noise_is_shrunken_to_nothing(rng):
    """Estimates that are only noise end within a tenth of their size."""
    value = rng.normal(0, 0.5, 3000)
    assert np.abs(shrink(value, np.full(3000, 0.25), teach=np.ones(3000, bool))).max() < 0.2


def test_one_normal_prior_gives_the_closed_form(rng):
    """For normal effects the result is that of the normal prior with their variance."""
    truth = rng.normal(0, 0.4, 6000)
    value = truth + rng.normal(0, 0.3, 6000)
    found = shrink(value, np.full(6000, 0.09), teach=np.ones(6000, bool))
    assert abs(np.polyfit(value, found, 1)[0] - 0.16 / 0.25) < 0.05


def test_joint_deviations_sum_to_zero(rng):
    """Over levels deviations sum to zero whatever the errors are, and a level without evidence stays at zero."""
    value, variance = rng.normal(0, 1, (5, 300)), rng.uniform(0.01, 0.5, (5, 300))
    variance[4] = 1e9
    deviation, _ = shrink_jointly(value, variance, teach=np.ones(300, bool))
    np.testing.assert_allclose(deviation.sum(axis=0), 0.0, atol=1e-9)
    assert np.abs(deviation[4]).max() < 1e-6


def test_joint_shrinkage_is_better_than_the_estimates(rng):
    """Deviations of six donors are nearer to the truth than the estimates less their mean."""
    truth = rng.normal(0, 0.2, (6, 2000)) * (rng.random(2000) < 0.3)
    truth -= truth.mean(axis=0)
    value = truth + rng.normal(0, 0.3, truth.shape)
    deviation, mean = shrink_jointly(value, np.full(truth.shape, 0.09), teach=np.ones(2000, bool))
    assert np.mean((deviation - truth) ** 2) < 0.4 * np.mean((value - value.mean(axis=0) - truth) ** 2)
    np.testing.assert_allclose(mean, value.mean(axis=0), atol=1e-9)


def test_one_level_has_no_deviation(rng):
    """The only level is the mean."""
    value = rng.normal(size=(1, 7))
    deviation, mean = shrink_jointly(value, np.ones((1, 7)), teach=np.ones(7, bool))
    assert not deviation.any()
    np.testing.assert_array_equal(mean, value[0])
