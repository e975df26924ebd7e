"""Bhattacharyya coefficients against sums of scipy's laws, and their bounds against the error itself."""

import math

import numpy as np
import pytest
from scipy import stats

from rashomon.core import UsageError
from rashomon.sim.limit import count_log_affinity, error_bounds, molecule_log_affinity


def law(mean, dispersion):
    """The law of a count, by scipy."""
    if dispersion == 0:
        return stats.poisson(mean)
    return stats.nbinom(1 / dispersion, 1 / (1 + dispersion * mean))


def summed(a, f_a, b, f_b, n=60_000):
    """The coefficient by brute force."""
    k = np.arange(n)
    return np.log(np.exp((law(a, f_a).logpmf(k) + law(b, f_b).logpmf(k)) / 2).sum())


@pytest.mark.parametrize("mean_b", [0.02, 3.0, 150.0, 900.0])
@pytest.mark.parametrize("mean_a", [0.01, 1.0, 40.0, 800.0])
@pytest.mark.parametrize(("f_a", "f_b"), [(0.0, 0.0), (0.3, 0.3), (2.0, 2.0), (0.0, 0.4), (0.2, 5.0), (1e-6, 0.0)])
def test_equals_the_sum_over_all_counts(mean_a, mean_b, f_a, f_b):
    """Closed forms and sums, Poisson and negative binomial, equal or unequal dispersions: to 1e-7 of scipy's."""
    found = count_log_affinity(mean_a, mean_b, dispersion_a=f_a, dispersion_b=f_b)
    assert found == pytest.approx(summed(mean_a, f_a, mean_b, f_b), rel=1e-7, abs=1e-9)
    assert found == pytest.approx(float(count_log_affinity(mean_b, mean_a, dispersion_a=f_b, dispersion_b=f_a)))


def test_the_closed_form_meets_the_sum():
    """A dispersion that differs by 1e-9 takes the other route and gives the same number, to 1e-8."""
    closed = count_log_affinity([0.1, 5.0, 200.0], [0.3, 9.0, 150.0], dispersion_a=0.4, dispersion_b=0.4)
    other = count_log_affinity([0.1, 5.0, 200.0], [0.3, 9.0, 150.0], dispersion_a=0.4, dispersion_b=0.4 + 1e-9)
    np.testing.assert_allclose(other, closed, rtol=1e-8)


def test_vanishing_dispersion_is_poisson():
    """No digits are lost towards dispersion 0, nor towards equal means."""
    np.testing.assert_allclose(
        count_log_affinity(3.0, 5.0, dispersion_a=1e-14, dispersion_b=1e-14), count_log_affinity(3.0, 5.0), rtol=1e-12
    )
    tiny = count_log_affinity(4.0, 4.0 * (1 + 1e-8), dispersion_a=0.5, dispersion_b=0.5)
    # second order: minus the variance of the score over 8, times the squared difference
    assert tiny == pytest.approx(-((4e-8) ** 2) / (8 * 4 * (1 + 0.5 * 4)), rel=1e-6)


def test_genes_that_are_off():
    """A gene off in both types says nothing; off in one type, what the chance of a zero in the other says."""
    assert count_log_affinity(0.0, 0.0, dispersion_a=0.3, dispersion_b=0.1) == 0
    off = count_log_affinity(0.0, 7.0, dispersion_a=[0.0, 0.5, 0.2], dispersion_b=[0.0, 0.5, 0.5])
    np.testing.assert_allclose(off, [-3.5, -math.log(4.5), -math.log(4.5)])


def test_sums_survive_means_whose_zero_class_underflows():
    """Means of 100,000, where P(0) is no double: the sum still meets the closed form."""
    unequal = count_log_affinity(1e5, 1.01e5, dispersion_a=1e-9, dispersion_b=0.0)
    assert unequal == pytest.approx(float(count_log_affinity(1e5, 1.01e5)), rel=1e-3)


