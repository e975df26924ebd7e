import numpy as np
import pandas as pd
import pytest

from rashomon.core import UsageError
from rashomon.core.labels import MISSING, UNASSIGNED, as_codes, encode_labels


@pytest.mark.parametrize(
    ("values", "codes", "categories"),
    [
        (pd.Series(["b", "a", None, ""]), [1, 0, MISSING, MISSING], ("a", "b")),
        (pd.Series([10, 9, 2]), [2, 1, 0], ("2", "9", "10")),
        (pd.Series([2.0, np.nan, 1.0, 0.5]), [2, MISSING, 1, 0], ("0.5", "1", "2")),
        (pd.Series(["10", "9", "b", "nan", "-1"]), [2, 1, 3, 4, 0], ("-1", "9", "10", "b", "nan")),
        (pd.Series([True, False]), [1, 0], ("False", "True")),
        (pd.Series(["b", "a", None], dtype=pd.CategoricalDtype(["b", "zz", "a"])), [0, 1, MISSING], ("b", "a")),
        (pd.Series([1, 2], dtype=pd.CategoricalDtype([2, 1])), [1, 0], ("2", "1")),
        (pd.Series(["a", pd.NA, ""], dtype="string"), [0, MISSING, MISSING], ("a",)),
        (pd.Series([10, pd.NA, 9], dtype="Int64"), [1, MISSING, 0], ("9", "10")),
        (pd.Series(["a", "b"], index=["x", "x"]), [0, 1], ("a", "b")),
        (pd.Series([None, None], dtype=object), [MISSING, MISSING], ()),
        (pd.Series([], dtype=object), [], ()),
    ],
    ids=[
        "text",
        "integers by value",
        "whole floats lose the point",
        "digits by value, then words, nan a word",
        "booleans",
        "categorical keeps its order",
        "categorical of numbers",
        "nullable text",
        "nullable integers",
        "index repeats",
        "all missing",
        "no items",
    ],
)
def test_codes_and_order_of_classes(values, codes, categories):
    """Every common type of label column is read, missing is -2, classes that do not occur have no code."""
    found, names = encode_labels(values)
    assert found.tolist() == codes
    assert names == categories
    assert found.dtype == np.int32


def test_reserved_words_are_unassigned_in_any_case():
    """The words that mean "not a type" are -1, not missing and not a class."""
    codes, names = encode_labels(pd.Series(["Unknown", "DOUBLETS", "junk", "T", None]))
    assert codes.tolist() == [UNASSIGNED, UNASSIGNED, UNASSIGNED, 0, MISSING]
    assert names == ("T",)


def test_own_words_replace_the_reserved_ones():
    """A caller's list of words is the whole list."""
    codes, names = encode_labels(pd.Series(["unknown", "noise"]), unassigned=["Noise"])
    assert codes.tolist() == [0, UNASSIGNED]
    assert names == ("unknown",)


def test_order_of_classes_does_not_depend_on_the_order_of_items(rng):
    """Codes are a function of the label alone, whatever the order of the rows."""
    values = pd.Series(["nan", "1", "b", "inf", "2", "10", "a"])
    codes, names = encode_labels(values)
    for _ in range(5):
        order = rng.permutation(len(values))
        permuted, same = encode_labels(values.iloc[order])
        assert same == names
        assert permuted.tolist() == codes[order].tolist()


def test_the_column_is_not_changed():
    """Reading labels leaves the user's column as it was."""
    values = pd.Series(["a", None, "unknown"], name="x")
    before = values.copy()
    encode_labels(values)
    pd.testing.assert_series_equal(values, before)


@pytest.mark.parametrize("dtype", [np.int8, np.int64, np.uint16, np.int32], ids=str)
def test_any_integer_type_becomes_a_frozen_copy(dtype):
    """Codes of any width come out as int32 that neither caller nor owner can change."""
    values = np.array([0, 3, 1], dtype=dtype)
    codes = as_codes(values, where="here")
    values[0] = 9
    assert codes.tolist() == [0, 3, 1]
    assert codes.dtype == np.int32
    with pytest.raises(ValueError, match="read-only"):
        codes[0] = 1


@pytest.mark.parametrize(
    ("values", "match"),
    [
        (np.array([0.5]), "type float64"),
        (np.array([np.nan]), "type float64"),
        (np.array([True]), "type bool"),
        (np.array(["a"]), "type <U1"),
        (np.array([-3, 1]), "reach from -3 to 1"),
        (np.array([2**31]), "reach from 2147483648"),
    ],
    ids=["fraction", "nan", "boolean", "text", "below -2", "too large"],
)
def test_what_is_no_code_is_refused(values, match):
    """Nothing is rounded, cut or wrapped into a code."""
    with pytest.raises(UsageError, match=match):
        as_codes(values, where="here")


def test_no_items_have_codes_of_any_type():
    """An empty array has no type to complain about (numpy makes it float)."""
    assert as_codes(np.array([]), where="here").dtype == np.int32
