"""An answer is a sentence with its number, and its status is one of four."""

import pytest

from rashomon.ask import Answer, Interval
from rashomon.core import UsageError


def test_the_sentence_is_verdict_and_evidence():
    """The verdict begins with a capital letter and ends with a full stop."""
    said = Answer("truths", "answered", "the clusters follow type", "Text.", evidence="0.9", next_step="Do this.")
    assert said.sentence == "The clusters follow type (0.9)."
    assert str(said) == "The clusters follow type (0.9). Text. Do this."


def test_without_evidence_there_are_no_brackets():
    """A bare verdict stays bare."""
    assert Answer("truths", "cannot tell", "cannot tell", "Text.").sentence == "Cannot tell."


def test_an_unknown_status_is_refused():
    """A status outside the vocabulary is an error that names the question."""
    with pytest.raises(UsageError, match="unknown status 'yes'") as caught:
        Answer("truths", "yes", "it is so", "Text.")
    assert "truths" in caught.value.where


def test_an_interval_reads_as_a_range():
    """Two digits, no level."""
    assert str(Interval(0.123, 0.456, "cells")) == "0.12 to 0.46"


def test_an_interval_has_no_negative_zero():
    """A bound that rounds to 0 is 0.00; others keep their sign."""
    assert str(Interval(-0.001, 0.004, "halves")) == "0.00 to 0.00"
    assert str(Interval(-0.12, 0.5, "halves")) == "-0.12 to 0.50"
