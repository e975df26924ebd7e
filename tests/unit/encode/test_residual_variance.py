import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.encode.pearson_residual import pearson_residuals
from rashomon.encode.residual_variance import residual_variance


@pytest.mark.parametrize("clip", [0.5, 20.0])
def test_is_the_variance_of_the_residuals(rng, clip):
    """The kernel gives what the dense matrix of residuals would, genes without counts included."""
    x = rng.poisson(np.exp(rng.normal(-0.5, 1, 60)), (120, 60)).astype(np.float32)
    x[:, 4] = 0
    dense = pearson_residuals(sp.csr_matrix(x), theta=100.0, clip=clip)
    found = residual_variance(sp.csr_matrix(x), clip=clip)
    np.testing.assert_allclose(found, dense.astype(np.float64).var(axis=0), rtol=1e-4, atol=1e-6)
    assert found[4] == 0
