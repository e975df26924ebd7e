"""Families in data."""

import numpy as np
import pytest
from rapidfuzz.distance import Hamming
from scipy.sparse.csgraph import connected_components

from rashomon.sim.repertoire_estimate.family import find_families, measure_links


@pytest.fixture(scope="module")
def words():
    """Short random junctions, of which many are alike."""
    letters = np.random.default_rng(2).choice(list("AGST"), (150, 4))
    return np.array(["C" + "".join(row[: 3 + k % 2]) + "F" for k, row in enumerate(letters)], dtype="S")


@pytest.fixture(scope="module")
def near(words):
    """Which are neighbours, by comparing all with all."""
    texts = [word.decode() for word in words]
    return np.array([[len(a) == len(b) and Hamming.distance(a, b) <= 1 for a in texts] for b in texts]) & ~np.eye(
        len(texts), dtype=bool
    )


def test_families_are_hubs_and_their_neighbours(words, near):
    """All with a neighbour are in one family, each next to its hub or equal to it; parents make trees of links."""
    found = find_families(words)
    np.testing.assert_array_equal(found.of >= 0, near.any(axis=1))
    inside = np.flatnonzero(found.of >= 0)
    hub = found.hub[found.of[inside]]
    assert (near[inside, hub] | (inside == hub)).all()
    np.testing.assert_array_equal(found.exact[inside], words[inside] == words[hub])
    child = np.flatnonzero(found.parent >= 0)
    for family in child:
        assert near[np.ix_(found.of == family, found.of == found.parent[family])].any()
    # as many roots as components, and each family reaches one: one tree for each
    assert (found.parent < 0).sum() == np.unique(connected_components(near)[1][inside]).size
    above = np.arange(found.hub.size)
    for _ in above:
        above = np.where(found.parent[above] >= 0, found.parent[above], above)
    assert (found.parent[above] == -1).all()


def test_links_are_those_of_all_pairs(words, near):
    """Retention by row, links within labels, and the largest component, by comparing all with all."""
    rows = np.random.default_rng(3).integers(0, 3, words.size)
    found = measure_links(words, rows, n_rows=3)
    has, component = near.any(axis=1), connected_components(near)[1]
    np.testing.assert_allclose(found.retention, [has[rows == row].mean() for row in range(3)])
    i, j = np.nonzero(np.triu(near))
    labelled = (rows[i] < 2) & (rows[j] < 2)
    assert found.within == pytest.approx((rows[i] == rows[j])[labelled].mean())
    assert found.largest == pytest.approx(np.bincount(component).max() / words.size)
    off = np.where(rows == 1, has - has[rows == 1].mean(), 0)
    excess = [off[component == one].sum() for one in set(component.tolist())]
    assert found.error[1] == pytest.approx(np.sqrt(np.square(excess).sum()) / (rows == 1).sum())


def test_receptors_without_neighbours_have_no_families():
    """Nothing is linked: no family, no links, NaN for their share."""
    words = np.array([b"CAAAF", b"CGGGF"])
    assert find_families(words).hub.size == 0
    assert np.isnan(measure_links(words, np.zeros(2, dtype=int), n_rows=2).within)
