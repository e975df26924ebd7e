"""Block models and modularity against igraph."""

import igraph
import numpy as np
import pytest

from rashomon.core import UsageError, igraph_random_state
from rashomon.sim.limit import block_detection_ratio, block_exact_recovery_ratio, merge_gain, resolution_limit


def test_two_groups_reduce_to_the_known_line():
    """For two groups the ratio is (a - b)^2 / (2 (a + b)); on the line it is 1, for any number of groups."""
    assert block_detection_ratio(10 / 500, 2 / 500, n_nodes=500) == pytest.approx(8**2 / (2 * 12))
    for k in (2, 3, 7):
        # a - b = x, a + (k - 1) b = k c, so x^2 = k^2 c on the line
        mean, contrast = 5.0, k * np.sqrt(5.0)
        b = mean - contrast / k
        assert block_detection_ratio((b + contrast) / 999, b / 999, n_nodes=999, n_groups=k) == pytest.approx(1)


def test_the_ratio_is_the_squared_second_eigenvalue_over_the_mean_degree():
    """Kesten-Stigum: the second eigenvalue of the matrix of mean degrees, squared, against the first."""
    k, n, p, q = 4, 800, 0.03, 0.01
    degrees = n / k * (q + (p - q) * np.eye(k))
    values = np.linalg.eigvalsh(degrees)[::-1]
    assert block_detection_ratio(p, q, n_nodes=n, n_groups=k) == pytest.approx(values[1] ** 2 / values[0])


def test_no_edges_have_no_ratio():
    """Two probabilities of 0 give NaN; one of them is enough for a number."""
    ratios = block_detection_ratio([0.0, 0.01, 0.0], [0.0, 0.0, 0.01], n_nodes=1000)
    np.testing.assert_allclose(ratios, [np.nan, 5.0, 5.0])


def ambiguous(rng, *, ratio, n_nodes, repeats):
    """Share of two-group graphs in which a node has at least as many neighbours in the other group as in its own."""
    between = 2 * float(np.log(n_nodes)) / n_nodes
    within = float((np.sqrt(between) + np.sqrt(2 * ratio * np.log(n_nodes) / n_nodes)) ** 2)
    assert block_exact_recovery_ratio(within, between, n_nodes=n_nodes) == pytest.approx(ratio)
    half, found = n_nodes // 2, 0
    with igraph_random_state(int(rng.integers(2**31))):
        for _ in range(repeats):
            graph = igraph.Graph.SBM([[within, between], [between, within]], [half, half])
            crossing = np.array([(edge.source < half) != (edge.target < half) for edge in graph.es])
            ends = np.array(graph.get_edgelist())
            balance = np.zeros(n_nodes)
            for column in ends.T:
                np.add.at(balance, column, np.where(crossing, -1, 1))
            found += bool((balance <= 0).any())
    return found / repeats


def test_exact_recovery_changes_at_the_line(rng):
    """Far below the line graphs have nodes that even who knows all other labels puts wrong; far above none has."""
    assert ambiguous(rng, ratio=0.25, n_nodes=600, repeats=8) == 1
    assert ambiguous(rng, ratio=4.0, n_nodes=600, repeats=8) == 0


def ring_of_cliques(n_cliques, size):
    """Cliques joined to a ring by single edges."""
    edges = [(c * size + i, c * size + j) for c in range(n_cliques) for i in range(size) for j in range(i)]
    edges += [(c * size, (c + 1) % n_cliques * size + 1) for c in range(n_cliques)]
    return igraph.Graph(n_cliques * size, edges), np.repeat(np.arange(n_cliques), size)


@pytest.mark.parametrize("resolution", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("n_cliques", [6, 10, 20, 40, 80])
def test_modularity_merges_cliques_below_the_limit(n_cliques, resolution):
    """The change of igraph's modularity by one merger is the gain, positive exactly below the limit."""
    graph, labels = ring_of_cliques(n_cliques, 5)
    degree, m = 22, graph.ecount()
    merged = np.where(labels == 1, 0, labels)
    change = graph.modularity(merged, resolution=resolution) - graph.modularity(labels, resolution=resolution)
    gain = merge_gain(degree, degree, n_between=1, n_edges=m, resolution=resolution)
    assert gain == pytest.approx(change, abs=1e-12)
    assert (degree < resolution_limit(m, resolution=resolution)) == (change > 0)


def test_gain_holds_on_any_graph(rng):
    """Unequal communities of a random graph with several edges between them: equal to igraph to 1e-12."""
    with igraph_random_state(3):
        graph = igraph.Graph.Erdos_Renyi(n=60, m=300)
    labels = rng.integers(4, size=60)
    degrees = np.bincount(labels, weights=graph.degree())
    between = sum({labels[edge.source], labels[edge.target]} == {1, 3} for edge in graph.es)
    change = graph.modularity(np.where(labels == 3, 1, labels)) - graph.modularity(labels)
    assert merge_gain(degrees[1], degrees[3], n_between=between, n_edges=300) == pytest.approx(change, abs=1e-12)


def test_the_limit_is_where_the_gain_is_zero():
    """At the limit a merger changes nothing, for any number of edges between."""
    limit = resolution_limit(500, n_between=[1, 4, 9], resolution=0.8)
    np.testing.assert_allclose(
        merge_gain(limit, limit, n_between=[1, 4, 9], n_edges=500, resolution=0.8), 0, atol=1e-15
    )


def test_refusals_name_the_place():
    """Probabilities above 1, one group, no edges."""
    with pytest.raises(UsageError, match=r"(?s)within holds 1\.2.*block_detection_ratio.*\[0, 1\]"):
        block_detection_ratio(1.2, 0.1, n_nodes=10)
    with pytest.raises(UsageError, match=r"(?s)n_groups is 1.*block_exact_recovery_ratio"):
        block_exact_recovery_ratio(0.2, 0.1, n_nodes=10, n_groups=1)
    with pytest.raises(UsageError, match=r"(?s)n_edges holds 0.*merge_gain"):
        merge_gain(1, 1, n_between=0, n_edges=0)
    with pytest.raises(UsageError, match=r"(?s)n_edges holds -1.*resolution_limit"):
        resolution_limit(-1)
