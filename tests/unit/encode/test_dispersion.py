import numpy as np
import pytest
import scanpy as sc
import scipy.sparse as sp
from anndata import AnnData
from scipy.stats import norm

from rashomon.encode import dispersion
from rashomon.encode.dispersion import standardised_dispersion
from rashomon.encode.log_normalise import log_normalise


@pytest.mark.parametrize("flavor", ["seurat", "cell_ranger"])
def test_equals_scanpy(rng, flavor):
    """The scores are scanpy's dispersions_norm; NaN in the same places."""
    means = np.exp(rng.normal(-1, 1.2, 200))
    x = log_normalise(sp.csr_matrix(rng.poisson(means, (300, 200)).astype(np.float32)), target_sum=1e4)
    table = sc.pp.highly_variable_genes(AnnData(x.copy()), n_top_genes=50, flavor=flavor, inplace=False)
    np.testing.assert_allclose(
        standardised_dispersion(x, flavor=flavor), table["dispersions_norm"], rtol=1e-12, atol=1e-12
    )


def test_the_scale_of_the_deviation_is_that_of_the_normal():
    """The constant turns the median absolute deviation of a normal sample into its standard deviation."""
    assert pytest.approx(norm.ppf(0.75), rel=1e-15) == dispersion._MAD


def test_a_bin_without_spread_is_undefined():
    """Genes of equal dispersion in one bin cannot be told apart: 0 / 0 is NaN, not a rank."""
    x = sp.csr_matrix(np.array([[1, 0, 0, 4], [0, 1, 0, 0], [0, 0, 1, 9]], dtype=np.float32))
    assert np.isnan(standardised_dispersion(x, flavor="seurat")[:3]).all()
