import warnings

import numba
import numpy as np
import pandas as pd
import pytest
import scanpy as sc
import scipy.sparse as sp
from anndata import AnnData

from rashomon.core import UsageError
from rashomon.encode.gene_set import flag_genes
from rashomon.encode.log_normalise import log_normalise
from rashomon.encode.variable_gene import variable_genes, variable_genes_by_batch

N_GENES = 300
NAMES = [f"TRAV{j}" if j % 7 == 3 else f"g{j:03}" for j in range(N_GENES)]
FLAGS = flag_genes(NAMES)
GENES = np.arange(N_GENES)
LOG_FLAVORS = ("seurat", "cell_ranger")


@pytest.fixture
def counts(rng):
    """Overdispersed counts with genes of all levels, some unseen, some constant."""
    means = np.exp(rng.normal(-1, 1.5, N_GENES))
    x = rng.poisson(rng.gamma(2, means / 2, (400, N_GENES)))
    x[:, :5], x[:, 5:8] = 0, 1
    return sp.csr_matrix(x.astype(np.float32))


@pytest.fixture
def batch(rng):
    """Three batches of unequal size."""
    return rng.choice(3, 400, p=[0.5, 0.3, 0.2]).astype(np.int32)


def scanpy_columns(x, *, n_top, flavor, batch=None):
    """The columns that scanpy chooses, with one thread."""
    names = [f"g{j:03}" for j in range(x.shape[1])]
    obs = pd.DataFrame(index=[f"c{i}" for i in range(x.shape[0])])
    if batch is not None:
        obs["batch"] = pd.Categorical(batch.astype(str))
    adata = AnnData(x.copy(), obs=obs, var=pd.DataFrame(index=names))
    module = sc.experimental.pp if flavor == "pearson_residuals" else sc.pp
    before = numba.get_num_threads()
    numba.set_num_threads(1)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "`n_top_genes` > number of normalized dispersions", UserWarning)
        # a constant gene whose variance is rounded to below 0 has no logarithm
        warnings.filterwarnings("ignore", "invalid value encountered in log", RuntimeWarning)
        module.highly_variable_genes(
            adata, n_top_genes=n_top, flavor=flavor, batch_key=None if batch is None else "batch"
        )
    numba.set_num_threads(before)
    return np.flatnonzero(adata.var["highly_variable"])


def same(ours, x, columns):
    """Whether a matrix consists of the columns of another one."""
    assert ours.shape == (x.shape[0], columns.size)
    np.testing.assert_array_equal(ours.toarray(), x[:, columns].toarray())


@pytest.mark.parametrize("n_threads", [1, 2])
@pytest.mark.parametrize("n_top", [1, 50, 200, 292, 400])
def test_seurat_equals_scanpy(counts, n_top, n_threads):
    """The columns are those that scanpy selects on log data, in their order, for any number of threads."""
    x = log_normalise(counts, target_sum=1e4)
    before = numba.get_num_threads()
    numba.set_num_threads(min(n_threads, before))
    ours = variable_genes(x, GENES, FLAGS, n_top=n_top, flavor="seurat")
    numba.set_num_threads(before)
    same(ours, x, scanpy_columns(x, n_top=n_top, flavor="seurat"))


@pytest.mark.parametrize("n_top", [1, 50, 200, 400])
def test_cell_ranger_equals_scanpy(counts, n_top):
    """The columns are those that scanpy selects on log data; genes that were never seen are gone by then."""
    x = log_normalise(counts[:, 5:], target_sum=1e4)
    ours = variable_genes(x, GENES[5:], FLAGS, n_top=n_top, flavor="cell_ranger")
    same(ours, x, scanpy_columns(x, n_top=n_top, flavor="cell_ranger"))


@pytest.mark.parametrize("n_top", [1, 50, 292, 400])
def test_pearson_equals_scanpy(counts, n_top):
    """The columns are those that scanpy selects on counts, in their order."""
    ours = variable_genes(counts, GENES, FLAGS, n_top=n_top, flavor="pearson_residuals")
    same(ours, counts, scanpy_columns(counts, n_top=n_top, flavor="pearson_residuals"))


