"""Chebyshev series."""

import cmath

import numpy as np
import pytest
from numpy.polynomial import chebyshev

from rashomon.sim.oracle.chebyshev import SIZES, chebyshev_points, fit_matrices, fit_matrix, series_value, strip


@pytest.mark.parametrize("n", [1, 2, 7, 14])
def test_fit_equals_numpy(n, rng):
    """Coefficients are those of numpy's interpolation, and values those of its series."""
    coefficients = rng.normal(size=n)
    values = chebyshev.chebval(chebyshev_points(n), coefficients)
    np.testing.assert_allclose(fit_matrix(n) @ values, coefficients, atol=1e-12)
    x = np.linspace(-1, 1, 11)
    found = [series_value(coefficients, at) for at in x]
    np.testing.assert_allclose(found, chebyshev.chebval(x, coefficients), atol=1e-12)


def test_all_sizes_are_there():
    """Each row of the padded tables holds the points and the matrix of one size."""
    points, matrices = fit_matrices()
    for row, n in enumerate(SIZES):
        np.testing.assert_array_equal(points[row, :n], chebyshev_points(n))
        np.testing.assert_array_equal(matrices[row, :n, :n], fit_matrix(n))


@pytest.mark.parametrize("half", [0.25, 1.0])
@pytest.mark.parametrize("n", [6, 10])
def test_error_falls_as_the_strip_says(half, n):
    """The error of log(1 + e^t), analytic for |Im t| < pi, stays within 4 rho**-n."""
    rho = np.pi / half + np.sqrt((np.pi / half) ** 2 + 1)
    coefficients = fit_matrix(n) @ np.logaddexp(0, half * chebyshev_points(n))
    x = np.linspace(-1, 1, 201)
    error = np.abs(chebyshev.chebval(x, coefficients) - np.logaddexp(0, half * x)).max()
    assert error < 4 * rho**-n


@pytest.mark.parametrize("share", [1e-6, 0.1, 0.5, 0.9])
def test_strip_ends_at_the_singularity(share):
    """At the edge of the strip the mass of zeros vanishes: pi + (1 - pi) exp(-mean) = 0 for some mean = e^t."""
    mean = np.log((1 - share) / share) + 1j * np.pi
    assert strip(share) == pytest.approx(abs(cmath.phase(mean)))
    assert abs(share + (1 - share) * np.exp(-mean)) < 1e-12


def test_strip_without_extra_zeros():
    """A negative binomial likelihood is analytic up to i pi."""
    assert strip(0.0) == np.pi
