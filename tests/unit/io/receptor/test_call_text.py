import pytest

from rashomon.io.receptor.call_text import alternatives, parts_of, species_said


@pytest.mark.parametrize("text", ["", " ", "None", "NA", "nan", "unresolved", "-", "n/a"])
def test_words_for_missing_are_no_call(text):
    """Whatever the pipeline calls them."""
    assert parts_of(text) == ()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("TRBV12-3*01", ("TRBV12-3*01",)),
        ("TRBV12-3,TRBV12-4", ("TRBV12-3", "TRBV12-4")),
        ("TRBV12-4, TRBV12-3", ("TRBV12-4", "TRBV12-3")),
        ("TRBV12-3;TRBV12-4", ("TRBV12-3", "TRBV12-4")),
        ("TRBV12-3 or TRBV12-4", ("TRBV12-3", "TRBV12-4")),
        ("TRBV12-3 TRBV12-4", ("TRBV12-3", "TRBV12-4")),
        ("TRBV 4-2 or 4-3", ("TRBV4-2", "TRBV4-3")),
        ("TRBV7-9*00(1204.2),TRBV7-8*00(100)", ("TRBV7-9*00", "TRBV7-8*00")),
        ("Homsap IGHV4-59*01 F, or Homsap IGHV4-59*08 F (see comment)", ("IGHV4-59*01", "IGHV4-59*08")),
        ("Homsap IGHD5-24*01 ORF", ("IGHD5-24*01",)),
        ("Musmus TRBV13-2*01 (F)", ("TRBV13-2*01",)),
        ("TRBV9,TRBV9", ("TRBV9",)),
        ("TRBV9,None", ("TRBV9",)),
        ("TRGJP", ("TRGJP",)),
    ],
)
def test_a_call_is_split_before_anything_is_looked_up(text, parts):
    """By every separator that aligners use; species, functionality and scores are no part of a name."""
    assert parts_of(text) == parts


@pytest.mark.parametrize(
    ("part", "several"),
    [
        ("TRBV6-2/6-3", ("TRBV6-2", "TRBV6-3")),
        ("TRBV6-2/3", ("TRBV6-2", "TRBV6-3")),
        ("TRBV12/13", ("TRBV12", "TRBV13")),
        ("TCRBV12-03/12-04*01", ("TCRBV12-03", "TCRBV12-04*01")),
        ("TRAV29/DV5", ("TRAV29/DV5",)),
        ("TRBV20/OR9-2", ("TRBV20/OR9-2",)),
        ("/", ("/",)),
    ],
)
def test_slashes_mean_or_unless_they_are_part_of_a_name(part, several):
    """The letters, and the family, are those of the first gene."""
    assert alternatives(part) == several


def test_a_call_may_say_its_species():
    """As IMGT writes it."""
    assert [species_said(text) for text in ("Homsap IGHV1-2*02 F", "Musmus X", "IGHV1-2*02")] == ["human", "mouse", ""]
