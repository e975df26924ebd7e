import numpy as np
import pytest
import scanpy as sc
import scipy.sparse as sp
from anndata import AnnData
from hypothesis import given
from hypothesis import strategies as st

from rashomon.core import UsageError
from rashomon.encode.filter import filter_cells_and_genes
from tests.strategies import count_matrices


@given(x=count_matrices(), min_counts=st.integers(0, 60), min_cells=st.integers(0, 5))
def test_equals_scanpy(x, min_counts, min_cells):
    """The kept cells, genes and values are those of the two scanpy filters in a row; nothing left is an error."""
    adata = AnnData(x.copy())
    keep, _ = sc.pp.filter_cells(x.copy(), min_counts=min_counts, inplace=False)
    adata = adata[keep].copy()
    genes, _ = sc.pp.filter_genes(adata.X.copy(), min_cells=min_cells, inplace=False)
    expected = adata.X[:, genes]
    if 0 in expected.shape:
        with pytest.raises(UsageError, match="the filter leaves"):
            filter_cells_and_genes(
                x, np.arange(x.shape[0]), np.arange(x.shape[1]), min_counts=min_counts, min_cells=min_cells
            )
        return
    kept, rows, left = filter_cells_and_genes(
        x, np.arange(x.shape[0]), np.arange(x.shape[1]), min_counts=min_counts, min_cells=min_cells
    )
    np.testing.assert_array_equal(kept.toarray(), expected.toarray())
    np.testing.assert_array_equal(rows, np.flatnonzero(keep))
    np.testing.assert_array_equal(left, np.flatnonzero(genes))


def test_stored_zeros_are_not_counted():
    """A gene whose only stored values are zeros is seen in no cell."""
    x = sp.csr_matrix(np.array([[1.0, 2.0], [1.0, 3.0]], dtype=np.float32))
    x.data[[1, 3]] = 0
    kept, _, genes = filter_cells_and_genes(x, np.arange(2), np.arange(2), min_counts=1, min_cells=1)
    assert kept.shape == (2, 1)
    assert genes.tolist() == [0]


def test_rows_and_genes_are_those_of_the_data_set():
    """Rows and genes that were dropped before stay dropped: positions are passed on, not renumbered."""
    x = sp.csr_matrix(np.array([[1.0, 0.0], [0.0, 0.0], [2.0, 0.0]], dtype=np.float32))
    _, rows, genes = filter_cells_and_genes(x, np.array([4, 7, 9]), np.array([5, 3]), min_counts=1, min_cells=1)
    assert rows.tolist() == [4, 9]
    assert genes.tolist() == [5]
