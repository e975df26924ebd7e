import numpy as np
import pytest

from rashomon.core import InputError
from rashomon.sim.selection import learned_selection
from rashomon.sim.selection.feature import KINDS
from rashomon.sim.selection.table import FACTS, read_selection, selection_text


def test_a_table_is_read_as_it_was_written():
    """Every fact and every weight, bit by bit, and the text again."""
    selection = learned_selection("human", "TRB")
    text = selection_text(selection)
    again = read_selection(text)
    for name in FACTS:
        np.testing.assert_array_equal(getattr(again, name), getattr(selection, name))
    for kind in KINDS:
        np.testing.assert_array_equal(again.weights[kind], selection.weights[kind])
    assert selection_text(again) == text


def test_the_table_is_plain():
    """Comments, a header, and four columns: kind, two names and a number."""
    lines = selection_text(learned_selection("human", "TRB")).splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    assert rows[0] == ["kind", "first", "second", "weight"]
    assert {len(row) for row in rows} == {4}
    assert ["v", "TRBV12-3,TRBV12-4", ""] in [row[:3] for row in rows]


@pytest.mark.parametrize("damage", ["fact", "weight", "name", "header", "empty"])
def test_a_damaged_table_is_refused(damage):
    """A fact that is missing, a weight that is no number, a gene that is unknown, no header, nothing at all."""
    text = selection_text(learned_selection("human", "TRB"))
    damaged = {
        "fact": text.replace("# log_z", "# logz"),
        "weight": text.replace("v\tTRBV9\t\t", "v\tTRBV9\t\tx"),
        "name": text.replace("v\tTRBV9\t\t", "v\tTRBV99\t\t"),
        "header": text.replace("kind\tfirst", "kinds\tfirst"),
        "empty": "",
    }[damage]
    assert damaged != text
    with pytest.raises(InputError, match="not a table of selection"):
        read_selection(damaged)
