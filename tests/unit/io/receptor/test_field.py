import numpy as np
import pytest

from rashomon.io.receptor.field import blanked, count_of, productive_of, rows_text
from tests.sample import noted, refused


def texts(*values):
    return np.array(values, dtype=object)


def test_words_for_missing_are_counted():
    """NA of R and None of Python become empty, and the note says how many (B83); genes stay."""
    values, notes = blanked(texts("TRBV9", "NA", "None", "", "nan"), column="v_call", where="a.tsv")
    assert values.tolist() == ["TRBV9", "", "", "", ""]
    noted("receptor.missing_word", notes, what="3 fields of v_call hold a word for 'missing' (NA, None, nan)")


def test_words_of_the_format_need_no_note():
    """10x always writes None; that is its way."""
    values, notes = blanked(texts("None", "No", "x"), column="cdr3", where="a.csv", words=("None", "No"))
    assert (values.tolist(), notes) == (["", "", "x"], ())


@pytest.mark.parametrize("text", ["3", "3.0", "3.", "+3", "3e0"])
def test_whole_numbers_are_counts(text):
    """However they are written; empty is unknown."""
    found = count_of(texts(text, ""), column="umi_count", where="a.tsv")
    assert found[0] == 3
    assert np.isnan(found[1])


@pytest.mark.parametrize("text", ["3.5", "abc", "1_0", "nan", "inf", "0x10", "1,000", " ", "1e400"])
def test_other_texts_are_no_counts(text):
    """Refused with the rows, where other readers make them missing (B72)."""
    with refused("receptor.count", what=f"2 values of umi_count are no whole numbers: {text!r}", where="rows 2, 3"):
        count_of(texts("1", text, text), column="umi_count", where="a.tsv")


def test_negative_counts_are_refused():
    """A code for missing, or a mistake (B73); zero is accepted."""
    assert count_of(texts("0"), column="n", where="a.tsv").tolist() == [0.0]
    with refused("receptor.negative", what="1 values of n are negative: '-1'", where="a.tsv, row 2"):
        count_of(texts("1", "-1"), column="n", where="a.tsv")


def test_true_and_false_are_read_in_any_case():
    """T, true, TRUE (B70); empty is unknown, and said (B71)."""
    found, notes = productive_of(texts("T", "true", "TRUE", "F", "False", ""), column="productive", where="a.tsv")
    assert found.tolist() == [1, 1, 1, 0, 0, -1]
    noted("receptor.unknown_productive", notes, what="1 chains do not say whether they are productive")


@pytest.mark.parametrize("word", ["yes", "1", "productive", "0"])
def test_other_words_for_productive_are_refused(word):
    """Other readers turn them into missing without a word (B70)."""
    with refused(
        "receptor.productive", what=f"1 values of productive are neither true nor false: {word!r}", where="row 2"
    ):
        productive_of(texts("T", word), column="productive", where="a.tsv")


def test_rows_are_counted_from_one():
    """As an editor does, without the header."""
    assert rows_text(np.array([0])) == "row 1"
    assert rows_text(np.arange(7)) == "rows 1, 2, 3, 4, 5 and 2 more"
