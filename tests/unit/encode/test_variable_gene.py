import warnings

import numba
import numpy as np
import pytest
import scanpy as sc
import scipy.sparse as sp
from anndata import AnnData

from rashomon.core import UsageError
from rashomon.encode.log_normalise import log_normalise
from rashomon.encode.variable_gene import variable_genes


@pytest.fixture
def counts(rng):
    """Overdispersed counts with genes of all levels, some unseen, some constant."""
    means = np.exp(rng.normal(-1, 1.5, 300))
    x = rng.poisson(rng.gamma(2, means / 2, (400, 300)))
    x[:, :5], x[:, 5:8] = 0, 1
    return sp.csr_matrix(x.astype(np.float32))


@pytest.mark.parametrize("n_threads", [1, 2])
@pytest.mark.parametrize("n_top", [1, 50, 200, 292, 400])
def test_seurat_equals_scanpy(counts, n_top, n_threads):
    """The columns are those that scanpy selects on log data, in their order, for any number of threads."""
    x = log_normalise(counts, target_sum=1e4)
    adata = AnnData(x.copy())
    before = numba.get_num_threads()
    numba.set_num_threads(min(n_threads, before))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "`n_top_genes` > number of normalized dispersions", UserWarning)
        sc.pp.highly_variable_genes(adata, n_top_genes=n_top, flavor="seurat", n_bins=20)
    numba.set_num_threads(before)
    expected = x[:, np.flatnonzero(adata.var["highly_variable"])]
    ours = variable_genes(x, n_top=n_top, flavor="seurat")
    assert ours.shape == expected.shape
    np.testing.assert_array_equal(ours.toarray(), expected.toarray())


@pytest.mark.parametrize("n_top", [1, 50, 292, 400])
def test_pearson_equals_scanpy(counts, n_top):
    """The columns are those that scanpy selects on counts, in their order."""
    adata = AnnData(counts.copy())
    sc.experimental.pp.highly_variable_genes(adata, n_top_genes=n_top, flavor="pearson_residuals", theta=100, clip=None)
    expected = counts[:, np.flatnonzero(adata.var["highly_variable"])]
    ours = variable_genes(counts, n_top=n_top, flavor="pearson_residuals")
    np.testing.assert_array_equal(ours.toarray(), expected.toarray())


def test_refuses_an_unknown_flavor(counts):
    """The message names the nearest flavor."""
    with pytest.raises(UsageError, match="unknown flavor 'seurta'") as caught:
        variable_genes(counts, n_top=5, flavor="seurta")
    assert "did you mean 'seurat'" in caught.value.fix


def test_refuses_no_genes(counts):
    """At least one gene is asked for."""
    with pytest.raises(UsageError, match="n_top is 0"):
        variable_genes(counts, n_top=0)


def test_refuses_data_without_variation():
    """Where no gene varies there is nothing to rank."""
    with pytest.raises(UsageError, match="no gene varies"):
        variable_genes(sp.csr_matrix((4, 3), dtype=np.float32), n_top=2)
