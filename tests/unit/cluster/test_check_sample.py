"""The data on which clusterers are checked have the form that steps promise."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from rashomon.cluster import CLUSTERERS
from rashomon.cluster.check_sample import N_OBS, alike, held, in_order, of_type, slots
from rashomon.cluster.ward import ward


def test_every_slot_of_every_clusterer_is_made():
    """A clusterer that reads something else needs data of its own."""
    assert {slot for step in CLUSTERERS.values() for slot in step.reads} <= set(slots(1))


@pytest.mark.parametrize("name", ["graph", "distances"])
@pytest.mark.parametrize("made", [slots(1), alike()], ids=["groups", "alike"])
def test_graphs_are_symmetric_without_diagonal(name, made):
    """The form that steps promise: canonical CSR of float32, positive, weights at most 1, distances plus 1."""
    matrix = made[name]
    assert (matrix.format, matrix.dtype, matrix.has_canonical_format) == ("csr", np.float32, True)
    assert abs(matrix - matrix.T).nnz == 0
    assert not matrix.diagonal().any()
    low, high = (0, 1) if name == "graph" else (1, 2)
    assert low <= matrix.data.min() <= matrix.data.max() <= high
    assert matrix.data.min() > 0


def test_the_same_entropy_gives_the_same_data():
    """Another gives other data."""
    one, same, other = slots(1), slots(1), slots(2)
    assert all(held(one[slot]) == held(same[slot]) for slot in one)
    assert held(one["view"]) != held(other["view"])


def test_other_orders_are_the_same_cells():
    """Ward's partition, which knows no order, follows the cells; so does every edge."""
    made, order = slots(1), np.random.default_rng(1).permutation(N_OBS)
    turned = in_order(made, order)
    assert adjusted_rand_score(ward(turned["view"], k=3), ward(made["view"], k=3)[order]) == 1
    place = np.argsort(order)
    assert turned["graph"][place[3], place[7]] == made["graph"][3, 7]
    assert sorted(turned["igraph"].es["weight"]) == sorted(made["igraph"].es["weight"])


def test_types_are_changed_and_values_are_not():
    """Doubles hold every single."""
    made = slots(1)
    double = of_type(made, np.float64)
    for name in ("view", "graph", "distances"):
        assert double[name].dtype == np.float64
        assert abs(double[name] - made[name]).max() == 0
    assert held(double["vdj"]) == held(made["vdj"])


def test_changed_weights_of_a_graph_are_seen():
    """Of igraph objects the edges are compared with their weights."""
    graph = slots(1)["igraph"]
    before = held(graph)
    graph.es["weight"] = 1.0
    assert held(graph) != before
