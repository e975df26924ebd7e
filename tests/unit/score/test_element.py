"""Element-centric similarity against clusim, and against its definition per item."""

import numpy as np
import pytest
from clusim.clustering import Clustering
from clusim.sim import element_sim, element_sim_elscore

from rashomon.score.contingency import tabulate
from rashomon.score.element import element_centric, element_centric_items


def clusterings(*labelings):
    return [Clustering().from_membership_list(labels.tolist()) for labels in labelings]


@pytest.mark.parametrize(("n", "k"), [(5, 3), (60, 4), (200, 30)])
def test_mean_and_items_equal_clusim(n, k, rng):
    """Equal to clusim with its default restart probability to 1e-10."""
    for _ in range(5):
        a, b = rng.integers(k, size=n), rng.integers(k, size=n)
        ours, peers = element_centric_items(a, b), clusterings(a, b)
        assert element_centric(tabulate(a, b)) == pytest.approx(element_sim(*peers, alpha=0.9), abs=1e-10)
        scores, order = element_sim_elscore(*peers, alpha=0.9)
        assert ours == pytest.approx(scores[[order[i] for i in range(n)]], abs=1e-10)


def test_items_follow_the_published_formula(rng):
    """S_i = 1 - (c |1/A - 1/B| + (A - c)/A + (B - c)/B) / 2."""
    a, b = rng.integers(4, size=100), rng.integers(3, size=100)
    for i, found in enumerate(element_centric_items(a, b)):
        in_a, in_b = (a == a[i]).sum(), (b == b[i]).sum()
        shared = ((a == a[i]) & (b == b[i])).sum()
        apart = shared * abs(1 / in_a - 1 / in_b) + (in_a - shared) / in_a + (in_b - shared) / in_b
        assert found == pytest.approx(1 - apart / 2, abs=1e-14)


def test_the_mean_of_the_items_is_the_score(rng):
    """With unassigned and missing items too, under both policies."""
    a, b = rng.integers(-2, 4, 100), rng.integers(-2, 3, 100)
    for unassigned in ("singletons", "left_out"):
        items = element_centric_items(a, b, unassigned=unassigned)
        value = element_centric(tabulate(a, b, unassigned=unassigned))
        assert np.nanmean(items) == pytest.approx(value, abs=1e-14)
        out = (a == -2) | (b == -2) if unassigned == "singletons" else (a < 0) | (b < 0)
        assert np.array_equal(np.isnan(items), out)


def test_no_common_item_has_no_value():
    """Nothing to compare is NaN."""
    a, b = np.array([0, -2]), np.array([-2, 0])
    assert np.isnan(element_centric(tabulate(a, b)))
    assert np.isnan(element_centric_items(a, b)).all()
