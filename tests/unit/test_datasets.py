import shutil

import anndata as ad
import numpy as np
import pandas as pd
import pytest

from rashomon import datasets
from rashomon.core import StoreError, UsageError
from rashomon.datasets import AIRR_EXAMPLES, DATASETS
from rashomon.io import read

EXPRESSION = [name for name, source in DATASETS.items() if source.kind == "expression"]
SHAPES = {
    "sc_mixology": (499, 4500),
    "pbmc68k_reduced": (700, 765),
    "ards": (500, 2000),
    "ards_airr": (760, 23),
    "wu2020": (150, 11300),
    "wu2020_airr": (379, 21),
    "dash_mouse": (1924, 12),
    "blood_trb": (36381, 4),
}


@pytest.mark.parametrize("name", SHAPES)
def test_each_set_has_a_function_that_loads_it(name):
    """The function and `load` give the same data, of the stated size."""
    data = getattr(datasets, name)()
    assert data.shape == datasets.load(name).shape == SHAPES[name]
    assert isinstance(data, ad.AnnData if DATASETS[name].kind == "expression" else pd.DataFrame)


def test_nothing_is_listed_that_has_no_function():
    """Every set is a function or an example."""
    assert set(DATASETS) == set(SHAPES) | set(AIRR_EXAMPLES)
    assert set(SHAPES) <= set(datasets.__all__)


@pytest.mark.parametrize("name", AIRR_EXAMPLES)
def test_examples_are_tables_of_text(name):
    """Nothing is parsed, nothing is missing: empty text stays empty text."""
    table = datasets.airr_example(name)
    assert len(table) >= 4
    assert table.map(lambda value: isinstance(value, str)).to_numpy().all()


def test_the_preamble_of_bd_rhapsody_is_skipped():
    """The header is the first line that is no comment."""
    assert datasets.airr_example("bd_test_unfiltered_contigs").columns[0] == "Cell_Index"


def test_an_unknown_example_is_a_mistake_of_the_call():
    """A set that is no example is not one either."""
    with pytest.raises(UsageError, match="unknown example 'dash_mouse'"):
        datasets.airr_example("dash_mouse")
    with pytest.raises(UsageError, match="unknown data set 'pbmc'"):
        datasets.load("pbmc")


@pytest.mark.parametrize("name", EXPRESSION)
def test_the_suggested_truths_and_roles_can_be_read(name):
    """Every expression set passes the door as suggested."""
    source = DATASETS[name]
    roles = {f"{role}_key": column for role, column in source.roles}
    dataset = read(datasets.path(name), truths=source.truths, **roles)
    assert len(dataset.truths) == len(source.truths) == 2
    assert len(list(dataset.roles)) == len(source.roles)


def test_the_mixture_holds_what_its_readme_says():
    """All cells with the doublets, no spike-ins, counts, and totals of the full data."""
    adata = datasets.sc_mixology()
    assert adata.obs["demuxlet_cls"].value_counts().to_dict() == {"SNG": 450, "DBL": 49}
    assert adata.obs["protocol"].value_counts().to_dict() == {"CEL-seq2": 274, "Drop-seq": 225}
    assert not adata.var_names.str.startswith("ERCC-").any()
    assert (adata.X.data == np.floor(adata.X.data)).all()
    assert (adata.obs["total_count_per_cell"] > adata.X.sum(axis=1).A1).all()
    assert "spike-ins were dropped" in adata.uns["note"]


def test_receptors_and_expression_share_cells():
    """As the README counts them."""
    assert len(set(datasets.wu2020_airr()["cell_id"]) & set(datasets.wu2020().obs_names)) == 100
    assert set(datasets.ards_airr()["cell_id"]) <= set(datasets.ards().obs_names)


def test_blood_holds_what_its_readme_says():
    """Six donors, no receptor twice in one of them, and all but five junctions whole."""
    blood = datasets.blood_trb()
    assert sorted(blood["donor"].unique()) == ["C1", "C2", "C3", "C4", "C8", "C9"]
    assert not blood.duplicated().any()
    assert (~blood["junction_aa"].str.fullmatch("C[ACDEFGHIKLMNPQRSTVWY]+[FW]")).sum() == 5
    assert blood["v_call"].str.startswith("TRBV").all()
    assert blood["j_call"].str.startswith("TRBJ").all()


def test_the_readme_names_every_file_with_its_digest():
    """And all files together stay below 5 MB."""
    folder = datasets.path("ards").parent
    readme = (folder / "README.md").read_text(encoding="utf-8")
    listed = [line.split() for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()]
    assert {file for _, file in listed} == {source.file for source in DATASETS.values()}
    assert [file for digest, file in listed if digest not in readme or file.split("/")[-1] not in readme] == []
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < 5_000_000


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """A copy of the folder, as in an installed package."""
    installed = tmp_path / "rashomon"
    shutil.copytree(datasets.path("ards").parent, installed / "fixtures")
    monkeypatch.setattr(datasets, "__file__", str(installed / "datasets.py"))
    return installed / "fixtures"


def test_installed_files_are_found_beside_the_module(copied):
    """In a wheel the data lie inside the package."""
    assert datasets.path("ards") == copied / "ards_gex.h5ad"


def test_a_changed_file_is_refused(copied):
    """One byte is enough."""
    file = copied / "ards_gex.h5ad"
    raw = bytearray(file.read_bytes())
    raw[-1] ^= 1
    file.write_bytes(raw)
    with pytest.raises(StoreError, match=r"ards_gex\.h5ad was changed") as caught:
        datasets.ards()
    assert (caught.value.code, caught.value.where) == ("fixture.changed", "ards")


def test_a_missing_file_is_told(copied):
    """One file, or the folder."""
    (copied / "ards_gex.h5ad").unlink()
    with pytest.raises(StoreError, match=r"ards_gex\.h5ad is not installed") as caught:
        datasets.ards()
    assert caught.value.code == "fixture.missing"
    (copied / "SHA256SUMS").unlink()
    with pytest.raises(StoreError, match="the example data are not installed"):
        datasets.ards()
