import numpy as np
import pytest
import scanpy as sc
import scipy.sparse as sp
from anndata import AnnData

from rashomon.core import UsageError
from rashomon.encode.standardised_variance import standardised_variance


def test_equals_scanpy(rng):
    """The scores are scanpy's variances_norm, bit for bit; a gene that does not vary has 0."""
    x = rng.poisson(rng.gamma(2, np.exp(rng.normal(-1, 1.5, 200)) / 2, (300, 200))).astype(np.float32)
    x[:, :3], x[:, 3] = 0, 2
    x[5, 10] = 500
    table = sc.pp.highly_variable_genes(AnnData(sp.csr_matrix(x)), n_top_genes=50, flavor="seurat_v3", inplace=False)
    found = standardised_variance(sp.csr_matrix(x))
    np.testing.assert_array_equal(found, table["variances_norm"])
    assert (found[:4] == 0).all()


@pytest.mark.parametrize("value", [0.5, -1.0, np.nan])
def test_refuses_what_is_no_count(value):
    """Fractions, negative values and NaN have no variance of counts."""
    with pytest.raises(UsageError, match="does not hold counts"):
        standardised_variance(sp.csr_matrix(np.array([[value, 2.0]], dtype=np.float32)))
