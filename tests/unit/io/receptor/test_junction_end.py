import numpy as np
import pytest

from rashomon.dataset import LOCI, GeneCalls
from rashomon.io.receptor.germline import germline
from rashomon.io.receptor.junction_end import anchored, complete_cdr3, complete_end, without_anchors
from tests.chain_sample import FIXTURES, airr_frame


def test_anchored_is_c_to_f_or_w():
    """One residue is no junction."""
    values = np.array([b"CASF", b"CAW", b"CAC", b"ASF", b"F", b"C", b""])
    assert anchored(values).tolist() == [True, True, False, False, False, False, False]


@pytest.mark.parametrize(("column", "low", "high"), [("junction_aa", 0.0, 0.0), ("cdr3_aa", 1.0, 1.0)])
def test_columns_of_cdr3_are_told_from_junctions(column, low, high):
    """In a table that has both."""
    frame = airr_frame(FIXTURES / "wu2020_tcr.airr.tsv.gz")
    assert low <= without_anchors(frame[column].to_numpy(dtype="S")) <= high


def test_completed_cdr3_are_the_junctions():
    """In a table that has both; the codons that were added say what nobody saw."""
    frame = airr_frame(FIXTURES / "wu2020_tcr.airr.tsv.gz")
    frame = frame[(frame["cdr3_aa"] != "") & (frame["junction_aa"] != "") & frame["locus"].isin(LOCI)]
    locus = np.array([LOCI.index(name) for name in frame["locus"]])
    nt, aa = complete_cdr3(
        frame["cdr3"].to_numpy(dtype="S"), frame["cdr3_aa"].to_numpy(dtype="S"), locus=locus,
        j=GeneCalls.from_texts(frame["j_call"]), anchors=germline("human").anchors(),
    )  # fmt: skip
    agree = aa == frame["junction_aa"].to_numpy(dtype="S")
    assert agree.mean() > 0.99
    last = {"F": "TTY", "W": "TGG", "C": "TGY"}
    assert all(value.startswith(b"TGY") for value in nt)
    assert all(value[-3:].decode() == last[chr(end[-1])] for value, end in zip(nt, aa, strict=True))


@pytest.mark.parametrize(
    ("locus", "j", "aa"),
    [("TRB", "TRBJ2-7", b"CAF"), ("IGH", "", b"CAW"), ("TRA", "TRAJ33*01", b"CAW"), ("TRA", "TRAJ35", b"CAC"),
     ("TRA", "TRAJ33,TRAJ38", b"CAW"), ("TRA", "TRAJ33,TRAJ12", b"CAF"), ("IGH", "IGHJ4*02", b"CAW"),
     ("IGK", "x", b"CAF")],
)  # fmt: skip
def test_the_last_residue_is_that_of_the_j_gene(locus, j, aa):
    """And of the locus, where J does not tell."""
    found = complete_cdr3(
        np.array([b""]), np.array([b"A"]), locus=np.array([LOCI.index(locus)]), j=GeneCalls.from_texts([j]),
        anchors=germline("human").anchors(),
    )[1]  # fmt: skip
    assert found.tolist() == [aa]


def test_only_the_last_residue_is_added():
    """To junctions that start with C, end as the germline before its anchor, and miss nothing else."""
    aa = np.array([b"CASSYEQY", b"CASSYEQYF", b"ASSYEQY", b"CASSY", b"CASSYEQY", b""])
    nt = np.array([b"TGTGCCTCTTCTTATGAACAATAT", b"", b"", b"", b"TGT", b""])
    j = GeneCalls.from_texts(["TRBJ2-7"] * 4 + ["TRBJ2-7*01", "TRBJ2-7"])
    longer, found, changed = complete_end(nt, aa, j=j, anchors=germline("human").anchors())
    assert changed.tolist() == [True, False, False, False, True, False]
    assert found.tolist() == [b"CASSYEQYF", b"CASSYEQYF", b"ASSYEQY", b"CASSY", b"CASSYEQYF", b""]
    assert longer.tolist() == [b"TGTGCCTCTTCTTATGAACAATATTTY", b"", b"", b"", b"TGT", b""]
