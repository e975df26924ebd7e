"""Donors, their composition, and the batches of their cells."""

import numpy as np
import pytest
from scipy import stats

from rashomon.sim import World
from rashomon.sim.expression.population import _log_gamma_quantile, proportions


def tables(root=1, **knobs):
    return World("w", {"n_genes": 20, **knobs}).scene(10, root=root)


@pytest.mark.parametrize(
    ("knobs", "shares"),
    [
        ({}, [1 / 4] * 4),
        ({"imbalance": 8.0}, [8 / 15, 4 / 15, 2 / 15, 1 / 15]),
        ({"proportions": [0.4, 0.3, 0.2, 0.1]}, [0.4, 0.3, 0.2, 0.1]),
        ({"rare_share": 0.01}, [0.33, 0.33, 0.33, 0.01]),
        ({"proportions": [0.4, 0.3, 0.2, 0.1], "rare_share": 0.1}, [0.4, 0.3, 0.2, 0.1]),
        ({"proportions": [0.5, 0.5, 0.0, 0.0]}, [0.5, 0.5, 0.0, 0.0]),
    ],
)
def test_shares_of_types_are_those_asked_for(knobs, shares):
    """Equal, geometric with the ratio of largest to smallest, or as listed; a rare type takes its share from all."""
    np.testing.assert_allclose(proportions(tables(n_groups=4, **knobs)), shares, atol=1e-12)


def test_one_type_is_everything():
    """A world of one type has share 1, whatever the imbalance."""
    np.testing.assert_allclose(tables(imbalance=7.0, n_donors=3)["composition"], np.ones((3, 1)))


def test_composition_without_variation_is_the_proportions():
    """Every donor has the shares of the population."""
    s = tables(n_groups=3, imbalance=4.0, n_donors=5)
    np.testing.assert_allclose(s["composition"], np.tile(proportions(s), (5, 1)))


@pytest.mark.parametrize("variation", [0.05, 0.5])
def test_composition_is_dirichlet(variation):
    """The share of a type over donors follows the beta law of a Dirichlet with variance variation * p (1 - p)."""
    s = tables(n_groups=3, imbalance=4.0, n_donors=2000, composition_variation=variation)
    total = 1 / variation - 1
    assert s["composition"].sum(axis=1) == pytest.approx(1)
    for j, share in enumerate(proportions(s)):
        law = stats.beta(share * total, (1 - share) * total)
        assert stats.kstest(s["composition"][:, j], law.cdf).pvalue > 1e-4


def test_full_variation_makes_donors_of_one_type():
    """At 1, each donor has one type only, drawn with the shares of the population; a type of share 0 never appears."""
    s = tables(n_groups=3, proportions=[0.7, 0.3, 0.0], n_donors=1000, composition_variation=1.0)
    np.testing.assert_allclose(np.sort(s["composition"], axis=1), np.tile([0, 0, 1.0], (1000, 1)), atol=1e-12)
    won = s["composition"].sum(axis=0)
    assert won[2] == 0
    assert stats.binomtest(round(won[0]), 1000, 0.7).pvalue > 1e-4


def test_gamma_quantiles_hold_below_the_smallest_double():
    """The log of the gamma quantile is that of scipy where it is a double; below, log(u) / a - Euler's constant."""
    chance = np.array([[0.01, 0.5, 0.99]])
    for shape in (0.05, 1.0, 30.0):
        np.testing.assert_allclose(
            _log_gamma_quantile(np.full((1, 3), shape), chance), np.log(stats.gamma(shape).ppf(chance)), rtol=1e-9
        )
    tiny = _log_gamma_quantile(np.full((1, 3), 1e-6), chance)
    np.testing.assert_allclose(tiny, np.log(chance) / 1e-6 - np.euler_gamma, rtol=1e-8)
    assert _log_gamma_quantile(np.zeros((1, 1)), np.array([[0.5]])) == -np.inf


def test_donors_have_equal_shares():
    """Without fitted shares every donor gives as many cells."""
    np.testing.assert_allclose(tables(n_donors=7)["donor_share"], 1 / 7)


def test_batches_given_donor_and_type():
    """Crossed: equal shares, pulled towards the type's own batch; nested: each donor in one; rows sum to 1."""
    crossed = tables(n_groups=3, n_batches=2, batch_association=0.4)["batch_share"]
    np.testing.assert_allclose(crossed, [[[0.7, 0.3], [0.3, 0.7], [0.7, 0.3]]])
    three = tables(n_groups=2, n_batches=3, batch_association=0.4)["batch_share"]
    np.testing.assert_allclose(three, [[[0.6, 0.2, 0.2], [0.2, 0.6, 0.2]]])
    tied = tables(n_groups=2, n_batches=2, batch_association=1.0)["batch_share"]
    np.testing.assert_allclose(tied[0], np.eye(2))
    nested = tables(n_groups=2, n_donors=3, n_batches=2, batch_plan="nested")["batch_share"]
    np.testing.assert_allclose(nested, np.array([[1, 0], [0, 1], [1, 0]])[:, None, :].repeat(2, axis=1))


def test_depth_shifts_are_centred():
    """Shifts of types average to 0 over cells, those of batches over batches, and have the spread asked for."""
    s = tables(n_groups=400, imbalance=5.0, n_batches=400, depth_by_type=0.3, depth_by_batch=0.6)
    assert s["donor_share"] @ s["composition"] @ s["depth_of_type"] == pytest.approx(0, abs=1e-12)
    assert s["depth_of_batch"].mean() == pytest.approx(0, abs=1e-12)
    assert stats.kstest((s["depth_of_type"] - s["depth_of_type"].mean()) / 0.3, "norm").pvalue > 1e-4
    assert stats.kstest(s["depth_of_batch"] / 0.6, "norm").pvalue > 1e-4
    assert not tables(n_groups=3)["depth_of_type"].any()


def test_fitted_populations_are_taken_as_they_are():
    """Compositions, shares of donors and of batches of a twin are those that were fitted."""
    fitted = {
        "gene_mean": np.full(4, -np.log(4)),
        "gene_dispersion": np.zeros(4),
        "composition": np.array([[0.9, 0.1], [0.2, 0.8]]),
        "donor_share": np.array([0.75, 0.25]),
        "batch_share": np.array([[[0.5, 0.5]], [[1.0, 0.0]]]),
        "type_profile": np.zeros((2, 4)),
    }
    labels = {"gene": tuple("abcd"), "type": ("x", "y"), "donor": ("p", "q"), "batch": ("i", "j")}
    s = World("twin", fitted=fitted, labels=labels).scene(5, root=1)
    for node in ("composition", "donor_share"):
        np.testing.assert_array_equal(s[node], fitted[node])
    np.testing.assert_array_equal(s["batch_share"], np.repeat(fitted["batch_share"], 2, axis=1))