def test_molecules_equal_the_multinomial_sum():
    """n molecules: n times the log affinity of one, by summing over all outcomes."""
    a, b, n = np.array([0.2, 0.5, 0.3]), np.array([0.4, 0.4, 0.2]), 6
    outcomes = [(i, j, n - i - j) for i in range(n + 1) for j in range(n + 1 - i)]
    whole = sum(math.sqrt(stats.multinomial.pmf(x, n, a) * stats.multinomial.pmf(x, n, b)) for x in outcomes)
    assert n * molecule_log_affinity(10 * a, b) == pytest.approx(math.log(whole))


def test_molecules_of_equal_and_of_disjoint_profiles():
    """Equal profiles have log affinity 0, disjoint ones minus infinity, nearly disjoint ones a finite number."""
    assert molecule_log_affinity([1, 2], [2, 4]) == 0
    assert molecule_log_affinity([1, 0], [0, 1]) == -math.inf
    assert molecule_log_affinity([1, 1e-6], [0, 1]) == pytest.approx(math.log(1e-3), rel=1e-4)


@pytest.mark.parametrize("weight", [0.5, 0.1])
@pytest.mark.parametrize("dispersion", [0.0, 0.4])
def test_bounds_hold_the_error_of_the_best_rule(dispersion, weight):
    """The Bayes error of one gene, summed exactly, lies between the bounds for every difference of means."""
    k = np.arange(3000)
    for mean in (1.0, 2.0, 5.0, 30.0):
        parts = weight * law(1.0, dispersion).pmf(k), (1 - weight) * law(mean, dispersion).pmf(k)
        error = np.minimum(*parts).sum()
        affinity = count_log_affinity(1.0, mean, dispersion_a=dispersion, dispersion_b=dispersion)
        low, high = error_bounds(affinity, weight=weight)
        assert low - 1e-12 <= error <= high + 1e-12


def test_many_genes_by_monte_carlo(rng):
    """Thirty Poisson and thirty overdispersed genes: the likelihood ratio errs between the bounds (4 SE)."""
    a = np.exp(rng.normal(0, 1, 60))
    b, f, n = a * np.exp(rng.normal(0, 0.35, 60)), np.repeat([0.0, 0.5], 30), 20_000
    wrong = 0
    for mean, sign in ((a, 1), (b, -1)):
        rates = mean * np.where(f > 0, rng.gamma(1 / np.maximum(f, 1e-9), f, (n, 60)), 1)
        counts = rng.poisson(rates)
        ratio = np.zeros(n)
        for g in range(60):
            ratio += law(a[g], f[g]).logpmf(counts[:, g]) - law(b[g], f[g]).logpmf(counts[:, g])
        wrong += np.sum(sign * ratio < 0)
    error = wrong / (2 * n)
    low, high = error_bounds(count_log_affinity(a, b, dispersion_a=f, dispersion_b=f).sum())
    slack = 4 * np.sqrt(error * (1 - error) / (2 * n))
    assert low - slack < error < high + slack
    assert 0.02 < error < 0.4


def test_bounds_at_the_ends():
    """Equal laws: an error of 1/2; nothing in common: 0; small coefficients keep their digits."""
    np.testing.assert_allclose(error_bounds([0.0, -math.inf]), [[0.5, 0.0], [0.5, 0.0]])
    assert error_bounds(math.log(1e-9)).low == pytest.approx(1e-18 / 4)


def test_refusals_name_the_place():
    """Negative means, affinities above 0, profiles that do not fit, sums that would take hours."""
    with pytest.raises(UsageError, match=r"(?s)mean_b holds -1.*count_log_affinity"):
        count_log_affinity(1.0, -1.0)
    with pytest.raises(UsageError, match=r"(?s)too large to be summed.*one dispersion"):
        count_log_affinity(1e7, 1.0, dispersion_a=1.0)
    with pytest.raises(UsageError, match=r"(?s)profiles of 2 and 3 genes.*molecule_log_affinity"):
        molecule_log_affinity([1, 1], [1, 1, 1])
    with pytest.raises(UsageError, match=r"(?s)log_affinity holds 0\.1.*error_bounds"):
        error_bounds(0.1)
    with pytest.raises(UsageError, match=r"(?s)log_affinity holds nan.*error_bounds"):
        error_bounds(np.nan)
    with pytest.raises(UsageError, match=r"(?s)weight holds 1.*\(0, 1\)"):
        error_bounds(-1.0, weight=1.0)
