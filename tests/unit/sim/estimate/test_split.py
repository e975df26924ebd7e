"""Halves of counts."""

import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.core import UsageError
from rashomon.sim.estimate.split import split_counts

PHI, MEAN, N = 0.5, 4.0, 40_000


@pytest.fixture(scope="module")
def counts():
    """One gene of negative binomial counts."""
    size = 1 / PHI
    x = np.random.default_rng(1).negative_binomial(size, size / (size + MEAN), (N, 1))
    return sp.csr_matrix(x.astype(np.float32))


def test_halves_add_up(counts):
    """Every molecule is in exactly one half, with or without a dispersion."""
    for dispersion in (None, np.array([PHI])):
        a, b = split_counts(counts, 3, dispersion)
        assert ((a + b) != counts).nnz == 0
        assert a.dtype == b.dtype == counts.dtype


def test_binomial_halves_keep_the_dispersion_and_depend(counts):
    """Binomial halves of NB counts have half the mean, the same dispersion, and covariance phi mean**2 / 4."""
    a, b = (half.toarray().ravel() for half in split_counts(counts, 3))
    assert a.mean() == pytest.approx(MEAN / 2, rel=0.03)
    assert (a.var() - a.mean()) / a.mean() ** 2 == pytest.approx(PHI, abs=0.05)
    assert np.cov(a, b)[0, 1] == pytest.approx(PHI * MEAN**2 / 4, rel=0.08)


def test_beta_binomial_halves_are_independent(counts):
    """With the right dispersion the halves are uncorrelated, and each has twice the dispersion."""
    a, b = (half.toarray().ravel() for half in split_counts(counts, 3, np.array([PHI])))
    assert abs(np.corrcoef(a, b)[0, 1]) < 4 / np.sqrt(N)
    assert (a.var() - a.mean()) / a.mean() ** 2 == pytest.approx(2 * PHI, abs=0.08)


def test_the_same_number_gives_the_same_halves(counts):
    """A split is a function of counts and rng."""
    assert (split_counts(counts, 5)[0] != split_counts(counts, 5)[0]).nnz == 0
    assert (split_counts(counts, 5)[0] != split_counts(counts, 6)[0]).nnz > 0


@pytest.mark.parametrize("dispersion", [np.array([-1.0]), np.array([np.nan]), np.ones(2)])
def test_bad_dispersions_are_refused(counts, dispersion):
    """A dispersion below 0, not finite or of another length is refused."""
    with pytest.raises(UsageError, match="dispersion does not fit"):
        split_counts(counts, 1, dispersion)
