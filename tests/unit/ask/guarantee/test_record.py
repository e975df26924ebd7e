"""The form of a guarantee."""

import pytest
from scipy.stats import binomtest

from rashomon.ask.guarantee import record as guarantee
from rashomon.ask.guarantee.record import Guarantee, MeasuredRate


def stated(monkeypatch, *, events, n, bound=0.07, side="at most"):
    """A guarantee whose rate was measured as given."""
    monkeypatch.setattr(guarantee, "measured", lambda: {"g": MeasuredRate(events, n, "code", "2026-11-22T00:00:00")})
    return Guarantee(
        "g", "structure", "one population is not called groups", "called groups", bound, side, ("counts",), "r", "e",
        (), "counts",
    )  # fmt: skip


def test_the_interval_is_exact():
    """Ends are those of Clopper and Pearson, as scipy computes them."""
    found = MeasuredRate(12, 300, "code", "2026-11-22")
    theirs = binomtest(12, 300).proportion_ci(0.95, method="exact")
    assert found.rate == 0.04
    assert found.interval == pytest.approx((theirs.low, theirs.high))


@pytest.mark.parametrize(
    ("events", "n", "bound", "side", "kept"),
    [
        (100, 2000, 0.07, "at most", True),
        (130, 2000, 0.07, "at most", False),
        (0, 30, 0.07, "at most", False),
        (199, 200, 0.95, "at least", True),
        (59, 60, 0.95, "at least", False),
    ],
)
def test_a_bound_is_kept_beyond_chance(monkeypatch, events, n, bound, side, kept):
    """The one-sided 95 % bound decides: few data sets keep no promise."""
    assert stated(monkeypatch, events=events, n=n, bound=bound, side=side).kept is kept