@pytest.mark.parametrize("n_top", [20, 150])
@pytest.mark.parametrize("flavor", [*LOG_FLAVORS, "pearson_residuals"])
def test_excluded_genes_are_as_if_absent(counts, flavor, n_top):
    """The selection is scanpy's on the matrix without the excluded genes; the flags are those of the data set."""
    x = (counts if flavor == "pearson_residuals" else log_normalise(counts, target_sum=1e4))[:, 5:]
    ours = variable_genes(x, GENES[5:], FLAGS, n_top=n_top, flavor=flavor, exclude="receptor")
    allowed = np.flatnonzero(FLAGS[5:] == 0)
    same(ours, x, allowed[scanpy_columns(x[:, allowed], n_top=n_top, flavor=flavor)])


@pytest.mark.parametrize("exclude", ["", "receptor"])
@pytest.mark.parametrize("n_top", [20, 150, 290])
@pytest.mark.parametrize("flavor", [*LOG_FLAVORS, "pearson_residuals"])
def test_by_batch_equals_scanpy(counts, batch, flavor, n_top, exclude):
    """The selection is scanpy's with batch_key, where batch codes are looked up by row position."""
    x = counts if flavor == "pearson_residuals" else log_normalise(counts, target_sum=1e4)
    rows = np.arange(400) * 2
    everywhere = np.full(800, -2, dtype=np.int32)
    everywhere[rows] = batch
    ours = variable_genes_by_batch(x, GENES, FLAGS, everywhere, rows, n_top=n_top, flavor=flavor, exclude=exclude)
    allowed = np.flatnonzero(FLAGS == 0) if exclude else GENES
    same(ours, x, allowed[scanpy_columns(x[:, allowed], n_top=n_top, flavor=flavor, batch=batch)])


def test_a_gene_that_differs_between_batches_only_is_not_kept(rng):
    """A gene that is constant within batches is the most variable over all cells, and never one within batches."""
    x = rng.poisson(3.0, (200, 40)).astype(np.float32)
    batch = (np.arange(200) % 2).astype(np.int32)
    x[:, 17] = 1 + 40 * batch
    x, flags, genes = sp.csr_matrix(x), np.zeros(40, np.uint8), np.arange(40)
    over_all = variable_genes(x, genes, flags, n_top=5, flavor="pearson_residuals")
    within = variable_genes_by_batch(x, genes, flags, batch, np.arange(200), n_top=5, flavor="pearson_residuals")
    assert 41 in over_all.data
    assert 41 not in within.data


def test_refuses_cells_of_unknown_batch(counts, batch):
    """The message counts them."""
    batch[[3, 9]] = -2
    with pytest.raises(UsageError, match="the batch of 2 of 400 cells is missing"):
        variable_genes_by_batch(counts, GENES, FLAGS, batch, np.arange(400), n_top=9)


def test_refuses_an_unknown_flavor(counts):
    """The message names the nearest flavor."""
    with pytest.raises(UsageError, match="unknown flavor 'seurta'") as caught:
        variable_genes(counts, GENES, FLAGS, n_top=5, flavor="seurta")
    assert "did you mean 'seurat'" in caught.value.fix


def test_refuses_no_genes(counts):
    """At least one gene is asked for."""
    with pytest.raises(UsageError, match="n_top is 0"):
        variable_genes(counts, GENES, FLAGS, n_top=0)


def test_refuses_data_without_variation():
    """Where no gene varies the dispersions rank none, over all cells and within batches."""
    x, genes, flags = sp.csr_matrix((4, 3), dtype=np.float32), np.arange(3), np.zeros(3, np.uint8)
    with pytest.raises(UsageError, match="no gene varies"):
        variable_genes(x, genes, flags, n_top=2)
    with pytest.raises(UsageError, match="no gene varies"):
        variable_genes_by_batch(x, genes, flags, np.array([0, 0, 1, 1]), np.arange(4), n_top=2)


def test_refuses_bins_that_coincide(rng):
    """Percentiles of means that are nearly all equal make no bins (scanpy: ValueError of pandas)."""
    x = sp.csr_matrix(rng.permuted(np.eye(50, 40, dtype=np.float32), axis=0))
    with pytest.raises(UsageError, match="bins between percentiles coincide"):
        variable_genes(x, np.arange(40), np.zeros(40, np.uint8), n_top=5, flavor="cell_ranger")
