"""DBCV against its definition, which equals hdbscan where the order of the items decides as it does there."""

import numpy as np
import pytest
from hdbscan.validity import all_points_core_distance, validity_index
from scipy.spatial.distance import cdist

from rashomon.core import UsageError
from rashomon.score.density import density_validity


def blobs(seed, n=120, d=3, k=4):
    rng = np.random.default_rng(seed)
    labels = rng.integers(k, size=n)
    return labels, rng.normal(size=(k, d))[labels] * 3 + rng.normal(size=(n, d))


def tree_by_distance(mutual, distance):
    """Spanning tree by Kruskal, equal weights by distance: edges and their weights."""
    n = len(mutual)
    group, edges = np.arange(n), []
    pairs = [(i, j) for i in range(n) for j in range(i)]
    for i, j in sorted(pairs, key=lambda pair: (mutual[pair], distance[pair])):
        if group[i] != group[j]:
            group[group == group[i]] = group[j]
            edges.append((i, j))
    return edges


def tree_by_index(mutual, distance):
    """Spanning tree by Prim from the first item, equal weights by index, as hdbscan takes them."""
    tree, edges = [0], []
    while len(tree) < len(mutual):
        outside = [j for j in range(len(mutual)) if j not in tree]
        weight, new = min((mutual[tree, j].min(), j) for j in outside)
        edges.append((min(i for i in tree if np.isclose(mutual[i, new], weight)), new))
        tree.append(new)
    return edges


def direct(labels, view, tree):
    """The definition, with matrices."""
    parts = {}
    for c in np.unique(labels):
        distance = cdist(view[labels == c], view[labels == c])
        core = all_points_core_distance(distance.copy(), d=view.shape[1])
        mutual = np.maximum(distance, np.maximum(core, core[:, None]))
        edges = tree(mutual, distance)
        inner = np.bincount(np.ravel(edges), minlength=len(core)) > 1
        kept = [edge for edge in edges if inner[list(edge)].all()] or edges
        parts[c] = view[labels == c][inner], core[inner], max(mutual[edge] for edge in kept)
    total = 0.0
    for c, (x, core, sparse) in parts.items():
        others = [parts[o] for o in parts if o != c]
        apart = min(np.maximum(cdist(x, y), np.maximum.outer(core, far)).min() for y, far, _ in others)
        total += np.mean(labels == c) * (apart - sparse) / max(apart, sparse)
    return total


@pytest.mark.parametrize(("seed", "d"), [(0, 2), (1, 3), (2, 3), (3, 10)])
def test_equals_the_definition_and_hdbscan_up_to_ties(seed, d):
    """With ties by distance the definition is our value; with ties by index, as only order has them, hdbscan's."""
    labels, view = blobs(seed, d=d)
    assert density_validity(labels, view) == pytest.approx(direct(labels, view, tree_by_distance), abs=1e-9)
    assert validity_index(view, labels) == pytest.approx(direct(labels, view, tree_by_index), abs=1e-9)


def test_order_decides_nothing():
    """The value stays in 20 orders of the items; that of hdbscan moves, by up to 0.1 and more."""
    labels, view = blobs(4, d=2)
    orders = [np.random.default_rng(seed).permutation(120) for seed in range(20)]
    ours = [density_validity(labels[order], view[order]) for order in orders]
    theirs = [validity_index(view[order], labels[order]) for order in orders]
    assert np.ptp(ours) < 1e-9
    assert np.ptp(theirs) > 0.01


def test_shapes_that_are_not_round_are_recognised():
    """A ring around a disc: DBCV prefers the true clusters to two halves of the plane."""
    rng = np.random.default_rng(0)
    angle, labels = rng.uniform(0, 2 * np.pi, 300), np.repeat([0, 1], 150)
    radius = np.where(labels == 0, rng.uniform(0, 1, 300), 6 + 0.3 * rng.normal(size=300))
    view = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    assert density_validity(labels, view) > 0.3 > density_validity((view[:, 0] > 0).astype(int), view)


def test_noise_lowers_the_value_by_its_share():
    """Unassigned items are noise, as in hdbscan: the sum over clusters is divided by all items; left out, it is not."""
    labels, view = blobs(5)
    noisy = np.where(np.arange(120) < 30, -1, labels)
    alone = density_validity(noisy[30:], view[30:])
    assert density_validity(noisy, view) == pytest.approx(alone * 90 / 120)
    assert density_validity(noisy, view, unassigned="left_out") == pytest.approx(alone)
    assert density_validity(np.where(noisy < 0, -2, noisy), view) == pytest.approx(alone)
    single = np.where(noisy < 0, 100 + np.arange(120), noisy)
    assert density_validity(single, view) == pytest.approx(alone * 90 / 120)


def test_duplicates_and_identical_points():
    """A twin says nothing about density; clusters in one point each are perfect; all in one point is worth 0."""
    labels, view = blobs(6)
    twice = density_validity(np.repeat(labels, 2), np.repeat(view, 2, axis=0))
    assert -1 <= twice <= 1
    halves = np.repeat([0, 1], 3)
    assert density_validity(halves, halves[:, None] * 5.0) == 1.0
    assert density_validity(halves, np.ones((6, 2))) == 0.0


def test_many_dimensions_stay_in_range():
    """Distances of 1e-6 and 1e6 to the power of 400 leave the range of numbers; the value does not change."""
    labels, view = blobs(7, n=60, d=400)
    values = [density_validity(labels, view * scale) for scale in (1.0, 1e-6, 1e6)]
    assert values == pytest.approx([values[0]] * 3, rel=1e-9)
    assert np.isfinite(values[0])


@pytest.mark.parametrize("labels", [[0, 0, 0, 0], [0, 0, 1, 2], [0, 1, 2, 3], [-1] * 4, [-2] * 4])
def test_fewer_than_two_clusters_have_no_value(labels):
    """Clusters of one item are noise, and nothing is compared with noise."""
    assert np.isnan(density_validity(np.array(labels), np.arange(8.0).reshape(4, 2)))


def test_a_view_with_holes_is_refused():
    """As for every score on a view."""
    with pytest.raises(UsageError, match="NaN or infinity in 1 rows"):
        density_validity(np.array([0, 0, 1, 1]), np.array([[0.0], [1.0], [np.inf], [3.0]]))
