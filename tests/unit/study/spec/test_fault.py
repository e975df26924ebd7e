import pytest
from pydantic_core import PydanticCustomError

from rashomon.study.spec.fault import FAULTS, Fault, nearest, refuse_all, refuse_value, shown


def test_a_fault_says_what_was_found_expected_and_near():
    """Empty parts are left out."""
    assert str(Fault("3", "a text", "write it so")) == "found 3, expected a text, write it so"
    assert str(Fault("3")) == "found 3"


def test_no_fault_no_error():
    """Several travel in one error, with their paths."""
    refuse_all([])
    faults = [Fault("a", path=("x",)), Fault("b", path=("y", 1))]
    with pytest.raises(PydanticCustomError, match="found a; found b") as caught:
        refuse_all(faults)
    assert caught.value.context[FAULTS] == tuple(faults)


def test_an_error_keeps_what_would_help():
    """The words for the place of the error travel beside the message."""
    assert refuse_value("a or b", "did you mean 'a'?").context == {"expected": "a or b", "near": "did you mean 'a'?"}


def test_long_lists_begin_with_the_nearest():
    """Twelve names are shown, and how many more there are."""
    names = [f"n{i}" for i in range(20)]
    expected, near = nearest("n19x", names)
    assert near == "did you mean 'n19'?"
    assert expected == "n19, " + ", ".join(names[:11]) + " or one of 8 more"
    assert nearest("q", ["a"]) == ("a", "")
    assert nearest("q", []) == ("no name at all", "")


def test_values_are_shown_as_in_the_file():
    """Truth values and nothing in the words of YAML, long texts by their length."""
    values = [None, False, "no", 1.5, (1,), {"a": 1}, "x" * 61]
    words = ["nothing", "false", "the text 'no'", "1.5", "a list", "a mapping", "a text of 61 characters"]
    assert list(map(shown, values)) == words
