import numpy as np
import pytest
import scipy.sparse as sp

from rashomon import datasets
from rashomon.io.kind import classify, is_integer


@pytest.fixture(scope="module", params=["sc_mixology", "ards", "wu2020"])
def counts(request):
    """Counts of three real data sets."""
    return sp.csr_matrix(datasets.load(request.param).X, dtype=np.float64)


def normalised(counts, depth):
    return sp.csr_matrix(sp.diags(depth / np.asarray(counts.sum(axis=1)).ravel()) @ counts)


def variable(x):
    """Every third gene: sums of rows are no longer constant."""
    return x[:, ::3]


def test_counts_are_counts(counts):
    """Whole numbers are counts, whatever their type and zeros."""
    assert classify(counts) == classify(counts.astype(np.float32)) == "counts"


@pytest.mark.parametrize("depth", [1e4, 1e6, 2000.0])
@pytest.mark.parametrize("genes", [variable, sp.csr_matrix], ids=["some genes", "all genes"])
def test_logarithms_are_recognised(counts, depth, genes):
    """Natural and binary logarithms of normalised counts, also of some genes only, in single precision."""
    x = normalised(counts, depth).log1p()
    assert classify(genes(x).astype(np.float32)) == "lognormalised"
    assert classify(genes(x / np.log(2)).astype(np.float32)) == "lognormalised"


@pytest.mark.parametrize("genes", [variable, sp.csr_matrix], ids=["some genes", "all genes"])
def test_logarithms_of_logarithms_are_recognised(counts, genes):
    """log1p twice gives small values that no largest value tells from others; their ratios do."""
    assert classify(genes(normalised(counts, 1e4).log1p().log1p()).astype(np.float32)) == "logged_twice"


def test_rounded_logarithms_are_recognised(counts):
    """Two decimals are enough."""
    x = normalised(counts, 1e4).log1p()
    x.data = x.data.round(2)
    assert classify(x) == "lognormalised"


def test_normalised_values_without_logarithm_are_continuous(counts):
    """Linear scale, all genes or some."""
    x = normalised(counts, 1e4)
    assert classify(x) == classify(variable(x)) == "continuous"


def test_corrected_counts_are_continuous(counts, rng):
    """Counts with something subtracted from half of them, or from all."""
    some, every = counts.copy(), counts.copy()
    some.data -= np.where(rng.random(some.nnz) < 0.5, rng.uniform(0, 0.5, some.nnz), 0)
    every.data -= rng.uniform(0.01, 0.5, every.nnz)
    assert classify(some) == classify(every) == "continuous"


def test_negative_values_are_scaled(counts):
    """One negative value is enough."""
    x = counts.copy()
    x.data[0] = -0.1
    assert classify(x) == "scaled"


def test_real_lognormalised_data_are_recognised():
    """pbmc68k_reduced: variable genes, three decimals."""
    assert classify(sp.csr_matrix(datasets.pbmc68k_reduced().X)) == "lognormalised"


def test_small_fractions_without_pattern_are_lognormalised(rng):
    """Imputed values on a logarithmic scale keep no whole ratios; their size speaks."""
    assert classify(sp.csr_matrix(rng.uniform(0.1, 8.0, size=(50, 40)))) == "lognormalised"
    assert classify(sp.csr_matrix(rng.uniform(0.1, 800.0, size=(50, 40)))) == "continuous"


@pytest.mark.parametrize("shape", [(3, 4), (0, 4), (3, 0)])
def test_an_empty_matrix_holds_counts(shape):
    """Zeros are whole numbers."""
    assert classify(sp.csr_matrix(shape)) == "counts"


def test_integers_are_told_from_fractions():
    """Negative whole numbers are not counts."""
    assert is_integer(sp.csr_matrix([[0.0, 2.0]]))
    assert not is_integer(sp.csr_matrix([[0.5, 2.0]]))
    assert not is_integer(sp.csr_matrix([[-1.0, 2.0]]))
