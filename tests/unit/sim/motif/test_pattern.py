import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.sim.motif.pattern import ANY, parse_seed
from rashomon.sim.motif.residue import RESIDUES


def letters(mask):
    """Residues of a mask."""
    return "".join(letter for place, letter in enumerate(RESIDUES) if int(mask) >> place & 1)


def test_letters_sets_and_dots_are_read():
    """A letter allows itself, brackets allow their letters, a full stop allows all."""
    pattern = parse_seed("R.[TS]")
    assert [letters(mask) for mask in pattern.masks] == ["R", RESIDUES, "ST"]
    assert pattern.named.tolist() == [True, False, True]
    assert (pattern.gap_at, pattern.lengths) == (-1, (3,))


@pytest.mark.parametrize("sign", ["/", "-"])
def test_a_gap_spreads_the_places_apart(sign):
    """For each length of the gap there is a row, with what is inside the gap filled in."""
    pattern = parse_seed(f"SY{sign}G", gap=(0, 2))
    rows = pattern.spread(np.array([1, 2, 3]), 0)
    assert pattern.lengths == (3, 4, 5)
    assert rows.tolist() == [[1, 2, 3, 0, 0], [1, 2, 0, 3, 0], [1, 2, 0, 0, 3]]


def test_a_set_of_all_residues_is_any():
    """Brackets around all twenty residues name none."""
    assert parse_seed(f"SY[{RESIDUES}]").masks[2] == ANY


@pytest.mark.parametrize(
    ("seed", "gap", "what"),
    [
        ("SX", (0, 0), "'X' is no residue"),
        ("S[TB]", (0, 0), "'B' is no residue"),
        ("s y", (0, 0), "'s' is no residue"),
        ("", (0, 0), "fewer than two residues"),
        ("S..", (0, 0), "fewer than two residues"),
        ("S/Y/G", (0, 1), "at most one gap"),
        ("/SY", (0, 1), "at most one gap"),
        ("S/Y", (2, 1), "a gap of 2 to 1"),
        ("S/Y", (0, 0), "the gap has 0 to 0"),
        ("SY", (0, 1), "the gap has 0 to 1"),
    ],
)
def test_what_cannot_be_read_is_refused(seed, gap, what):
    """The message says what is wrong, and shows the seed."""
    with pytest.raises(UsageError, match=what) as error:
        parse_seed(seed, gap=gap)
    assert repr(seed) in str(error.value)
