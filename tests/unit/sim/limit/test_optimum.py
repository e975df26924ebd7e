"""The optimal error against its equation, the exact posterior, and its neighbours."""

import numpy as np
import pytest
from scipy import integrate, optimize, special, stats

from rashomon.core import UsageError
from rashomon.sim.limit import optimal_two_group_error, two_group_error


def fixed_point(strength, ratio):
    """The error where the state evolution stands still, by adaptive quadrature and Brent's method."""

    def known(q):
        return strength * strength * q / (ratio + strength * q)

    def change(q):
        x = known(q)
        return integrate.quad(lambda z: stats.norm.pdf(z) * np.tanh(x + np.sqrt(x) * z), -12, 12)[0] - q

    return stats.norm.cdf(-np.sqrt(known(optimize.brentq(change, 1e-3, 1.0, xtol=1e-13))))


@pytest.mark.parametrize(("strength", "ratio"), [(2.0, 2.0), (0.8, 0.1), (9.0, 20.0)])
def test_solves_the_equation(strength, ratio):
    """Another quadrature and another search for the root agree to 1e-9."""
    assert optimal_two_group_error(strength, ratio) == pytest.approx(fixed_point(strength, ratio), abs=1e-9)


def test_lies_between_known_centres_and_pca():
    """Never above the error of PCA, never below that with known centres, and strictly between above the threshold."""
    strength, ratio = np.meshgrid(np.linspace(0, 8, 33), np.linspace(0.05, 9, 20))
    best, pca, known = (
        f(strength, r) for f, r in ((optimal_two_group_error, ratio), (two_group_error, ratio), (two_group_error, 0))
    )
    seen = strength > 1.02 * np.sqrt(ratio)
    assert (best <= pca + 1e-12).all()
    assert (best >= known - 1e-12).all()
    assert (best < pca)[seen].all()
    np.testing.assert_array_equal(best[strength <= np.sqrt(ratio)], 0.5)


def test_few_genes_give_the_error_with_known_centres():
    """With an aspect ratio of 0 nothing is lost by not knowing the centres."""
    np.testing.assert_allclose(optimal_two_group_error([0.0, 1.0, 4.0], 0.0), stats.norm.cdf([0.0, -1.0, -2.0]))


def posterior_error(rng, *, n_cells, n_genes, strength, n_sweeps):
    """Error of the labels that are likely under the exact posterior, sampled by Gibbs from the truth on."""
    labels = np.repeat([1.0, -1.0], n_cells // 2)
    variance = strength / n_genes
    x = labels[:, None] * rng.normal(0, np.sqrt(variance), n_genes) + rng.normal(size=(n_cells, n_genes))
    shrunken, total, state = variance / (1 + variance * n_cells), np.zeros(n_cells), labels
    for _ in range(n_sweeps):
        centre = shrunken * (x.T @ state) + np.sqrt(shrunken) * rng.normal(size=n_genes)
        field = x @ centre
        total += np.tanh(field)
        state = np.where(rng.random(n_cells) < special.expit(2 * field), 1.0, -1.0)
    return np.mean(np.sign(total) != labels)


def test_the_exact_posterior_reaches_it(rng):
    """The most likely labels under the exact posterior err as often as predicted, within 4 standard errors and 0.01."""
    errors = [posterior_error(rng, n_cells=400, n_genes=400, strength=2.0, n_sweeps=150) for _ in range(12)]
    expected = optimal_two_group_error(2.0, 1.0)
    assert abs(np.mean(errors) - expected) < 4 * np.std(errors, ddof=1) / np.sqrt(12) + 0.01


def test_keeps_shapes_and_refuses():
    """A number gives one number, an empty array an empty one; a negative ratio is refused."""
    assert optimal_two_group_error(2.0, 1.0).shape == ()
    assert optimal_two_group_error(np.zeros((0, 2)), 1.0).shape == (0, 2)
    with pytest.raises(UsageError, match=r"(?s)aspect_ratio holds -2.*optimal_two_group_error"):
        optimal_two_group_error(1.0, -2.0)
