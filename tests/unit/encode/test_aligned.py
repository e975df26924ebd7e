import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rashomon.core import UsageError
from rashomon.encode.aligned import align
from rashomon.encode.packed import AMINO_ACIDS
from rashomon.encode.reduced_alphabet import ALPHABETS

TABLE = ALPHABETS["amino_acids"].table


def by_hand(junction, length):
    """The frame as text, with dashes in the gap."""
    kept = min(len(junction), length)
    left = (kept + 1) // 2
    right = kept - left
    return junction[:left] + "-" * (length - kept) + (junction[len(junction) - right :] if right else "")


def shown(codes):
    """Codes as text."""
    return ["".join("-" if code < 0 else AMINO_ACIDS[code] for code in row) for row in codes]


@given(
    st.lists(st.text(AMINO_ACIDS, max_size=25), min_size=1, max_size=8),
    st.integers(1, 20),
    st.integers(0, 4),
    st.integers(0, 4),
)
def test_both_ends_are_aligned(junctions, length, head, tail):
    """The first half stands at the start and the rest at the end; the middle is a gap, or left out."""
    codes, packed = align(junctions, TABLE, length=length, trim=(head, tail))
    cut = [junction[head : max(len(junction) - tail, head)] for junction in junctions]
    assert shown(codes) == [by_hand(junction, length) for junction in cut]
    assert packed.length.tolist() == [len(junction) for junction in junctions]
    assert codes.dtype == np.int8


def test_a_junction_that_fits_is_itself():
    """In a frame of its length a junction has no gap."""
    assert shown(align(["CASSLGQF"], TABLE, length=8)[0]) == ["CASSLGQF"]


def test_bad_letters_and_frames_are_refused():
    """Letters without a code and frames without a place are errors."""
    with pytest.raises(UsageError, match="no amino acids"):
        align(["CA_F"], TABLE, length=5)
    with pytest.raises(UsageError, match="frame of 0 places"):
        align(["CAF"], TABLE, length=0)
