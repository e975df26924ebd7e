import warnings

import numpy as np
import pytest
import scanpy as sc
import scipy.sparse as sp
from anndata import AnnData
from hypothesis import assume, given
from hypothesis import strategies as st

from rashomon.core import UsageError
from rashomon.encode.log_normalise import log_normalise
from tests.strategies import count_matrices


@given(x=count_matrices(), target_sum=st.sampled_from([None, 1.0, 1e4]))
def test_equals_scanpy(x, target_sum):
    """Values and sparsity are, bit for bit, those of normalize_total and log1p."""
    assume(target_sum is not None or np.median(x.toarray().sum(axis=1)) > 0)
    adata = AnnData(x.copy())
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Some cells have zero counts", UserWarning)
        sc.pp.normalize_total(adata, target_sum=target_sum, exclude_highly_expressed=False)
    sc.pp.log1p(adata)
    ours = log_normalise(x, target_sum=target_sum)
    np.testing.assert_array_equal(ours.data, adata.X.data)
    np.testing.assert_array_equal(ours.indices, adata.X.indices)
    np.testing.assert_array_equal(ours.indptr, adata.X.indptr)
    assert ours.dtype == np.float32


def test_continuous_counts_equal_scanpy(rng):
    """Corrected counts, which are not whole, give the same bits as scanpy too."""
    x = sp.random(200, 100, density=0.3, format="csr", dtype=np.float32, rng=rng)
    adata = AnnData(x.copy())
    sc.pp.normalize_total(adata, target_sum=None)
    sc.pp.log1p(adata)
    np.testing.assert_array_equal(log_normalise(x).data, adata.X.data)


@pytest.mark.parametrize(("cells", "target_sum"), [([0, 0, 1], None), ([1, 1, 1], 0), ([1, 1, 1], -1.0)])
def test_refuses_a_total_that_is_not_positive(cells, target_sum):
    """Mostly empty cells and senseless totals are refused before they become NaN."""
    with pytest.raises(UsageError, match="cannot be scaled"):
        log_normalise(sp.csr_matrix(np.array(cells, dtype=np.float32)[:, None]), target_sum=target_sum)
