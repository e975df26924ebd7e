import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rashomon.io.receptor.codon import locate, translate
from tests.chain_sample import FIXTURES, airr_frame


@pytest.mark.parametrize(
    ("file", "nt", "aa", "n"),
    [
        ("ards_tcr_500cells.airr.tsv.gz", "junction", "junction_aa", 760),
        ("wu2020_tcr.airr.tsv.gz", "junction", "junction_aa", 268),
        ("dash_mouse.tsv.gz", "cdr3_a_nucseq", "cdr3_a_aa", 1924),
        ("dash_mouse.tsv.gz", "cdr3_b_nucseq", "cdr3_b_aa", 1924),
    ],
)
def test_real_junctions_are_translated_as_their_tools_did(file, nt, aa, n):
    """Cell Ranger and tcrdist3; not one differs."""
    frame = airr_frame(FIXTURES / file)
    frame = frame[(frame[nt] != "") & (frame[aa] != "")]
    found = translate(frame[nt].str.upper().to_numpy(dtype="S"))
    assert len(frame) == n
    assert (found == frame[aa].to_numpy(dtype="S")).all()


@pytest.mark.parametrize(
    ("nt", "aa"),
    [
        (b"TAATAGTGA", b"***"), (b"ATG", b"M"), (b"TGYTTYTGG", b"CFW"), (b"CTNGGNMGN", b"LGX"), (b"NNN", b"X"),
        (b"TGTG", b"C_"), (b"TG", b"_"), (b"UGU", b"C"), (b"TG?", b"X"), (b"", b""),
    ],
)  # fmt: skip
def test_codons(nt, aa):
    """A letter for several bases gives a residue where all of them agree; left-over bases are a broken frame."""
    assert translate(np.array([nt])).tolist() == [aa]


@given(st.text("ACGT", max_size=12), st.text("ACGT", min_size=3, max_size=30), st.text("ACGT", max_size=12))
def test_a_junction_is_found_in_a_read(before, middle, after):
    """The translation at the place that is found is the junction, and no earlier place has it."""
    middle = middle[: len(middle) // 3 * 3]
    aa = translate(np.array([middle.encode()]))
    read = before + middle + after
    start = int(locate(np.array([read.encode()]), aa)[0])
    assert 0 <= start <= len(before)
    frames = [translate(np.array([read[at : at + len(middle)].encode()]))[0] for at in range(start + 1)]
    assert frames[start] == aa[0]
    assert aa[0] not in frames[:start]


def test_what_is_not_there_is_not_found():
    """Nor is anything where one of the two is empty; bases that nobody could read contradict nothing."""
    nt = np.array([b"TGTGCC", b"", b"TGTGCC", b"TGTNNN"])
    assert locate(nt, np.array([b"CW", b"C", b"", b"CA"])).tolist() == [-1, -1, -1, 0]
