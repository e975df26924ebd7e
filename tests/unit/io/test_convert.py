import anndata as ad
import mudata
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from rashomon.core import UsageError
from rashomon.io import from_anndata, from_labels
from rashomon.truth import TruthSpec
from tests.sample import N_OBS, N_VARS, refused, small


@pytest.fixture
def adata():
    """The small AnnData."""
    return small()


def test_everything_that_was_asked_is_there(adata):
    """Expression, view, truths with kind and origin, roles, source."""
    dataset = from_anndata(
        adata,
        truths=["cell_type", "gate=annotation:protein"],
        donor_key="donor",
        batch_key="batch",
        use_rep="X_pca",
        source="mine",
    )
    assert dataset.expression.x.shape == (N_OBS, N_VARS)
    np.testing.assert_array_equal(dataset.expression.x.toarray(), adata.X.toarray())
    assert {name: truth.derived_from for name, truth in dataset.truths.items()} == {
        "cell_type": None,
        "gate": "protein",
    }
    assert [role for role, _ in dataset.roles] == ["donor", "batch"]
    assert dataset.views["X_pca"].dtype == np.float32
    assert dataset.rows.lines() == [
        f"{N_OBS} rows in, {N_OBS} used",
        "mine: there are 24 cells [matrix.few_cells]",
        "expression is X (counts)",
    ]
    assert dataset.source == "mine"


def test_the_table_is_a_copy(adata):
    """Changing the data set leaves the object as it was, and the reverse."""
    dataset = from_anndata(adata, use_rep="X_pca")
    dataset.obs.iloc[0, 1] = "changed"
    dataset.views["X_pca"][:] = 7
    adata.X.data[:] = 3
    assert adata.obs["gate"].iloc[0] == "no"
    assert adata.obsm["X_pca"].max() < 7
    assert dataset.expression.x.max() != 3


@pytest.mark.parametrize(
    "truths",
    [
        ["gate=annotation:protein"],
        {"gate": "annotation:protein"},
        [TruthSpec("gate", "annotation", "protein")],
        (text for text in ["gate=annotation:protein"]),
    ],
)
def test_truths_may_be_given_in_several_forms(adata, truths):
    """Texts, a mapping, specs, any iterable."""
    truth = from_anndata(adata, truths=truths).truths["gate"]
    assert (truth.name, truth.kind, truth.derived_from) == ("gate", "annotation", "protein")


def test_declared_truths_are_taken_by_default(adata):
    """What the file declares is used where the call says nothing."""
    adata.uns["rashomon"] = {"truths": {"gate": "annotation:protein"}}
    assert list(from_anndata(adata).truths) == ["gate"]
    assert list(from_anndata(adata, truths=["cell_type"]).truths) == ["cell_type"]
    assert list(from_anndata(adata, truths=()).truths) == []


def test_missing_labels_are_noted_per_truth(adata):
    """NaN and the words for 'no class' are counted apart."""
    adata.obs["type"] = adata.obs["cell_type"].astype(object)
    adata.obs.iloc[:3, adata.obs.columns.get_loc("type")] = np.nan
    adata.obs.iloc[3:5, adata.obs.columns.get_loc("type")] = "Unknown"
    notes = from_anndata(adata, truths=["type"]).rows.notes
    assert f"obs['type']: 3 of {N_OBS} rows carry no label and take no part in comparisons with it" in notes
    assert f"obs['type']: 2 of {N_OBS} rows say 'no class' (such as unknown or doublets)" in notes


def test_a_role_with_one_value_is_noted(adata):
    """One donor is a legitimate study; no comparison across donors is."""
    adata.obs["donor"] = "d0"
    dataset = from_anndata(adata, donor_key="donor")
    assert dataset.roles.donor.categories == ("d0",)
    assert (
        "obs['donor'] (donor): all labelled rows are 'd0', so nothing can be compared across it" in dataset.rows.notes
    )


def test_a_role_that_is_no_column_is_refused(adata):
    """With the role and the nearest name."""
    with refused("label.absent", what="there is no column 'doner'", where="obs, for donor"):
        from_anndata(adata, donor_key="doner")


def test_a_role_with_a_value_per_cell_is_refused(adata):
    """Barcodes are no donors."""
    adata.obs["barcode"] = adata.obs_names
    with refused("label.all_unique", what=f"{N_OBS} classes for {N_OBS}", where="obs['barcode'] (sample)"):
        from_anndata(adata, sample_key="barcode")


def test_columns_that_cannot_be_told_apart_are_noted(adata):
    """Batch equal to a truth, batch equal to donor."""
    adata.obs["run"] = adata.obs["gate"].map({"yes": "r1", "no": "r2"})
    adata.obs["pool"] = adata.obs["donor"].map(str.upper)
    notes = from_anndata(adata, truths=["gate"], batch_key="run", donor_key="donor", sample_key="pool").rows.notes
    assert (
        "obs: truth 'gate' and batch 'run' are one-to-one: their effects cannot be told apart [label.confounded]"
        in notes
    )
    assert "roles: donor and sample are one-to-one: their effects cannot be told apart [label.confounded]" in notes
    assert len(notes) == 4


