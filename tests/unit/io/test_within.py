"""A part of the cells: those asked for, or an error that names what there is."""

import numpy as np
import pandas as pd
import pytest

from rashomon.core import InputError, RowLog, UsageError
from rashomon.io.within import FEWEST_WITHIN, log_within, rows_within

OBS = pd.DataFrame(
    {
        "type": pd.Categorical(["CD4 T"] * 60 + ["CD8 T"] * 55 + ["B"] * 5 + [None] * 3),
        "cluster": [1, 2, 3] * 41,
    }
)


def test_rows_carry_all_that_is_asked_for():
    """Any value of a column, every column; missing values never; nothing asked for is everything."""
    assert rows_within(OBS, {"type": "CD4 T"}, source="a").sum() == 60
    assert rows_within(OBS, {"type": ["CD4 T", "CD8 T"]}, source="a").sum() == 115
    both = rows_within(OBS, {"type": ["CD4 T", "CD8 T"], "cluster": ["1", "2"]}, source="a")
    assert np.array_equal(both, OBS["type"].isin(["CD4 T", "CD8 T"]) & (OBS["cluster"] < 3))
    assert rows_within(OBS, {}, source="a").all()


def test_too_few_cells_are_refused():
    """Below fifty nothing can be said; fifty are enough."""
    with pytest.raises(InputError, match="5 of 123 cells are within type=B") as caught:
        rows_within(OBS, {"type": "B"}, source="a")
    assert (caught.value.code, caught.value.expected) == ("matrix.too_few_cells", f"{FEWEST_WITHIN} or more")
    enough = pd.DataFrame({"x": ["a"] * 50 + ["b"] * 49})
    assert rows_within(enough, {"x": "a"}, source="a").sum() == 50


@pytest.mark.parametrize(
    ("wanted", "message", "nearest"),
    [({"tipe": "B"}, "there is no column 'tipe'", "'type'"), ({"type": "CD4T"}, "no row of 'type' is", "'CD4 T'")],
)
def test_unknown_names_are_refused(wanted, message, nearest):
    """The nearest column or value is named."""
    with pytest.raises(UsageError, match=message) as caught:
        rows_within(OBS, wanted, source="a")
    assert f"did you mean {nearest}" in caught.value.fix


def test_the_others_are_counted():
    """All rows came in, the others were dropped for a reason; notes stay."""
    kept = np.array([True, False, True])
    log = log_within(RowLog(2).note("something"), ["a", "b", "c"], kept)
    assert (log.n_in, log.n_used, log.notes) == (3, 2, ("something",))
    assert "outside the part that was asked for (b)" in str(log.dropped[0])
    assert log_within(RowLog(3), ["a", "b", "c"], np.ones(3, dtype=bool)).dropped == ()
