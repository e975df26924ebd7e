from rashomon.io.receptor.call_report import CallReport, listed
from rashomon.io.rule import code_of


def test_nothing_to_say():
    """A column that is in order has no notes."""
    assert CallReport("V", 10).notes("a.tsv") == ()


def test_every_finding_is_a_sentence_with_its_number():
    """Repairs are said; what is worth a look carries the code that explains it."""
    report = CallReport(
        "J", 100, repaired={"AJ1": ("TRAJ1", 3)}, ambiguous=4, unknown={"X": 5, "Y": 1}, family_level=7,
        alleles={"TRAJ9*09": 2}, nonfunctional={"TRAJ58": 8}, unchecked=9,
    )  # fmt: skip
    notes = report.notes("a.tsv")
    assert report.n_unknown == 6
    assert notes[0] == "a.tsv, j_call: 3 names were written as IMGT writes them (AJ1 -> TRAJ1)"
    assert [code_of(note) for note in notes] == [
        "", "", "", "receptor.gene_kept", "receptor.gene_allele", "receptor.gene_family", "receptor.gene_pseudo",
    ]  # fmt: skip
    assert [note.split(": ")[1].split()[0] for note in notes] == ["3", "4", "9", "6", "2", "7", "8"]


def test_the_most_frequent_names_come_first():
    """Ties in the order of the alphabet."""
    assert listed("odd", {"b": 1, "a": 1, "c": 2}) == "odd (c 2, a 1, b 1)"
