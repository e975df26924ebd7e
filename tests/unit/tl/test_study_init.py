import warnings

import mudata
import numpy as np
import pandas as pd
import pytest

from rashomon import io
from rashomon.core import InputError, UsageError
from rashomon.study.spec import read_spec
from rashomon.tl.study_init import init_spec, summarise_file
from tests import sample


def test_a_study_of_an_anndata_is_written(tmp_path):
    """Named from the folder of the study file, with its columns in their roles; it is read as it is."""
    (tmp_path / "data").mkdir()
    file = sample.good_file(tmp_path / "data")
    before = file.read_bytes()
    assert init_spec(file, out=tmp_path / "s.yaml") == tmp_path / "s.yaml"
    spec, text = read_spec(tmp_path / "s.yaml")
    assert (spec.data.file, spec.truths) == ("data/good.h5ad", ("cell_type",))
    assert (spec.roles.donor, spec.roles.batch, spec.labels) == ("donor", "batch", None)
    assert "or X_pca" in text
    assert file.read_bytes() == before


def test_nothing_is_written_over(tmp_path):
    """Neither a file that stands there, nor one whose name says something else."""
    file = sample.good_file(tmp_path)
    for out, what in ((file, "does not end in .yaml"), (tmp_path / "s.yaml", "s.yaml exists already")):
        (tmp_path / "s.yaml").touch()
        with pytest.raises(UsageError, match=what) as caught:
            init_spec(file, out=out)
        assert caught.value.code == "spec.output"
    with pytest.raises(InputError, match="there is no file"):
        init_spec(tmp_path / "none.h5ad", out=tmp_path / "new.yaml")
    assert not (tmp_path / "new.yaml").exists()


def test_no_matrix_is_loaded(tmp_path, monkeypatch):
    """Only the table of cells and what declares truths are read; a drawing is no embedding to start from."""
    data = sample.small()
    data.obsm["X_umap"] = data.obsm["X_pca"][:, :2].copy()
    data.layers["counts"] = data.X.copy()
    data.obs["score"] = np.linspace(0, 1, data.n_obs)
    data.uns["rashomon"] = {"truths": {"gate": "annotation:protein"}}
    data.write_h5ad(tmp_path / "a.h5ad")
    import anndata.io

    read, names = anndata.io.read_elem, []
    monkeypatch.setattr(anndata.io, "read_elem", lambda element: names.append(element.name) or read(element))
    found = summarise_file(tmp_path / "a.h5ad")
    assert names == ["/obs", "/uns/rashomon/truths"]
    assert (found.n_obs, found.layers, found.embeddings) == (sample.N_OBS, ("counts",), ("X_pca",))
    assert (found.declared, found.receptors) == (("gate=annotation:protein",), False)
    columns = {column.name: column for column in found.columns}
    assert columns["score"].numeric
    assert (columns["gate"].n_classes, columns["gate"].numeric) == (2, False)


def modalities(path, *names):
    """A file in which every modality is the small AnnData."""
    with warnings.catch_warnings():
        # mudata announces a change of its defaults, and warns about names that modalities share
        warnings.simplefilter("ignore")
        mudata.MuData({name: sample.small() for name in names}).write_h5mu(path)


def test_zarr_and_mudata_are_read(tmp_path):
    """A store, and the cells of a file of several modalities, by its expression or else by its receptors."""
    data = sample.small()
    io.write_zarr(data, tmp_path / "a.zarr")
    assert summarise_file(tmp_path / "a.zarr").n_obs == sample.N_OBS
    for names, receptors in ((("gex", "airr"), True), (("airr",), True), (("gex",), False)):
        modalities(tmp_path / "b.h5mu", *names)
        found = summarise_file(tmp_path / "b.h5mu")
        assert (found.n_obs, found.receptors) == (sample.N_OBS, receptors)
    modalities(tmp_path / "c.h5mu", "rna")
    with pytest.raises(InputError, match="the modalities are rna"):
        summarise_file(tmp_path / "c.h5mu")


def test_tables_are_read(tmp_path):
    """Of labels, and of receptors, whose derived columns can be named too."""
    labels = pd.DataFrame({"leiden": ["0", "1"] * 6, "donor": list("aabb") * 3}, index=[f"c{i}" for i in range(12)])
    labels.to_csv(tmp_path / "l.csv")
    init_spec(tmp_path / "l.csv", out=tmp_path / "l.yaml")
    spec, _ = read_spec(tmp_path / "l.yaml")
    assert (spec.labels, spec.roles.donor) == ("leiden", "donor")
    rows = {"v_call": ["TRBV9", "TRBV28"] * 6, "junction_aa": ["CASSVGGTEAFF"] * 12, "epitope": ["E1", "E2"] * 6}
    pd.DataFrame(rows).to_csv(tmp_path / "r.tsv", sep="\t", index=False)
    found = summarise_file(tmp_path / "r.tsv")
    assert (found.item, found.n_obs) == ("row", 12)
    assert {"epitope", "v_call", "junction_aa"} <= {column.name for column in found.columns}


def test_a_damaged_table_is_refused(tmp_path):
    """In the words of the door, with its code."""
    file = sample.good_file(tmp_path)
    with sample.edited(file) as opened:
        del opened["obs/cell_type/codes"]
    with pytest.raises(InputError, match="obs") as caught:
        summarise_file(file)
    assert caught.value.code.startswith("file.")
