import numpy as np
import pytest

from rashomon.core import InputError
from rashomon.dataset import LOCI, GeneCalls
from rashomon.io.receptor.locus import loci_of


def found(locus, v, j, c=""):
    """Return the locus of a chain."""
    v, j, c = (GeneCalls.from_texts([text]) for text in (v, j, c))
    code = loci_of(np.array([locus], dtype=object), v=v, j=j, c=c)[0][0]
    return LOCI[code] if code >= 0 else ""


@pytest.mark.parametrize(
    ("v", "j", "c", "locus"),
    [
        ("TRBV9", "TRBJ2-7", "", "TRB"),
        ("TRBV9", "", "", "TRB"),
        ("", "IGKJ4", "", "IGK"),
        ("", "", "IGHM", "IGH"),
        ("TRAV14/DV4", "TRDJ1", "", "TRD"),
        ("TRAV14/DV4", "TRAJ33", "", "TRA"),
        ("TRAV14/DV4", "", "TRDC", "TRD"),
        ("TRAV14/DV4", "", "", "TRA"),
        ("TRDV1", "", "", "TRD"),
        ("TRDV1", "TRAJ33", "TRAC", "TRA"),
        ("TRBV12-3,TRBV12-4", "", "", "TRB"),
        ("", "", "", ""),
        ("whatever", "", "", ""),
        ("", "TRBJ2-5", "TRAC", ""),
    ],
)
def test_a_blank_locus_is_read_from_the_genes(v, j, c, locus):
    """B75; V genes of alpha and delta belong to both, and genes that contradict each other give none."""
    assert found("", v, j, c) == locus


@pytest.mark.parametrize(("written", "locus"), [("TRB", "TRB"), ("trb", "TRB"), ("TCRB", "TRB"), (" TRB ", "TRB")])
def test_a_locus_that_is_written_is_kept(written, locus):
    """In any spelling."""
    assert found(written, "TRBV9", "", "") == locus
    assert found(written, "", "", "") == locus


def test_a_locus_against_its_genes_is_refused():
    """B75: with the rows; one in a hundred is left without locus instead."""
    names = np.array(["TRB"] * 100, dtype=object)
    v = GeneCalls.from_texts(["TRAV1-2"] * 2 + ["TRBV9"] * 98)
    none = GeneCalls.from_texts([""] * 100)
    with pytest.raises(
        InputError, match=r"2 of 100 chains have a locus and genes that disagree \(TRB with TRAV1-2 -"
    ) as e:
        loci_of(names, v=v, j=none, c=none, where="a.tsv")
    assert (e.value.code, e.value.where) == ("receptor.locus", "a.tsv, rows 1, 2")
    v = GeneCalls.from_texts(["TRAV1-2"] + ["TRBV9"] * 99)
    codes, notes = loci_of(names, v=v, j=none, c=none, where="a.tsv")
    assert codes.tolist() == [-1] + [1] * 99
    assert notes == (
        "a.tsv: 1 of 100 chains have no locus; in 1 genes or locus disagree [receptor.locus_unknown]",
    )  # fmt: skip


def test_what_was_inferred_is_said():
    """With its number."""
    names = np.array(["", "TRB"], dtype=object)
    v, none = GeneCalls.from_texts(["TRBV9", "TRBV9"]), GeneCalls.from_texts(["", ""])
    _, notes = loci_of(names, v=v, j=none, c=none)
    assert notes == ("receptors: 1 of 1 chains without locus got that of their genes [receptor.locus_inferred]",)
