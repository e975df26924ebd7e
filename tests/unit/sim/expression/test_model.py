"""The registry of nodes; what holds for every single one is in tests/conformance/test_worlds.py."""

import networkx as nx
import pytest

from rashomon.core import UsageError
from rashomon.sim.mechanism import NODES
from rashomon.sim.part import EXPRESSION

OF_CELLS = [name for name, node in NODES.items() if node.of((EXPRESSION,))]
"""Nodes of worlds of expression alone."""


def edges():
    found = nx.DiGraph([(parent, node.name) for node in NODES.values() for parent in node.parents])
    return found.subgraph(OF_CELLS)


def test_counts_are_the_only_end():
    """Every cause but the annotation reaches the counts, which have no children."""
    graph = edges()
    assert [name for name in OF_CELLS if graph.out_degree(name) == 0] == ["annotation", "count"]
    assert set(OF_CELLS) - {"annotation", "count"} == nx.ancestors(graph, "count")


@pytest.mark.parametrize(
    ("cause", "untouched"),
    [
        ("type", ["gene_mean", "donor", "composition", "position", "doublet", "factor"]),
        ("batch", ["type", "donor", "depth_mode", "cycle"]),
        ("depth_mode", ["type", "batch", "type_profile", "annotation"]),
        ("gene_dispersion", ["mean", "cell_depth", "type"]),
    ],
)
def test_a_cause_does_not_reach_what_comes_before_it(cause, untouched):
    """What is decided before a variable, or beside it, is no descendant of it."""
    assert not nx.descendants(edges(), cause) & set(untouched)
    assert "count" in nx.descendants(edges(), cause)


def test_an_unknown_node_names_the_nearest():
    """Looking up a misspelt node says which one was meant."""
    with pytest.raises(UsageError, match="unknown node 'cell_dept'") as error:
        NODES["cell_dept"]
    assert "did you mean 'cell_depth'" in str(error.value)
    assert NODES["cell_depth"].level == "cell"