def test_crossed_columns_are_not_noted(adata):
    """Nor is a column that is a truth and a role at once."""
    notes = from_anndata(adata, truths=["cell_type", "donor"], batch_key="gate", donor_key="donor").rows.notes
    assert [note for note in notes if "apart" in note] == []


@pytest.mark.parametrize("n_obs", [0, 1, 9])
def test_too_few_cells_are_refused(n_obs):
    """Ten are the least."""
    with refused("matrix.too_few_cells", what=f"there are {n_obs} cells", where="AnnData"):
        from_anndata(small()[:n_obs].copy())
    assert from_anndata(small()[:10].copy()).n_obs == 10


def test_one_gene_is_refused():
    """Two are the least."""
    with refused("matrix.too_few_genes", what="there is 1 gene", where="AnnData"):
        from_anndata(small()[:, :1].copy())
    assert from_anndata(small()[:, :2].copy()).expression.n_vars == 2


def test_a_broken_matrix_may_be_left_out(adata):
    """Labels and embeddings can be judged without it."""
    adata.X.data[0] = np.nan
    dataset = from_anndata(adata, truths=["cell_type"], use_rep="X_pca", with_expression=False)
    assert dataset.expression is None
    assert list(dataset.views) == ["X_pca"]


def test_an_embedding_that_is_not_there_is_refused(adata):
    """With those that are."""
    with refused("matrix.view", what="there is no embedding 'X_umap'", where="obsm"):
        from_anndata(adata, use_rep="X_umap")


@pytest.mark.parametrize(
    ("values", "what", "where"),
    [
        (np.full((N_OBS, 2), np.nan), f"{N_OBS} cells have NaN", "obsm['X_new']: cell0, cell1"),
        (np.ones((N_OBS, 1)), f"it has shape ({N_OBS}, 1)", "obsm['X_new']"),
        (np.full((N_OBS, 2), "a"), "type <U1", "obsm['X_new']"),
    ],
)
def test_an_embedding_that_cannot_be_used_is_refused(adata, values, what, where):
    """NaN, one column, text."""
    adata.obsm["X_new"] = values
    with refused("matrix.view", what=what, where=where):
        from_anndata(adata, use_rep="X_new")


def test_an_embedding_may_be_a_table(adata):
    """obsm holds arrays or tables."""
    adata.obsm["X_table"] = pd.DataFrame(np.eye(N_OBS)[:, :3], index=adata.obs_names, columns=list("abc"))
    assert from_anndata(adata, use_rep="X_table").views["X_table"].shape == (N_OBS, 3)


def test_a_backed_object_is_refused(adata, tmp_path):
    """With the call that loads it."""
    path = tmp_path / "a.h5ad"
    adata.write_h5ad(path)
    backed = ad.read_h5ad(path, backed="r")
    with refused("matrix.lazy", what="the object is backed by a file", where="AnnData"):
        from_anndata(backed)
    assert from_anndata(backed.to_memory()).n_obs == N_OBS
    backed.file.close()


def test_a_mudata_in_memory_gives_its_expression(adata):
    """The modality gex, or a refusal that lists what there is."""
    with mudata.set_options(pull_on_update=False):
        whole, other = mudata.MuData({"gex": adata}), mudata.MuData({"rna": adata})
    assert from_anndata(whole, truths=["cell_type"]).truths["cell_type"].n_labelled == N_OBS
    with refused("file.modality", what="the modalities are rna", where="MuData.mod"):
        from_anndata(other)


def test_what_is_no_anndata_is_a_mistake_of_the_call():
    """A table or a matrix is not an AnnData."""
    with pytest.raises(UsageError, match="a DataFrame is no AnnData"):
        from_anndata(pd.DataFrame())


def test_numbers_as_cell_names_are_noted(adata):
    """Names are text from here on."""
    adata.obs.index = pd.RangeIndex(N_OBS)
    dataset = from_anndata(adata)
    assert dataset.obs_names[3] == "3"
    assert "obs_names: names of type int64 were turned into text [names.cast]" in dataset.rows.notes


def test_a_sparse_view_of_an_object_is_accepted(adata):
    """A slice that was not copied gives the same as its copy."""
    assert from_anndata(adata[5:20]).digest == from_anndata(adata[5:20].copy()).digest
    assert sp.issparse(adata.X)


def test_labels_alone_make_a_data_set():
    """A table with truths and roles."""
    table = small().obs
    dataset = from_labels(table, truths=["cell_type"], roles={"donor": "donor", "batch": None})
    assert dataset.expression is None
    assert dataset.roles.batch is None
    assert dataset.roles.donor.categories == ("d0", "d1", "d2", "d3")
    with refused("matrix.too_few_cells", what="there are 4 cells", where="labels"):
        from_labels(table.iloc[:4])


def test_colours_of_the_file_are_kept_for_drawing(adata):
    """Those of a categorical column, by class; the data and their digest are the same without."""
    plain = from_anndata(adata)
    adata.obs["cell_type"] = adata.obs["cell_type"].astype("category")
    classes = list(adata.obs["cell_type"].cat.categories)
    adata.uns["cell_type_colors"] = ["#123456", "red", "#abcdef", "#000000"][: len(classes)]
    found = from_anndata(adata)
    assert found.colours["cell_type"] == dict(zip(classes, adata.uns["cell_type_colors"], strict=True))
    assert (found.digest, plain.colours) == (plain.digest, {})
