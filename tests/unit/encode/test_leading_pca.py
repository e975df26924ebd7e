import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.core import UsageError
from rashomon.encode.leading_pca import leading_pca
from rashomon.encode.pca import pca


@pytest.mark.parametrize("shape", [(400, 150), (150, 400), (200, 200)], ids=str)
@pytest.mark.parametrize("form", ["sparse", "dense"])
@pytest.mark.parametrize("n_comps", [1, 20, 50])
def test_equals_pca_up_to_rounding(shape, form, n_comps, rng):
    """Coordinates and signs are those of `pca`, for more cells than genes and for fewer."""
    groups = rng.gamma(1.0, size=(4, shape[1]))[rng.integers(4, size=shape[0])]
    x = sp.csr_matrix(np.log1p(rng.poisson(groups)).astype(np.float32))
    data = x if form == "sparse" else x.toarray().astype(np.float64)
    expected = pca(x.toarray().astype(np.float64), n_comps=n_comps)
    np.testing.assert_allclose(leading_pca(data, n_comps=n_comps), expected, atol=2e-5 * np.abs(expected).max())


def test_a_component_without_variance_is_zero(rng):
    """Cells on a plane have two components; the third holds zeros, not noise divided by nothing."""
    x = rng.normal(size=(30, 2)) @ rng.normal(size=(2, 90))
    found = leading_pca(x, n_comps=3)
    assert np.abs(found[:, :2]).min() > 0
    assert np.abs(found[:, 2]).max() < 1e-6


def test_the_input_stays_as_it_is(rng):
    """Neither a dense nor a sparse matrix is changed."""
    dense = rng.normal(size=(20, 40))
    sparse = sp.csr_matrix(dense)
    before = dense.copy()
    leading_pca(dense, n_comps=3)
    leading_pca(sparse, n_comps=3)
    np.testing.assert_array_equal(dense, before)
    np.testing.assert_array_equal(sparse.toarray(), before)


@pytest.mark.parametrize("n_comps", [0, 5])
def test_a_number_out_of_range_is_refused(n_comps, rng):
    """From 1 to one less than the smaller side."""
    with pytest.raises(UsageError, match=f"{n_comps} principal components of 5 cells and 9 genes"):
        leading_pca(rng.normal(size=(5, 9)), n_comps=n_comps)
