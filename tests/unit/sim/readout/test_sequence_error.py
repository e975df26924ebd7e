"""Wrong bases in junctions."""

from dataclasses import replace

import numpy as np
import pytest
from rapidfuzz.distance import Levenshtein
from scipy import stats

from rashomon.core import UsageError
from rashomon.dataset import GeneCalls
from rashomon.io.receptor.junction import check_junctions
from rashomon.sim.readout import own_chains, sequence_error
from rashomon.sim.stream import stream_key

KEY = stream_key(15, "error")
JUNCTION = b"TGTGCCAGCAGCTTAGCGGGACAGGGAACTGAAGCTTTCTTT"


def chains(n, junction=JUNCTION):
    calls = GeneCalls(np.zeros(n, dtype=np.int32), ("TRBV9*01",))
    return own_chains(np.arange(n), np.zeros(n, dtype=int), np.full(n, junction), v=calls, j=calls)


def test_substitutions_have_the_rate_and_all_targets():
    """Each base is replaced at the rate, by each of the other three evenly; lengths stay (p > 1e-4)."""
    n = 20_000
    found = sequence_error(chains(n), KEY, rate=0.02)
    letters = found.junction.view(np.uint8).reshape(n, -1)
    old = np.frombuffer(JUNCTION, dtype=np.uint8)
    wrong = letters != old
    assert stats.binomtest(int(wrong.sum()), wrong.size, 0.02).pvalue > 1e-4
    assert stats.chisquare(wrong.sum(axis=0)).pvalue > 1e-4
    for base in b"ACGT":
        into = np.bincount(letters[wrong & (old == base)], minlength=128)[list(b"ACGT")]
        assert into[b"ACGT".index(base)] == 0
        assert stats.chisquare(into[into > 0]).pvalue > 1e-4


def test_indels_have_the_rate_and_either_direction():
    """Chains without indels are (1 - rate)**bases; insertions and deletions are even; edits are as few as were made."""
    n, rate = 20_000, 0.01
    found = sequence_error(chains(n), KEY, indel_rate=rate)
    same = found.junction == JUNCTION
    # an insertion of a base and the loss of one beside it can undo each other, rarely
    expected = (1 - rate) ** len(JUNCTION)
    assert abs(same.mean() - expected) < 4.5 * np.sqrt(expected * (1 - expected) / n) + 0.001
    change = np.strings.str_len(found.junction) - len(JUNCTION)
    ends = np.bincount(change[np.abs(change) == 1] + 1, minlength=3)[[0, 2]]
    assert stats.chisquare(ends).pvalue > 1e-4
    for row in np.flatnonzero(change == 1)[:50]:
        assert Levenshtein.distance(found.junction[row], JUNCTION) <= 3


def test_chains_are_read_as_at_the_door():
    """Amino acids and damage are what the door makes of the new nucleotides."""
    n = 3000
    found = sequence_error(chains(n), KEY, rate=0.02, indel_rate=0.005)
    texts = np.array([text.decode() for text in found.junction], dtype=object)
    door = check_junctions(texts, np.full(n, "", dtype=object))
    np.testing.assert_array_equal(found.junction_aa, door.aa)
    np.testing.assert_array_equal(found.productive, ~door.damaged)
    assert 0 < (~found.productive).sum() < n


def test_neutral_monotone_and_by_address():
    """Nothing changes at 0; a larger rate keeps errors; any subset gets the same; nothing but the junction changes."""
    table = chains(2000)
    assert sequence_error(table, KEY) is table
    few, many = (sequence_error(table, KEY, rate=rate) for rate in (0.005, 0.02))
    old = np.frombuffer(JUNCTION, dtype=np.uint8)
    low, high = (found.junction.view(np.uint8).reshape(2000, -1) for found in (few, many))
    np.testing.assert_array_equal(high[low != old], low[low != old])
    some = np.array([1999, 7, 40])
    np.testing.assert_array_equal(sequence_error(table.take(some), KEY, rate=0.02).junction, many.junction[some])
    for name in ("unit", "cell", "v", "j", "umis", "reads", "source", "origin"):
        assert getattr(many, name) is getattr(table, name)


def test_unknown_junctions_and_letters_stay():
    """Empty junctions stay empty, letters that are no base stay, and unread rows keep what they were."""
    table = replace(chains(3), junction=np.array([b"", b"NNN", JUNCTION]), productive=np.array([True, True, True]))
    found = sequence_error(table, KEY, rate=1.0)
    assert found.junction[:2].tolist() == [b"", b"NNN"]
    assert found.productive[:2].tolist() == [True, True]
    assert found.junction[2] != JUNCTION


def test_rates_are_chances():
    """Rates above 1 are refused."""
    with pytest.raises(UsageError, match="rate holds 2"):
        sequence_error(chains(1), KEY, rate=2.0)
