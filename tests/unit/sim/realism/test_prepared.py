import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.neighbors import NearestNeighbors

from rashomon.sim.realism.cells import Cells
from rashomon.sim.realism.prepared import Prepared, UndefinedSummaryError, excess_variance


@pytest.fixture
def prepared(rng):
    return Prepared(Cells(sp.csr_matrix(rng.poisson(rng.gamma(0.5, 2.0, size=80), size=(60, 80)))), root=3)


def test_views_equal_their_formulas(prepared):
    """Counts per million, their logarithm and the moments of every gene are those of the dense formulas."""
    x = prepared.cells.counts.toarray().astype(float)
    cpm = np.log1p(1e6 * x / x.sum(axis=1, keepdims=True))
    np.testing.assert_allclose(prepared.log_cpm.toarray(), cpm, rtol=1e-5)
    np.testing.assert_allclose(prepared.moments[0], cpm.mean(axis=0), rtol=1e-4)
    np.testing.assert_allclose(prepared.moments[1], cpm.var(axis=0, ddof=1), rtol=1e-3, atol=1e-4)
    np.testing.assert_array_equal(prepared.totals, x.sum(axis=1))


def test_neighbours_are_those_of_scikit_learn(prepared):
    """Neighbours leave the cell itself out and come nearest first."""
    indices, distances = prepared.neighbours(7)
    expected = NearestNeighbors(n_neighbors=8).fit(prepared.pcs.astype(float)).kneighbors()
    np.testing.assert_allclose(distances, expected[0][:, :7], rtol=1e-6)
    np.testing.assert_array_equal(indices, expected[1][:, :7])
    assert prepared.nearest[0].shape == (60, 3)


def test_samples_depend_on_the_root_and_on_the_shape_alone(prepared, rng):
    """Two tables of one shape give the same genes and cells; another root gives others."""
    a, b = (Cells(sp.csr_matrix(rng.poisson(5.0, size=(60, 80)))) for _ in range(2))
    one, other, third = Prepared(a, root=3), Prepared(b, root=3), Prepared(b, root=4)
    assert one.some_cells(10).tolist() == other.some_cells(10).tolist() != third.some_cells(10).tolist()
    assert one.some_varying_genes(9).tolist() == other.some_varying_genes(9).tolist()
    assert third.some_varying_genes(9).tolist() != other.some_varying_genes(9).tolist()


def test_constant_genes_are_never_drawn():
    """Genes that do not vary are in no sample of genes."""
    x = np.zeros((10, 6))
    x[:, 1], x[::2, 4] = 1, 3
    x[1::2, 5] = 2
    cells = Prepared(Cells(sp.csr_matrix(x)), root=0)
    assert 0 not in cells.some_varying_genes(6)
    assert 0 not in cells.most_variable_genes(6)
    assert set(cells.most_variable_genes(2)) == {4, 5}


def test_excess_variance_finds_the_genes_that_vary_more_than_their_neighbours(rng):
    """Among genes of equal law, those whose values are spread out more have the largest excess."""
    x = rng.normal(2.0, 0.3, size=(300, 900))
    x[:, :5] = 2.0 + rng.normal(0.0, 1.5, size=(300, 5))
    top = np.argsort(-excess_variance(sp.csr_matrix(x)))[:5]
    assert set(top) == set(range(5))


def test_no_components_without_two_varying_genes():
    """Components of a table in which nothing varies are undefined, with the reason."""
    with pytest.raises(UndefinedSummaryError, match="fewer than 2 genes vary"):
        _ = Prepared(Cells(sp.csr_matrix(np.ones((9, 4)))), root=0).pcs
