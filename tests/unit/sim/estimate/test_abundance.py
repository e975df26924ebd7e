"""Shares of rare genes."""

import numpy as np
import pytest
from scipy import stats

from rashomon.sim.estimate.abundance import RARE, draw_totals

N = 6000


@pytest.mark.parametrize("spread", [0.0, 0.3])
def test_totals_drawn_anew_have_the_law_of_the_data(rng, spread):
    """Totals of a second draw have the law of the first; means taken at face value give a third more empty genes."""
    truth = np.exp(rng.normal(1.0, 1.2, N))

    def again(mean):
        return rng.poisson(mean * (rng.gamma(1 / spread, spread, N) if spread else 1.0)).astype(float)

    total = again(truth)
    drawn = again(draw_totals(total, np.full(N, spread), rng=rng))
    plain = again(total + 1e-9)
    assert stats.ks_2samp(total, drawn).statistic < 0.02
    assert np.mean(drawn == 0) == pytest.approx(np.mean(total == 0), abs=0.01)
    assert np.mean(plain == 0) > 1.3 * np.mean(total == 0)


def test_abundant_genes_keep_their_total(rng):
    """Genes beyond the threshold are left alone, and every drawn expectation is above 0."""
    total = np.concatenate([np.zeros(50), rng.integers(1, 2 * RARE, 300).astype(float)])
    drawn = draw_totals(total, np.zeros(350), rng=rng)
    np.testing.assert_array_equal(drawn[total > RARE], total[total > RARE])
    assert (drawn > 0).all()
    assert np.array_equal(draw_totals(np.full(3, 99.0), np.zeros(3), rng=rng), np.full(3, 99.0))


def test_draws_are_near_their_totals(rng):
    """Of genes with 15 molecules, half the draws lie within 12 and 18, as the gamma posterior has it."""
    total = np.concatenate([np.full(2000, 15.0), np.exp(rng.uniform(0, 4, 3000)).round()])
    drawn = draw_totals(total, np.zeros(5000), rng=rng)[:2000]
    assert 10 < np.quantile(drawn, 0.25) < np.quantile(drawn, 0.75) < 20
    assert np.median(drawn) == pytest.approx(15.0, abs=1.5)
