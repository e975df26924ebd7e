import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.core import UsageError
from rashomon.perturb.thinning import thin


@pytest.fixture
def counts(rng):
    return sp.csr_matrix(rng.poisson(2.0, (200, 50)).astype(np.float32))


def test_keeping_everything_is_the_identity(counts, rng):
    """keep=1 gives back the same matrix."""
    assert (thin(counts, keep=1.0, replicate=0, rng=rng) != counts).nnz == 0


def test_mean_and_variance_are_binomial(rng):
    """Mean and variance of 10,000 thinned counts of 20 lie within 5 standard errors; false alarm below 1e-5."""
    n, keep, count = 10_000, 0.3, 20
    x = sp.csr_matrix(np.full((n, 1), count, dtype=np.float32))
    kept = thin(x, keep=keep, replicate=0, rng=rng).toarray().ravel()
    mean, variance = count * keep, count * keep * (1 - keep)
    fourth = variance * (1 + 3 * (count - 2) * keep * (1 - keep))
    assert abs(kept.mean() - mean) < 5 * np.sqrt(variance / n)
    assert abs(kept.var() - variance) < 5 * np.sqrt((fourth - variance**2) / n)


def test_never_adds_and_stays_sparse(counts, rng):
    """No count grows; zeros stay unstored; type and shape stay."""
    thinned = thin(counts, keep=0.5, replicate=3, rng=rng)
    assert (thinned.toarray() <= counts.toarray()).all()
    assert (thinned.data > 0).all()
    assert thinned.dtype == np.float32
    assert thinned.shape == counts.shape


@pytest.mark.parametrize("keep", [0.0, -0.5, 1.5, float("nan")])
def test_refuses_a_probability_out_of_range(counts, rng, keep):
    """Keeping nothing, or more than all, is refused."""
    with pytest.raises(UsageError, match="keep is"):
        thin(counts, keep=keep, replicate=0, rng=rng)


@pytest.mark.parametrize("value", [0.5, -1.0, np.nan, np.inf])
def test_refuses_what_is_no_count(rng, value):
    """Fractions, negative values, NaN and infinity cannot be thinned."""
    with pytest.raises(UsageError, match="does not hold counts"):
        thin(sp.csr_matrix(np.array([[value, 2.0]], dtype=np.float32)), keep=0.5, replicate=0, rng=rng)
