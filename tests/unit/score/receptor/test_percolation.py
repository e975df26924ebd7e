import networkx as nx
import numpy as np
import pytest

from rashomon.score.receptor.percolation import percolation, percolation_clustered


def test_is_the_largest_component_of_a_random_graph():
    """Networkx's largest component, over all nodes and over nodes with a neighbour."""
    graph = nx.gnp_random_graph(300, 0.004, seed=1)
    labels = np.empty(300, dtype=int)
    for code, nodes in enumerate(nx.connected_components(graph)):
        labels[list(nodes)] = code
    largest = max(map(len, nx.connected_components(graph)))
    linked = sum(degree > 0 for _, degree in graph.degree())
    assert percolation(labels) == pytest.approx(largest / 300)
    assert percolation_clustered(labels) == pytest.approx(largest / linked)


def test_unobserved_receptors_do_not_count():
    """Code -2 is in no denominator; -1 is in that of all receptors."""
    assert percolation(np.array([0, 0, -1, -1, -2])) == 0.5
    assert percolation_clustered(np.array([0, 0, -1, -1, -2])) == 1.0


def test_singletons_do_not_percolate():
    """Without clusters the share of all is 0, and that of clustered undefined."""
    assert percolation(np.array([0, 1, -1])) == 0.0
    assert np.isnan(percolation_clustered(np.array([0, 1, -1])))
    assert np.isnan(percolation(np.array([-2])))
