"""Trend, scatter and draws of dispersions."""

import numpy as np
import pytest
from scipy import stats

from rashomon.sim.estimate.dispersion import LOG_GRID
from rashomon.sim.estimate.trend import draw_dispersion, fit_trend

N, SCATTER = 2000, 0.7


def genes(rng, *, error):
    """Log dispersions about a falling trend, with normal likelihoods of standard error `error`; means 0.1 to 10."""
    mean = np.exp(rng.uniform(np.log(0.1), np.log(10), N))
    truth = -1.0 - 0.3 * np.log(mean) + rng.normal(0, SCATTER, N)
    seen = truth + rng.normal(0, error, N)
    return mean, truth, -0.5 * ((LOG_GRID - seen[:, None]) / error) ** 2


@pytest.mark.parametrize("error", [0.3, 1.0])
def test_trend_and_scatter_are_found(rng, error):
    """The trend is within 0.35 of the truth at every gene, the scatter within 15 %, whatever the errors are."""
    mean, _, likelihood = genes(rng, error=error)
    trend = fit_trend(likelihood, mean)
    assert np.abs(trend.centre - (-1.0 - 0.3 * np.log(mean))).max() < 0.35
    assert trend.scatter == pytest.approx(SCATTER, rel=0.15)


@pytest.mark.parametrize("error", [0.3, 1.0, 30.0])
def test_draws_keep_the_scatter(rng, error):
    """Draws scatter about the trend as the truth does, for genes that are measured well, badly or not at all."""
    mean, truth, likelihood = genes(rng, error=0.3)
    rare = np.arange(N) % 2 == 0
    mean[rare] /= 100 if error > 0.3 else 1
    seen = truth + rng.normal(0, error, N)
    likelihood[rare] = (-0.5 * ((LOG_GRID - seen[:, None]) / error) ** 2)[rare]
    trend = fit_trend(likelihood, mean)
    drawn = np.log(draw_dispersion(trend, rng=rng))
    assert np.std((drawn - trend.centre)[rare]) == pytest.approx(SCATTER, rel=0.2)
    if error == 0.3:
        assert np.corrcoef(drawn, truth)[0, 1] > 0.8
    if error == 30.0:
        assert stats.kstest(((drawn - trend.centre) / trend.scatter)[rare], "norm").statistic < 0.12


def test_a_few_wild_genes_do_not_scatter_the_others(rng):
    """With 5 % of genes far above the trend, unmeasured genes are drawn so too: 5 % wild, the others near the trend."""
    truth = np.where(rng.random(N) < 0.05, 3.0, rng.normal(-1.5, 0.3, N))
    likelihood = -0.5 * ((LOG_GRID - truth[:, None]) / 0.3) ** 2
    mean = np.full(N, 1.0)
    mean[::2], likelihood[::2] = 0.01, 0.0
    drawn = np.log(draw_dispersion(fit_trend(likelihood, mean), rng=rng))[::2]
    assert np.mean(drawn > 1.0) == pytest.approx(0.05, abs=0.02)
    assert np.std(drawn[drawn < 1.0]) < 0.5


def test_draws_are_reproducible(rng):
    """The same generator gives the same dispersions."""
    mean, _, likelihood = genes(rng, error=0.5)
    trend = fit_trend(likelihood, mean)
    one, two = (draw_dispersion(trend, rng=np.random.default_rng(1)) for _ in range(2))
    np.testing.assert_array_equal(one, two)
    assert (one >= 0).all()


def test_a_trend_never_to_be_seen_is_poisson():
    """Genes whose likelihood falls with the dispersion are drawn at 0 or below 0.01, most of them."""
    trend = fit_trend(np.tile(-40.0 * np.exp(LOG_GRID), (200, 1)), np.full(200, 2.0))
    assert np.median(draw_dispersion(trend, rng=np.random.default_rng(0))) < 0.02
