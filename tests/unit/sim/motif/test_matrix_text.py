"""Matrices as people write them."""

import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.sim.motif.matrix_text import parse_matrix
from rashomon.sim.motif.residue import MIDDLE_SHARES, RESIDUES


def shares(row):
    """Residues that have a share."""
    return {letter: round(float(p), 6) for letter, p in zip(RESIDUES, row, strict=True) if p > 0}


def test_letters_and_brackets_are_places():
    """A letter stands alone; a bracket shares its place among its letters; order and digits do not matter."""
    pwm = parse_matrix("pwm:S[A.5G0.5]Y[G1]")
    assert [shares(row) for row in pwm] == [{"S": 1.0}, {"A": 0.5, "G": 0.5}, {"Y": 1.0}, {"G": 1.0}]
    np.testing.assert_array_equal(pwm, parse_matrix("pwm:S[G.50A.5]YG"))


def test_the_rest_is_as_frequent_as_in_junctions():
    """What X has goes to the residues that are not named, in the shares of the middle of junctions; none is C."""
    pwm = parse_matrix("pwm:[S.8X.2]X")
    others = {letter: share for letter, share in MIDDLE_SHARES.items() if letter not in "SC"}
    wanted = {letter: 0.2 * share / sum(others.values()) for letter, share in others.items()} | {"S": 0.8}
    assert shares(pwm[0]) == pytest.approx(wanted, abs=1e-6)
    free = {letter: share for letter, share in MIDDLE_SHARES.items() if letter != "C"}
    assert shares(pwm[1]) == pytest.approx({k: p / sum(free.values()) for k, p in free.items()}, abs=1e-6)


def test_rows_sum_to_one():
    """To the last digits, also where three thirds were written with two digits more or less."""
    np.testing.assert_allclose(parse_matrix("pwm:[S.333333L.333333T.333334]Y").sum(axis=1), 1, rtol=1e-15)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("pwm:S[A.5G.4]", r"the shares of \[A.5G.4\] sum to 0.9"),
        ("pwm:S[A.5A.5]", "'A' stands twice at one place"),
        ("pwm:S[B.5G.5]", "'B' is no residue"),
        ("pwm:SB", "'B' is no residue"),
        ("pwm:S[AG]", "'A' has no share"),
        ("pwm:S[A-.5G1.5]", "'A' has no share"),
        ("pwm:S[A.5G.5", "'\\[' stands between the places"),
        ("pwm:S[]", "sum to 0"),
        ("pwm:S Y", "' ' stands between"),
        ("pwm:sy", "'s' stands between"),
        ("pwm:S", "fewer than two places"),
        ("pwm:", "fewer than two places"),
        ("SY", "fewer than two places"),
        ("pwm:S[A1G.5]", "sum to 1.5"),
    ],
)
def test_what_cannot_be_read_is_refused(text, what):
    """The message says what is wrong, and shows the text."""
    with pytest.raises(UsageError, match=what) as error:
        parse_matrix(text)
    assert error.value.code == "motif.pwm"
    assert repr(text) in str(error.value)


def test_no_place_names_all_and_leaves_a_rest():
    """X needs a residue that is not named."""
    every = "".join(f"{letter}.04" for letter in RESIDUES)
    with pytest.raises(UsageError, match="leaves nothing for X"):
        parse_matrix(f"pwm:S[{every}X.2]")
