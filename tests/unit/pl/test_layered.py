import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rashomon.pl.layered import columns, layered


def random_graph(seed, n):
    """Names and edges of a graph without circles: every edge leads to a larger number."""
    graph = nx.gnp_random_graph(n, 0.25, seed=seed)
    return [str(i) for i in range(n)], [(str(min(edge)), str(max(edge))) for edge in graph.edges]


@given(st.integers(0, 10_000), st.integers(1, 14))
def test_every_edge_goes_to_the_right(seed, n):
    """The number of columns is the longest path, as networkx counts it; none is empty before the first."""
    names, edges = random_graph(seed, n)
    column = columns(names, edges)
    assert all(column[cause] < column[effect] for cause, effect in edges)
    graph = nx.DiGraph(edges)
    longest = nx.dag_longest_path_length(graph) if edges else 0
    assert max(column.values()) == longest
    assert min(column.values()) == 0


@given(st.integers(0, 10_000), st.integers(1, 14))
def test_boxes_of_a_column_do_not_meet(seed, n):
    """Two in one column are 1 or more apart; a line that passes the column keeps off them by two thirds."""
    names, edges = random_graph(seed, n)
    placed = layered(names, edges)
    for column in range(int(placed.column.max()) + 1):
        boxes = np.sort(placed.height[placed.column == column])
        assert (np.diff(boxes) > 1 - 1e-9).all()
        passing = [
            bends[column - placed.column[int(cause)] - 1]
            for (cause, effect), bends in zip(edges, placed.bends, strict=True)
            if placed.column[int(cause)] < column < placed.column[int(effect)]
        ]
        assert all(abs(line - box) > 0.67 for line in passing for box in boxes)


def test_an_edge_bends_at_each_column_between_its_ends():
    """As often as there are such columns, and not otherwise."""
    names, edges = ["a", "b", "c", "d"], [("a", "b"), ("b", "c"), ("c", "d"), ("a", "d")]
    assert [len(bends) for bends in layered(names, edges).bends] == [0, 0, 0, 2]


def test_the_same_graph_has_the_same_places():
    """Nothing is drawn at random, and the state of other generators does not matter."""
    names, edges = random_graph(3, 14)
    first = layered(names, edges)
    np.random.default_rng(0).random(5)
    second = layered(names, edges)
    np.testing.assert_array_equal(first.height, second.height)
    assert first.bends == second.bends


def test_a_chain_is_straight():
    """A box stands at the height of its only neighbour."""
    placed = layered(["a", "b", "c"], [("a", "b"), ("b", "c")])
    assert placed.height.tolist() == [pytest.approx(placed.height[0])] * 3
    assert placed.column.tolist() == [0, 1, 2]


def test_two_causes_are_level_with_their_effect_between_them():
    """The mean of its neighbours is where a box wants to be."""
    placed = layered(["a", "b", "c"], [("a", "c"), ("b", "c")])
    assert placed.height[2] == pytest.approx(placed.height[:2].mean())
