import awkward as ak
import numpy as np
import pandas as pd
import pytest
from anndata import AnnData
from mudata import MuData

from rashomon.core import InputError, UsageError
from rashomon.io.receptor.modality import receptor_dataset, write_airr_obsm

CHAINS = [
    [{"locus": "TRB", "junction_aa": "CASSYEQYF", "v_call": v, "umi_count": 3, "productive": True}]
    for v in ("TRBV9", "TRBV7-9")
]


def airr(names, **columns):
    """Return cells with one chain each."""
    adata = AnnData(obs=pd.DataFrame(columns, index=list(names)))
    adata.obsm["airr"] = ak.Array([CHAINS[row % 2] for row in range(len(names))])
    return adata


def gex(names, **columns):
    """Return cells with expression."""
    return AnnData(np.ones((len(names), 2), dtype=np.float32), obs=pd.DataFrame(columns, index=list(names)))


def cells(first, last):
    """Return names."""
    return [f"c{number}" for number in range(first, last)]


def mudata(**modalities):
    """Return a MuData; how it joins columns of obs changes, and it says so."""
    return MuData(modalities)


pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore:Support for Awkward Arrays"),
]


def test_an_anndata_with_receptors():
    """Rows are its cells, columns its own; there is no expression."""
    dataset = receptor_dataset(airr(cells(0, 12), donor=["a", "b"] * 6), donor_key="donor", truths=["donor"])
    assert (dataset.n_obs, dataset.item, dataset.expression) == (12, "cell", None)
    assert dataset.receptors.v.texts[:2].tolist() == ["TRBV9", "TRBV7-9"]
    assert dataset.roles.donor.categories == ("a", "b")


def test_columns_of_the_expression_are_joined_by_name():
    """B89: where a name means two things it gets a prefix; cells of one side only have no value."""
    data = mudata(
        airr=airr(cells(0, 12), tissue=["x"] * 12, donor=["d"] * 12),
        gex=gex(cells(2, 20)[::-1], tissue=["y"] * 18, donor=["d"] * 18, cell_type=cells(2, 20)[::-1]),
    )
    dataset = receptor_dataset(data)
    assert dataset.obs_names.tolist() == cells(0, 12)
    assert list(dataset.obs.columns) == ["tissue", "donor", "gex:tissue", "cell_type"]
    assert dataset.obs["cell_type"].tolist()[2:] == cells(2, 12)
    assert dataset.obs["cell_type"].isna().tolist()[:2] == [True, True]
    assert "AnnData: 12 cells with receptors and 18 with expression, 10 with both" in dataset.rows.notes
    assert any("column 'tissue' of gex differs" in note for note in dataset.rows.notes)


@pytest.mark.parametrize(("start", "outcome"), [(0, "good"), (70, "few"), (96, "refused")])
def test_the_overlap_is_counted(start, outcome):
    """B87: below half it is a warning, below 5 % a refusal."""
    data = mudata(airr=airr(cells(0, 100)), gex=gex(cells(start, start + 120)))
    if outcome == "refused":
        with pytest.raises(InputError, match="100 cells with receptors and 120 with expression, 4 with both") as caught:
            receptor_dataset(data)
        assert caught.value.code == "modality.overlap"
    else:
        notes = receptor_dataset(data).rows.notes
        assert any("[modality.partial]" in note for note in notes) == (outcome == "few")


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_repeated_names_are_refused():
    """B88: in either modality, and in an AnnData."""
    twice = [*cells(0, 11), "c0"]
    for data in (
        airr(twice),
        mudata(airr=airr(twice), gex=gex(cells(0, 12))),
        mudata(airr=airr(cells(0, 12)), gex=gex(twice)),
    ):
        with pytest.raises(InputError, match="1 names occur more than once: c0") as caught:
            receptor_dataset(data)
        assert caught.value.code == "modality.repeated"


def test_missing_modalities_are_listed():
    """B90: under another name they can be named; expression may be absent."""
    data = mudata(vdj=airr(cells(0, 12)), rna=gex(cells(0, 12)))
    with pytest.raises(InputError, match="no modality 'airr'; the modalities are vdj, rna") as caught:
        receptor_dataset(data)
    assert caught.value.code == "modality.absent"
    assert receptor_dataset(data, airr_mod="vdj", gex_mod="rna").n_obs == 12
    assert "AnnData: there is no modality 'gex'" in receptor_dataset(data, airr_mod="vdj").rows.notes
    with pytest.raises(InputError, match=r"there is no obsm\['airr'\]; obsm has nothing"):
        receptor_dataset(gex(cells(0, 12)))


def test_other_objects_are_refused():
    """With what is expected."""
    with pytest.raises(UsageError, match="a list is no AnnData"):
        receptor_dataset([1])


def test_receptors_are_written_to_the_cells_of_their_names():
    """In another order, and among more cells; the object is the same when read again."""
    dataset = receptor_dataset(airr(cells(0, 12)))
    target = gex(cells(0, 15)[::-1])
    write_airr_obsm(target, dataset)
    assert ak.num(target.obsm["airr"], axis=1).to_list() == [0] * 3 + [1] * 12
    again = receptor_dataset(target)
    assert again.receptors.v.texts[::-1].tolist() == dataset.receptors.v.texts.tolist()
    with pytest.raises(UsageError, match="12 cells are not in the AnnData"):
        write_airr_obsm(gex(["x", "y"]), dataset)
