import warnings

import numba
import numpy as np
import pytest
import scanpy as sc
import scipy.sparse as sp
from anndata import AnnData

from rashomon.core import UsageError
from rashomon.encode.scale import scale


def _scanpy(x, max_value):
    adata = AnnData(x.copy())
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "zero-centering a sparse", UserWarning)
        sc.pp.scale(adata, zero_center=True, max_value=max_value)
    return adata.X


@pytest.mark.parametrize("max_value", [None, 10, 0.5])
@pytest.mark.parametrize("form", ["sparse", "float32", "float64"])
def test_equals_scanpy(rng, form, max_value):
    """Values and type are, bit for bit, those of sc.pp.scale with one thread."""
    x = sp.csr_matrix(np.log1p(rng.poisson(0.5, (300, 60))).astype(np.float32))
    x = {"sparse": x, "float32": x.toarray(), "float64": x.toarray().astype(np.float64)}[form]
    before = numba.get_num_threads()
    numba.set_num_threads(1)
    try:
        expected = _scanpy(x, max_value)
    finally:
        numba.set_num_threads(before)
    ours = scale(x, max_value=max_value)
    np.testing.assert_array_equal(ours, expected)
    assert ours.dtype == expected.dtype
    assert ours.flags.c_contiguous


def test_constant_genes_become_zero():
    """A gene that does not vary is centred and not divided by zero."""
    assert not scale(sp.csr_matrix(np.full((4, 1), 3.0, dtype=np.float32)), max_value=None).any()


@pytest.mark.parametrize("max_value", [0, -1.0])
def test_refuses_a_limit_that_is_not_positive(max_value):
    """A limit of 0 or less would wipe the data out."""
    with pytest.raises(UsageError, match="max_value is"):
        scale(sp.csr_matrix(np.eye(2, dtype=np.float32)), max_value=max_value)
