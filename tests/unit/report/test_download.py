import base64
import csv
import gzip
import io

import numpy as np
import pandas as pd
import pytest

from rashomon.dataset import WorldFacts
from rashomon.io.world import marked_table
from rashomon.report.download import Shelf, csv_text
from rashomon.report.table import show_table
from rashomon.study import export


def shown(frame, **more):
    return show_table(frame, name="x", caption="c", **more)


def unpacked(packed):
    return pd.read_csv(io.BytesIO(gzip.decompress(base64.b64decode(packed.text))), float_precision="round_trip")


def test_a_table_is_kept_whole():
    """Every row and column, those too that are not shown; numbers to the last bit."""
    frame = pd.DataFrame({"a": np.random.default_rng(0).random(450), "b": [f"row {i}" for i in range(450)]})
    packed = Shelf().take(shown(frame[["b"]], whole=frame))
    assert packed.is_whole
    pd.testing.assert_frame_equal(unpacked(packed), frame, check_exact=True)


def test_columns_that_are_not_shown_are_not_kept():
    """A column that a page must not show is in no file of the page either."""
    frame = pd.DataFrame({"cell": ["SECRET"], "n": [1]})
    assert list(unpacked(Shelf().take(shown(frame, without=("cell",))))) == ["n"]


def test_what_has_no_room_is_cut_and_counted():
    """The first rows, as many as fit; nothing where the budget is spent, and a table that fits still gets in."""
    rng = np.random.default_rng(0)
    large, small = pd.DataFrame({"a": rng.random(5000)}), pd.DataFrame({"a": [1.0]})
    shelf = Shelf(each=20_000, total=30_000)
    first, second = shelf.take(shown(large)), shelf.take(shown(large))
    assert 1000 < first.n_rows < 5000 == first.of
    assert len(first.text) <= 20_000
    assert unpacked(first)["a"].tolist() == large["a"].iloc[: first.n_rows].tolist()
    assert 0 < second.n_rows < first.n_rows
    assert len(first.text) + len(second.text) <= 30_000
    assert Shelf(total=10).take(shown(small)).text == ""
    assert Shelf().take(shown(small)).is_whole


def test_files_of_simulated_data_are_marked_in_every_row():
    """With the mark that the package itself reads back."""
    world = WorldFacts("two types", "0123456789abcdef", "5")
    read = unpacked(Shelf(world).take(shown(pd.DataFrame({"a": [1, 2]}))))
    assert read["simulated_world"].nunique() == 1
    assert marked_table(list(set(read["simulated_world"]))).name == "two types"


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd", "-2+3", "@SUM(1)", "\tx", "\rx", "-5", "+.5e3", "-inf", "plain", "a=1"]
)
def test_formulas_are_disarmed_as_in_exports(text):
    """The same rule in both places: what a spreadsheet would run begins with an apostrophe, numbers do not."""
    frame = pd.DataFrame({"name": [text], "n": [1.5]})
    assert csv_text(frame) == export._csv(frame, header=True)


def test_headings_are_disarmed_and_may_repeat():
    """Names of columns come from data as well."""
    frame = pd.DataFrame([[1, "a"]], columns=["=x", "=x"])
    assert next(csv.reader(io.StringIO(csv_text(frame)))) == ["'=x", "'=x"]


def test_paths_lists_and_odd_characters_survive():
    """No folder of this machine; lists by semicolons; lines within a field; a NUL and half a pair as escapes."""
    frame = pd.DataFrame({"a": ["cannot read /home/ada/x.h5ad", ("u", "v"), "two\nlines", "\0", "\ud800", {"k": 1}]})
    read = unpacked(Shelf().take(shown(frame)))["a"].tolist()
    assert read == ["cannot read …/x.h5ad", "u;v", "two\nlines", "\\u0000", "\\ud800", "k: 1"]


def test_an_empty_table_has_no_file():
    """There is nothing to save."""
    assert Shelf().take(shown(pd.DataFrame({"a": []}))).text == ""
