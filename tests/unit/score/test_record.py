"""Records: rules are asked in order, and the function is loaded on the first call."""

import dataclasses

import pytest

from rashomon.core import UsageError
from rashomon.score import SCORES
from rashomon.score.record import Facts, Rule, first_reason


def record(**changes):
    return dataclasses.replace(SCORES["ari"], **changes)


def test_the_first_rule_that_holds_gives_the_reason():
    """Several conditions may hold; the user reads the first."""
    rules = (Rule("empty", lambda facts: facts.n_obs == 0), Rule("one", lambda facts: facts.n_a <= 1))
    assert record(undefined=rules).why_undefined(Facts(0, 0)) == "empty"
    assert record(undefined=rules).why_undefined(Facts(5, 1)) == "one"
    assert record(undefined=rules).why_undefined(Facts(5, 2)) == ""


def test_no_rule_that_holds_is_no_reason():
    """Empty text, also where there are no rules."""
    assert first_reason((), Facts(0, 0)) == ""
    assert first_reason((Rule("one", lambda facts: facts.n_a == 1),), Facts(4, 2)) == ""


def test_the_function_is_called_with_its_arguments():
    """A record passes on what it gets and returns a float."""
    assert record(function="math:sqrt").call(9) == 3.0


def test_a_wrong_path_is_an_error_on_the_first_call():
    """A record with a misspelt function says so."""
    with pytest.raises(UsageError, match="cannot load 'math:no_such'"):
        record(function="math:no_such").call(9)
