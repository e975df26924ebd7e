import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from rashomon.core import UsageError
from rashomon.io import from_anndata, to_anndata, to_mudata, write_h5ad
from rashomon.io.read import read_adata


def counts(n_obs=20, n_vars=7):
    return sp.csr_matrix(np.random.default_rng(1).poisson(1.0, size=(n_obs, n_vars)).astype(np.float32))


def table(n, letter, **columns):
    return pd.DataFrame(columns, index=[f"{letter}{i}" for i in range(n)])


def test_the_door_finds_counts():
    """In X and nowhere else, and no repair is noted."""
    obs = table(20, "c", type=["a", "b"] * 10)
    adata = to_anndata(counts(), obs, table(7, "g"), {"rashomon": {"truths": {"type": "mechanism"}}})
    dataset = from_anndata(adata)
    assert (dataset.expression.kind, dataset.expression.slot) == ("counts", "X")
    assert dataset.truths["type"].categories == ("a", "b")
    assert "expression is X (counts)" in dataset.rows.notes
    assert not any("sorted" in note or "zeros" in note for note in dataset.rows.notes)


def test_the_object_equals_what_a_file_gives_back(tmp_path):
    """Repeated text is categorical in memory already; the caller's tables stay as they are."""
    obs, var = table(20, "c", type=["a", "b"] * 10, name=[f"n{i}" for i in range(20)]), table(7, "g", kind=["x"] * 7)
    adata = to_anndata(counts(), obs, var, {"a": "b"}, obsm={"z": np.zeros((20, 2))})
    write_h5ad(adata, tmp_path / "a.h5ad")
    again = read_adata(tmp_path / "a.h5ad")
    pd.testing.assert_frame_equal(again.obs, adata.obs)
    pd.testing.assert_frame_equal(again.var, adata.var)
    assert adata.obs["type"].dtype == "category"
    assert (obs["type"].dtype, var["kind"].dtype) == (object, object)
    assert adata.obsm["z"].shape == (20, 2)


def test_without_a_matrix_there_are_labels_only():
    """The tables keep their rows."""
    adata = to_anndata(None, table(20, "c"), table(7, "g"), {})
    assert (adata.shape, adata.X) == ((20, 7), None)


@pytest.mark.parametrize(
    ("matrix", "what"),
    [
        (counts().tocsc(), "the counts are csc, float32, 20 x 7"),
        (counts().astype(np.float64), "the counts are csr, float64, 20 x 7"),
        (counts(n_obs=19), "the counts are csr, float32, 19 x 7"),
        (counts().toarray(), "the counts are ndarray, float32, 20 x 7"),
    ],
)
def test_a_matrix_of_another_form_is_refused(matrix, what):
    """With what it is and what is expected."""
    with pytest.raises(UsageError, match=what) as caught:
        to_anndata(matrix, table(20, "c"), table(7, "g"), {})
    assert caught.value.expected == "csr, float32, 20 x 7, as obs and var"


@pytest.mark.parametrize("index", [["a"] * 20, list(range(20)), [None, *[f"c{i}" for i in range(19)]]])
def test_names_are_unique_texts(index):
    """Numbers and repeated names are refused: they would be changed silently by the library."""
    with pytest.raises(UsageError, match="names of obs repeat, or are no text"):
        to_anndata(counts(), pd.DataFrame(index=index), table(7, "g"), {})


def test_modalities_are_joined_by_the_names_of_cells():
    """Facts are of the whole; the tables of the modalities stay theirs, and cells are those of both."""
    gex = to_anndata(counts(), table(20, "c", type=["a", "b"] * 10), table(7, "g"), {})
    airr = to_anndata(None, table(20, "c", clone=["x"] * 20), pd.DataFrame(index=pd.Index([], dtype=object)), {})
    whole = to_mudata({"gex": gex, "airr": airr}, {"rashomon": {"truths": {"type": "mechanism"}}})
    assert (list(whole.mod), whole.shape) == (["gex", "airr"], (20, 7))
    assert list(whole.obs_names) == list(gex.obs_names)
    assert whole.uns["rashomon"] == {"truths": {"type": "mechanism"}}
    assert (list(whole["gex"].obs), list(whole["airr"].obs)) == (["type"], ["clone"])
    assert (whole["gex"].X != gex.X).nnz == 0
