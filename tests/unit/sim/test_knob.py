"""A knob: what it accepts, and what it says when it does not."""

import math

import pytest

from rashomon.sim.knob import Knob


def make(kind, **more):
    return Knob("k", kind, 0, 0, "unit", "Meaning.", ("node",), **more)


@pytest.mark.parametrize(
    ("kind", "more", "legal", "illegal"),
    [
        ("count", {"low": 1, "high": 9}, [1, 9], [0, 10, 1.0, True, "1", None]),
        ("number", {"low": -2, "high": 2}, [-2, 0, 1.5, 2], [-2.1, 3, math.nan, math.inf, True, "1"]),
        ("share", {}, [0, 0.5, 1], [-0.1, 1.1, math.nan, False, "all"]),
        ("word", {"words": ("a", "b")}, ["a", "b"], ["c", 1, ""]),
        ("numbers", {"low": 0, "high": 5}, [[], [1, 2.5], (5,)], [[6], 3, ["a"], [math.nan]]),
        ("shares", {}, [[], [0.25, 0.75], (1.0,), [0, 1]], [[0.5, 0.6], [-0.1, 1.1], 0.5, ["a"], [0.2]]),
        ("tree", {}, [[], [2, 3], {"a": ["b", "c"]}, {}], [[0], [1.5], [True], "ab", {"a": "bc"}, 3]),
    ],
)
def test_each_kind_takes_its_values_only(kind, more, legal, illegal):
    """A value of the right kind inside the range is accepted; others are named in the answer."""
    knob = make(kind, **more)
    assert [value for value in legal if knob.wrong(value) is not None] == []
    for value in illegal:
        assert knob.wrong(value) == f"it is {value!r}"


@pytest.mark.parametrize(
    ("kind", "more", "said"),
    [
        ("count", {"low": 1, "high": 9}, "an integer >= 1 and <= 9"),
        ("number", {"low": 0}, "a number >= 0"),
        ("number", {"high": 4}, "a number <= 4"),
        ("number", {}, "a number"),
        ("share", {}, "a number >= 0 and <= 1"),
        ("shares", {}, "a list of numbers that sum to 1, each >= 0 and <= 1"),
        ("word", {"words": ("line", "cycle")}, "line or cycle"),
    ],
)
def test_what_is_expected_is_said_in_words(kind, more, said):
    """The sentence names the kind and both ends of the range, where there are any."""
    assert make(kind, **more).expected == said


def test_the_sentence_and_the_check_agree_on_the_ends():
    """Both ends that the sentence names are legal, and the next values beyond are not."""
    knob = make("count", low=2, high=5)
    assert [value for value in range(8) if knob.wrong(value) is None] == [2, 3, 4, 5]


def test_an_unknown_kind_is_a_programming_error():
    """A record of a kind that nobody can check is refused where it is written."""
    with pytest.raises(ValueError, match="unknown kind 'colour' of knob 'k'"):
        make("colour")
    assert make("share").kind == "share"
