from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rashomon.core import StoreError, UsageError
from rashomon.dataset import Dataset
from rashomon.io.receptor.airr import REQUIRED
from rashomon.io.receptor.read import read_receptors, receptors_from_frame
from rashomon.io.receptor.write import airr_columns, write_airr
from tests.architecture.source import ROOT
from tests.receptor_table import JUNCTIONS, airr, write
from tests.sample import noted, refused

FIXTURES = ROOT / "data" / "fixtures"


@pytest.mark.parametrize("name", ["dash_mouse.tsv.gz", "wu2020_tcr.airr.tsv.gz", "ards_tcr_500cells.airr.tsv.gz"])
def test_a_trip_to_disk_keeps_the_receptors(tmp_path, name):
    """All chains with all their columns, gene names before repair too; and the table is a valid one."""
    dataset = read_receptors(FIXTURES / name)
    path = tmp_path / "out.airr.tsv"
    write_airr(dataset, path)
    again = read_receptors(path)
    assert again.receptors.digest == dataset.receptors.digest
    assert again.obs_names.tolist() == dataset.obs_names.tolist()
    standard = pytest.importorskip("airr")
    assert standard.validate_rearrangement(str(path))


@given(st.data())
def test_any_table_comes_back(tmp_path_factory, data):
    """Whatever junctions, genes, counts and marks: written and read again, the receptors are equal."""
    n = 12
    some = {
        "v_call": ["TRBV9", "TRBV12-3,TRBV12-4", "TRBV7-9*01", ""],
        "j_call": ["TRBJ2-5", "TRBJ1-1*01", ""],
        "junction_aa": [*JUNCTIONS, ""],
        "productive": ["T", "F", ""],
        "duplicate_count": ["", "0", "1", "12"],
        "locus": ["TRB", ""],
        "note": ["", "a b", "NA", "é,ü", "'\"x"],
    }
    columns = {
        name: data.draw(st.lists(st.sampled_from(texts), min_size=n, max_size=n)) for name, texts in some.items()
    }
    columns["junction_aa"][0] = JUNCTIONS[0]
    folder = tmp_path_factory.mktemp("trip")
    dataset = read_receptors(write(folder, airr(**columns)))
    write_airr(dataset, folder / "again.tsv")
    again = read_receptors(folder / "again.tsv")
    assert again.receptors.digest == dataset.receptors.digest
    assert again.obs["note"].tolist() == dataset.obs["note"].tolist()


def test_all_required_columns_are_there_and_unknown_is_empty(tmp_path):
    """Booleans are T and F; a column of the user that the standard knows is kept."""
    dataset = read_receptors(write(tmp_path, airr(productive=["T", "F", ""] * 4, sequence="ACGT")))
    columns, _ = airr_columns(dataset)
    assert set(REQUIRED) <= set(columns)
    assert columns["productive"][:3].tolist() == ["T", "F", ""]
    assert set(columns["sequence"]) == {"ACGT"}
    assert set(columns["v_cigar"]) == {""}


def test_names_of_columns_are_made_plain_and_said(tmp_path):
    """As the standard asks of custom columns; two that would be one are refused."""
    dataset = read_receptors(write(tmp_path, airr(epitope=None, **{"MHC class": "I", "AntigenGene": "M"})))
    columns, notes = airr_columns(dataset)
    assert {"mhc_class", "antigen_gene"} <= set(columns)
    assert any("2 columns were renamed (MHC class -> mhc_class, AntigenGene -> antigen_gene)" in note for note in notes)
    clash = read_receptors(write(tmp_path, airr(**{"MHC class": "I", "mhc_class": "I"})))
    with refused("receptor.value", what="two columns would be named 'mhc_class'", where="table.tsv"):
        airr_columns(clash)


@pytest.mark.parametrize("value", ["a\tb", "a\nb", "a\rb", "a\u2028b", "a\x00b"])
def test_values_that_would_break_the_table_are_refused(tmp_path, value):
    """The standard has no quotes; what stood at the path stays."""
    dataset = read_receptors(write(tmp_path, airr()))
    broken = replace(dataset, obs=dataset.obs.assign(comment=value))
    path = write(tmp_path, "before", "out.tsv")
    with refused("receptor.value", what="a value of comment holds a tab or a line end", where="comment"):
        write_airr(broken, path)
    assert path.read_text() == "before"


def test_rows_without_chain_are_counted(tmp_path):
    """They have no place in a table of chains."""
    dataset = read_receptors(write(tmp_path, airr()))
    part = replace(dataset, receptors=dataset.receptors.take(np.arange(10)))
    noted("receptor.without_chain", write_airr(part, tmp_path / "out.tsv"), what="2 of 12 rows have no chain")


def test_chains_of_a_row_get_names_of_their_own():
    """And the row becomes their cell, so that pairs can be put together again."""
    import pandas as pd

    table = {"cdr3a": ["CAVMDSNYQLIW"] * 10, "va": ["TRAV1-2"] * 10, "cdr3b": JUNCTIONS[:10], "vb": ["TRBV9"] * 10}
    columns, _ = airr_columns(receptors_from_frame(pd.DataFrame(table)))
    assert columns["sequence_id"][:2].tolist() == ["row 1_chain_1", "row 1_chain_2"]
    assert columns["cell_id"][:2].tolist() == ["row 1", "row 1"]


def test_what_cannot_be_written_is_said(tmp_path):
    """Without receptors, or into a path that is no folder."""
    dataset = read_receptors(write(tmp_path, airr()))
    with pytest.raises(UsageError, match="there are no receptors"):
        write_airr(Dataset(dataset.obs), tmp_path / "out.tsv")
    with pytest.raises(StoreError, match=r"cannot write out\.tsv"):
        write_airr(dataset, tmp_path / "table.tsv" / "out.tsv")
