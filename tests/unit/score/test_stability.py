"""Stability records: how a mean counts what it left out."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rashomon.score import STABILITY
from rashomon.score.stability import StabilityResult, mean_of_defined


@given(st.lists(st.floats(-1, 1) | st.just(float("nan")), max_size=20))
def test_undefined_values_are_counted_never_averaged(values):
    """NaN neither enters the mean nor disappears from the count."""
    found = mean_of_defined(np.array(values), nothing="nothing")
    defined = [value for value in values if not np.isnan(value)]
    assert (found.n_values, found.n_undefined) == (len(defined), len(values) - len(defined))
    assert found.status == ("ok" if defined else "undefined")
    assert found.reason == ("" if defined else "nothing")
    if defined:
        assert min(defined) - 1e-12 <= found.value <= max(defined) + 1e-12


def test_status_follows_the_value():
    """NaN is undefined; 0 is a value."""
    assert StabilityResult(0.0, 3).status == "ok"
    assert StabilityResult(float("nan"), 0, reason="why").status == "undefined"


def test_a_record_calls_its_function():
    """The dotted path is resolved and given the labels."""
    labels = np.array([[0, 0], [0, 0], [1, 1]])
    assert STABILITY["ecc"].call(labels) == StabilityResult(1.0, 1)
