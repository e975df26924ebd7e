import numpy as np
import pytest

from rashomon.io.receptor.airr import REQUIRED, read_airr
from rashomon.io.receptor.table import read_text_table
from tests.architecture.source import ROOT
from tests.receptor_table import airr, change
from tests.sample import noted, refused

FIXTURES = ROOT / "data" / "fixtures"
CELLS = [f"c{i // 2}" for i in range(12)]


def read(columns, **options):
    arrays = {name: np.array(values, dtype=object) for name, values in columns.items()}
    return read_airr(arrays, where="a.tsv", **options)


def test_bulk_keeps_every_row_and_every_column():
    """Without cell_id a row is a rearrangement; its columns stay as written (B68)."""
    reading = read(airr())
    assert (reading.item, reading.chains.n_obs) == ("row", 12)
    assert reading.chains.obs.tolist() == list(range(12))
    assert reading.obs.index.tolist() == airr()["sequence_id"]
    assert {name: values.tolist() for name, values in reading.obs.items()} == airr()
    assert any("bulk" in note for note in reading.notes)


def test_chains_of_a_cell_are_one_row():
    """Columns that describe chains are in the chains, those of the cell in the table."""
    reading = read(airr(cell_id=CELLS, epitope=CELLS))
    assert (reading.item, reading.chains.n_obs) == ("cell", 6)
    assert reading.obs.to_dict("list") == {"epitope": [f"c{i}" for i in range(6)]}
    assert reading.chains.obs.tolist() == [i // 2 for i in range(12)]


def test_some_rows_without_cell_are_refused_and_none_with_cell_is_bulk():
    """A column that is empty throughout says nothing (B69)."""
    assert read(airr(cell_id="")).item == "row"
    with refused("receptor.cell_id", what="1 of 12 rows have no cell_id", where="a.tsv, row 3"):
        read(airr(cell_id=change(CELLS, _2="")))


def test_one_count_is_taken_and_named():
    """Molecules before copies before reads, never mixed; all of them must be counts."""
    reading = read(airr(umi_count=change([""] * 12, _0="5"), consensus_count="900"))
    assert reading.chains.count[0] == 5
    assert np.isnan(reading.chains.count[1:]).all()
    assert "a.tsv: counts of chains are umi_count" in reading.notes
    with refused("receptor.count", what="1 values of consensus_count are no whole numbers: '3.5'", where="row 2"):
        read(airr(umi_count="5", consensus_count=change(["1"] * 12, _1="3.5")))


def test_repeated_identifiers_are_refused_within_a_sample_only():
    """A run given twice repeats all of them (B74, B84); two samples may use the same."""
    twice = airr(sequence_id="s")
    with refused("receptor.id", what="11 rows repeat the identifier", where="a.tsv, rows 2, 3"):
        read(twice)
    notes = read(airr(sequence_id=[f"s{i % 6}" for i in range(12)], sample_id=["a"] * 6 + ["b"] * 6)).notes
    noted("receptor.id_by_sample", notes, what="6 identifiers repeat between samples")


def test_the_minimal_columns_are_enough():
    """V, J and a junction; what the standard requires beyond is said (B81)."""
    reading = read({"v_call": ["TRBV9"], "junction_aa": ["CASSF"]})
    noted("receptor.compliance", reading.notes, what="12 required columns are missing")
    assert reading.obs.index.tolist() == ["row 1"]
    complete = dict.fromkeys(REQUIRED, "") | airr()
    assert not any("receptor.compliance" in note for note in read(airr(**complete)).notes)


def test_germline_sets_are_compared():
    """Two sets in one table are said, one is not (B85)."""
    both = ["IMGT 2023"] * 6 + ["OGRDB 8"] * 6
    noted("receptor.germline", read(airr(germline_set_ref=both)).notes, what="2 germline sets: IMGT 2023, OGRDB 8")
    assert not any("receptor.germline" in note for note in read(airr(germline_set_ref="x")).notes)


def test_words_of_r_are_no_genes():
    """NA in a column of genes is missing; in a column of the user it is a word."""
    reading = read(airr(j_call="NA", epitope="NA"))
    noted("receptor.missing_word", reading.notes, what="12 fields of j_call")
    assert (reading.chains.j_call == "").all()
    assert (reading.obs["epitope"] == "NA").all()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "name",
    [
        "airr_examples/airr_rearrangement_tra.tsv",
        "airr_examples/airr_rearrangement_trb.tsv",
        "airr_examples/airr_rearrangement_ig.tsv",
        "airr_examples/airr_issue_625.tsv.gz",
        "wu2020_tcr.airr.tsv.gz",
        "ards_tcr_500cells.airr.tsv.gz",
    ],
)
def test_the_same_chains_as_scirpy(name):
    """Cells, loci, junctions, genes, counts and the productive mark of every chain."""
    ir = pytest.importorskip("scirpy")
    path = FIXTURES / name
    table = read_text_table(path)
    reading = read_airr(table, where=name)
    expected = scirpy_chains(ir.io.read_airr(path), "umi_count" if "umi_count" in table else "duplicate_count")
    assert our_chains(reading) == expected


FIELDS = ("junction", "junction_aa", "v_call", "d_call", "j_call", "c_call")


def our_chains(reading):
    """Every chain as a tuple, sorted; the locus where it is stated."""
    chains, names = reading.chains, reading.obs.index
    texts = zip(*(getattr(chains, name) for name in FIELDS), strict=True)
    rows = zip(chains.obs, texts, chains.count, chains.productive, strict=True)
    return sorted(
        (str(names[obs]), *fields, None if np.isnan(count) else int(count), int(productive))
        for obs, fields, count, productive in rows
    )


def scirpy_chains(adata, count):
    """The same of what scirpy read."""
    rows = []
    for name, chains in zip(adata.obs_names, adata.obsm["airr"].to_list(), strict=True):
        for chain in chains:
            fields = ["" if chain[field] in {None, "None"} else chain[field] for field in FIELDS]
            productive = {True: 1, False: 0, None: -1}[chain["productive"]]
            rows.append((name, *fields, chain[count], productive))
    return sorted(rows)
