import numpy as np
import pandas as pd
import pytest

from rashomon.io.receptor.table import read_text_table
from rashomon.io.receptor.wide import read_long, read_wide
from tests.architecture.source import ROOT
from tests.sample import noted, refused

DASH = ROOT / "data" / "fixtures" / "dash_mouse.tsv.gz"


def arrays(**columns):
    return {name: np.array(values, dtype=object) for name, values in columns.items()}


PAIRED = {
    "cdr3a": ["CAVF", "", "CAVW"], "va": ["TRAV1", "TRAV2", "TRAV3"], "cdr3b": ["CASSF", "CASTF", ""],
    "vb": ["TRBV1", "TRBV2", "TRBV3"], "epitope": ["A", "B", "NA"],
}  # fmt: skip


def test_the_chains_of_a_row_stay_together():
    """Alpha before beta; a chain without sequence is none, and its row stays."""
    reading = read_wide(arrays(**PAIRED), where="w.tsv")
    assert reading.chains.obs.tolist() == [0, 0, 1, 2]
    assert reading.chains.locus.tolist() == ["TRA", "TRB", "TRB", "TRA"]
    assert reading.chains.junction_aa.tolist() == ["CAVF", "CASSF", "CASTF", "CAVW"]
    assert reading.chains.v_call.tolist() == ["TRAV1", "TRBV1", "TRBV2", "TRAV3"]
    assert reading.obs.index.tolist() == ["row 1", "row 2", "row 3"]
    assert reading.obs["epitope"].tolist() == ["A", "B", "NA"]


def test_dash_is_read_as_pandas_reads_it():
    """Every chain of 1,924 pairs, with nucleotides, genes and counts."""
    reading = read_wide(read_text_table(DASH), where="dash.tsv")
    frame = pd.read_csv(DASH, sep="\t", dtype=str, keep_default_na=False)
    for start, arm in enumerate("ab"):
        expected = frame[[f"cdr3_{arm}_aa", f"cdr3_{arm}_nucseq", f"v_{arm}_gene", f"j_{arm}_gene", "count"]]
        chains = reading.chains
        found = [
            chains.junction_aa,
            chains.junction,
            chains.v_call,
            chains.j_call,
            chains.count.astype(int).astype(str),
        ]
        for column, values in zip(expected, found, strict=True):
            assert values[start::2].tolist() == frame[column].tolist()
    assert reading.obs["epitope"].tolist() == frame["epitope"].tolist()


def test_cdr3_without_anchors_are_marked():
    """For both chains alike; one with and one without is refused (B77)."""
    bare = PAIRED | {"cdr3a": ["AV", "", "AV"], "cdr3b": ["ASS", "AST", ""]}
    assert read_wide(arrays(**bare), where="w.tsv").chains.is_cdr3
    with refused("receptor.mixed_cdr3", what="100% of TRA, 0% of TRB", where="w.tsv"):
        read_wide(arrays(**(PAIRED | {"cdr3b": ["ASS", "AST", ""]})), where="w.tsv")


def test_counts_and_marks_of_a_row_are_those_of_its_chains():
    """A clone of three has three of each chain."""
    table = arrays(**PAIRED, count=["3", "", "1"], productive=["T", "T", "F"])
    reading = read_wide(table, where="w.tsv")
    np.testing.assert_array_equal(reading.chains.count, [3, 3, np.nan, 1])
    assert reading.chains.productive.tolist() == [1, 1, 1, 0]
    with refused("receptor.negative", what="1 values of count are negative", where="w.tsv, row 1"):
        read_wide(arrays(**PAIRED, count=["-3", "", "1"]), where="w.tsv")


@pytest.mark.parametrize("word", ["beta", "TRB", "B"])
def test_a_column_says_the_chain(word):
    """In a table of single chains; words that mean no chain are passed over."""
    table = arrays(cdr3=["CASSF"], v=["V1"], chain=[word])
    assert read_wide(table, where="s.tsv").chains.locus.tolist() == ["TRB"]
    assert read_wide(arrays(cdr3=["CASSF"], v=["V1"], gene=["BMLF1"]), where="s.tsv").chains.locus.tolist() == [""]


def test_words_for_missing_in_sequences_are_none():
    """NA would be asparagine and alanine."""
    reading = read_wide(arrays(**(PAIRED | {"cdr3a": ["CAVF", "NA", "CAVW"]})), where="w.tsv")
    assert reading.chains.n_chains == 4
    noted("receptor.missing_word", reading.notes, what="1 fields of cdr3a hold a word for 'missing' (NA)")


def test_pairs_of_vdjdb_are_one_row():
    """Rows that share a complex; the complex 0 is no pair."""
    table = arrays(**{
        "complex.id": ["1", "0", "1", "0"], "Gene": ["TRA", "TRB", "TRB", "TRB"],
        "CDR3": ["CAVF", "CASSF", "CASTF", "CASRF"], "V": ["TRAV1", "TRBV1", "TRBV2", "TRBV3"],
        "J": ["TRAJ1", "TRBJ1", "TRBJ2", "TRBJ1"], "Epitope": ["A", "B", "A", "C"], "Meta": ["x", "y", "z", "u"],
    })  # fmt: skip
    reading = read_long(table, where="vdjdb.tsv")
    assert reading.chains.obs.tolist() == [0, 1, 0, 2]
    assert reading.chains.locus.tolist() == ["TRA", "TRB", "TRB", "TRB"]
    assert reading.obs.index.tolist() == ["complex 1", "row 2", "row 4"]
    assert reading.obs["Epitope"].tolist() == ["A", "B", "C"]
    noted("receptor.varies", reading.notes, what="left out: Meta")
