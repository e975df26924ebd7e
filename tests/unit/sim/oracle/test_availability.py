"""Whether a world has an oracle."""

import pytest

from rashomon.core import UsageError
from rashomon.sim.oracle.availability import Availability


@pytest.mark.parametrize(
    ("status", "text", "exists", "bound_only"),
    [
        (Availability("oracle"), "oracle", True, False),
        (
            Availability("assisted oracle", given=("factor scores", "cycle"), reason="no closed form"),
            "assisted oracle (given factor scores, cycle; an upper bound only; no closed form)",
            True,
            True,
        ),
        (Availability("none", reason="copula"), "none, because copula", False, False),
    ],
)
def test_status_says_what_it_is(status, text, exists, bound_only):
    """The text names kind, nuisances and reason; an assisted oracle is an upper bound only."""
    assert (str(status), status.exists, status.is_bound_only) == (text, exists, bound_only)


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ({"kind": "orakle"}, "unknown kind"),
        ({"kind": "none"}, "no reason"),
        ({"kind": "assisted oracle"}, "0 nuisances given"),
        ({"kind": "oracle", "given": ("depth",)}, "1 nuisances given"),
    ],
)
def test_half_a_status_is_refused(given, what):
    """An unknown kind, none without reason, and nuisances that do not fit the kind are errors."""
    with pytest.raises(UsageError, match=what):
        Availability(**given)
