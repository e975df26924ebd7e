"""Families of both chains of a clonotype."""

import numpy as np
import pytest
from sklearn.metrics.cluster import contingency_matrix

from rashomon.sim.repertoire_estimate.clonotype import clonotype_tables, join_link


@pytest.mark.parametrize("link", [0.0, 0.3, 0.8, 1.0])
def test_the_link_is_that_of_the_draw(link, rng):
    """Memberships that share their chance with a probability have it as their link, whatever the shares of a label."""
    n = 40_000
    rows, chance = rng.integers(0, 3, n), rng.random((n, 2))
    chance[:, 1] = np.where(rng.random(n) < link, chance[:, 0], chance[:, 1])
    members = chance < np.array([[0.2, 0.5], [0.6, 0.3], [0.8, 0.9]])[rows]
    assert join_link(members[:, 0], members[:, 1], rows, n_rows=3) == pytest.approx(link, abs=0.02)


def test_labels_alone_are_no_link(rng):
    """Where both chains are in families more often in one label, and independently in each, the link is 0."""
    rows = np.repeat([0, 1], 20_000)
    members = rng.random((40_000, 2)) < np.array([0.1, 0.9])[rows, None]
    assert join_link(members[:, 0], members[:, 1], rows, n_rows=2) == pytest.approx(0.0, abs=0.02)
    assert np.corrcoef(members.T)[0, 1] > 0.5


def test_members_that_avoid_each_other_have_no_link():
    """It is 0, and not negative; as it is where all are members."""
    first = np.array([True, False] * 50)
    assert join_link(first, ~first, np.zeros(100, dtype=int), n_rows=1) == 0.0
    assert join_link(first, np.ones(100, dtype=bool), np.zeros(100, dtype=int), n_rows=1) == 0.0


def test_every_member_is_counted_once(rng):
    """Pairs are those of a contingency table; a member of one arm is alone, also without the other chain."""
    n = 300
    rows, alpha, beta = np.zeros(n, dtype=int), rng.integers(-2, 3, n), rng.integers(-2, 4, n)
    found = clonotype_tables({"vj": alpha, "vdj": beta}, rows, n_rows=1)
    both = (alpha >= 0) & (beta >= 0)
    counts = contingency_matrix(alpha[both], beta[both])
    told = np.zeros_like(counts)
    told[found["clonotype"][:, 1], found["clonotype"][:, 2]] = found["clonotype"][:, 3]
    np.testing.assert_array_equal(told, counts)
    for name, family in (("vj", alpha), ("vdj", beta)):
        alone = found[f"{name}_alone"]
        np.testing.assert_array_equal(alone[:, 2], np.bincount(family[(family >= 0) & ~both]))
