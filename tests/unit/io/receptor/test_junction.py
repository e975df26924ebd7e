import numpy as np
import pytest

from rashomon.io.receptor.junction import MAX_LENGTH, bytes_of, check_junctions


def check(nt, aa=None):
    """Return the check of some junctions."""
    aa = [""] * len(nt) if aa is None else aa
    return check_junctions(np.array(nt, dtype=object), np.array(aa, dtype=object))


@pytest.mark.parametrize(
    ("nt", "aa", "fault"),
    [
        ("TGTTAATTT", "", "a stop codon"),
        ("", "CA*F", "a stop codon"),
        ("TGTGC", "", "a shifted frame"),
        ("", "CA_F", "a shifted frame"),
        ("", "CABF", "other characters"),
        ("TGT!CC", "", "other characters"),
        ("", "CAÄF", f"more than {MAX_LENGTH} residues, or characters beyond ASCII"),
        ("", "C" * (MAX_LENGTH + 1), f"more than {MAX_LENGTH} residues, or characters beyond ASCII"),
    ],
)
def test_damage_is_named(nt, aa, fault):
    """B77: the chain stays, and is marked."""
    found = check([nt, "TGTTTT"], [aa, "CF"])
    assert found.damaged.tolist() == [True, False]
    assert found.counts == {fault: 1}
    assert not found.mismatch.any()


def test_case_and_gaps_are_repaired():
    """And counted; gaps are those of IMGT alignments."""
    found = check(["tgtgcc", "TGT...GCC", ""], ["ca", "C-A", "C A"])
    assert found.aa.tolist() == [b"CA"] * 3
    assert found.nt.tolist() == [b"TGTGCC", b"TGTGCC", b""]
    assert found.repairs == {"written in upper case": 1, "gaps removed": 2}
    assert found.counts == {}


def test_missing_amino_acids_are_translated():
    """Only where that is certain."""
    found = check(["TGTGCC", "TGTNNN", "TGTTAA", "TGTGC"])
    assert found.aa.tolist() == [b"CA", b"", b"", b""]
    assert found.repairs == {"translated from the nucleotides": 1}


def test_reads_are_cut_to_the_junction():
    """As in tables that give the read as the junction; the frame of the read does not matter."""
    found = check(["GGTGTGCCTTTGGGC", "TGTGCCTTT"], ["CAF", "CAF"])
    assert found.nt.tolist() == [b"TGTGCCTTT"] * 2
    assert found.repairs == {"reads cut to the junction": 1}
    assert not found.damaged.any()


def test_sequences_that_disagree_are_marked():
    """And both are kept."""
    found = check(["TGTGCC", "TGTGCC"], ["CW", "CA"])
    assert found.mismatch.tolist() == [True, False]
    assert found.aa.tolist() == [b"CW", b"CA"]


def test_rows_stay():
    """Also without any sequence."""
    found = check(["", ""], ["", ""])
    assert found.aa.tolist() == [b"", b""]
    assert (found.damaged.any(), found.counts, found.repairs) == (False, {}, {})
    assert check_junctions(np.empty(0, dtype=object), np.empty(0, dtype=object)).aa.size == 0


def test_one_long_value_does_not_widen_the_column():
    """A full sequence in one row would cost its length in every row."""
    values, lost = bytes_of(np.array(["CASF", "A" * 10_000], dtype=object), max_length=100)
    assert values.dtype.itemsize == 4
    assert lost.tolist() == [False, True]
