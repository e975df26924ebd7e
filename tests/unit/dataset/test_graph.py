from graphlib import CycleError

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rashomon.dataset import LEVELS, causal_order, graph_fault


def node(name, **changed):
    return {"name": name, "level": "cell", "summary": "", "intervened": False, **changed}


GOOD = {"nodes": [node("type"), node("rate"), node("counts")], "edges": [["type", "rate"], ("rate", "counts")]}


def test_a_good_graph_has_no_fault():
    """Also without edges, with a level of its own, and with more entries than are looked at."""
    assert graph_fault(GOOD) == ""
    assert graph_fault({"nodes": [node("type", level="galaxy", colour="red")], "edges": (), "more": 1}) == ""
    assert "cell" in LEVELS


@pytest.mark.parametrize(
    ("graph", "what"),
    [
        (None, "no mapping"),
        ([], "no mapping"),
        ({}, "no list of 1 to 500 nodes"),
        ({"nodes": [], "edges": []}, "no list of 1 to 500 nodes"),
        ({"nodes": [node("a")]}, "at most 5000 edges"),
        ({"nodes": {"a": 1}, "edges": []}, "no list"),
        ({"nodes": [node(str(i)) for i in range(501)], "edges": []}, "no list of 1 to 500 nodes"),
        ({"nodes": [node("a"), node("b")], "edges": [["a", "b"]] * 5001}, "at most 5000 edges"),
        ({"nodes": ["a"], "edges": []}, "a node lacks"),
        ({"nodes": [{"name": "a"}], "edges": []}, "a node lacks"),
        ({"nodes": [node("")], "edges": []}, "a node lacks"),
        ({"nodes": [node("a", intervened=1)], "edges": []}, "a node lacks"),
        ({**GOOD, "edges": [["type"]]}, "no pair of names"),
        ({**GOOD, "edges": ["ab"]}, "no pair of names"),
        ({**GOOD, "edges": [["type", 1]]}, "no pair of names"),
        ({"nodes": [node("a"), node("a")], "edges": []}, "a node is named twice"),
        ({**GOOD, "edges": [["type", "rate"]] * 2}, "an edge is given twice"),
        ({**GOOD, "edges": [["type", "depth"]]}, "an edge names 'depth', which is no node"),
        ({**GOOD, "edges": [["type", "type"]]}, "'type' is among its own causes"),
        ({**GOOD, "edges": [["type", "rate"], ["rate", "type"]]}, "is among its own causes"),
    ],
)
def test_every_fault_has_words(graph, what):
    """Whatever a file holds, the answer is a sentence and no exception."""
    assert what in graph_fault(graph)


@given(st.integers(0, 10_000), st.integers(1, 12))
def test_causes_come_first(seed, n):
    """In every graph that networkx calls acyclic, each edge goes forward; in every other one there is an error."""
    graph = nx.gnp_random_graph(n, 0.2, seed=seed, directed=True)
    names = [str(i) for i in graph.nodes]
    edges = [(str(a), str(b)) for a, b in graph.edges]
    if nx.is_directed_acyclic_graph(graph):
        order = causal_order(names, edges)
        assert sorted(order) == sorted(names)
        assert all(order.index(a) < order.index(b) for a, b in edges)
    else:
        with pytest.raises(CycleError, match="cycle"):
            causal_order(names, edges)
