import networkx as nx
import numpy as np
import pytest
import scipy.sparse as sp
from scipy.stats import poisson

from rashomon.ask.receptor.link import LEAST, cluster_links, link_excess, row_distances
from rashomon.core import UsageError


def matrix(graph, n):
    """Distances of 1 for every edge."""
    pairs = np.array(graph.edges).reshape(-1, 2)
    half = sp.csr_matrix((np.full(len(pairs), 2.0, np.float32), tuple(pairs.T)), shape=(n, n))
    return (half + half.T).tocsr()


@pytest.mark.parametrize("seed", range(5))
def test_links_and_diameters_are_those_of_networkx(seed):
    """Links inside clusters only; the diameter is that of the widest connected part."""
    rng = np.random.default_rng(seed)
    graph = nx.gnp_random_graph(60, 0.06, seed=seed)
    codes = rng.integers(-1, 5, 60)
    links, diameter = cluster_links(codes, matrix(graph, 60), n_clusters=5)
    for code in range(5):
        inside = graph.subgraph(np.flatnonzero(codes == code).tolist())
        assert links[code] == inside.number_of_edges()
        parts = [nx.diameter(inside.subgraph(part)) for part in nx.connected_components(inside)]
        expected = max(parts) if inside.number_of_edges() else np.nan
        np.testing.assert_equal(diameter[code], float(expected))


def test_large_chain_has_its_length():
    """Above the size of the exact search, the ends of a chain are still found."""
    graph = nx.path_graph(900)
    _, diameter = cluster_links(np.zeros(900, int), matrix(graph, 900), n_clusters=1)
    assert diameter[0] == 899


def test_rows_of_one_item_are_at_distance_zero():
    """Expanding by hand, pair by pair, gives the same matrix."""
    rng = np.random.default_rng(3)
    distances = sp.csr_matrix((np.array([2.0, 2.0], np.float32), ([0, 1], [1, 0])), shape=(3, 3))
    items, rows = np.array([0, 1, 1, 2]), np.sort(rng.choice(7, 4, replace=False))
    found = row_distances(distances, items, rows, n_obs=7).toarray()
    expected = np.zeros((7, 7))
    for a, x in zip(items, rows, strict=True):
        for b, y in zip(items, rows, strict=True):
            expected[x, y] = 0 if x == y else (1 if a == b else distances[a, b])
    np.testing.assert_array_equal(found, expected)
    assert found.dtype == np.float32


def test_excess_is_never_below_the_poisson_tail():
    """One cluster, one test: the rate is at least scipy's tail, and 1 where the background grows without end."""
    for links, size, expected in ((3, 3, 0.4), (10, 5, 1.0), (4, 5, 0.9)):
        rate = link_excess(np.array([links]), np.array([size]), np.array([expected]), n_receptors=1)
        assert rate[0] >= poisson.sf(links - 1, expected)
    assert link_excess(np.array([99]), np.array([10]), np.array([5.0]), n_receptors=1)[0] == 1.0


def test_size_follows_the_branching_process():
    """With few links, the rate is the expected number of trees of at least that size per receptor, by simulation."""
    rng = np.random.default_rng(9)
    n, mean, count = 4000, 0.4, 0
    for _ in range(20):
        pairs = rng.integers(0, n, (rng.poisson(mean * n / 2), 2))
        graph = sp.csr_matrix((np.ones(len(pairs)), tuple(pairs.T)), shape=(n, n))
        sizes = np.bincount(sp.csgraph.connected_components(graph, directed=False)[1])
        count += int((sizes >= 6).sum())
    rate = link_excess(np.array([5]), np.array([6]), np.array([mean * 6 / 2]), n_receptors=1)[0]
    # the larger of two tails, so never below what happens
    assert 0.9 * count / (20 * n) <= rate


def test_all_receptors_count_as_tests():
    """More receptors compared, less said; unknown backgrounds are no tests; unseen links are not impossible."""
    links, sizes, expected = np.array([6, 3]), np.array([4, 3]), np.array([0.2, np.nan])
    few = link_excess(links, sizes, expected, n_receptors=10)
    many = link_excess(links, sizes, expected, n_receptors=1000)
    assert few[0] < many[0] <= 1
    assert np.isnan(few[1])
    zero = link_excess(links[:1], sizes[:1], np.array([0.0]), n_receptors=10)
    assert zero == link_excess(links[:1], sizes[:1], np.array([LEAST]), n_receptors=10)


def test_other_shapes_are_refused():
    """Distances between items are not distances between rows."""
    with pytest.raises(UsageError, match=r"distances have shape \(3, 3\)"):
        cluster_links(np.zeros(4, int), sp.csr_matrix((3, 3)), n_clusters=1)
