import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rashomon.core.thread import THREADS
from rashomon.encode.packed import pack
from rashomon.encode.substitution import substitution_pairs

MOST = 10**6


def brute(sequences):
    """All pairs of equal length that differ in one place, by definition."""
    near = [
        (i, j)
        for j, b in enumerate(sequences)
        for i, a in enumerate(sequences[:j])
        if len(a) == len(b) and sum(x != y for x, y in zip(a, b, strict=True)) == 1
    ]
    return sorted(near)


@given(st.lists(st.text(alphabet="ACDY", max_size=5), max_size=40, unique=True))
def test_pairs_are_those_of_the_definition(sequences):
    """Every pair that differs in one letter, once, in ascending order; also for empty sequences, and for none."""
    i, j = substitution_pairs(pack(sequences), most=MOST)
    assert list(zip(i.tolist(), j.tolist(), strict=True)) == brute(sequences)


@pytest.mark.parametrize("threads", ["1", "2", "3"])
def test_threads_change_nothing(threads, rng, monkeypatch):
    """The same pairs in the same order, for any number of threads."""
    monkeypatch.setattr("rashomon.core.thread.n_cores", lambda: 3)
    monkeypatch.setenv(THREADS, threads)
    letters = np.array(list("ACDEF"))
    sequences = list(dict.fromkeys("".join(rng.choice(letters, size=6)) for _ in range(800)))
    i, j = substitution_pairs(pack(sequences), most=MOST)
    assert list(zip(i.tolist(), j.tolist(), strict=True)) == brute(sequences)


def test_the_search_stops_when_there_are_too_many():
    """A search that has found more than is allowed says so by its number, and does not go on."""
    sequences = [a + b for a in "ACDEFGHIKL" for b in "ACDEFGHIKL"]
    # each differs from 18 others in one letter
    assert substitution_pairs(pack(sequences), most=MOST)[0].size == 900
    assert 10 < substitution_pairs(pack(sequences), most=10)[0].size <= 900
