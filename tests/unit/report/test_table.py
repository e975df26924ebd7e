import numpy as np
import pandas as pd

from rashomon.report.table import cell_text, show_table


def test_numbers_of_a_column_have_the_same_length():
    """Decimals are those the column needs, three at most, more only for very small numbers; thousands are grouped."""
    table = pd.DataFrame({
        "whole": [1.0, 15.0, np.nan],
        "half": [0.5, 1.0, 1.5],
        "long": [1 / 3, 2 / 3, 1],
        "tiny": [1e-3, 2.5e-4, 0],
        "count": [1, 20000, 3],
        "word": ["a", None, ""],
        "flag": [True, False, True],
    })  # fmt: skip
    shown = show_table(table, name="x", caption="c")
    columns = dict(zip(shown.headings, zip(*shown.rows, strict=True), strict=True))
    assert columns == {
        "whole": ("1", "15", "–"),
        "half": ("0.5", "1.0", "1.5"),
        "long": ("0.333", "0.667", "1.000"),
        "tiny": ("0.00100", "0.00025", "0.00000"),
        "count": ("1", "20,000", "3"),
        "word": ("a", "–", "–"),
        "flag": ("yes", "no", "yes"),
    }
    assert shown.numeric == (True, True, True, True, True, False, False)


def test_long_tables_are_cut_and_say_so():
    """Two hundred rows are shown, the rest counted."""
    shown = show_table(pd.DataFrame({"a": range(450)}), name="x", caption="c")
    assert (len(shown.rows), shown.n_rows, shown.left_out) == (200, 450, 250)
    assert show_table(pd.DataFrame({"a": range(200)}), name="x", caption="c").left_out == 0


def test_scores_have_their_display_names_and_columns_can_be_left_out():
    """Headings are the names of the columns in the files, except for scores; columns may repeat."""
    table = pd.DataFrame([[1, 2, 3, 4]], columns=["ami", "cell_type", "status", "cell_type"])
    assert show_table(table, name="x", caption="c", without=("status",)).headings == ("AMI", "cell_type", "cell_type")


def test_values_of_any_type_become_text():
    """Nested values are written out, undefined ones are dashes, paths are cut."""
    assert cell_text({"kind": "annotation", "derived_from": None}) == "kind: annotation; derived_from: –"
    assert cell_text((1, 2.5, "a")) == "1, 2.5, a"
    assert [cell_text(value) for value in (None, pd.NA, np.nan, "", {}, [])] == ["–"] * 6
    assert [cell_text(value) for value in (np.bool_(True), np.int32(1234), np.float32(0.5))] == ["yes", "1,234", "0.5"]
    assert cell_text("/home/ada/x.csv") == "…/x.csv"
