import numpy as np
import scipy.sparse as sp
from hypothesis import given

from rashomon.encode.moment import mean_and_variance
from tests.strategies import count_matrices


@given(x=count_matrices())
def test_sparse_and_dense_agree_with_numpy(x):
    """Mean and variance are numpy's with ddof=1, for CSR and dense matrices; one cell has variance 0."""
    dense = x.toarray().astype(np.float64)
    expected = dense.var(axis=0, ddof=1) if dense.shape[0] > 1 else np.zeros(dense.shape[1])
    for form in (x, dense):
        mean, variance = mean_and_variance(form)
        np.testing.assert_allclose(mean, dense.mean(axis=0), rtol=1e-12)
        np.testing.assert_allclose(variance, expected, rtol=1e-9, atol=1e-9)


def test_sums_are_kept_in_float64():
    """Many float32 values add up without losing the small ones."""
    x = sp.csr_matrix(np.full((100_000, 1), 0.1, dtype=np.float32))
    mean, _ = mean_and_variance(x)
    assert abs(mean[0] - np.float64(np.float32(0.1))) < 1e-12
