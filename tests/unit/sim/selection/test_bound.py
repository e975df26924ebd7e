import numpy as np
import pytest
from scipy.optimize import brentq

from rashomon.sim.selection.bound import rejection_bound


@pytest.mark.parametrize("max_cut", [0.001, 0.01, 0.3])
@pytest.mark.parametrize("spread", [0.2, 1.5, 4.0])
def test_the_bound_cuts_what_was_asked(rng, spread, max_cut):
    """The root of the lost mass, found by bisection, is the bound."""
    log_q = rng.normal(3, spread, 2000)
    q = np.exp(log_q)
    expected = brentq(lambda bound: np.maximum(q - bound, 0).sum() / q.sum() - max_cut, 0, q.max())
    bound, cut = rejection_bound(log_q, max_cut=max_cut)
    assert np.exp(bound) == pytest.approx(expected, rel=1e-6)
    assert cut == pytest.approx(max_cut, rel=1e-6)


def test_nothing_is_cut_where_nothing_may_be():
    """The bound is then the largest value."""
    bound, cut = rejection_bound(np.log([1.0, 5.0, 2.0]), max_cut=0.0)
    assert (np.exp(bound), cut) == (pytest.approx(5.0), 0.0)


def test_equal_values_are_cut_together():
    """A bound below all values is possible, and cuts all alike."""
    bound, cut = rejection_bound(np.zeros(10), max_cut=0.25)
    assert (np.exp(bound), cut) == (pytest.approx(0.75), pytest.approx(0.25))
