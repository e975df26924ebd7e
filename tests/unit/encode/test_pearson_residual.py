import numpy as np
import pytest
import scanpy as sc
import scipy.sparse as sp
from anndata import AnnData
from hypothesis import assume, given
from hypothesis import strategies as st

from rashomon.core import UsageError
from rashomon.encode import pearson_residual
from rashomon.encode.pearson_residual import pearson_residuals
from tests.strategies import count_matrices


@given(x=count_matrices(), theta=st.sampled_from([1.0, 100.0, 100]), clip=st.sampled_from([None, 0.0, 2.5]))
def test_equals_scanpy(x, theta, clip):
    """Values and type are, bit for bit, scanpy's wherever scanpy's are defined."""
    x = x[np.flatnonzero(x.sum(axis=1)), :][:, np.flatnonzero(x.sum(axis=0))]
    assume(x.nnz > 0)
    adata = AnnData(x.copy())
    sc.experimental.pp.normalize_pearson_residuals(adata, theta=theta, clip=clip)
    ours = pearson_residuals(x, theta=theta, clip=clip)
    np.testing.assert_array_equal(ours, adata.X)
    assert ours.dtype == adata.X.dtype
    assert ours.flags.c_contiguous


def test_unseen_genes_and_empty_cells_have_residual_zero():
    """Nothing expected and nothing seen is no deviation; the other values do not change."""
    x = sp.csr_matrix(np.array([[2, 0, 1], [0, 0, 0], [1, 0, 5]], dtype=np.float32))
    residuals = pearson_residuals(x, clip=10.0)
    assert not residuals[1].any()
    assert not residuals[:, 1].any()
    np.testing.assert_array_equal(residuals[::2, ::2], pearson_residuals(x[::2, ::2], clip=10.0))


@pytest.mark.parametrize("clip", [None, 2.5])
def test_blocks_do_not_matter(rng, monkeypatch, clip):
    """The residuals of a cell are the same in any block."""
    x = sp.csr_matrix(rng.poisson(0.8, (50, 7)).astype(np.float32))
    expected = pearson_residuals(x, clip=clip)
    monkeypatch.setattr(pearson_residual, "_ROWS", 7)
    np.testing.assert_array_equal(pearson_residuals(x, clip=clip), expected)


@pytest.mark.parametrize(("theta", "clip"), [(0.0, None), (-1.0, None), (100.0, -1.0)])
def test_refuses_parameters_out_of_range(theta, clip):
    """A size or a limit without meaning is refused."""
    with pytest.raises(UsageError, match="theta is"):
        pearson_residuals(sp.csr_matrix(np.eye(2, dtype=np.float32)), theta=theta, clip=clip)
