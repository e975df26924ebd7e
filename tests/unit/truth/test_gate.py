import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.truth import Condition, Gate


@pytest.mark.parametrize(
    ("text", "marker", "comparison", "value"),
    [
        ("CD3>=2.5", "CD3", ">=", 2.5),
        ("  protein:HLA-DR  <  -1e2 ", "protein:HLA-DR", "<", -100.0),
        ("CD8a (clone 1)<=0", "CD8a (clone 1)", "<=", 0.0),
        ("x>1", "x", ">", 1.0),
    ],
)
def test_conditions_are_read(text, marker, comparison, value):
    """Marker, comparison, number; white space around them does not matter."""
    assert Condition.parse(text) == Condition(marker, comparison, value)


@pytest.mark.parametrize("text", ["CD3", "CD3>", ">=2", "CD3>=two", "CD3>=inf", "CD3>=nan", "CD3==2", "1<CD3<2", ""])
def test_what_is_no_condition_is_refused(text):
    """With the grammar."""
    with pytest.raises(UsageError, match="is no gate") as caught:
        Gate.parse(text)
    assert caught.value.code == "truth.recipe"
    assert caught.value.expected.startswith("MARKER>=NUMBER")


def test_a_gate_holds_where_all_conditions_hold():
    """The edge belongs to >= and <=; what was not measured is outside."""
    values = {"a": np.array([1.0, 1.0, 2.0, np.nan]), "b": np.array([0.0, 5.0, 0.0, 0.0])}
    assert Gate.parse("a>=1 & b<5").holds(values).tolist() == [True, False, True, False]
    assert Gate.parse("a>1").holds(values).tolist() == [False, False, True, False]
    assert Gate.parse("a<=1 & b<=5").holds(values).tolist() == [True, True, False, False]
    assert Gate.parse("a<2").holds(values).tolist() == [True, True, False, False]


def test_names_are_given_or_made():
    """After "as", or the conditions themselves."""
    assert Gate.parse("CD3>=2 as a T cell").name == "a T cell"
    assert Gate.parse("CD3>=2.0 & CD19<1").name == "CD3>=2 & CD19<1"


def test_a_gate_needs_a_name_and_a_condition():
    """Also when it is built in Python."""
    with pytest.raises(UsageError, match="is no gate"):
        Gate("T", ())
    with pytest.raises(UsageError, match="is no gate"):
        Gate("", (Condition("a", ">", 1.0),))
