import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.encode.packed import AMINO_ACIDS, pack, require_letters, require_trim
from rashomon.encode.reduced_alphabet import ALPHABETS

TABLE = ALPHABETS["amino_acids"].table
TEXTS = ["CASSF", "", "CAW", "C"]


def read(packed):
    """The junctions that a buffer holds."""
    ends = zip(packed.start, packed.start + packed.length, strict=True)
    return [packed.letters[start:end].tobytes().decode() for start, end in ends]


@pytest.mark.parametrize(
    "given",
    [TEXTS, tuple(TEXTS), np.array(TEXTS), np.array(TEXTS, dtype=object), np.array(TEXTS, dtype="S")],
    ids=["list", "tuple", "text", "objects", "bytes"],
)
def test_junctions_come_back(given):
    """Whatever junctions came as, the buffer holds them in their order."""
    assert read(pack(given)) == TEXTS


def test_nothing_is_nothing():
    """No junctions make an empty buffer."""
    for none in ([], np.empty(0, dtype="S4")):
        assert read(pack(none)) == []


def test_arrays_of_bytes_are_not_copied():
    """The buffer of an array is the array."""
    given = np.array(TEXTS, dtype="S")
    assert np.shares_memory(pack(given).letters, given)


def test_a_slice_is_read_as_it_looks():
    """Every second element of an array is packed like a copy of it."""
    given = np.array(["CAF", "CWWF", "CYF"], dtype="S")[::2]
    assert read(pack(given)) == ["CAF", "CYF"]


def test_what_is_no_text_is_refused():
    """A missing value is no junction; the message says which rows."""
    with pytest.raises(UsageError, match="2 of 3 junctions are not text") as caught:
        pack(["CAF", None, float("nan")])
    assert "rows 1, 2" in str(caught.value)


def test_letters_without_a_code_are_refused_with_their_rows():
    """Stops, lower case, ambiguity codes and other scripts are named with the rows that hold them."""
    for bad in ("C*F", "caf", "CXF", "C\u00c4F"):
        with pytest.raises(UsageError, match="no amino acids") as caught:
            require_letters(pack(["CAF", bad, "CAW"]), TABLE)
        assert "row 1:" in str(caught.value)
    require_letters(pack([AMINO_ACIDS]), TABLE)


def test_only_the_first_rows_are_listed():
    """A table full of bad rows gives a short message."""
    with pytest.raises(UsageError, match="no amino acids") as caught:
        require_letters(pack(["C_F"] * 50), TABLE)
    assert "row 4" in str(caught.value)
    assert "and more" in str(caught.value)
    assert "row 5" not in str(caught.value)


def test_trims_are_checked():
    """Nobody leaves out a negative number of residues."""
    require_trim((0, 2))
    with pytest.raises(UsageError, match="trim is"):
        require_trim((0, -1))


def test_a_break_within_a_junction_is_refused_where_it_is():
    """Junctions are kept apart by line breaks; one inside a junction is found in its own row."""
    packed = pack(["CASSF", "CA\nSF", "CAW"])
    assert packed.length.tolist() == [5, 5, 3]
    with pytest.raises(UsageError, match="no amino acids") as caught:
        require_letters(packed, TABLE)
    assert "row 1" in caught.value.where
