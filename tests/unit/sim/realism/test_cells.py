import anndata
import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.core import UsageError
from rashomon.dataset import Truth
from rashomon.io import from_anndata
from rashomon.sim import World
from rashomon.sim.realism.cells import Cells, as_cells, same_genes


@pytest.fixture
def adata(rng):
    table = anndata.AnnData(sp.csr_matrix(rng.poisson(1.0, size=(12, 5)).astype("float32")))
    table.var_names = list("ABCDE")
    table.obs["type"] = ["T", "B", None] * 4
    return table


def test_matrix_data_set_and_anndata_give_the_same_counts(adata):
    """The three kinds of input hold the same numbers, and the table brings names of genes and codes of groups."""
    bare, table = as_cells(adata.X), as_cells(adata, groups_key="type")
    dataset = as_cells(from_anndata(adata, expect="counts"), groups_key="type")
    for cells in (bare, table, dataset):
        assert (cells.counts != adata.X).nnz == 0
    assert bare.genes is None
    assert bare.groups is None
    assert table.genes.tolist() == list("ABCDE")
    assert table.groups.tolist() == dataset.groups.tolist() == [1, 0, -1] * 4


def test_simulations_are_read_by_their_data_set():
    """Cells drawn from a world have their counts, and their types as groups."""
    simulated = World("two", {"n_groups": 2, "n_genes": 30, "n_markers": 5}).sample(40, rng=1)
    cells = as_cells(simulated, groups_key="type")
    assert (cells.counts != simulated.counts).nnz == 0
    assert cells.groups.tolist() == simulated.obs["type"].cat.codes.tolist()


def test_truths_of_a_data_set_are_columns_too(adata):
    """A key may name a truth; cells without a class have code -1, whatever the reason."""
    found = from_anndata(adata, truths=["type=annotation"], expect="counts")
    renamed = Truth("label", "annotation", np.where(np.arange(12) < 6, 0, -2).astype(np.int32), ("x",))
    dataset = type(found)(found.obs, found.expression, truths={"label": renamed})
    assert as_cells(dataset, groups_key="label").groups.tolist() == [0] * 6 + [-1] * 6


def test_explicit_zeros_and_duplicates_are_no_counts():
    """Stored zeros are removed and duplicate entries are added, and the matrix of the caller stays as it was."""
    x = sp.csr_matrix((np.array([1.0, 0.0, 2.0, 3.0]), np.array([0, 1, 1, 1]), np.array([0, 2, 4])), shape=(2, 2))
    cells = Cells(x)
    assert cells.counts.toarray().tolist() == [[1, 0], [0, 5]]
    assert cells.counts.nnz == 2
    assert x.nnz == 4


@pytest.mark.parametrize("value", [-1.0, 0.5, np.nan, np.inf])
def test_what_is_no_count_is_refused(value):
    """Negative, broken and infinite numbers are refused; whole ones pass."""
    assert Cells(sp.csr_matrix(np.array([[2.0, 1.0]]))).n == 1
    with pytest.raises(UsageError, match="does not hold counts"):
        Cells(sp.csr_matrix(np.array([[value, 1.0]])))


def test_labels_have_the_length_of_the_table():
    """Codes of another length are refused by name."""
    with pytest.raises(UsageError, match="groups has shape"):
        Cells(sp.csr_matrix(np.eye(3)), groups=np.zeros(2, dtype=int))


def test_unknown_column_names_the_nearest(adata):
    """A column that does not exist is refused with the nearest one."""
    with pytest.raises(UsageError, match="real cells have no column 'typo'") as error:
        as_cells(adata, groups_key="typo", what="real")
    assert "did you mean 'type'" in error.value.fix


def test_labels_alone_and_other_types_are_refused(adata):
    """A data set without expression and an object of another type are refused."""
    with pytest.raises(UsageError, match="have no counts"):
        as_cells(from_anndata(adata, with_expression=False))
    with pytest.raises(UsageError, match="of type list"):
        as_cells([[1, 2]])


def test_rows_are_taken_with_their_labels():
    """Cells keep their group when some are taken, in the order asked for."""
    cells = Cells(sp.csr_matrix(np.diag([1, 2, 3])), groups=np.array([4, 5, 6]), batches=np.array([0, 1, 0]))
    part = cells.take(np.array([2, 0]))
    assert part.groups.tolist() == [6, 4]
    assert part.batches.tolist() == [0, 0]
    assert part.counts.toarray().tolist() == [[0, 0, 3], [1, 0, 0]]


def test_genes_are_brought_into_one_order():
    """Genes in another order are reordered with their counts; without names only their number is compared."""
    real = Cells(sp.csr_matrix(np.eye(3)), np.array(["A", "B", "C"]))
    other = Cells(sp.csr_matrix(np.array([[7, 8, 9]])), np.array(["C", "A", "B"]))
    assert same_genes(real, other).counts.toarray().tolist() == [[8, 9, 7]]
    assert same_genes(real, Cells(other.counts)).counts.toarray().tolist() == [[7, 8, 9]]


def test_other_genes_are_named():
    """Genes of one side only are named, whichever side they are on."""
    x = sp.csr_matrix(np.ones((1, 2)))
    real = Cells(x, np.array(["A", "B"]))
    with pytest.raises(UsageError, match="different genes: 2 and 2") as error:
        same_genes(real, Cells(x, np.array(["A", "X"])))
    assert error.value.where == "only in the real cells: B; only in the simulated cells: X"
    with pytest.raises(UsageError, match="different genes: 2 and 3"):
        same_genes(real, Cells(sp.csr_matrix(np.ones((1, 3)))))
