"""Domain checks of the limits."""

import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.sim.limit.domain import checked, checked_count, checked_profile


@pytest.mark.parametrize("value", [-1e-9, np.nan, np.inf, -np.inf])
def test_refuses_what_is_no_finite_number_in_the_domain(value):
    """Negative, NaN and infinite values are named with the place and the domain; zero is accepted."""
    with pytest.raises(UsageError, match=rf"(?s)signal holds {value:g}.*here.*\[0, inf\)"):
        checked([0.0, value], "signal", where="here")
    assert checked(0, "signal", where="here") == 0.0


@pytest.mark.parametrize(("open_at", "accepted"), [("", [0, 1]), ("low", [1]), ("high", [0]), ("both", [])])
def test_ends_belong_to_the_domain_unless_open(open_at, accepted):
    """Each end of [0, 1] is accepted exactly if it is closed."""
    for end in (0, 1):
        if end in accepted:
            assert checked(end, "share", where="here", high=1, open_at=open_at) == end
        else:
            with pytest.raises(UsageError, match=f"share holds {end}"):
                checked(end, "share", where="here", high=1, open_at=open_at)


def test_refuses_text():
    """Words are no numbers."""
    with pytest.raises(UsageError, match="signal is not numeric"):
        checked("much", "signal", where="here")


@pytest.mark.parametrize("n", [1, 2.0, True, "2", None])
def test_counts_are_integers_of_at_least(n):
    """A count that is too small or no integer is refused; the least one and a numpy integer are accepted."""
    with pytest.raises(UsageError, match=r"(?s)n_groups is .*at least 2"):
        checked_count(n, "n_groups", where="here", least=2)
    assert checked_count(np.int32(2), "n_groups", where="here", least=2) == 2


@pytest.mark.parametrize("profile", [[0.0, 0.0], [], 1.0, [[1.0, 1.0]]])
def test_profiles_are_one_row_with_a_sum(profile):
    """Empty, zero and many-dimensional profiles are refused; a proper one is divided by its sum."""
    with pytest.raises(UsageError, match=r"(?s)profile_a has shape.*positive sum"):
        checked_profile(profile, "profile_a", where="here")
    np.testing.assert_allclose(checked_profile([2, 6], "profile_a", where="here"), [0.25, 0.75])
