"""Signal strengths against the covariance they stand for."""

import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.sim.limit import centre_strengths, group_distance, group_strength


@pytest.mark.parametrize("k", [2, 3, 5])
def test_equidistant_groups_have_equal_strengths(k):
    """The corners of a simplex give k - 1 eigenvalues D^2 / (2 k s^2)."""
    centres = np.eye(k) * 3.0
    expected = group_strength(3 * np.sqrt(2), n_groups=k, noise=2.0)
    np.testing.assert_allclose(centre_strengths(centres, noise=2.0), np.full(k - 1, expected))


def test_two_groups_of_any_size():
    """Shares w and 1 - w give w (1 - w) D^2 / s^2; half and half D^2 / (4 s^2)."""
    centres = np.array([[0.0, 3.0], [4.0, 0.0]])
    np.testing.assert_allclose(centre_strengths(centres, [0.2, 0.8], noise=0.5), [0.16 * 25 / 0.25])
    np.testing.assert_allclose(centre_strengths(centres), group_strength(5.0))


def test_equals_the_spectrum_of_the_population_covariance(rng):
    """Noise plus between-group covariance, built gene by gene, has eigenvalues s^2 (1 + l), and s^2 elsewhere."""
    centres, weights = rng.normal(size=(4, 12)), np.array([1.0, 2.0, 3.0, 10.0])
    between = np.cov(centres.T, aweights=weights, bias=True)
    values = np.linalg.eigvalsh(0.7**2 * np.eye(12) + between)[::-1]
    np.testing.assert_allclose(values[:3] / 0.7**2 - 1, centre_strengths(centres, weights, noise=0.7))
    np.testing.assert_allclose(values[3:], 0.7**2)


def test_more_groups_than_genes_leave_strengths_of_zero():
    """Four groups on a line have one direction; the other two strengths are 0 and none is negative."""
    values = centre_strengths(np.array([[0.0], [1.0], [2.0], [4.0]]))
    np.testing.assert_allclose(values, [np.var([0, 1, 2, 4]), 0, 0], atol=1e-12)
    assert values.min() >= 0


@pytest.mark.parametrize("k", [2, 7])
def test_distance_and_strength_are_inverse(k, rng):
    """There and back is the identity."""
    distances = rng.uniform(0, 9, size=(2, 3))
    strengths = group_strength(distances, n_groups=k, noise=1.3)
    np.testing.assert_allclose(group_distance(strengths, n_groups=k, noise=1.3), distances)


def test_refusals_name_the_place():
    """Wrong domains and shapes that do not fit are named."""
    with pytest.raises(UsageError, match=r"(?s)noise holds 0.*group_strength"):
        group_strength(1.0, noise=0.0)
    with pytest.raises(UsageError, match=r"(?s)strength holds -1.*group_distance"):
        group_distance(-1.0)
    with pytest.raises(UsageError, match=r"(?s)centres have shape \(1, 2\).*two groups or more"):
        centre_strengths([[0.0, 1.0]])
    with pytest.raises(UsageError, match="3 weights for 2 centres"):
        centre_strengths([[0.0], [1.0]], [1, 1, 1])
