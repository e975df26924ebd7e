import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit, log_expit
from sklearn.linear_model import LogisticRegression

from rashomon.sim.detect.logistic import fit_logistic

RISING = np.array([False, True, True])


@pytest.fixture
def design():
    """Two axes of a grid of 4 by 5 points."""
    x, y = np.meshgrid(np.linspace(-1.4, 1.4, 5), np.linspace(-1.3, 1.3, 4))
    return np.column_stack([np.ones(20), x.ravel(), y.ravel()])


def loss(beta, design, hits, n):
    """The negative likelihood with Jeffreys' prior, written out."""
    eta = design @ beta
    rate = expit(eta)
    _, log_det = np.linalg.slogdet(design.T @ ((n * rate * (1 - rate))[:, None] * design))
    return -(hits @ log_expit(eta) + (n - hits) @ log_expit(-eta) + 0.5 * log_det)


@pytest.mark.parametrize("slopes", [(2.0, 1.0), (0.1, 0.0), (-1.0, 2.0), (6.0, 6.0)])
def test_the_fit_is_the_bounded_optimum_of_scipy(design, slopes, rng):
    """The same coefficients as L-BFGS-B from the formula, slopes at their bound included."""
    n = rng.integers(5, 40, 20)
    hits = rng.binomial(n, expit(design @ np.array([0.3, *slopes])), size=(6, 20))
    found = fit_logistic(design, hits, n, rising=RISING)
    bounds = [(None, None), (0, None), (0, None)]
    for beta, each in zip(found, hits, strict=True):
        best = minimize(loss, np.zeros(3), (design, each, n), "L-BFGS-B", bounds=bounds, options={"ftol": 1e-13})
        assert loss(beta, design, each, n) <= best.fun + 1e-7
        assert beta == pytest.approx(best.x, abs=2e-3)


def test_many_cells_give_the_fit_of_scikit_learn(design, rng):
    """The prior fades with the number of draws: unpenalised logistic regression."""
    n = np.full(20, 20_000)
    hits = rng.binomial(n, expit(design @ np.array([-0.5, 1.0, 2.0])))
    theirs = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000)
    theirs.fit(np.tile(design[:, 1:], (2, 1)), np.repeat([1, 0], 20), np.r_[hits, n - hits])
    (found,) = fit_logistic(design, hits[None], n, rising=RISING)
    assert found == pytest.approx([theirs.intercept_[0], *theirs.coef_[0]], abs=2e-3)


def test_one_rate_has_the_closed_form():
    """Without axes the rate is (hits + 1/2) / (n + 1): Jeffreys' prior of a proportion, its mode in log odds."""
    (found,) = fit_logistic(np.ones((1, 1)), np.array([[0]]), np.array([30]), rising=np.array([False]))
    assert expit(found[0]) == pytest.approx(0.5 / 31)


def test_separated_points_have_finite_slopes():
    """Nothing below, everything above: a finite slope, and the middle where the jump is."""
    design = np.column_stack([np.ones(4), [-1.5, -0.5, 0.5, 1.5]])
    (found,) = fit_logistic(design, np.array([[0, 0, 30, 30]]), np.full(4, 30), rising=np.array([False, True]))
    assert found[0] == pytest.approx(0.0, abs=1e-6)
    assert 3 < found[1] < 30


def test_slopes_that_must_rise_do_not_fall(design):
    """Rates that fall along a rising axis give slope 0 there; a free axis takes the negative slope."""
    n = np.full(20, 30)
    hits = np.round(n * expit(design @ np.array([0.0, -1.0, 1.0])))
    (held,) = fit_logistic(design, hits[None], n, rising=RISING)
    (free,) = fit_logistic(design, hits[None], n, rising=np.array([False, False, True]))
    assert held[1] == 0.0
    assert free[1] == pytest.approx(-1.0, abs=0.1)


def test_a_table_is_fitted_as_if_it_were_alone(design, rng):
    """Fits of many tables do not depend on each other."""
    n = np.full(20, 10)
    hits = rng.binomial(n, 0.4, size=(5, 20))
    together = fit_logistic(design, hits, n, rising=RISING)
    alone = [fit_logistic(design, each[None], n, rising=RISING)[0] for each in hits]
    np.testing.assert_allclose(together, alone, atol=1e-10)
