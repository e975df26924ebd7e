import numpy as np
import pandas as pd

from rashomon.io.receptor.cell import as_rows, called_only, cells_of, check_ids, row_names, sample_column
from tests.sample import noted, refused


def texts(*values):
    return np.array(values, dtype=object)


def test_cells_stand_in_the_order_of_their_first_chain():
    """And keep what has one value in each cell; chains keep their order."""
    columns = {"donor": texts("d1", "d2", "d1"), "isotype": texts("A", "B", "C"), "v_call": texts("x", "y", "x")}
    cells = texts("c2", "c1", "c2")
    obs, table, notes = cells_of(columns, cells, sample=None, said=False, where="a.tsv")
    assert obs.tolist() == [0, 1, 0]
    assert table.index.tolist() == ["c2", "c1"]
    assert table.to_dict("list") == {"donor": ["d1", "d2"]}
    noted("receptor.varies", notes, what="left out: isotype")


def test_chains_without_cell_are_refused():
    """They would all be one cell without a name (B69)."""
    with refused("receptor.cell_id", what="2 of 3 rows have no cell_id", where="a.tsv, rows 1, 3"):
        cells_of({}, texts("", "c1", ""), sample=None, said=False, where="a.tsv")


def test_barcodes_that_samples_share_are_refused_unless_the_sample_is_named():
    """Chains of different cells would be joined (B56); with the sample the names differ."""
    columns = {"run": texts("r1", "r2")}
    with refused("receptor.barcode", what="1 barcodes occur in several values of run: c1", where="a.tsv"):
        cells_of(columns, texts("c1", "c1"), sample="run", said=False, where="a.tsv")
    _, table, _ = cells_of(columns, texts("c1", "c1"), sample="run", said=True, where="a.tsv")
    assert table.index.tolist() == ["r1:c1", "r2:c1"]


def test_identifiers_repeat_between_samples_only():
    """Within a sample a repeat is an entry made twice (B74, B84)."""
    ids = texts("s1", "s1", "", "")
    noted("receptor.id_by_sample", check_ids(ids, [texts("a", "b", "a", "a")], where="x"), what="1 identifiers repeat")
    with refused("receptor.id", what="1 rows repeat the identifier of an earlier chain: s1", where="x, row 2"):
        check_ids(ids, [texts("a", "a", "a", "a")], where="x")
    assert check_ids(texts("s1", "s2"), [], where="x") == ()


def test_rows_are_named_by_unique_identifiers_or_numbers():
    """Never half of each."""
    assert row_names(texts("a", "b")).tolist() == ["a", "b"]
    assert row_names(texts("a", "a")).tolist() == ["row 1", "row 2"]


def test_empty_text_is_missing_in_the_table_of_rows():
    """The columns handed in are not changed."""
    values = texts("x", "")
    expected = pd.DataFrame({"a": ["x", None]}, index=["r1", "r2"], dtype=object)
    pd.testing.assert_frame_equal(as_rows({"a": values}, texts("r1", "r2")), expected)
    assert values.tolist() == ["x", ""]


def test_the_sample_is_the_named_column_or_the_first_known():
    """A named column that is not there is none."""
    assert sample_column(["donor", "sample_id"], None) == "sample_id"
    assert sample_column(["donor", "run"], "run") == "run"
    assert sample_column(["donor"], "run") is None


def test_contigs_of_no_cell_are_left_out():
    """By marks that are false; an empty mark says nothing, and absent marks are passed over."""
    columns = {"is_cell": texts("True", "False", ""), "x": texts("a", "b", "c")}
    kept, notes = called_only(columns, ("is_cell", "high_confidence"), where="a.csv")
    assert kept["x"].tolist() == ["a", "c"]
    noted("receptor.not_cell", notes, what="1 of 3 contigs are left out by is_cell")
    assert called_only(columns, ("high_confidence",), where="a.csv")[0]["x"].tolist() == ["a", "b", "c"]


def test_columns_of_chains_are_not_columns_of_cells():
    """Even where every cell has one chain; columns of the user with similar names stay."""
    chain = [
        "v_call",
        "j_gene",
        "d2_call",
        "junction_length",
        "cdr3_nt",
        "fwr1",
        "umis",
        "duplicate_count",
        "np1_length",
    ]
    cell = ["donor", "d_day", "c_reactive", "locus_of_control", "sequencer", "chain_letter", "is_cell", "clone_id"]
    columns = {name: texts("x", "y") for name in [*chain, *cell]}
    _, table, notes = cells_of(columns, texts("c1", "c2"), sample=None, said=False, where="a.tsv")
    assert list(table) == cell
    assert notes == ()
