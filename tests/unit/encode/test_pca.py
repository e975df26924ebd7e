from typing import get_args

import numpy as np
import pytest
import scanpy as sc
import scipy.sparse as sp
from anndata import AnnData

from rashomon.core import UsageError
from rashomon.encode.pca import Solver, pca, take_pcs


@pytest.fixture
def sparse(rng):
    return sp.csr_matrix(np.log1p(rng.poisson(0.5, (400, 150))).astype(np.float32))


@pytest.fixture
def scaled(sparse):
    dense = sparse.toarray().astype(np.float64)
    return (dense - dense.mean(axis=0)) / dense.std(axis=0)


@pytest.mark.parametrize("n_comps", [1, 20, 50, 149])
@pytest.mark.parametrize("form", ["sparse", "scaled"])
@pytest.mark.parametrize("solver", get_args(Solver))
def test_equals_scanpy(request, form, n_comps, solver):
    """Coordinates are, bit for bit, those of sc.pp.pca with the same solver and number of components."""
    x = request.getfixturevalue(form)
    adata = AnnData(x.copy())
    sc.pp.pca(adata, n_comps=n_comps, svd_solver=solver, zero_center=True, random_state=0)
    np.testing.assert_array_equal(pca(x, n_comps=n_comps, solver=solver), adata.obsm["X_pca"])


def test_an_unknown_solver_is_refused(sparse):
    """The nearest solver is named."""
    with pytest.raises(UsageError, match="arpack"):
        pca(sparse, n_comps=5, solver="arpac")


@pytest.mark.parametrize("n_pcs", [1, 7, 20, 49, 50])
def test_prefix_after_scaling_equals_a_smaller_pca(scaled, n_pcs):
    """On scaled data the first components of 50 are, bit for bit, the PCA with so many components."""
    np.testing.assert_array_equal(take_pcs(pca(scaled, n_comps=50), n_pcs=n_pcs), pca(scaled, n_comps=n_pcs))


def test_prefix_of_sparse_data_is_what_scanpy_takes(sparse):
    """On sparse float32 data the prefix is the one of sc.pp.neighbors(n_pcs=), and rounding away from a smaller PCA."""
    adata = AnnData(sparse.copy())
    sc.pp.pca(adata, n_comps=50, svd_solver="covariance_eigh", zero_center=True, random_state=0)
    view = take_pcs(pca(sparse, n_comps=50), n_pcs=20)
    np.testing.assert_array_equal(view, adata.obsm["X_pca"][:, :20])
    np.testing.assert_allclose(view, pca(sparse, n_comps=20), atol=2e-5)


def test_prefix_is_a_contiguous_copy(scaled):
    """The view can be handed to kernels and does not keep all components in memory."""
    pcs = pca(scaled, n_comps=10)
    view = take_pcs(pcs, n_pcs=4)
    assert view.flags.c_contiguous
    assert not np.shares_memory(view, pcs)


@pytest.mark.parametrize("n_comps", [0, 150])
def test_pca_refuses_a_number_out_of_range(sparse, n_comps):
    """No silent clamping: the planner decides how many components there are."""
    with pytest.raises(UsageError, match=f"{n_comps} principal components of 400 cells and 150 genes"):
        pca(sparse, n_comps=n_comps)


@pytest.mark.parametrize("n_pcs", [0, 4])
def test_take_pcs_refuses_a_number_out_of_range(n_pcs):
    """A prefix longer than what was computed is refused."""
    with pytest.raises(UsageError, match=f"{n_pcs} of 3 principal components"):
        take_pcs(np.zeros((5, 3), np.float32), n_pcs=n_pcs)
