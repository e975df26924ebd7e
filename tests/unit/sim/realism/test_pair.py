import numpy as np
import pytest
import scipy.sparse as sp
from scipy.spatial.distance import pdist
from scipy.stats import spearmanr

from rashomon.sim.realism import pair
from rashomon.sim.realism.cells import Cells
from rashomon.sim.realism.prepared import Prepared, UndefinedSummaryError


@pytest.fixture
def cells(rng):
    rates = rng.gamma(0.5, 3.0, size=60) * rng.lognormal(0, 0.4, size=(50, 1))
    return Prepared(Cells(sp.csr_matrix(rng.poisson(rates))), root=1)


def upper(matrix):
    return matrix[np.triu_indices(len(matrix), 1)]


def test_spearman_is_that_of_scipy(rng):
    """Correlations of all pairs equal scipy's, ties included."""
    x = rng.poisson(1.0, size=(40, 12))
    np.testing.assert_allclose(pair.spearman_pairs(x), upper(spearmanr(x).statistic), atol=1e-12)


def test_gene_pairs_are_correlated_over_cells_after_scaling(cells):
    """Small tables have all genes in the sample, so both summaries of genes are scipy's correlation of log CPM."""
    varying = cells.moments[1] > 0
    expected = upper(spearmanr(cells.log_cpm.toarray()[:, varying]).statistic)
    np.testing.assert_allclose(pair.gene_correlation(cells), expected, atol=1e-6)
    np.testing.assert_allclose(pair.variable_gene_correlation(cells), expected, atol=1e-6)


def test_cell_pairs_do_not_depend_on_scaling(cells):
    """Ranks within a cell are those of log CPM, so correlations of cells are too."""
    expected = upper(spearmanr(cells.log_cpm.toarray().T).statistic)
    np.testing.assert_allclose(pair.cell_correlation(cells), expected, atol=1e-6)


def test_distances_are_those_of_the_components(cells):
    """Distances of cells are Euclidean in the principal components."""
    np.testing.assert_allclose(pair.pc_distance(cells), pdist(cells.pcs.astype(float)))


def test_samples_are_bounded(rng):
    """Large tables give 400 genes, 500 variable genes, and 200 and 500 cells."""
    large = Prepared(Cells(sp.csr_matrix(rng.poisson(1.0, size=(600, 700)))), root=1)
    assert pair.gene_correlation(large).size == 400 * 399 // 2
    assert pair.variable_gene_correlation(large).size == 500 * 499 // 2
    assert pair.cell_correlation(large).size == 200 * 199 // 2
    assert pair.variable_cell_correlation(large).size == 500 * 499 // 2
    assert pair.pc_distance(large).size == 200 * 199 // 2


def test_pairs_need_two():
    """Without two genes that vary there is no pair."""
    with pytest.raises(UndefinedSummaryError, match="fewer than 2 genes that vary"):
        pair.gene_correlation(Prepared(Cells(sp.csr_matrix(np.ones((5, 3)))), root=0))
