import numpy as np
import pandas as pd

from rashomon.io import from_anndata
from rashomon.io.name import cell_names, gene_names
from tests.sample import refused, small


def test_good_names_pass_without_notes():
    """Names are not touched, also odd ones."""
    names = ["AAAC-1", "é\u200b", " space", "1.0"]
    assert cell_names(pd.Index(names))[0].tolist() == names
    assert cell_names(pd.Index(names))[1] == gene_names(pd.Index(names))[1] == ()


def test_repeated_cell_names_are_refused():
    """How many cells share how many names, and which."""
    with refused("names.repeated", what="5 cells share 2 names", where="obs_names: a, b"):
        cell_names(pd.Index(["a", "b", "a", "a", "b", "c"]))


def test_repeated_cell_names_of_an_object_are_refused():
    """The fix names the call, and after it the object is accepted."""
    adata = small()
    names = adata.obs_names.tolist()
    names[1] = names[0]
    adata.obs.index = names
    with refused("names.repeated", what="2 cells share 1 names", where="obs_names: cell0"):
        from_anndata(adata)
    adata.obs_names_make_unique()
    assert from_anndata(adata).n_obs == adata.n_obs


def test_numbers_become_text_with_a_note():
    """Joins by name compare text."""
    names, notes = cell_names(pd.RangeIndex(3))
    assert names.tolist() == ["0", "1", "2"]
    assert notes == ("obs_names: names of type int64 were turned into text [names.cast]",)


def test_numbers_that_become_the_same_text_are_refused():
    """1 and '1' are one name."""
    with refused("names.repeated", what="2 cells share 1 names", where="obs_names: 1"):
        cell_names(pd.Index([1, "1"], dtype=object))


def test_repeated_gene_names_get_suffixes_that_are_free():
    """The first keeps its name; a suffix that exists is not used again."""
    names, notes = gene_names(np.array(["A", "A", "A-1", "B", "A", "B"]))
    assert names.tolist() == ["A", "A-2", "A-1", "B", "A-3", "B-1"]
    assert notes == ("var_names: 3 repeated names got a suffix (A, B) [names.genes_renamed]",)


def test_repeated_gene_names_leave_the_object_alone():
    """The repair is ours, not the user's."""
    adata = small()
    names = adata.var_names.tolist()
    names[1] = names[0]
    adata.var.index = names
    dataset = from_anndata(adata)
    assert dataset.expression.var_names[:2].tolist() == ["gene0", "gene0-1"]
    assert adata.var_names.tolist() == names
    assert "var_names: 1 repeated names got a suffix (gene0) [names.genes_renamed]" in dataset.rows.notes
