import numpy as np
import pytest

from rashomon.sim.selection.feature import letters_of
from rashomon.sim.selection.support import REASONS, Support


@pytest.fixture
def support():
    """Two V that begin with CAS and CSA, two J that end with QYF and EFF."""
    made = np.array([b"CASQYF", b"CSARREFF", b"CASRREFF"])
    return Support.of(letters_of(made), np.array([0, 1, 0]), np.array([0, 1, 1]))


def test_ends_that_belong_to_another_gene_are_left_out(support):
    """With the reason; what lies between the ends is free."""
    chains = np.array([b"CASWWWQYF", b"CASQYF", b"CSAWQYF", b"CASWQYF", b"CSAWEFF"])
    reasons = support.reasons(letters_of(chains), np.array([0, 1, 0, 0, 1]), np.array([0, 0, 0, 1, 1]))
    assert reasons.tolist() == [0, 4, 4, 5, 0]


def test_what_cannot_be_compared_is_left_out(support):
    """No V, no J, too short, other letters; the first reason is said."""
    chains = np.array([b"CASQYF", b"CASQYF", b"CF", b"CA*QYF", b"", b""])
    reasons = support.reasons(letters_of(chains), np.array([-1, 0, 0, 0, 0, -1]), np.array([0, -1, 0, 0, 0, 0]))
    assert reasons.tolist() == [1, 2, 3, 3, 3, 1]


def test_an_end_made_once_in_very_many_chains_does_not_count():
    """One chain in 100,000 of a J is an accident; one in 100 is not."""
    for n, expected in ((99_999, 5), (99, 0)):
        made = letters_of(np.array([b"CASQYF"] * n + [b"CASQFF"]))
        zero = np.zeros(n + 1, dtype=np.int64)
        support = Support.of(made, zero, zero)
        assert support.reasons(letters_of(np.array([b"CASQFF"])), zero[:1], zero[:1]).tolist() == [expected]


def test_notes_count_every_chain_that_is_left_out():
    """One note per reason that occurs."""
    notes = Support.notes(np.array([0, 1, 1, 5]))
    assert notes == [f"left out: 2 of 4 ({REASONS[1]})", f"left out: 1 of 4 ({REASONS[5]})"]
    assert Support.notes(np.zeros(3, dtype=np.int8)) == []
