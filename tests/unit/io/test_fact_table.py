import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rashomon.core import StoreError
from rashomon.io.fact_table import fact_table, table_fact

TABLE = pd.DataFrame(
    {
        "n": np.array([1, 2**53 + 1], dtype=np.int64),
        "p": [0.1 + 0.2, np.nan],
        "far": [np.inf, -np.inf],
        "small": np.array([0.1, 2.5], dtype=np.float32),
        "fine": [True, False],
        "perhaps": pd.array([True, None], dtype="boolean"),
        "name": ["a/b", None],
        "genes": [["CD3D", "CD3E"], []],
        "mixed": [1, "x"],
    }
)


def test_a_table_comes_back_from_text():
    """Every value and type, to the last bit; a list stays one."""
    back = fact_table(json.dumps(table_fact(TABLE), allow_nan=False))
    pd.testing.assert_frame_equal(back, TABLE, check_exact=True)


@given(st.lists(st.floats(allow_nan=False) | st.none(), max_size=8))
def test_every_number_comes_back(values):
    """Of any size; NaN for none."""
    table = pd.DataFrame({"x": pd.Series(values, dtype="float64")})
    pd.testing.assert_frame_equal(fact_table(json.dumps(table_fact(table))), table, check_exact=True)


def test_empty_tables_keep_their_columns():
    """No rows; or not even columns."""
    table = pd.DataFrame({"n": pd.Series([], dtype="int64"), "name": pd.Series([], dtype="object")})
    pd.testing.assert_frame_equal(fact_table(table_fact(table)), table)
    assert fact_table(table_fact(pd.DataFrame())).empty


def test_other_types_become_plain():
    """Categories and tuples: text and lists; the index is left out."""
    table = pd.DataFrame({"c": pd.Categorical(["a", None]), "t": [(1, np.int64(2)), None]}, index=["r", "s"])
    back = fact_table(table_fact(table))
    assert back.to_dict("list") == {"c": ["a", None], "t": [[1, 2], None]}


@pytest.mark.parametrize(
    "fact",
    ["{", "[1]", 3, {"columns": [["n", "int64"]]}, {"columns": [["n", "int64"]], "data": [["x"]]},
     {"columns": [["n", "datetime64[ns]"]], "data": [[1]]}, {"columns": [["n", "int64"]], "data": []}],
    ids=["no json", "a list", "a number", "no data", "another type", "an unknown type", "too few"],
)  # fmt: skip
def test_damage_is_said(fact):
    """With the place, and what to do."""
    with pytest.raises(StoreError, match="a kept table cannot be read") as caught:
        fact_table(fact, where="uns, key 'x'")
    assert (caught.value.code, caught.value.where) == ("store.damaged", "uns, key 'x'")
