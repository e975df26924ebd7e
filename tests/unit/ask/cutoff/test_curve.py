import numpy as np
import pytest
from scipy.stats import binomtest, t
from sklearn.isotonic import IsotonicRegression

from rashomon.ask.cutoff.curve import (
    PairCounts,
    chance_interval,
    jackknife_interval,
    likelihood_ratio,
    posterior,
    widest,
)


def counts_of(same, background, n_same=1000.0, n_background=50_000.0):
    """Counts of one weighting."""
    return PairCounts(
        np.array([same], dtype=float), np.array([n_same]), np.array([background], dtype=float), np.array([n_background])
    )


def test_falling_ratios_are_left_as_they_are():
    """Where the raw ratio falls, it is the estimate, up to the one pair that is added at each distance."""
    at, within = likelihood_ratio(counts_of([4000, 3000, 2000], [1000, 3000, 9000], 1e5, 1e6))
    np.testing.assert_allclose(at[0], [40, 10, 20 / 9], rtol=2e-3)
    np.testing.assert_allclose(within[0], [40, 70 / 4, 90 / 13], rtol=2e-3)


def test_rising_ratios_are_pooled_as_isotonic_regression_does():
    """The odds of scikit-learn's fit to the shares, times the ratio of all pairs; within a cutoff it falls too."""
    counts = counts_of([5, 40, 3, 10], [2, 4, 1, 50])
    part = 1000 / 51_000
    same, background = counts.same[0] + part, counts.background[0] + 1 - part
    fit = IsotonicRegression(increasing=False).fit(
        np.arange(4), same / (same + background), sample_weight=same + background
    )
    share = fit.predict(np.arange(4))
    at, within = likelihood_ratio(counts)
    np.testing.assert_allclose(at[0], share / (1 - share) * 50)
    assert at[0, 0] == pytest.approx(at[0, 1])
    assert (np.diff(within[0]) <= 1e-12).all()


def test_nothing_counted_says_nothing():
    """With no close pair of either kind the ratio is 1; with no pairs of a kind at all it is undefined."""
    at, within = likelihood_ratio(counts_of([0, 0], [0, 0]))
    np.testing.assert_allclose([at, within], 1.0)
    assert np.isnan(likelihood_ratio(counts_of([0, 0], [1, 1], n_same=0.0))[0]).all()


def test_bayes_in_odds():
    """Posterior odds are prior odds times the ratio."""
    p = posterior(np.array([2.0, 50.0]), np.array([0.2, 0.01]))
    np.testing.assert_allclose(p / (1 - p), [0.5, 50 / 99])


def test_the_jackknife_of_a_mean_is_its_standard_error():
    """Where the logarithm of the ratio is a mean over equal studies, the interval is that of Student."""
    values = np.array([0.3, -0.2, 0.8, 0.1, 0.5, -0.4, 0.2, 0.9])
    n = values.size
    left_out = np.exp((values.sum() - values) / (n - 1))[:, None]
    low, high = jackknife_interval(np.exp([values.mean()]), left_out, np.ones(n))
    half = t.ppf(0.975, n - 1) * values.std(ddof=1) / np.sqrt(n)
    np.testing.assert_allclose(np.log([low[0], high[0]]), [values.mean() - half, values.mean() + half])


def test_studies_that_give_little_do_not_count_as_studies():
    """One study with nearly all of the evidence widens the interval to one degree of freedom."""
    left_out = np.exp(np.linspace(-0.1, 0.1, 10))[:, None]
    equal = jackknife_interval(np.ones(1), left_out, np.ones(10))
    lone = jackknife_interval(np.ones(1), left_out, np.array([1e6, *np.ones(9)]))
    assert np.log(lone[1] / equal[1])[0] > 0
    ratio = np.log(lone[1][0]) / np.log(equal[1][0])
    assert ratio == pytest.approx(t.ppf(0.975, 1) / t.ppf(0.975, 9), rel=1e-3)
    wider = jackknife_interval(np.ones(1), left_out, np.ones(10), extra=np.array([4.0]))
    assert wider[1][0] > equal[1][0]


@pytest.mark.parametrize(("same", "background"), [(7, 3), (0, 5), (4, 0)])
def test_chance_is_clopper_pearson(same, background):
    """The interval of scipy's exact binomial test, as odds times the ratio of all pairs."""
    low, high = chance_interval(counts_of([same], [background]))
    exact = binomtest(same, same + background).proportion_ci(0.95, method="exact")
    assert low[0] == pytest.approx(exact.low / (1 - exact.low) * 50)
    expected = np.inf if exact.high == 1 else exact.high / (1 - exact.high) * 50
    assert high[0] == pytest.approx(expected)


def test_the_widest_interval_covers_the_others():
    """Place by place."""
    low, high = widest((np.array([1.0, 5.0]), np.array([2.0, 6.0])), (np.array([0.0, 7.0]), np.array([1.0, 8.0])))
    assert (low.tolist(), high.tolist()) == ([0.0, 5.0], [2.0, 8.0])
