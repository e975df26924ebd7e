import re

import anndata as ad
import numpy as np
import pytest

from rashomon import datasets
from rashomon.core import UsageError
from rashomon.io import from_anndata, read, read_adata, write
from tests.sample import N_OBS, edited, good_file, refused, small


@pytest.mark.parametrize("suffix", [".h5ad", ".zarr", ".h5mu"])
def test_every_format_gives_the_same_data_set(tmp_path, suffix):
    """What is written in any format is read as the object it was."""
    path = tmp_path / f"a{suffix}"
    write(small(), path)
    arguments = {"truths": ["cell_type=annotation:protein"], "donor_key": "donor", "use_rep": "X_pca"}
    assert read(path, **arguments).digest == from_anndata(small(), **arguments).digest


def test_the_source_is_the_name_of_the_file(tmp_path):
    """Never its path."""
    assert read(good_file(tmp_path)).source == "good.h5ad"


def test_a_good_file_needs_no_truths(tmp_path):
    """Labels and roles are optional."""
    dataset = read(good_file(tmp_path))
    assert (dict(dataset.truths), list(dataset.roles), dict(dataset.views)) == ({}, [], {})
    assert list(dataset.obs) == ["cell_type", "gate", "donor", "batch"]


def test_an_unreadable_part_is_refused_with_the_reason(tmp_path):
    """What anndata says is passed on, as one error."""
    path = good_file(tmp_path)
    with edited(path) as file:
        file["uns"].create_group("odd").attrs["encoding-type"] = "from the future"
        file["uns/odd"].attrs["encoding-version"] = "9"
    with refused("file.unreadable", what="good.h5ad cannot be read", where="good.h5ad"):
        read(path)
    with pytest.raises(Exception, match="from the future"):
        read(path)


def test_repeated_names_do_not_warn(tmp_path):
    """The door reports them itself: cells are refused, genes are renamed and noted."""
    adata = small()
    names = adata.var_names.tolist()
    names[1] = names[0]
    adata.var.index = names
    adata.write_h5ad(tmp_path / "genes.h5ad")
    with pytest.warns(UserWarning, match="Variable names are not unique"):
        ad.read_h5ad(tmp_path / "genes.h5ad")
    assert (
        "var_names: 1 repeated names got a suffix (gene0) [names.genes_renamed]"
        in read(tmp_path / "genes.h5ad").rows.notes
    )


def test_a_table_is_no_anndata(tmp_path):
    """A table of labels has a reader of its own."""
    path = tmp_path / "labels.csv"
    path.write_text("cell,type\nc1,T\n")
    with refused("file.format", what="labels.csv is a text table", where="labels.csv"):
        read_adata(path)


def test_the_object_is_read_as_anndata_reads_it():
    """Nothing is changed on the way."""
    path = datasets.path("pbmc68k_reduced")
    adata, plain = read_adata(path), ad.read_h5ad(path)
    assert list(adata.obs) == list(plain.obs)
    assert (adata.X != plain.X).nnz == 0
    np.testing.assert_array_equal(adata.obsm["X_umap"], plain.obsm["X_umap"])


def test_a_wrong_truth_is_a_mistake_of_the_call(tmp_path):
    """Kinds are known words."""
    with pytest.raises(UsageError, match="unknown kind 'truth'"):
        read(good_file(tmp_path), truths=["cell_type=truth"])


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("file", "truths", "kind"),
    [
        ("pbmc3k/pbmc3k_counts.h5ad", ["seurat_cell_type", "scanpy_louvain_annot"], "counts"),
        ("kang_ifnb/kang_ifnb.h5ad", ["stim"], "counts"),
        ("cite_cbmc/cite_cbmc.h5ad", ["rna_cluster", "protein_gate_derived"], "counts"),
        ("yan_embryo/yan_embryo.h5ad", ["stage"], "continuous"),
        ("wu2020_paired/wu2020_200.h5mu", ["cluster_orig"], "counts"),
    ],
)
def test_real_files_are_accepted(real_data, file, truths, kind):
    """Files of other people, with receptors, embeddings and missing labels."""
    dataset = read(real_data / file, truths=truths)
    assert dataset.expression.kind == kind
    assert list(dataset.truths) == truths
    assert dataset.n_obs > N_OBS


@pytest.mark.parametrize("signature", [b"SNOD", b"TREE", b"HEAP", b"GCOL"])
def test_damage_inside_is_refused_and_never_a_traceback(tmp_path, signature):
    """Each kind of block that holds names, links or text is overwritten in turn."""
    path = good_file(tmp_path)
    whole = path.read_bytes()
    starts = [match.start() for match in re.finditer(signature, whole)]
    assert starts
    for start in starts:
        path.write_bytes(whole[:start] + b"0000" + whole[start + 4 :])
        with refused("file.unreadable", what="good.h5ad cannot be", where="good.h5ad"):
            read(path)
