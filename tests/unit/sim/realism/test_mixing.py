import warnings

import numpy as np
import pytest
from scipy.stats import anderson_ksamp, kstest

from rashomon.sim.realism.mixing import limit_survival, mixing_scores


def reference(row):
    """Scipy's test of the same order; its p-values end at 0.001 and 0.25."""
    samples = [np.flatnonzero(row == batch).astype(float) for batch in np.unique(row)]
    with warnings.catch_warnings():
        # says that a p-value lies beyond its table
        warnings.simplefilter("ignore")
        return anderson_ksamp(samples, variant="continuous")


@pytest.mark.parametrize("n_batches", [2, 3, 5])
def test_p_values_are_those_of_scipy_within_its_table(rng, n_batches):
    """Between 0.002 and 0.24 the p-value is scipy's, up to the error of its interpolation."""
    rows = np.stack([np.argsort(np.arange(90) + rng.normal(0, 60, 90)) % n_batches for _ in range(60)])
    tilt = np.where(rng.random(rows.shape) < np.linspace(0.25, 0, 90), 0, rows)
    found, n_compared = mixing_scores(tilt), 0
    for p, row in zip(found, tilt, strict=True):
        expected = reference(row).pvalue
        if 0.002 < expected < 0.24:
            n_compared += 1
            assert p == pytest.approx(expected, rel=0.08, abs=0.003)
    assert n_compared > 10


@pytest.mark.parametrize("n_batches", [2, 4])
def test_random_orders_give_uniform_p_values(rng, n_batches):
    """Under random order the p-values are uniform: no deviation at a level of 1 in 1,000 with 2,000 cells."""
    rows = np.stack([rng.permutation(120) % n_batches for _ in range(2_000)])
    assert kstest(mixing_scores(rows), "uniform").pvalue > 1e-3


def test_small_batches_take_no_part():
    """Batches with ten neighbours are left out, and a cell among one batch alone has score 0."""
    order = np.r_[np.tile([0, 1], 20), np.full(10, 2)]
    assert mixing_scores(order[None])[0] == pytest.approx(mixing_scores(order[None, :40])[0])
    assert mixing_scores(np.r_[np.zeros(40), np.ones(10)][None].astype(int))[0] == 0


@pytest.mark.parametrize(("x", "p"), [(1.9329578, 0.10), (2.492367, 0.05), (3.878125, 0.01)])
def test_limit_is_that_of_anderson_and_darling(x, p):
    """With one degree of freedom the law is that of the one-sample statistic (Marsaglia 2004)."""
    assert limit_survival(np.array([x]), df=1)[0] == pytest.approx(p, abs=2e-5)


@pytest.mark.parametrize("df", [1, 3])
def test_limit_is_the_law_of_the_weighted_sum(rng, df):
    """Sums of weighted chi-square numbers follow the law: 20,000 of them, at a level of 1 in 1,000."""
    j = np.arange(1, 200)
    sums = sum(rng.chisquare(df, 20_000) / (i * (i + 1)) for i in j) + df / 200
    assert kstest(limit_survival(sums, df=df), "uniform").pvalue > 1e-3


def test_limit_goes_from_one_to_nothing():
    """Below zero the chance is 1, far above it is 0, and it never rises."""
    found = limit_survival(np.linspace(-1, 60, 500), df=2)
    assert found[0] == pytest.approx(1.0, abs=1e-5)
    assert found[-1] < 1e-6
    assert (np.diff(found) <= 0).all()
