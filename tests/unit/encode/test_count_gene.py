import numpy as np
import pandas as pd
import pytest
import scanpy as sc
import scipy.sparse as sp
from anndata import AnnData

from rashomon.core import UsageError
from rashomon.encode.count_gene import rank_genes_counts, rank_genes_counts_by_batch, take_genes
from rashomon.encode.gene_set import flag_genes
from rashomon.encode.log_normalise import log_normalise

N_GENES = 300
FLAGS = flag_genes([f"TRAV{j}" if j % 7 == 3 else f"g{j:03}" for j in range(N_GENES)])
GENES = np.arange(N_GENES)


@pytest.fixture
def counts(rng):
    """Overdispersed counts with genes of all levels, some unseen, some constant, some all alike."""
    means = np.exp(rng.normal(-1, 1.5, N_GENES))
    x = rng.poisson(rng.gamma(2, means / 2, (400, N_GENES)))
    x[:, :5], x[:, 5:8] = 0, 1
    x[:, 100:160] = 0
    x[rng.integers(0, 400, 60), np.arange(100, 160)] = 1
    return sp.csr_matrix(x.astype(np.float32))


def scanpy_columns(x, *, n_top, batch=None):
    """The columns that scanpy chooses on counts."""
    adata = AnnData(x.copy())
    if batch is not None:
        adata.obs["batch"] = pd.Categorical(batch.astype(str))
    sc.pp.highly_variable_genes(
        adata, n_top_genes=n_top, flavor="seurat_v3", batch_key=None if batch is None else "batch"
    )
    return np.flatnonzero(adata.var["highly_variable"])


@pytest.mark.parametrize("exclude", ["", "receptor"])
@pytest.mark.parametrize("n_top", [1, 50, 130, 290, 400])
def test_equals_scanpy(counts, n_top, exclude):
    """The selection is that of flavor seurat_v3 on the matrix without the excluded genes, also where genes tie."""
    allowed = np.flatnonzero(FLAGS == 0) if exclude else GENES
    ours = rank_genes_counts(counts, GENES, FLAGS, n_top=n_top, exclude=exclude)
    np.testing.assert_array_equal(ours, allowed[scanpy_columns(counts[:, allowed], n_top=n_top)])
    assert ours.dtype == np.int64


@pytest.mark.parametrize("exclude", ["", "receptor"])
@pytest.mark.parametrize("n_top", [20, 150])
def test_by_batch_equals_scanpy(counts, rng, n_top, exclude):
    """The selection is scanpy's with batch_key, where batch codes are looked up by row position."""
    batch = rng.choice(3, 400, p=[0.5, 0.3, 0.2]).astype(np.int32)
    everywhere = np.full(800, -2, dtype=np.int32)
    everywhere[np.arange(400) * 2] = batch
    allowed = np.flatnonzero(FLAGS == 0) if exclude else GENES
    ours = rank_genes_counts_by_batch(
        counts, GENES, FLAGS, everywhere, np.arange(400) * 2, n_top=n_top, exclude=exclude
    )
    np.testing.assert_array_equal(ours, allowed[scanpy_columns(counts[:, allowed], n_top=n_top, batch=batch)])


def test_the_normalised_matrix_keeps_the_chosen_columns(counts):
    """Choosing on counts and taking from the normalised matrix is what the path of steps does."""
    chosen = rank_genes_counts(counts, GENES, FLAGS, n_top=40)
    x = log_normalise(counts, target_sum=1e4)
    np.testing.assert_array_equal(take_genes(x, chosen).toarray(), x.toarray()[:, chosen])


def test_refuses_normalised_data(counts):
    """seurat_v3 on logarithms is wrong, and is not done."""
    with pytest.raises(UsageError, match="does not hold counts"):
        rank_genes_counts(log_normalise(counts, target_sum=1e4), GENES, FLAGS, n_top=20)


def test_refuses_an_unknown_flavor_and_no_genes(counts):
    """The message names the place; dispersions belong to variable_genes."""
    with pytest.raises(UsageError, match="unknown flavor 'seurat'"):
        rank_genes_counts(counts, GENES, FLAGS, n_top=20, flavor="seurat")
    with pytest.raises(UsageError, match="n_top is 0"):
        rank_genes_counts(counts, GENES, FLAGS, n_top=0)


def test_refuses_too_few_genes():
    """A curve through three points says nothing."""
    x = sp.csr_matrix(np.array([[1, 0, 5], [0, 3, 9], [2, 2, 1]], dtype=np.float32))
    with pytest.raises(UsageError, match="3 different means"):
        rank_genes_counts(x, np.arange(3), np.zeros(3, np.uint8), n_top=2)
