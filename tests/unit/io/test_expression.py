import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.io import find_expression, from_anndata
from tests.sample import logged, refused, small


@pytest.fixture
def adata():
    """The small AnnData: counts in X."""
    return small()


def scaled(counts):
    dense = counts.toarray()
    return (dense - dense.mean(axis=0)) / dense.std(axis=0)


def test_counts_in_x_are_found(adata):
    """The usual file."""
    expression, notes = find_expression(adata)
    assert (expression.kind, expression.slot) == ("counts", "X")
    assert notes == ("expression is X (counts)",)


def test_counts_in_a_layer_go_before_x(adata):
    """A layer named counts is what it says."""
    adata.layers["counts"] = adata.X.copy()
    adata.X = logged(adata.X)
    expression, notes = find_expression(adata)
    assert (expression.kind, expression.slot) == ("counts", "layers['counts']")
    assert "expression is layers['counts'] (counts)" in notes


def test_counts_in_raw_go_before_a_lognormalised_x(adata):
    """Counts are looked for everywhere before log-normalised values are taken."""
    adata.raw = adata
    adata = adata[:, 3:].copy()
    adata.X = logged(adata.X)
    expression, notes = find_expression(adata)
    assert (expression.kind, expression.slot, expression.n_vars) == ("counts", "raw.X", adata.n_vars + 3)
    assert notes[0] == "expression is raw.X (counts); X is lognormalised"


def test_without_counts_x_is_taken(adata):
    """X is log-normalised, raw too: X, with its genes."""
    adata.X = logged(adata.X)
    adata.raw = adata
    assert find_expression(adata)[0].slot == "X"
    assert find_expression(adata)[0].kind == "lognormalised"


def test_a_scaled_x_is_passed_over_for_raw(adata):
    """The common pipeline: X scaled, raw log-normalised."""
    raw = adata.copy()
    raw.X = logged(raw.X)
    adata.raw = raw
    adata.X = scaled(adata.X)
    expression, notes = find_expression(adata)
    assert (expression.kind, expression.slot) == ("lognormalised", "raw.X")
    assert notes[0] == "expression is raw.X (lognormalised); X is scaled"


def test_a_scaled_x_alone_is_refused(adata):
    """With nothing to stand in for it, the position of a negative value is named."""
    adata.X = scaled(adata.X)
    with refused("matrix.negative", what="stored values are negative; the first is -", where="X: (cell0, gene"):
        from_anndata(adata)


def test_a_misnamed_counts_layer_is_passed_over(adata):
    """Log-normalised values in layers['counts'] are not counts; X holds them."""
    adata.layers["counts"] = logged(adata.X)
    expression, notes = find_expression(adata)
    assert (expression.kind, expression.slot) == ("counts", "X")
    assert notes[0] == "expression is X (counts); layers['counts'] is lognormalised"


def test_a_named_layer_is_taken_as_it_is(adata):
    """Nothing else is looked at, not even better matrices."""
    adata.layers["mine"] = logged(adata.X)
    assert find_expression(adata, layer="mine")[0].slot == "layers['mine']"
    assert find_expression(adata, layer="mine")[0].kind == "lognormalised"


def test_a_layer_that_is_not_there_is_refused(adata):
    """The layers that are there are listed."""
    adata.layers["counts"] = adata.X
    with refused("matrix.absent", what="there is no layer 'count'", where="layers"):
        from_anndata(adata, layer="count")


def test_layers_without_x_are_listed(adata):
    """X is absent and the layer has a name of its own: the user must choose."""
    adata.layers["mine"] = adata.X
    adata.X = None
    with refused("matrix.absent", what="none of the matrices can be used", where="X, layers['counts'], raw.X"):
        from_anndata(adata)
    assert from_anndata(adata, layer="mine").expression.kind == "counts"


def test_no_matrix_at_all_leaves_the_labels(adata):
    """An object with labels only is a data set without expression."""
    adata.X = None
    dataset = from_anndata(adata, truths=["cell_type"])
    assert dataset.expression is None
    assert "there is no expression matrix: only labels can be compared" in dataset.rows.notes


def test_log_values_given_as_counts_are_refused(adata):
    """The kind that was found, how many values have fractions, and one of them."""
    adata.X = logged(adata.X)
    n = adata.X.nnz
    with refused("matrix.log_as_counts", what=f"are lognormalised, not counts: {n} of {n} are fractions", where="X"):
        from_anndata(adata, expect="counts")
    assert from_anndata(adata, expect="lognormalised").expression.kind == "lognormalised"


def test_counts_given_as_log_values_are_refused(adata):
    """And the reverse."""
    largest = adata.X.max()
    with refused("matrix.counts_as_log", what="are counts, not lognormalised: 0 of", where="X"):
        from_anndata(adata, expect="lognormalised")
    with pytest.raises(Exception, match=f"the largest is {largest:g}"):
        from_anndata(adata, expect="lognormalised")
    assert from_anndata(adata, expect="counts").expression.kind == "counts"


def test_fractions_given_as_counts_are_refused(adata):
    """Corrected counts are analysed only where nobody says that they are counts."""
    adata.X.data[:3] += np.array([0.5, 0.25, 0.125])
    adata.X.data[3] = 60
    with refused("matrix.non_integer", what="3 of", where="X"):
        from_anndata(adata, expect="counts")
    assert from_anndata(adata).expression.kind == "continuous"


def test_the_logarithm_of_logarithms_is_refused(adata):
    """In X, in a layer; passed over where raw can stand in."""
    twice = logged(small(n_obs=60, n_vars=80).X).log1p()
    adata = small(n_obs=60, n_vars=80)
    adata.raw = adata
    adata.X = twice
    assert find_expression(adata)[0].slot == "raw.X"
    adata.layers["twice"] = twice
    with refused("matrix.logged_twice", what="the largest value is", where="layers['twice']"):
        from_anndata(adata, layer="twice")


def test_nan_is_refused_before_anything_is_decided(adata):
    """Even where raw holds counts."""
    adata.raw = adata
    adata.X = adata.X.copy()
    adata.X.data[0] = np.nan
    with refused("matrix.nan", what="1 of", where="X: (cell0, gene0)"):
        from_anndata(adata)


def test_empty_cells_and_genes_are_kept_and_noted(adata):
    """How many, and which."""
    dense = adata.X.toarray()
    dense[[3, 5]] = 0
    dense[:, 7] = 0
    adata.X = sp.csr_matrix(dense)
    expression, notes = find_expression(adata)
    assert expression.x.shape == adata.shape
    assert "X: 2 cells have no counts and are kept (cell3, cell5) [matrix.empty_cells]" in notes
    assert "X: 1 genes have no counts and are kept (gene7) [matrix.empty_genes]" in notes
