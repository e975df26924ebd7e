import numpy as np
import pytest

from rashomon.dataset import Roles, Truth, nesting


def role(name, codes):
    codes = np.array(codes)
    return Truth(name, "technical", codes, tuple(f"{name}{i}" for i in range(codes.max() + 1)))


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ([0, 0, 1], [1, 1, 0], "same"),
        ([0, 1, 2], [0, 0, 1], "nested"),
        ([0, 0, 1], [0, 1, 2], "contains"),
        ([0, 0, 1, 1], [0, 1, 0, 1], "crossed"),
        ([0, 0], [0, 1], "contains"),
        ([0, 1, -1, -2], [1, 0, 1, 0], "same"),
        ([-1, 0], [0, -2], "crossed"),
        ([], [], "crossed"),
    ],
    ids=["same", "nested", "contains", "crossed", "constant", "negative codes", "nothing in common", "no items"],
)
def test_nesting_of_two_columns(a, b, expected):
    """Nesting is judged on items that both label; where there are none, nothing is claimed."""
    assert nesting(np.array(a, dtype=int), np.array(b, dtype=int)) == expected


def test_nesting_turns_round():
    """Swapping the columns swaps "nested" and "contains"."""
    a, b = np.array([0, 1, 2, 3]), np.array([0, 0, 1, 1])
    assert (nesting(a, b), nesting(b, a)) == ("nested", "contains")


def test_only_declared_roles_are_listed():
    """Iterating gives name and column of the roles that were declared, in a fixed order."""
    batch, donor = role("run", [0, 1]), role("patient", [0, 1])
    assert list(Roles(batch=batch, donor=donor)) == [("donor", donor), ("batch", batch)]
    assert list(Roles()) == []


def test_aliased_roles_are_named_in_pairs():
    """Condition and batch that are one-to-one are reported; a crossed donor is not."""
    condition, batch, donor = role("stim", [0, 0, 1, 1]), role("run", [1, 1, 0, 0]), role("patient", [0, 1, 0, 1])
    assert Roles(donor=donor, batch=batch, condition=condition).aliased() == [("batch", "condition")]
